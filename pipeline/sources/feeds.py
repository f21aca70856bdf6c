"""RSS and Atom: each entry an article, read with feedparser from bytes that are already here."""

import calendar
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

import feedparser
import orjson

from pipeline.core.publication_dates import read_date
from pipeline.sources.fields import beginning, clean, one_line, publisher_of, without_empty
from pipeline.sources.item import Item, SourceError
from pipeline.sources.listing import Listing

MAX_FEED_BYTES = 32 * 1024 * 1024
# What feedparser raises on feeds of random damage.
_STUMBLES = (
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    RecursionError,
)
_REFERENCE = re.compile(rb"&#(x[0-9a-fA-F]{1,16}|[0-9]{1,16});")
_SURROGATES = (0xD800, 0xDFFF)


def read_feed(stream: BinaryIO, name: str, fetched_at: datetime) -> Iterator[Item]:
    """Yield each entry of a feed file as an article, or why it is none; an empty file holds none."""
    content = stream.read(MAX_FEED_BYTES + 1)
    if len(content) > MAX_FEED_BYTES:
        error = SourceError(f"a feed of more than {MAX_FEED_BYTES // 1024**2} MB")
        yield Item(name, content, error)
        return
    try:
        feed = parse_feed(content)
    except SourceError as error:
        yield Item(name, content, error)
        return
    if content.strip() and not feed.form and not feed.entries:
        yield Item(name, content, SourceError("no feed: neither RSS nor Atom"))
    for number, fields in enumerate(feed.entries, start=1):
        yield Item.of_fields(f"{name} entry {number}", orjson.dumps(fields), fields, fetched_at)


def parse_feed(content: bytes, *, url: str = "", content_type: str = "") -> Listing:
    """Return what a feed holds, however broken it is; `url` is what its relative links are relative to.

    Nothing is fetched: feedparser is given bytes, and external entities are off. Raises SourceError where not even
    feedparser can make anything of it.
    """
    headers = {"content-location": url, "content-type": content_type}
    parsed = _parse(content, {name: value for name, value in headers.items() if value})
    about = parsed.feed
    shared = {
        "source": publisher_of(clean(about.get("title")), clean(about.get("link")), url),
        "language": clean(about.get("language")),
        "feed_url": url,
    }
    entries = [without_empty(shared | _fields(entry)) for entry in parsed.entries]
    return Listing(parsed.get("version") or "", clean(about.get("title")), entries)


def _parse(content: bytes, headers: dict[str, str]) -> Any:
    """Return what feedparser reads; once more without references to characters that do not exist, if need be."""
    try:
        return feedparser.parse(io.BytesIO(content), response_headers=headers)
    except _STUMBLES:
        mended = _REFERENCE.sub(_existing_character, content)
    try:
        return feedparser.parse(io.BytesIO(mended), response_headers=headers)
    except _STUMBLES as error:
        raise SourceError(f"a feed too broken to read: {type(error).__name__}: {error}") from error


def _existing_character(reference: re.Match[bytes]) -> bytes:
    number = reference[1].lower()
    code = int(number[1:], 16) if number.startswith(b"x") else int(number)
    return reference[0] if code < _SURROGATES[0] or _SURROGATES[1] < code <= sys.maxunicode else b"&#xFFFD;"


def _fields(entry: Any) -> dict[str, Any]:
    body, content_type = _body(entry)
    fields: dict[str, Any] = {
        "title": _title(entry) or beginning(one_line(body, content_type)),
        "url": clean(entry.get("link")),
        "guid": clean(entry.get("id")),
        "content_type": content_type,
        "published_at": _published(entry),
    }
    if language := clean(entry.get("language")):
        fields["language"] = language
    return fields | {"body": body}


def _body(entry: Any) -> tuple[str, str]:
    """Return the longest text the entry has, and its type."""
    texts = [*entry.get("content", ()), entry.get("summary_detail") or {}]
    longest = max(texts, key=lambda text: len(clean(text.get("value"))))
    is_plain = longest.get("type") == "text/plain"
    return clean(longest.get("value")), "text/plain" if is_plain else "text/html"


def _title(entry: Any) -> str:
    detail = entry.get("title_detail") or {}
    return one_line(clean(detail.get("value")), detail.get("type") or "text/html")


def _published(entry: Any) -> str | None:
    """Return when the entry was published, else when it was changed; as written, where feedparser gives up."""
    for name in ("published", "updated", "created"):
        written = clean(dict.get(entry, name))  # feedparser's own get() takes one date for another
        parsed = dict.get(entry, f"{name}_parsed")
        if moment := read_date(written) if written else None:
            return moment.isoformat()
        if parsed:
            return datetime.fromtimestamp(calendar.timegm(parsed), tz=UTC).isoformat()
        if written:
            return written
    return None
