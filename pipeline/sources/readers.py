"""Which reader a feed of the list has, by how the profile says that it is read."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from pipeline.core.feeds import Feed, Via
from pipeline.sources.feeds import parse_feed
from pipeline.sources.index_page import read_index_page
from pipeline.sources.item import SourceError
from pipeline.sources.json_feed import is_json, parse_json_feed
from pipeline.sources.listing import Document, Listing, ListingReader
from pipeline.sources.sitemap import read_sitemap


def read_feed_listing(document: Document, feed: Feed) -> Listing:
    """Return what a feed holds, of whichever form it is. Raises SourceError where it is none."""
    del feed
    if is_json(document.content):
        return parse_json_feed(document.content, url=document.url)
    listing = parse_feed(document.content, url=document.url, content_type=document.content_type)
    if not listing.form and not listing.entries:
        raise SourceError(f"no feed: {document.content_type or 'content of no type'}")
    return listing


# A directory (via = "directory") is no document that a server sends.
READERS: Mapping[Via, ListingReader] = {
    "feed": read_feed_listing,
    "sitemap": read_sitemap,
    "index": read_index_page,
}


async def read_listing(
    document: Document, feed: Feed, fetch: Callable[[str], Awaitable[Document]]
) -> Listing:
    """Return what a list holds, with that of its further parts, which `fetch` gets.

    Each document is read in a thread, so that a large one holds up nobody. Raises SourceError where nothing can be made of it, and whatever `fetch` raises.
    """
    reader = READERS[feed.via]
    listing = await asyncio.to_thread(reader, document, feed)
    entries = list(listing.entries)
    for part in listing.parts:
        entries += (await asyncio.to_thread(reader, await fetch(part), feed)).entries
    return listing._replace(entries=entries, parts=())
