"""What a place that lists articles holds, as read from bytes that are already here."""

from collections.abc import Callable
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
    `read_article` takes them: one that is only linked to has no body. `ttl_seconds`: how long its publisher says that
    it need not be asked again.
    """

    form: str
    title: str
    entries: list[dict[str, Any]]
    ttl_seconds: int | None = None


# Reads a document as the list's entry in the profile says; raises SourceError where nothing can be made of it.
ListingReader = Callable[[Document, Feed], Listing]
