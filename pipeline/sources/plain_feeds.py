"""RSS and Atom as they are meant to be written, read many times as fast as feedparser does.

Only what cannot be read in two ways is read here: for all else there is nothing, and feedparser reads the feed. What is
read has the shape that feedparser gives it, and on every feed read by both the two agree field by field.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from lxml import etree

from pipeline.core.publication_dates import read_date

_ATOM = "{http://www.w3.org/2005/Atom}"
_RSS1 = "{http://purl.org/rss/1.0/}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_ABOUT = f"{_RDF}about"
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_TYPES = {"text": "text/plain", "html": "text/html", "text/plain": "text/plain", "text/html": "text/html"}
_ADDRESS = re.compile(r"https?://[^/\s&;][^\s;]*")
_NAME = re.compile(r"(?!https?:)[A-Za-z][A-Za-z0-9+.-]*:[^/\s]\S*")
_MOST_DATE_CHARS = 100
_CONTROLS = re.compile("[\x7f-\x9f]")
# Vocabularies, by address and by usual prefix, whose elements feedparser reads as an entry's own; in all others but the
# media one every element stands for itself.
_VOCABULARIES = frozenset(
    [
        "http://www.w3.org/2005/atom",
        "http://purl.org/dc/elements/1.1/",
        "http://purl.org/dc/terms/",
        "http://www.w3.org/1999/xhtml",
        "http://purl.org/rss/1.0/modules/content/",
        "http://www.itunes.com/dtds/podcast-1.0.dtd",
        "http://search.yahoo.com/mrss",
        "http://search.yahoo.com/mrss/",
    ]
)
_PREFIXES = frozenset({"dc", "dcterms", "xhtml", "content", "itunes", "media", "psc"})
_OTHER_RSS = (
    "userland.com/rss",
    "harvard.edu/tech/rss",
    "netscape.com",
    "purl.org/rss/1.0/",
    "/echo",
    "/pie/",
)
_MEANT = frozenset(
    [
        "abstract",
        "base",
        "body",
        "category-label",
        "channel",
        "created",
        "date",
        "description",
        "div",
        "encoded",
        "entry",
        "feed",
        "fullitem",
        "guid",
        "id",
        "info",
        "issued",
        "item",
        "lang",
        "lastbuilddate",
        "link",
        "links",
        "modified",
        "newlocation",
        "published",
        "pubdate",
        "rdf",
        "rss",
        "source",
        "summary",
        "title",
        "updated",
        "language",
        "textinput",
        "image",
        "html",
        "content",
    ]
)
_MEDIA_TITLE = "{http://search.yahoo.com/mrss/}title"
_HARMLESS = frozenset({"{http://search.yahoo.com/mrss/}content"})


class ParsedFeed(NamedTuple):
    """A feed in the shape that feedparser gives it; its version is feedparser's name for its form."""

    version: str
    feed: dict[str, Any]
    entries: list[dict[str, Any]]


class _UnusualError(Exception):
    """Something that can be read in two ways."""


_Readers = Mapping[str, Callable[[dict[str, Any], Any], None]]


def read_plain(text: str) -> ParsedFeed | None:
    """Return what a feed holds, or None where it is better read by feedparser: damaged, or out of the ordinary.

    A document type is out of the ordinary, so that no entity is ever expanded here.
    """
    if "<!DOCTYPE" in text or _CONTROLS.search(text):
        return None
    try:
        root = etree.fromstring(text.encode(), _parser())
        return _ROOTS[root.tag](root) if root.tag in _ROOTS else None
    except (ValueError, etree.XMLSyntaxError, _UnusualError):
        return None


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )


def _rss(root: Any) -> ParsedFeed:
    [channel] = root.findall("*")
    declared = [uri.lower() for element in (root, channel) for uri in element.nsmap.values()]
    if channel.tag != "channel" or any(
        name in uri for uri in declared for name in _OTHER_RSS if "/modules/" not in uri
    ):
        raise _UnusualError
    version = root.get("version", "")
    form = _VERSIONS.get(version) or ("rss20" if version.startswith("2.") else "rss")
    items = [_entry(item, _RSS_ITEM) for item in channel.findall("item")]
    return ParsedFeed(form, _about(root, channel, _RSS_CHANNEL), items)


def _rdf(root: Any) -> ParsedFeed:
    [channel] = root.findall(f"{_RSS1}channel")
    if root.nsmap.get(None) != _RSS1[1:-1]:
        raise _UnusualError
    _read(root, _RDF_PARTS)
    items = [_entry(item, _RDF_ITEM) for item in root.findall(f"{_RSS1}item")]
    return ParsedFeed("rss10", _about(root, channel, _RDF_CHANNEL), items)


def _atom(root: Any) -> ParsedFeed:
    entries = [_entry(entry, _ATOM_ENTRY) for entry in root.findall(f"{_ATOM}entry")]
    return ParsedFeed("atom10", _about(root, root, _ATOM_FEED), entries)


def _about(root: Any, channel: Any, readers: _Readers) -> dict[str, Any]:
    if root.get("lang") is not None or channel.get("lang") is not None:
        raise _UnusualError
    language = root.get(_LANGUAGE, "").replace("_", "-")
    about = _with_link(_read(channel, readers))
    return {"language": language} | about if language else about


def _entry(element: Any, readers: _Readers) -> dict[str, Any]:
    if any(not name.startswith("{") for name in element.attrib):
        raise _UnusualError
    about = element.get(_ABOUT)
    entry = _read(element, readers)
    return _with_link({"id": about} | entry if about else entry)


def _with_link(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields with the id for the link where there is no other and the id may be one."""
    if not fields.get("link") and fields.get("is_link"):
        fields["link"] = fields["id"]
    return fields


def _read(element: Any, readers: _Readers) -> dict[str, Any]:
    """Return what an element holds. Raises _UnusualError where something is not read and yet has a meaning."""
    fields: dict[str, Any] = {}
    for child in element:
        if reader := readers.get(child.tag):
            reader(fields, child)
        else:
            _pass_over(child, fields)
    return fields


def _pass_over(element: Any, fields: dict[str, Any]) -> None:
    for each in element.iter(etree.Element):
        if each.tag == _MEDIA_TITLE and "title_detail" in fields and not len(each):
            continue  # a picture's title counts where the entry has none
        namespace, _, name = each.tag.rpartition("}")
        known = not namespace or namespace[1:].lower() in _VOCABULARIES or each.prefix in _PREFIXES
        if known and name.lower() in _MEANT and each.tag not in _HARMLESS:
            raise _UnusualError


def _skip(into: dict[str, Any], element: Any) -> None:
    """Pass over what is read elsewhere."""


def _skip_text(_: dict[str, Any], element: Any) -> None:
    """Pass over a text that says nothing of the articles."""
    if len(element) or not {"type"}.issuperset(element.attrib):
        raise _UnusualError


def _skip_texts(into: dict[str, Any], element: Any) -> None:
    """Pass over an element of such texts: a channel's picture."""
    for child in element:
        _skip_text(into, child)


def _text_of(element: Any) -> str:
    """Return an element's text. Raises _UnusualError where there is more in it, or where it may be garbled UTF-8."""
    if len(element):
        raise _UnusualError
    text = (element.text or "").strip()
    if not text.isascii():
        try:
            text.encode("iso-8859-1").decode()
        except UnicodeError:
            return text
        raise _UnusualError
    return text


def _once(name: str, *, is_bare: bool = True) -> Callable[[dict[str, Any], Any], None]:
    """Return a reader of an element's text, which has no attributes and does not come twice."""

    def read(into: dict[str, Any], element: Any) -> None:
        if name in into or (is_bare and element.attrib):
            raise _UnusualError
        into[name] = _text_of(element)

    return read


def _date(name: str) -> Callable[[dict[str, Any], Any], None]:
    read_once = _once(name)

    def read(into: dict[str, Any], element: Any) -> None:
        read_once(into, element)
        if len(into[name]) > _MOST_DATE_CHARS or (into[name] and read_date(into[name]) is None):
            raise _UnusualError

    return read


def _markup(name: str, usual: str) -> Callable[[dict[str, Any], Any], None]:
    """Return a reader of a text that says of which type it is."""

    def read(into: dict[str, Any], element: Any) -> None:
        kind = _TYPES.get(element.get("type", usual))
        if name in into or kind is None or set(element.attrib) - {"type", _LANGUAGE, _BASE}:
            raise _UnusualError
        into[name] = {"value": _text_of(element), "type": kind}

    return read


def _content(usual: str) -> Callable[[dict[str, Any], Any], None]:
    read_markup = _markup("whole", usual)

    def read(into: dict[str, Any], element: Any) -> None:
        read_markup(into, element)
        into["content"] = [into["whole"]]

    return read


def _title(usual: str) -> Callable[[dict[str, Any], Any], None]:
    read_markup = _markup("title_detail", usual)

    def read(into: dict[str, Any], element: Any) -> None:
        read_markup(into, element)
        into["title"] = into["title_detail"]["value"]
        if not into["title"]:
            raise _UnusualError

    return read


def _skip_source(_: dict[str, Any], element: Any) -> None:
    """Pass over whom an entry was taken from, where that is no more than a name and an address."""
    if len(element) or set(element.attrib) - {"url"}:
        raise _UnusualError


def _link_text(into: dict[str, Any], element: Any) -> None:
    """Read an address. Raises _UnusualError where it is relative, or holds what may be an entity."""
    if "link" in into or element.attrib:
        raise _UnusualError
    into["link"] = _address(_text_of(element))


def _link(into: dict[str, Any], element: Any) -> None:
    """Read Atom's link where it is the entry's own page; of several the last counts."""
    if element.get("rel", "alternate").lower() == "alternate" and element.get("href") is not None:
        if element.get("type", "text/html") not in {"text/html", "application/xhtml+xml"} or len(element):
            raise _UnusualError
        into["link"] = _address(element.get("href"))
    elif element.get("href") is None or (element.text or "").strip() or len(element):
        raise _UnusualError
    elif element.get("rel", "").lower() == "enclosure":
        _attach(into, element.get("href"))


def _enclosure(into: dict[str, Any], element: Any) -> None:
    if len(element) or element.get("url") is None:
        raise _UnusualError
    _attach(into, element.get("url"))


def _attach(into: dict[str, Any], address: str) -> None:
    into.setdefault("links", []).append({"rel": "enclosure", "href": _address(address)})


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise _UnusualError
    return text


def _guid(into: dict[str, Any], element: Any) -> None:
    attributes = {name.lower(): value for name, value in element.attrib.items()}
    is_link = attributes.pop("ispermalink", "true") == "true"
    if "id" in into or attributes:
        raise _UnusualError
    text = _text_of(element)
    into["id"] = _address(text) if is_link else text
    into["is_link"] = is_link


def _id(into: dict[str, Any], element: Any) -> None:
    if "id" in into or element.attrib:
        raise _UnusualError
    text = _text_of(element)
    into["id"] = text if _NAME.fullmatch(text) else _address(text)
    into["is_link"] = True


_SYNDICATION = {
    "{http://purl.org/rss/1.0/modules/syndication/}updatePeriod": _once("sy_updateperiod"),
    "{http://purl.org/rss/1.0/modules/syndication/}updateFrequency": _once("sy_updatefrequency"),
}


def _rss_channel(namespace: str) -> _Readers:
    own: _Readers = {
        "title": _title("text/plain"),
        "link": _link_text,
        "language": _once("language"),
        "ttl": _once("ttl"),
        "item": _skip,
        "items": _skip,
        "description": _skip_text,
        "pubDate": _skip_text,
        "lastBuildDate": _skip_text,
        "image": _skip_texts,
    }
    return {namespace + name: reader for name, reader in own.items()} | {f"{_ATOM}link": _link} | _SYNDICATION


def _rss_item(namespace: str) -> _Readers:
    own: _Readers = {
        "title": _title("text/plain"),
        "link": _link_text,
        "description": _markup("summary_detail", "text/html"),
        "guid": _guid,
        "pubDate": _date("published"),
        "source": _skip_source,
        "enclosure": _enclosure,
    }
    return {namespace + name: reader for name, reader in own.items()} | {
        "{http://purl.org/rss/1.0/modules/content/}encoded": _content("text/html"),
        "{http://purl.org/dc/elements/1.1/}date": _date("updated"),
        f"{_ATOM}link": _link,
    }


_RSS_CHANNEL = _rss_channel("")
_RSS_ITEM = _rss_item("")
_RDF_CHANNEL = {name: reader for name, reader in _rss_channel(_RSS1).items() if name != f"{_RSS1}item"}
_RDF_ITEM = {name: reader for name, reader in _rss_item(_RSS1).items() if name != f"{_RSS1}guid"}
_RDF_PARTS: _Readers = {
    f"{_RSS1}channel": _skip,
    f"{_RSS1}item": _skip,
    f"{_RSS1}image": _skip_texts,
    f"{_RSS1}textinput": _skip_texts,
}
_ATOM_FEED: _Readers = {
    f"{_ATOM}title": _title("text/plain"),
    f"{_ATOM}link": _link,
    f"{_ATOM}id": _id,
    f"{_ATOM}entry": _skip,
    f"{_ATOM}published": _skip_text,
    f"{_ATOM}updated": _skip_text,
} | _SYNDICATION
_ATOM_ENTRY: _Readers = {
    f"{_ATOM}title": _title("text/plain"),
    f"{_ATOM}link": _link,
    f"{_ATOM}id": _id,
    f"{_ATOM}summary": _markup("summary_detail", "text/plain"),
    f"{_ATOM}content": _content("text/plain"),
    f"{_ATOM}published": _date("published"),
    f"{_ATOM}updated": _date("updated"),
}
_ROOTS = {"rss": _rss, f"{_ATOM}feed": _atom, f"{_RDF}RDF": _rdf}
