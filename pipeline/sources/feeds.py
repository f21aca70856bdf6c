"""RSS and Atom: each entry an article, read with feedparser from bytes that are already here."""

import calendar
import html
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

import feedparser
import orjson
from resiliparse.extract.html2text import extract_plain_text

from pipeline.core.publication_dates import read_date
from pipeline.core.urls import host, publisher
from pipeline.sources.item import Item, SourceError
from pipeline.sources.listing import Listing

MAX_FEED_BYTES = 32 * 1024 * 1024
_TITLE_CHARS = 160
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
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


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
        "source": _source(_text(about.get("title")), host(_text(about.get("link"))) or host(url)),
        "language": _text(about.get("language")),
        "feed_url": url,
    }
    entries = [_without_empty(shared | _fields(entry)) for entry in parsed.entries]
    return Listing(parsed.get("version") or "", _text(about.get("title")), entries)


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
        "title": _title(entry) or _beginning(_plain(body, content_type)),
        "url": _text(entry.get("link")),
        "guid": _text(entry.get("id")),
        "content_type": content_type,
        "published_at": _published(entry),
    }
    if language := _text(entry.get("language")):
        fields["language"] = language
    return fields | {"body": body}


def _body(entry: Any) -> tuple[str, str]:
    """Return the longest text the entry has, and its type."""
    texts = [*entry.get("content", ()), entry.get("summary_detail") or {}]
    longest = max(texts, key=lambda text: len(_text(text.get("value"))))
    is_plain = longest.get("type") == "text/plain"
    return _text(longest.get("value")), "text/plain" if is_plain else "text/html"


def _title(entry: Any) -> str:
    detail = entry.get("title_detail") or {}
    return _plain(_text(detail.get("value")), detail.get("type") or "text/html")


def _beginning(text: str) -> str:
    """Return what stands for the title of an entry that has none, as short messages have."""
    if len(text) <= _TITLE_CHARS:
        return text
    return text[:_TITLE_CHARS].rpartition(" ")[0] or text[:_TITLE_CHARS]


def _published(entry: Any) -> str | None:
    """Return when the entry was published, else when it was changed; as written, where feedparser gives up."""
    for name in ("published", "updated", "created"):
        written = _text(dict.get(entry, name))  # feedparser's own get() takes one date for another
        parsed = dict.get(entry, f"{name}_parsed")
        if moment := read_date(written) if written else None:
            return moment.isoformat()
        if parsed:
            return datetime.fromtimestamp(calendar.timegm(parsed), tz=UTC).isoformat()
        if written:
            return written
    return None


def _source(title: str, address: str) -> dict[str, str] | None:
    if address:
        return {"id": address, "name": title or address, "family": publisher(address)}
    return {"name": title} if title else None


def _plain(text: str, content_type: str) -> str:
    """Return one line without markup, also where markup calls itself plain; what was escaped twice is unescaped."""
    is_plain = content_type == "text/plain" and not _TAG.search(text)
    return " ".join((html.unescape(text) if is_plain else extract_plain_text(text)).split())


def _text(value: Any) -> str:
    """Return a text that UTF-8 can hold, without surrounding blanks."""
    text = value if isinstance(value, str) else ""
    return text.encode("utf-8", "replace").decode().strip()


def _without_empty(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value or name == "body"}
