"""What stands beside each link of a page: the smallest part of the page that is about that link alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from resiliparse.parse.html import HTMLTree, NodeType

from pipeline.core.publication_dates import read_date
from pipeline.sources.links import absolute

MAX_LINKS = 2000
_MAX_NODES = 300_000
_MAX_TEXT_CHARS = 500
_MAX_DATE_CHARS = 40
_DATE_DIGITS = 4
_MAX_DATES = 2 * MAX_LINKS
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SILENT = frozenset({"script", "style", "template", "noscript", "head"})


@dataclass
class Card:
    """A link and what is said beside it: its texts, headings, a date."""

    url: str
    texts: list[str] = field(default_factory=list)
    own_heading: str = ""
    heading: str = ""
    alternative: str = ""
    date: str = ""


@dataclass
class _Part:
    """An element that is being read: the one link in it, or that there are several, and what is not yet a link's."""

    tag: str
    link: Card | None = None
    has_many: bool = False
    texts: list[str] = field(default_factory=list)
    size: int = 0
    heading: str = ""
    date: str = ""


def read_cards(tree: HTMLTree, url: str, is_chosen: Callable[[str], bool]) -> list[Card]:
    """Return the page's chosen links, each once, in order of first sight; one pass over the page.

    A heading or date belongs to the link that shares the smallest element with it; where several links do, to the one
    after it, or to the one before it if that has none yet.
    """
    reading = _Reading(_base(tree, url), url, is_chosen)
    for node, is_end in _walk(tree):
        if is_end:
            reading.end()
        else:
            reading.begin(node)
    return list(reading.cards.values())


class _Reading:
    def __init__(self, base: str, page: str, is_chosen: Callable[[str], bool]) -> None:
        self.cards: dict[str, Card] = {}
        self._base, self._page, self._is_chosen = base, page, is_chosen
        self._open = [_Part("")]
        self._anchor: Card | None = None
        self._dates_tried = 0

    def begin(self, node: Any) -> None:
        """Take the beginning of an element, or a text."""
        if node.type == NodeType.TEXT:
            self._take_text(node.value or "")
            return
        part = _Part(node.tag)
        if part.tag == "a":
            part.link = self._anchor = self._card(node)
        elif part.tag == "time":
            part.date = (node.getattr("datetime") or "")[:_MAX_DATE_CHARS]
        elif part.tag == "img" and self._anchor is not None:
            self._anchor.alternative = self._anchor.alternative or _line(node.getattr("alt") or "")
        self._open.append(part)

    def end(self) -> None:
        """Take the end of an element: what it holds is its link's, else handed on to the element around it."""
        part = self._open.pop()
        text = _line(" ".join(part.texts))
        if part.tag == "a":
            self._anchor = None
            if part.link is not None and text and text not in part.link.texts:
                part.link.texts.append(text)
        elif part.tag in _HEADINGS and text:
            part.heading = text
            own = self._anchor if part.link is None else part.link
            if own is not None and not part.has_many:
                own.own_heading = own.own_heading or text
        elif not part.date and self._is_date(text):
            part.date = text
        _settle(part)
        _join(self._open[-1], part)

    def _take_text(self, text: str) -> None:
        part = self._open[-1]
        if part.size < _MAX_TEXT_CHARS and text.strip():
            part.texts.append(text[:_MAX_TEXT_CHARS])
            part.size += len(text)

    def _card(self, node: Any) -> Card | None:
        url = absolute(self._base, node.getattr("href") or "")
        if url in self.cards:
            return self.cards[url]
        if not url or url == self._page or len(self.cards) >= MAX_LINKS or not self._is_chosen(url):
            return None
        self.cards[url] = Card(url, alternative=_line(node.getattr("title") or ""))
        return self.cards[url]

    def _is_date(self, text: str) -> bool:
        """Whether a short text is a date: one with a day, a month and a year."""
        if len(text) > _MAX_DATE_CHARS or text.isdigit() or sum(map(str.isdigit, text)) < _DATE_DIGITS:
            return False
        self._dates_tried += 1
        return self._dates_tried <= _MAX_DATES and read_date(text) is not None


def _join(around: _Part, part: _Part) -> None:
    """Hand an element's link, and what is nobody's yet, on to the element around it."""
    if around.size < _MAX_TEXT_CHARS:
        around.texts += part.texts
        around.size += part.size
    if part.has_many:
        _settle(around)
        around.has_many, around.link, around.heading, around.date = True, None, "", ""
        return
    if part.link is None:
        around.heading = around.heading or part.heading
        around.date = around.date or part.date
        return
    if around.link is not None and part.link is not around.link:
        _settle(around)
        around.has_many = True
    around.link = part.link
    _settle(around)


def _settle(part: _Part) -> None:
    """Give the link what was found beside it, where it has none yet; what is left waits for the next link."""
    if part.link is None:
        return
    if part.heading and not part.link.heading:
        part.link.heading, part.heading = part.heading, ""
    if part.date and not part.link.date:
        part.link.date, part.date = part.date, ""


def _walk(tree: HTMLTree) -> Iterator[tuple[Any, bool]]:
    """Yield each element at its beginning and its end, and each text, in the page's order; scripts are left out."""
    root: Any = tree.body
    node, seen = root, 0
    while node is not None and seen < _MAX_NODES:
        seen += 1
        is_element = node.type == NodeType.ELEMENT
        if is_element or node.type == NodeType.TEXT:
            yield node, False
        inner = node.first_child if is_element and node.tag not in _SILENT else None
        if inner is not None:
            node = inner
            continue
        if is_element:
            yield node, True
        while node is not None and node != root and node.next is None:
            node = node.parent
            if node is not None:
                yield node, True
        node = node.next if node is not None and node != root else None


def _base(tree: HTMLTree, url: str) -> str:
    base = tree.document.query_selector("base[href]") if tree.document is not None else None
    try:
        return urljoin(url, base.getattr("href") or "") if base is not None else url
    except ValueError:
        return url


def _line(text: str) -> str:
    return " ".join(text.split())
