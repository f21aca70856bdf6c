"""The elements of well-written feeds, each read in the one way in which it can be."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree

from pipeline.core.publication_dates import read_date

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_TYPES = {"text": "text/plain", "html": "text/html", "text/plain": "text/plain", "text/html": "text/html"}
_ADDRESS = re.compile(r"https?://[^/\s&;][^\s;]*")
_NAME = re.compile(r"(?!https?:)[A-Za-z][A-Za-z0-9+.-]*:[^/\s]\S*")
_MOST_DATE_CHARS = 100
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
# fmt: off
_MEANT = frozenset({
    "abstract", "base", "body", "channel", "content", "created", "date", "description", "div", "encoded",
    "entry", "feed", "fullitem", "guid", "html", "id", "image", "info", "issued", "item", "lang",
    "language", "lastbuilddate", "link", "links", "modified", "newlocation", "pubdate", "published",
    "rdf", "rss", "source", "summary", "summary_detail", "textinput", "title", "title_detail", "updated",
})
# fmt: on
_MEDIA_TITLE = "{http://search.yahoo.com/mrss/}title"
_HARMLESS = frozenset({"{http://search.yahoo.com/mrss/}content"})

# Reads an element into the fields of what holds it; raises UnusualError.
Reader = Callable[[dict[str, Any], Any], None]
Readers = Mapping[str, Reader]


class UnusualError(Exception):
    """Something that can be read in two ways."""


def read_children(element: Any, readers: Readers) -> dict[str, Any]:
    """Return what an element holds. Raises UnusualError where something is not read and yet has a meaning."""
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
            raise UnusualError


def skip(into: dict[str, Any], element: Any) -> None:
    """Pass over what is read elsewhere."""


def skip_text(_: dict[str, Any], element: Any) -> None:
    """Pass over a text that says nothing of the articles."""
    if len(element) or not {"type"}.issuperset(element.attrib):
        raise UnusualError


def skip_texts(into: dict[str, Any], element: Any) -> None:
    """Pass over an element of such texts: a channel's picture."""
    for child in element:
        skip_text(into, child)


def _text_of(element: Any) -> str:
    """Return an element's text. Raises UnusualError where there is more in it, or where it may be garbled UTF-8."""
    if len(element):
        raise UnusualError
    text = (element.text or "").strip()
    if not text.isascii():
        try:
            text.encode("iso-8859-1").decode()
        except UnicodeError:
            return text
        raise UnusualError
    return text


def once(name: str) -> Reader:
    """Return a reader of an element's text, which has no attributes and does not come twice."""

    def read(into: dict[str, Any], element: Any) -> None:
        if name in into or element.attrib:
            raise UnusualError
        into[name] = _text_of(element)

    return read


def date(name: str) -> Reader:
    """Return a reader of a date, which must be one that can be read here."""
    read_once = once(name)

    def read(into: dict[str, Any], element: Any) -> None:
        read_once(into, element)
        if len(into[name]) > _MOST_DATE_CHARS or (into[name] and read_date(into[name]) is None):
            raise UnusualError

    return read


def markup(name: str, usual: str) -> Reader:
    """Return a reader of a text that says of which type it is."""

    def read(into: dict[str, Any], element: Any) -> None:
        kind = _TYPES.get(element.get("type", usual))
        if name in into or kind is None or set(element.attrib) - {"type", LANGUAGE, _BASE}:
            raise UnusualError
        into[name] = {"value": _text_of(element), "type": kind}

    return read


def content(usual: str) -> Reader:
    """Return a reader of an entry's whole text, beside which there may be a summary."""
    read_markup = markup("whole", usual)

    def read(into: dict[str, Any], element: Any) -> None:
        read_markup(into, element)
        into["content"] = [into["whole"]]

    return read


def title(usual: str) -> Reader:
    """Return a reader of a title, which is not empty."""
    read_markup = markup("title_detail", usual)

    def read(into: dict[str, Any], element: Any) -> None:
        read_markup(into, element)
        into["title"] = into["title_detail"]["value"]
        if not into["title"]:
            raise UnusualError

    return read


def skip_source(_: dict[str, Any], element: Any) -> None:
    """Pass over whom an entry was taken from, where that is no more than a name and an address."""
    if len(element) or set(element.attrib) - {"url"}:
        raise UnusualError


def link_text(into: dict[str, Any], element: Any) -> None:
    """Read an address. Raises UnusualError where it is relative, or holds what may be an entity."""
    if "link" in into or element.attrib:
        raise UnusualError
    into["link"] = _address(_text_of(element))


def link(into: dict[str, Any], element: Any) -> None:
    """Read Atom's link where it is the entry's own page; of several the last counts."""
    if element.get("rel", "alternate").lower() == "alternate" and element.get("href") is not None:
        if element.get("type", "text/html") not in {"text/html", "application/xhtml+xml"} or len(element):
            raise UnusualError
        into["link"] = _address(element.get("href"))
    elif element.get("href") is None or (element.text or "").strip() or len(element):
        raise UnusualError
    elif element.get("rel", "").lower() == "enclosure":
        _attach(into, element.get("href"))


def enclosure(into: dict[str, Any], element: Any) -> None:
    """Read the address of what is attached to an entry."""
    if len(element) or element.get("url") is None:
        raise UnusualError
    _attach(into, element.get("url"))


def _attach(into: dict[str, Any], address: str) -> None:
    into.setdefault("links", []).append({"rel": "enclosure", "href": _address(address)})


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise UnusualError
    return text


def guid(into: dict[str, Any], element: Any) -> None:
    """Read RSS's name of an item, which is its address too unless it says that it is not."""
    attributes = {attribute.lower(): value for attribute, value in element.attrib.items()}
    is_link = attributes.pop("ispermalink", "true") == "true"
    if "id" in into or attributes:
        raise UnusualError
    name = _text_of(element)
    into["id"] = _address(name) if is_link else name
    into["is_link"] = is_link


def atom_id(into: dict[str, Any], element: Any) -> None:
    """Read Atom's name of an entry or feed."""
    if "id" in into or element.attrib:
        raise UnusualError
    name = _text_of(element)
    is_name = bool(_NAME.fullmatch(name))
    into["id"] = name if is_name else _address(name)
    into["is_link"] = not is_name
