"""The entries of a feed as articles of its publisher, and which of them are new or edited."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
import orjson

from pipeline.core.errors import RecordError
from pipeline.core.feeds import Feed
from pipeline.core.records import RawArticle
from pipeline.sources.fields import one_line
from pipeline.sources.item import Item

KEY_CHARS, VERSION_CHARS = 16, 8
# An entry that is edited for ever, or flips between texts, is left alone after so many.
MOST_VERSIONS = 8


class Entry(NamedTuple):
    """An entry as it was read; `key` and `version` are what a feed's state remembers of it."""

    key: str
    version: str
    fields: Mapping[str, Any]
    item: Item


def read_entry(fields: Mapping[str, Any], feed: Feed, fetched_at: datetime) -> Entry:
    """Return the entry as an article of the publisher that the list names.

    What stands in no article (markup, white space) makes no version. One that is no article is known by what it holds.
    """
    item = article_of(fields, feed, fetched_at)
    if isinstance(item.result, RawArticle):
        content_type = item.result.content_type
        text = f"{one_line(item.result.title)}\n{one_line(item.result.body, content_type)}"
        return Entry(item.result.article_id[:KEY_CHARS], _digest(text.encode())[:VERSION_CHARS], fields, item)
    digest = _digest(item.raw)
    return Entry(digest[:KEY_CHARS], digest[:VERSION_CHARS], fields, item)


def article_of(fields: Mapping[str, Any], feed: Feed, fetched_at: datetime) -> Item:
    """Return the article in these fields, by the publisher that the list names, or why they hold none."""
    publisher = {"id": feed.id, "name": feed.name, "family": feed.family, "kind": feed.kind}
    if feed.country:
        publisher["country"] = feed.country
    known: dict[str, Any] = {"source": publisher, "feed_url": feed.url}
    if feed.language:
        known["language"] = feed.language
    raw = orjson.dumps(fields, default=str)
    return Item.of_fields(feed.url, raw, {"body": ""} | dict(fields) | known, fetched_at)


def is_news(entry: Entry, seen: Mapping[str, str]) -> bool:
    """Whether Kafka has the entry in no such version, and it is no other feed's to publish."""
    versions = seen.get(entry.key)
    if versions is None:
        return True
    known = versions.split()
    return bool(known) and entry.version not in known and len(known) < MOST_VERSIONS


def with_version(entry: Entry, seen: Mapping[str, str]) -> str:
    """Return the versions seen of an entry, this one with them."""
    known = seen.get(entry.key, "").split()
    return " ".join(known if entry.version in known else [*known, entry.version])


def merged_page(entry: Entry, fields: Mapping[str, Any], feed: Feed, fetched_at: datetime) -> Entry:
    """Return the entry with the fields it has together with its page; it stays the same entry in the same version."""
    item = article_of(fields, feed, fetched_at)
    if isinstance(item.result, RecordError) or not isinstance(entry.item.result, RawArticle):
        return entry
    article = msgspec.structs.replace(item.result, article_id=entry.item.result.article_id)
    return entry._replace(item=item._replace(result=article))


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
