"""What has to change on the feed list, worked out from what is there: pure, so that it can be tried without Kafka."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from pipeline.core.errors import PactwatchError
from pipeline.core.feeds import Feed, ListedFeed
from pipeline.core.urls import canonical_url

PartitionOf = Callable[[Feed], int]
Outcome = Literal["added", "back on", "there already"]


class FeedListError(PactwatchError):
    """What is asked of the list contradicts what is on it, or is no feed."""


class Placed(NamedTuple):
    """A record of the list, where it lies, and when it was written (milliseconds since 1970)."""

    partition: int
    listed: ListedFeed
    written: int


class Change(NamedTuple):
    """What to write: a feed on a partition, or where `listed` is None its end there.

    `is_forgotten`: what is remembered of the feed there is of another address, or of no use any more.
    """

    partition: int
    feed_id: str
    listed: ListedFeed | None
    is_forgotten: bool


class Added(NamedTuple):
    """What came of one feed that was to be added: `feed` as it is on the list now."""

    feed: Feed
    outcome: Outcome


def newest(placed: Iterable[Placed]) -> dict[str, ListedFeed]:
    """Return the list, by id; of a feed that lies on two partitions, being moved, the record written last."""
    by_age = sorted(placed, key=lambda one: one.written)
    return {one.listed.feed.id: one.listed for one in by_age}


def in_line_with(feeds: Iterable[Feed], known: Mapping[str, ListedFeed]) -> dict[str, ListedFeed]:
    """Return the list with the profile's feeds and those that people added.

    A feed that somebody took off stays off, whatever else of it changes; one that somebody added stands as it was
    added, also where the profile has got one of its id.
    """
    wanted = {id_: listed for id_, listed in known.items() if listed.origin == "added"}
    for feed in feeds:
        before = known.get(feed.id)
        plain = Feed(**msgspec.structs.asdict(feed))  # a profile's entry is a stricter type
        wanted.setdefault(feed.id, ListedFeed(feed=plain, is_off=before is not None and before.is_off))
    return wanted


def with_added(
    known: Mapping[str, ListedFeed], feeds: Iterable[Feed]
) -> tuple[dict[str, ListedFeed], list[Added]]:
    """Return the list with these feeds, and what came of each.

    One whose address is on the list is there already; where somebody took it off it is on again, as it was. Raises
    FeedListError where an id is that of a feed with another address.
    """
    wanted = dict(known)
    by_address = {canonical_url(listed.feed.url): id_ for id_, listed in known.items()}
    by_address |= {canonical_url(listed.feed.url): id_ for id_, listed in known.items() if not listed.is_off}
    added = []
    for feed in feeds:
        there = wanted.get(by_address.get(canonical_url(feed.url), ""))
        if there is None:
            _check_free(feed.id, wanted)
            wanted[feed.id] = ListedFeed(feed=feed, origin="added")
            by_address[canonical_url(feed.url)] = feed.id
            added.append(Added(feed, "added"))
        else:
            wanted[there.feed.id] = msgspec.structs.replace(there, is_off=False)
            added.append(Added(there.feed, "back on" if there.is_off else "there already"))
    return wanted, added


def _check_free(feed_id: str, wanted: Mapping[str, ListedFeed]) -> None:
    if feed_id in wanted:
        other = wanted[feed_id].feed.url
        raise FeedListError(f"{feed_id!r} is on the list already, with {other}; choose another id (--id)")


def without(
    known: Mapping[str, ListedFeed], feed_ids: Sequence[str]
) -> tuple[dict[str, ListedFeed], list[Feed]]:
    """Return the list without these feeds, and the feeds: one of the profile is there as off, one added is gone.

    Raises FeedListError where an id is not on the list.
    """
    wanted = dict(known)
    for feed_id in feed_ids:
        listed = known.get(feed_id)
        if listed is None:
            raise FeedListError(f"no feed {feed_id!r} on the list; `pactwatch feeds list` shows the ids")
        if listed.origin == "added":
            wanted.pop(feed_id, None)
        else:
            wanted[feed_id] = msgspec.structs.replace(listed, is_off=True)
    return wanted, [known[feed_id].feed for feed_id in feed_ids]


def changes(
    placed: Sequence[Placed], wanted: Mapping[str, ListedFeed], partition_of: PartitionOf
) -> list[Change]:
    """Return the way from what lies where to what is wanted, each feed on its site's partition and there alone.

    New records come before the ends of old ones, so that one who breaks off leaves no feed out. Without a difference
    there is no change, so several who do it at once agree.
    """
    there = {(one.partition, one.listed.feed.id): one.listed for one in placed}
    target = {(partition_of(listed.feed), id_): listed for id_, listed in wanted.items()}
    written = [
        Change(*place, listed, is_forgotten=place in there and there[place].feed.url != listed.feed.url)
        for place, listed in sorted(target.items(), key=lambda item: item[0])
        if there.get(place) != listed
    ]
    ended = [Change(*place, None, is_forgotten=True) for place in sorted(there.keys() - target.keys())]
    return written + ended
