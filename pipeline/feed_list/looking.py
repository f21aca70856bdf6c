"""What would be read from a feed: fetched and taken apart, and nothing published."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

import msgspec
from resiliparse.parse.html import HTMLTree

from pipeline.core.errors import PactwatchError
from pipeline.core.feeds import Feed, Via
from pipeline.core.text.languages import detect_language
from pipeline.fetching import PAGES, Fetcher, FetchError, Robots
from pipeline.sources.decoding import decode_page
from pipeline.sources.directory import read_directory
from pipeline.sources.fields import clean, one_line
from pipeline.sources.full_text import page_issue
from pipeline.sources.html_page import page_fields
from pipeline.sources.links import absolute
from pipeline.sources.listing import Document, Listing
from pipeline.sources.readers import read_listing

TextIn = Literal["full", "teasers", "none"]
_LOOKED_AT = 4096
_FULL_TEXT_CHARS = 800  # a teaser of more is rare, and so is an article of less
_ENTRIES_LOOKED_AT = 50
_SITEMAPS = (b"<urlset", b"<sitemapindex")
_HTML = (b"<!doctype html", b"<html")
_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
)


class Link(NamedTuple):
    """A feed that an HTML page names."""

    url: str
    title: str


class Page(NamedTuple):
    """The page of a feed's first article: how long its text is, or why that is not taken."""

    url: str
    chars: int = 0
    issue: str = ""


class Look(NamedTuple):
    """What came of looking: a listing, or an error in words. `feed` is as it was read.

    `found_at` is where the answer was in the end; `links` are the feeds that a page names which is itself none. `page`
    is looked at where the feed's articles have their text from their pages.
    """

    feed: Feed
    listing: Listing | None = None
    error: str = ""
    found_at: str = ""
    links: tuple[Link, ...] = ()
    page: Page | None = None

    @property
    def titles(self) -> list[str]:
        """The titles of the first entries."""
        entries = self.listing.entries if self.listing else []
        return [clean(entry.get("title")) for entry in entries[:_ENTRIES_LOOKED_AT]]

    @property
    def language(self) -> str | None:
        """The language of the titles, else what the feed says."""
        said = clean(self.listing.entries[0].get("language")) if self.listing and self.listing.entries else ""
        return detect_language("\n".join(self.titles), said) or said or None

    @property
    def text(self) -> TextIn:
        """How much of its articles the feed has: judged by the length of half of the first entries."""
        entries = self.listing.entries if self.listing else []
        lengths = [_length(entry) for entry in entries[:_ENTRIES_LOOKED_AT]]
        if not any(lengths):
            return "none"
        return "full" if median(lengths) >= _FULL_TEXT_CHARS else "teasers"


async def look_at(feed: Feed, fetcher: Fetcher, *, is_via_said: bool = True) -> Look:
    """Fetch a feed, or read it from a file, and return what it holds. Without `is_via_said` its form decides how."""
    document: Document | None = None
    try:
        if feed.via == "directory":
            listing = await asyncio.to_thread(read_directory, feed, datetime.now(UTC))
            return Look(feed, listing, found_at=feed.url)
        document = await _document(feed.url, fetcher)
        if not is_via_said:
            feed = msgspec.structs.replace(feed, via=_via_of(document))
        listing = await read_listing(document, feed, lambda url: _document(url, fetcher))
    except (PactwatchError, OSError) as error:
        said = error.strerror if isinstance(error, OSError) else None
        links = feed_links(document) if document else ()
        return Look(feed, error=said or str(error), found_at=document.url if document else "", links=links)
    page = await _first_page(listing, fetcher) if feed.text == "page" else None
    return Look(feed, listing, found_at=document.url, page=page)


async def _first_page(listing: Listing, fetcher: Fetcher) -> Page | None:
    """Return what the page of the first article that has one would give, as the poller takes it."""
    entry = next((entry for entry in listing.entries if is_web(clean(entry.get("url")))), None)
    if entry is None:
        return None
    url = clean(entry["url"])
    try:
        if not await Robots(fetcher).allows(url):
            return Page(url, issue="its site lets no robot read it (robots.txt)")
        answer = await fetcher.fetch(url, accept=PAGES)
    except FetchError as error:
        return Page(url, issue=str(error))
    fields = await asyncio.to_thread(
        page_fields, answer.content or b"", url=answer.url, content_type=answer.content_type
    )
    issue = page_issue(entry, fields)
    return Page(url, issue=issue) if issue else Page(url, len(fields["body"]))


def feed_links(document: Document) -> tuple[Link, ...]:
    """Return the feeds that an HTML page names in its head, in its order; none where it is no HTML."""
    if not _is_html(document):
        return ()
    page = HTMLTree.parse(decode_page(document.content, document.content_type)).document
    found: dict[str, Link] = {}
    for link in page.query_selector_all("link[rel][type][href]") if page else ():
        is_alternate = "alternate" in (link.getattr("rel") or "").lower().split()
        if is_alternate and (link.getattr("type") or "").strip().lower() in _FEED_TYPES:
            url = absolute(document.url, link.getattr("href") or "")
            found.setdefault(url, Link(url, one_line(clean(link.getattr("title")))))
    found.pop("", None)
    return tuple(found.values())


def is_web(source: str) -> bool:
    """Whether a source is an address on the web, and not a file's name."""
    return source.startswith(("http://", "https://"))


async def _document(url: str, fetcher: Fetcher) -> Document:
    if is_web(url):
        answer = await fetcher.fetch(url)
        return Document(answer.url, answer.content or b"", answer.content_type)
    return await asyncio.to_thread(_file, urlsplit(url).path if url.startswith("file:") else url)


def _file(path: str) -> Document:
    return Document(Path(path).absolute().as_uri(), Path(path).read_bytes())


def _via_of(document: Document) -> Via:
    beginning = document.content[:_LOOKED_AT].lower()
    return "sitemap" if any(root in beginning for root in _SITEMAPS) else "feed"


def _is_html(document: Document) -> bool:
    beginning = document.content[:_LOOKED_AT].lower()
    return "html" in document.content_type.lower() or any(root in beginning for root in _HTML)


def _length(entry: dict[str, Any]) -> int:
    return len(one_line(clean(entry.get("body")), clean(entry.get("content_type")) or "text/html"))
