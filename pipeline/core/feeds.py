"""The feed list and what is remembered of each feed: records on two compacted topics of the poller's own."""

from typing import Annotated, Literal

from msgspec import Meta

from pipeline.core.records import Count, Country, Record, SourceKind, Timestamp

Via = Literal["feed", "sitemap", "index", "directory"]
TextFrom = Literal["feed", "page"]


class Feed(Record, frozen=True, kw_only=True):
    """A place where articles are listed, and who publishes them.

    `via` says how it is read: a feed (RSS, Atom, JSON Feed), a news sitemap, an HTML index page whose links match the
    pattern `links`, or a directory of files (`url` is then a file: address). `text` says where an article's text is: in
    the feed, or on its page, which is then fetched.
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
        Annotated[str, Meta(description="regular expression that an index page's links must match")] | None
    ) = None
    text: TextFrom = "feed"


class ListedFeed(Record, frozen=True, kw_only=True):
    """A feed on the list (topic `feeds`). `is_off`: a feed of the profile that somebody took off the list."""

    feed: Feed
    origin: Literal["profile", "added"] = "profile"
    is_off: bool = False


class FeedState(Record, frozen=True, kw_only=True):
    """What is remembered of a feed between polls (topic `feeds.state`).

    `url` is where it is asked now: a permanent redirect moves it. `seen` maps each entry that Kafka has, by the first 16
    hex digits of its article's id, to the first 8 of the SHA-256 of its text, so that an edited entry is known as another
    version. `is_gone`: the server said that the feed has ended (HTTP 410). `error` is of the last poll, in words.
    """

    feed_id: str
    url: str
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
