"""The feed list and what is remembered of each feed: records on two compacted topics of the poller's own."""

from typing import Annotated, Literal

import re2
from msgspec import Meta

from pipeline.core.records import Count, Country, Record, SourceKind, Timestamp

Via = Literal["feed", "sitemap", "index", "directory"]
TextFrom = Literal["feed", "page"]


class Feed(Record, frozen=True, kw_only=True):
    """A place where articles are listed, and who publishes them.

    `via` says how it is read: a feed (RSS, Atom, JSON Feed), a news sitemap, an HTML index page whose links match the
    pattern `links`, or a directory of files (`url` is then a file: address). `links` may also choose among a sitemap's
    addresses and a directory's paths. `text` says where an article's text is: in the feed, or on its page, which is then
    fetched; entries that are only linked to always have that of their page.
    """

    id: str
    url: str
    name: str
    family: str
    kind: SourceKind = "other"
    country: Country | None = None
    language: str | None = None
    via: Via = "feed"
    links: (
        Annotated[str, Meta(description="regular expression (RE2) that addresses of articles hold")] | None
    ) = None
    text: TextFrom = "feed"


def feed_issue(feed: Feed) -> str:
    """Return why a feed can never be read as it says, empty where it can."""
    if feed.via == "directory" and not feed.url.startswith("file:///"):
        return "a directory's address is file:///…"
    if "://" in feed.url and not feed.url.startswith(("http://", "https://", "file:///")):
        return "its address is neither http: nor https:"
    if feed.via == "index" and not feed.links:
        return "an index page needs `links`, the pattern of its articles' addresses"
    if feed.via == "feed" and feed.links:
        return "`links` is for index pages, sitemaps and directories: a feed names its articles itself"
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(feed.links or "", options)
    except re2.error as error:
        return f"links: no regular expression: {error}"
    return ""


class ListedFeed(Record, frozen=True, kw_only=True):
    """A feed on the list (topic `feeds`). `is_off`: a feed of the profile that somebody took off the list."""

    feed: Feed
    origin: Literal["profile", "added"] = "profile"
    is_off: bool = False


class FeedState(Record, frozen=True, kw_only=True):
    """What is remembered of a feed between polls (topic `feeds.state`).

    `listed_url` is its address on the list, `url` where it is asked now: a permanent redirect moves it. `seen` maps each entry that Kafka has, by the first 16
    hex digits of its article's id, to the versions published of it, each by the first 8 hex digits of the SHA-256 of its
    text, joined by blanks; empty: another feed of the site published it. Of a folder it maps files. `pages_wanted` counts
    for entries that were published without the text of their page how often that was tried. `is_gone`: the server said
    that the feed has ended (HTTP 410). `error` is of the last poll, in words.
    """

    feed_id: str
    url: str
    listed_url: str = ""
    etag: str = ""
    last_modified: str = ""
    content_hash: str = ""
    polled_at: Timestamp | None = None
    succeeded_at: Timestamp | None = None
    changed_at: Timestamp | None = None
    next_at: Timestamp | None = None
    interval_seconds: Count = 0
    error: str = ""
    failures: Count = 0
    failing_since: Timestamp | None = None
    is_reported_dead: bool = False
    is_gone: bool = False
    entries: Count = 0
    published: Count = 0
    seen: dict[str, str] = {}
    pages_wanted: dict[str, Count] = {}
