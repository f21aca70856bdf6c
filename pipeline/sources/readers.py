"""Which reader a feed of the list has, by how the profile says that it is read."""

from collections.abc import Mapping

from pipeline.core.feeds import Feed, Via
from pipeline.sources.feeds import parse_feed
from pipeline.sources.item import SourceError
from pipeline.sources.json_feed import is_json, parse_json_feed
from pipeline.sources.listing import Document, Listing, ListingReader


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
}
