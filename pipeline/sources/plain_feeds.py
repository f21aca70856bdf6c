"""RSS and Atom as they are meant to be written, read many times as fast as feedparser does.

Only what cannot be read in two ways is read here: for all else there is nothing, and feedparser reads the feed. What is
read has the shape that feedparser gives it, and on every feed read by both the two agree field by field.
"""

import re
from typing import Any, NamedTuple

from lxml import etree

from pipeline.sources import plain_elements as element
from pipeline.sources.plain_elements import LANGUAGE, Readers, UnusualError, read_children

_ATOM = "{http://www.w3.org/2005/Atom}"
_RSS1 = "{http://purl.org/rss/1.0/}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_ABOUT = f"{_RDF}about"
_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_CONTROLS = re.compile("[\x7f-\x9f]")
_OTHER_RSS = (
    "userland.com/rss",
    "harvard.edu/tech/rss",
    "netscape.com",
    "purl.org/rss/1.0/",
    "/echo",
    "/pie/",
)


class ParsedFeed(NamedTuple):
    """A feed in the shape that feedparser gives it; its version is feedparser's name for its form."""

    version: str
    feed: dict[str, Any]
    entries: list[dict[str, Any]]


def read_plain(text: str) -> ParsedFeed | None:
    """Return what a feed holds, or None where it is better read by feedparser: damaged, or out of the ordinary.

    A document type is out of the ordinary, so that no entity is ever expanded here.
    """
    if "<!DOCTYPE" in text or _CONTROLS.search(text):
        return None
    try:
        root = etree.fromstring(text.encode(), _parser())
        return _ROOTS[root.tag](root) if root.tag in _ROOTS else None
    except (ValueError, etree.XMLSyntaxError, UnusualError):
        return None


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )


def _rss(root: Any) -> ParsedFeed:
    [channel] = root.findall("*")
    declared = [uri.lower() for part in (root, channel) for uri in part.nsmap.values()]
    if channel.tag != "channel" or any(
        name in uri for uri in declared for name in _OTHER_RSS if "/modules/" not in uri
    ):
        raise UnusualError
    version = root.get("version", "")
    form = _VERSIONS.get(version) or ("rss20" if version.startswith("2.") else "rss")
    items = [_entry(item, _RSS_ITEM) for item in channel.findall("item")]
    return ParsedFeed(form, _about(root, channel, _RSS_CHANNEL), items)


def _rdf(root: Any) -> ParsedFeed:
    [channel] = root.findall(f"{_RSS1}channel")
    if root.nsmap.get(None) != _RSS1[1:-1]:
        raise UnusualError
    read_children(root, _RDF_PARTS)
    items = [_entry(item, _RDF_ITEM) for item in root.findall(f"{_RSS1}item")]
    return ParsedFeed("rss10", _about(root, channel, _RDF_CHANNEL), items)


def _atom(root: Any) -> ParsedFeed:
    entries = [_entry(entry, _ATOM_ENTRY) for entry in root.findall(f"{_ATOM}entry")]
    return ParsedFeed("atom10", _about(root, root, _ATOM_FEED), entries)


def _about(root: Any, channel: Any, readers: Readers) -> dict[str, Any]:
    if root.get("lang") is not None or channel.get("lang") is not None:
        raise UnusualError
    language = root.get(LANGUAGE, "").replace("_", "-")
    about = _with_link(read_children(channel, readers))
    return {"language": language} | about if language else about


def _entry(item: Any, readers: Readers) -> dict[str, Any]:
    if any(not name.startswith("{") for name in item.attrib):
        raise UnusualError
    about = item.get(_ABOUT)
    entry = read_children(item, readers)
    return _with_link({"id": about} | entry if about else entry)


def _with_link(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields with the id for the link where there is no other and the id may be one."""
    if not fields.get("link") and fields.get("is_link"):
        fields["link"] = fields["id"]
    return fields


_SYNDICATION = {
    "{http://purl.org/rss/1.0/modules/syndication/}updatePeriod": element.once("sy_updateperiod"),
    "{http://purl.org/rss/1.0/modules/syndication/}updateFrequency": element.once("sy_updatefrequency"),
}


def _rss_channel(namespace: str) -> Readers:
    own: Readers = {
        "title": element.title("text/plain"),
        "link": element.link_text,
        "language": element.once("language"),
        "ttl": element.once("ttl"),
        "item": element.skip,
        "items": element.skip,
        "description": element.skip_text,
        "pubDate": element.skip_text,
        "lastBuildDate": element.skip_text,
        "image": element.skip_texts,
    }
    return (
        {namespace + name: reader for name, reader in own.items()}
        | {f"{_ATOM}link": element.link}
        | _SYNDICATION
    )


def _rss_item(namespace: str) -> Readers:
    own: Readers = {
        "title": element.title("text/plain"),
        "link": element.link_text,
        "description": element.markup("summary_detail", "text/html"),
        "guid": element.guid,
        "pubDate": element.date("published"),
        "source": element.skip_source,
        "enclosure": element.enclosure,
    }
    return {namespace + name: reader for name, reader in own.items()} | {
        "{http://purl.org/rss/1.0/modules/content/}encoded": element.content("text/html"),
        "{http://purl.org/dc/elements/1.1/}date": element.date("updated"),
        f"{_ATOM}link": element.link,
    }


_RSS_CHANNEL = _rss_channel("")
_RSS_ITEM = _rss_item("")
_RDF_CHANNEL = {name: reader for name, reader in _rss_channel(_RSS1).items() if name != f"{_RSS1}item"}
_RDF_ITEM = {name: reader for name, reader in _rss_item(_RSS1).items() if name != f"{_RSS1}guid"}
_RDF_PARTS: Readers = {
    f"{_RSS1}channel": element.skip,
    f"{_RSS1}item": element.skip,
    f"{_RSS1}image": element.skip_texts,
    f"{_RSS1}textinput": element.skip_texts,
}
_ATOM_FEED: Readers = {
    f"{_ATOM}title": element.title("text/plain"),
    f"{_ATOM}link": element.link,
    f"{_ATOM}id": element.atom_id,
    f"{_ATOM}entry": element.skip,
    f"{_ATOM}published": element.skip_text,
    f"{_ATOM}updated": element.skip_text,
} | _SYNDICATION
_ATOM_ENTRY: Readers = {
    f"{_ATOM}title": element.title("text/plain"),
    f"{_ATOM}link": element.link,
    f"{_ATOM}id": element.atom_id,
    f"{_ATOM}summary": element.markup("summary_detail", "text/plain"),
    f"{_ATOM}content": element.content("text/plain"),
    f"{_ATOM}published": element.date("published"),
    f"{_ATOM}updated": element.date("updated"),
}
_ROOTS = {"rss": _rss, f"{_ATOM}feed": _atom, f"{_RDF}RDF": _rdf}
