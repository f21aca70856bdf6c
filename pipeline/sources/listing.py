"""What a place that lists articles holds, as read from bytes that are already here."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pipeline.core.feeds import Feed


class Document(NamedTuple):
    """What a server sent: `url` is where it was found in the end, `content_type` what the server says it is."""

    url: str
    content: bytes
    content_type: str = ""


class Listing(NamedTuple):
    """What a list of articles holds.

    `form` is what it is ("rss20", "atom10", "sitemap"; empty: none known); `entries` are the fields of each article, as
    `read_article` takes them: one that is only linked to has no body, and its text is always that of its page (`needs_page`).
    `ttl_seconds`: how long its publisher says that it need not be asked again. `parts`: further documents of the same
    kind that make up the list, newest first (an index of sitemaps).
    """

    form: str
    title: str
    entries: list[dict[str, Any]]
    ttl_seconds: int | None = None
    parts: tuple[str, ...] = ()


def needs_page(entry: Mapping[str, Any], feed: Feed) -> bool:
    """Whether an entry's text has to be fetched from its page: the profile says so, or the list only links to it."""
    return bool(entry.get("url")) and (feed.text == "page" or "body" not in entry)


# Reads a document as the list's entry in the profile says; raises SourceError where nothing can be made of it.
ListingReader = Callable[[Document, Feed], Listing]
