"""The list as TOML, in the form of a profile's feeds.toml."""

import tomllib
from collections.abc import Iterable
from typing import Any

import msgspec
import tomli_w

from pipeline.core.feeds import Feed
from pipeline.feed_list.changes import FeedListError


def read_toml(content: bytes) -> list[dict[str, Any]]:
    """Return the [[feed]] tables of a file. Raises FeedListError where it is no TOML or holds anything else."""
    try:
        parsed = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FeedListError(f"no TOML: {error}") from error
    feeds = parsed.pop("feed", [])
    if parsed:
        raise FeedListError(f"unknown key {next(iter(parsed))!r}; the file holds [[feed]] tables alone")
    if not isinstance(feeds, list) or not all(isinstance(feed, dict) for feed in feeds):
        raise FeedListError("'feed' is no list of tables; write [[feed]], once a feed")
    return feeds


def write_toml(feeds: Iterable[Feed]) -> bytes:
    """Return the feeds as [[feed]] tables, without what has its default."""
    plain = Feed(id="", url="", name="", family="")
    defaults = msgspec.structs.asdict(plain)
    tables = [
        {name: value for name, value in msgspec.structs.asdict(feed).items() if value != defaults[name]}
        for feed in feeds
    ]
    return tomli_w.dumps({"feed": tables}).encode()
