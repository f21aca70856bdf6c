"""What has to change on the feed list, worked out from what is there: pure, so that it can be tried without Kafka."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from pipeline.core.feeds import Feed, ListedFeed

PartitionOf = Callable[[Feed], int]


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
