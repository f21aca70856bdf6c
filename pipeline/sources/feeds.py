"""RSS and Atom: each entry an article, read from bytes that are already here; what is out of the ordinary by feedparser."""

import calendar
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, BinaryIO

import orjson

from pipeline.core.publication_dates import read_date
from pipeline.sources.bounded_feedparser import STUMBLES, parse_bounded
from pipeline.sources.decoding import decode_page
from pipeline.sources.fields import beginning, clean, one_line, publisher_of, without_empty
from pipeline.sources.item import Item, SourceError
from pipeline.sources.listing import Listing
from pipeline.sources.plain_feeds import ParsedFeed, read_plain
from pipeline.sources.time_to_live import ttl_seconds

MAX_FEED_BYTES = 32 * 1024 * 1024
_MOST_DATE_CHARS = 100


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

    Nothing is fetched, and no external entity is read. Raises SourceError where nobody can make anything of it.
    """
    text = decode_page(content, content_type).strip()
    parsed = read_plain(text) or _parse(text, url)
    about = parsed.feed
    title = one_line(clean(about.get("title")))
    shared = {
        "source": publisher_of(title, clean(about.get("link")), url),
        "language": clean(about.get("language")),
        "feed_url": url,
    }
    entries = [without_empty(shared | article_fields(entry)) for entry in parsed.entries]
    return Listing(parsed.version, title, entries, ttl_seconds(about))


def _parse(text: str, url: str) -> ParsedFeed:
    """Return what feedparser reads."""
    try:
        parsed = parse_bounded(text, url)
    except STUMBLES as error:
        raise SourceError(f"a feed too broken to read: {type(error).__name__}: {error}") from error
    return ParsedFeed(parsed.get("version") or "", parsed.feed, parsed.entries)


def article_fields(entry: Any) -> dict[str, Any]:
    """Return what an entry, in feedparser's shape, says of an article."""
    body, content_type = _body(entry)
    fields: dict[str, Any] = {
        "title": _title(entry) or beginning(one_line(body, content_type)),
        "url": _web_address(clean(entry.get("link"))),
        "guid": clean(entry.get("id")) or _enclosure(entry),
        "content_type": content_type,
        "published_at": _published(entry),
    }
    if language := clean(entry.get("language")):
        fields["language"] = language
    return fields | {"body": body}


def _body(entry: Any) -> tuple[str, str]:
    """Return the longest text the entry has, and its type."""
    texts = [*_mappings(entry.get("content")), *_mappings(entry.get("summary_detail")), {}]
    longest = max(texts, key=lambda text: len(clean(text.get("value"))))
    is_plain = longest.get("type") == "text/plain"
    return clean(longest.get("value")), "text/plain" if is_plain else "text/html"


def _title(entry: Any) -> str:
    for detail in _mappings(entry.get("title_detail")):
        return one_line(clean(detail.get("value")), clean(detail.get("type")) or "text/html")
    return ""


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    """Return the mappings in a value, whatever an odd feed has made of it."""
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, Mapping)]


def _web_address(text: str) -> str:
    return text if text.lower().startswith(("http://", "https://")) else ""


def _enclosure(entry: Any) -> str:
    """Return the address of what is attached to an entry, by which it is known where it has no name of its own."""
    links = (link for link in _mappings(entry.get("links")) if link.get("rel") == "enclosure")
    return next((clean(link.get("href")) for link in links), "")


def _published(entry: Any) -> str | None:
    """Return when the entry was published, else when it was changed; as written, where feedparser gives up."""
    for name in ("published", "updated", "created"):
        written = clean(dict.get(entry, name))[
            :_MOST_DATE_CHARS
        ]  # feedparser's own get() takes one date for another
        parsed = dict.get(entry, f"{name}_parsed")
        if moment := read_date(written) if written else None:
            return moment.isoformat()
        if isinstance(parsed, time.struct_time):
            return datetime.fromtimestamp(calendar.timegm(parsed), tz=UTC).isoformat()
        if written:
            return written
    return None
