"""OPML 2.0: the list as other readers of feeds take it, and theirs as the list takes it.

What OPML has no words for (family, kind, country, how a feed is read) stands in attributes of a namespace of ours, so
that a list that is exported and imported again is the same.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Any, NamedTuple
from xml.parsers import expat

import msgspec

from pipeline.core.feeds import Feed
from pipeline.feed_list.changes import FeedListError
from pipeline.sources.decoding import decode_page

NAMESPACE = "urn:pactwatch:feed"
MAX_BYTES = 32 * 1024 * 1024
_OWN = ("id", "family", "kind", "country", "via", "links", "text")
_BARE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Outlines(NamedTuple):
    """The feeds of an OPML file as fields of Feed, those that it states; `fault` says where it is broken."""

    feeds: list[dict[str, Any]]
    fault: str = ""


def read_opml(content: bytes) -> Outlines:
    """Return the feeds of an OPML file, however deep they lie; of a broken one those before the break.

    An ampersand that begins no character is taken as one. Nothing is fetched, and an entity stands for nothing:
    raises FeedListError where the file declares one, where it is too large, or is no OPML.
    """
    if len(content) > MAX_BYTES:
        raise FeedListError(f"more than {MAX_BYTES // 1024**2} MB")
    reading = _Reading()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reading.start
    parser.EntityDeclHandler = reading.entity
    try:
        parser.Parse(_BARE.sub("&amp;", decode_page(content)), True)
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        fault = f"broken at line {error.lineno}, column {error.offset}: {what}"
        if not reading.is_opml:
            raise FeedListError(f"no OPML: {fault}") from error
        return Outlines(reading.feeds, fault)
    return Outlines(reading.feeds)


def write_opml(feeds: Iterable[Feed], *, title: str, now: datetime) -> bytes:
    """Return the feeds as OPML 2.0, one outline each."""
    ET.register_namespace("pactwatch", NAMESPACE)
    root = ET.Element("opml", version="2.0")
    head = ET.SubElement(root, "head")
    ET.SubElement(head, "title").text = _in_xml(title)
    ET.SubElement(head, "dateCreated").text = format_datetime(now, usegmt=True)
    body = ET.SubElement(root, "body")
    for feed in feeds:
        ET.SubElement(body, "outline", _attributes(feed))
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


class _Reading:
    """What was seen so far of a file that is being parsed."""

    def __init__(self) -> None:
        self.feeds: list[dict[str, Any]] = []
        self.is_opml = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take an element; names of another namespace are another's."""
        if not self.is_opml:
            if name.lower() != "opml":
                raise FeedListError(f"no OPML: it begins with <{name[:40]}>")
            self.is_opml = True
        elif name.lower() == "outline" and (fields := _fields(attributes)):
            self.feeds.append(fields)

    def entity(self, *_: Any) -> None:
        """Refuse a file that declares entities: a list of feeds needs none."""
        raise FeedListError("it declares entities, which a list of feeds has no use for; it is not read")


def _fields(attributes: Mapping[str, str]) -> dict[str, Any]:
    """Return the feed that an outline states; none where it has no address (a folder of feeds)."""
    plain = {name.lower(): value.strip() for name, value in attributes.items() if " " not in name}
    found = {
        "url": plain.get("xmlurl", ""),
        "name": plain.get("text") or plain.get("title", ""),
        "language": plain.get("language", ""),
    } | {name: attributes.get(f"{NAMESPACE} {name}", "") for name in _OWN}
    return {name: value for name, value in found.items() if value} if found["url"] else {}


def _attributes(feed: Feed) -> dict[str, str]:
    fields = {name: value for name, value in msgspec.structs.asdict(feed).items() if value}
    plain = {"type": "rss", "text": feed.name, "title": feed.name, "xmlUrl": feed.url}
    plain |= {"language": feed.language} if feed.language else {}
    own = {f"{{{NAMESPACE}}}{name}": fields[name] for name in _OWN if name in fields}
    return {name: _in_xml(value) for name, value in (plain | own).items()}


def _in_xml(text: str) -> str:
    """Return the text without the characters that no XML file can hold."""
    return _NOT_IN_XML.sub("", text)
