"""Which partition a feed lies on: all feeds of a site on one, so that one poller asks the site."""

from hashlib import sha256
from urllib.parse import urlsplit

from pipeline.core.feeds import Feed
from pipeline.core.urls import host, publisher


def partition_of(feed: Feed, partitions: int) -> int:
    """Return the feed's partition of the topics `feeds` and `feeds.state`, the same in every process.

    It depends on the site alone.
    """
    return int.from_bytes(sha256(site_of(feed.url).encode()).digest()[:8], "big") % partitions


def site_of(url: str) -> str:
    """Return the registered domain of a web address (its host where there is none), the path of any other."""
    address = host(url)
    return publisher(address) if address else urlsplit(url).path
