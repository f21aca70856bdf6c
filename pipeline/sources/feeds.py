"""RSS and Atom: each entry an article, read with feedparser from bytes that are already here."""

import calendar
import html
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO, NamedTuple

import feedparser
import orjson
from resiliparse.extract.html2text import extract_plain_text

from pipeline.core.publication_dates import read_date
from pipeline.core.urls import host, publisher
from pipeline.sources.item import Item, SourceError

MAX_FEED_BYTES = 32 * 1024 * 1024
_TITLE_CHARS = 160


class Feed(NamedTuple):
    """A feed as read: its form ("rss20", "atom10"; empty: none known), its title, and the fields of each entry."""

    form: str
    title: str
    entries: list[dict[str, Any]]


def read_feed(stream: BinaryIO, name: str, fetched_at: datetime) -> Iterator[Item]:
    """Yield each entry of a feed file as an article, or why it is none."""
    content = stream.read(MAX_FEED_BYTES + 1)
    if len(content) > MAX_FEED_BYTES:
        error = SourceError(f"a feed of more than {MAX_FEED_BYTES // 1024**2} MB")
        yield Item(name, content, error)
        return
    feed = parse_feed(content)
    if not feed.form and not feed.entries:
        yield Item(name, content, SourceError("no feed: neither RSS nor Atom"))
    for number, fields in enumerate(feed.entries, start=1):
        yield Item.of_fields(f"{name} entry {number}", orjson.dumps(fields), fields, fetched_at)


def parse_feed(content: bytes, *, url: str = "", content_type: str = "") -> Feed:
    """Return what a feed holds, however broken it is; `url` is what its relative links are relative to.

    Nothing is fetched: feedparser is given bytes, and external entities are off.
    """
    headers = {"content-location": url, "content-type": content_type}
    parsed = feedparser.parse(
        io.BytesIO(content), response_headers={name: value for name, value in headers.items() if value}
    )
    about = parsed.feed
    shared = {
        "source": _source(_text(about.get("title")), host(_text(about.get("link"))) or host(url)),
        "language": _text(about.get("language")),
        "feed_url": url,
    }
    entries = [_without_empty(shared | _fields(entry)) for entry in parsed.entries]
    return Feed(parsed.get("version") or "", _text(about.get("title")), entries)


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
    """Return one line without markup; what was escaped twice is unescaped the second time."""
    plain = html.unescape(text) if content_type == "text/plain" else extract_plain_text(text)
    return " ".join(plain.split())


def _text(value: Any) -> str:
    """Return a text that UTF-8 can hold, without surrounding blanks."""
    text = value if isinstance(value, str) else ""
    return text.encode("utf-8", "replace").decode().strip()


def _without_empty(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value or name == "body"}
