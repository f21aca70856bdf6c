"""feedparser, held to a time that grows with the size of a feed and not with its square.

What follows are the places where a feed of a few hundred kilobytes, made for it, would keep feedparser busy for hours.
"""

import contextlib
import io
import re
import time
from typing import Any

import feedparser
import feedparser.api

from pipeline.sources.item import SourceError

# What feedparser raises on feeds of random damage.
STUMBLES = (
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    RecursionError,
)
_MOST_SECONDS = 30.0
_MOST_ATTRIBUTES = 200
_MOST_HEAD_CHARS = 4096
_WEB_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_ELEMENT = re.compile(r"<\w", re.ASCII)
# An element with more attributes than any has; each part eats what it can and gives nothing back.
_ATTRIBUTE = r"""\s++[^\s<>="']++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'|[^\s<>"']++)"""
_TOO_MANY_ATTRIBUTES = re.compile(rf"<\w[^\s<>]*+(?:{_ATTRIBUTE}){{{_MOST_ATTRIBUTES + 1}}}")


class TooLongError(SourceError):
    """A feed that takes too long to read."""


class _Bounded:
    """What both of feedparser's parsers do otherwise here.

    They watch the clock, collect no tags, take no relative name for an address, and an element that they stumble over costs no more than itself.
    """

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._until = time.thread_time() + _MOST_SECONDS

    def unknown_starttag(self, tag: str, attrs: Any) -> Any:
        """Read a start tag, while there is time. Raises TooLongError."""
        if time.thread_time() > self._until:
            raise TooLongError(f"a feed that takes longer than {_MOST_SECONDS:g} s to read")
        with contextlib.suppress(*STUMBLES):
            return super().unknown_starttag(tag, attrs)  # type: ignore[misc]
        return None

    def unknown_endtag(self, tag: str) -> None:
        """Read an end tag."""
        with contextlib.suppress(*STUMBLES):
            super().unknown_endtag(tag)  # type: ignore[misc]

    def pop(self, element: str, strip_whitespace: int = 1) -> Any:
        """End an element. What names an entry is its address only where it is a whole one, and never a relative one."""
        stack = self.elementstack  # type: ignore[attr-defined]
        if element == "id" and stack and stack[-1][0] == "id":
            pieces = (piece.decode() if isinstance(piece, bytes) else piece for piece in stack[-1][2])
            if not _WEB_ADDRESS.match("".join(pieces).strip()):
                self.guidislink = 0
        return super().pop(element, strip_whitespace)  # type: ignore[misc]

    def handle_charref(self, ref: str) -> None:
        """Read a numeric reference; one to a character that does not exist costs that character."""
        try:
            super().handle_charref(ref)  # type: ignore[misc]
        except STUMBLES:
            self.handle_data("\ufffd")  # type: ignore[attr-defined]

    def _add_tag(self, term: str | None, scheme: str | None, label: str | None) -> None:
        """Forget a tag, which feedparser would compare with all before it; nobody asks for them."""
        del term, scheme, label
        self._get_context().setdefault("tags", [])  # type: ignore[attr-defined]


class _Strict(_Bounded, feedparser.api.StrictFeedParser):  # type: ignore[misc]
    pass


class _Loose(_Bounded, feedparser.api.LooseFeedParser):  # type: ignore[misc]
    pass


feedparser.api.StrictFeedParser = _Strict
feedparser.api.LooseFeedParser = _Loose


def parse_bounded(text: str, url: str) -> Any:
    """Return what feedparser makes of a text found at a URL; markup is left as it is, for only its text is ever used.

    Raises TooLongError, and whatever feedparser raises on feeds of random damage.
    """
    if _TOO_MANY_ATTRIBUTES.search(text):
        raise TooLongError(f"a feed with more than {_MOST_ATTRIBUTES} attributes at one element")
    headers = {"content-type": "application/xml; charset=utf-8"} | ({"content-location": url} if url else {})
    return feedparser.parse(
        io.BytesIO(_with_short_head(text).encode("utf-8", "replace")),
        response_headers=headers,
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _with_short_head(text: str) -> str:
    """Return a text in which what stands before the first element is short, and on lines of its own.

    feedparser looks for encoding, document type and entities in it, each with a search that tries every place.
    """
    first = _ELEMENT.search(text)
    if first is None:
        return ""
    head, rest = text[: first.start()].strip(), text[first.start() :]
    return f"{head}\n{rest}" if head and len(head) <= _MOST_HEAD_CHARS else rest
