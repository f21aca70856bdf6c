"""JSON Feed 1.0 and 1.1: each item an article."""

from typing import Any
from urllib.parse import urljoin

from pipeline import codec
from pipeline.core.errors import RecordError
from pipeline.sources.fields import beginning, clean, one_line, publisher_of, without_empty
from pipeline.sources.item import SourceError
from pipeline.sources.listing import Listing

_BOM = b"\xef\xbb\xbf"
_VERSION = "jsonfeed.org/version/"


def is_json(content: bytes) -> bool:
    """Whether a document is a JSON object, by its beginning: no XML begins with a brace."""
    return content[:1024].removeprefix(_BOM).lstrip().startswith(b"{")


def is_json_feed(value: Any) -> bool:
    """Whether a JSON value says that it is a JSON feed."""
    return isinstance(value, dict) and _VERSION in clean(value.get("version"))


def parse_json_feed(content: bytes, *, url: str = "") -> Listing:
    """Return what a JSON feed holds, tolerant of wrong types; `url` is what its relative links are relative to.

    Raises SourceError where it is no JSON feed.
    """
    try:
        feed = codec.parse(content.removeprefix(_BOM))
    except RecordError as error:
        raise SourceError(f"no feed: {error}") from error
    if not is_json_feed(feed):
        raise SourceError("no feed: JSON without the version of a JSON Feed")
    number = clean(feed["version"]).partition(_VERSION)[2].strip("/")
    shared = {
        "source": publisher_of(one_line(clean(feed.get("title"))), clean(feed.get("home_page_url")), url),
        "language": clean(feed.get("language")),
        "feed_url": url,
    }
    items = feed.get("items")
    entries = [
        without_empty(shared | _fields(item, url))
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, dict)
    ]
    return Listing(f"json{number.replace('.', '')}", one_line(clean(feed.get("title"))), entries)


def _fields(item: dict[str, Any], base: str) -> dict[str, Any]:
    body, content_type = _body(item)
    link = clean(item.get("url")) or clean(item.get("external_url"))
    fields: dict[str, Any] = {
        "title": one_line(clean(item.get("title")), "text/plain") or beginning(one_line(body, content_type)),
        "url": _joined(base, link),
        "guid": _id(item.get("id")),
        "content_type": content_type,
        "published_at": clean(item.get("date_published")) or clean(item.get("date_modified")),
        "body": body,
    }
    if language := clean(item.get("language")):
        fields["language"] = language
    return fields


def _body(item: dict[str, Any]) -> tuple[str, str]:
    """Return the text of an item, else its summary, and its type."""
    if html := clean(item.get("content_html")):
        return html, "text/html"
    return clean(item.get("content_text")) or clean(item.get("summary")), "text/plain"


def _id(value: Any) -> str:
    """Return an item's id; the format lets a number stand for a text."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else clean(value)


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link) if link else ""
    except ValueError:  # a broken IPv6 address
        return link
