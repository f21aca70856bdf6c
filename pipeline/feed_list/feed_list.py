"""The compacted topics `feeds` and `feeds.state` as a list that is read and changed."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal, NamedTuple, Self, TypeVar

import msgspec

from pipeline import codec
from pipeline.core.errors import PactwatchError, RecordError
from pipeline.core.feeds import Feed, FeedState, ListedFeed
from pipeline.core.records import Record
from pipeline.core.urls import canonical_url
from pipeline.dead_letters import Message
from pipeline.feed_list.changes import Change, Placed, changes, in_line_with, newest
from pipeline.feed_list.partitions import partition_of
from pipeline.headers import new_trace_id, record_headers
from pipeline.reading import TopicReader, TopicRecord
from pipeline.sending import RecordSender
from pipeline.topology import FEED_STATES, FEEDS

_SOURCE = "pactwatch/feeds"
R = TypeVar("R", bound=Record)
Outcome = Literal["added", "back on", "there already"]


class FeedListError(PactwatchError):
    """What is asked of the list contradicts what is on it."""


class Added(NamedTuple):
    """What came of one feed that was to be added: `feed` as it is on the list now."""

    feed: Feed
    outcome: Outcome


class FeedList:
    """The feeds that are polled, on Kafka. Each call sees the list as it is then; nobody's position is moved.

    Raises BrokerError where Kafka or the topics are not there. What is no record of the list is passed over: the
    poller does so too.
    """

    def __init__(self, bootstrap: str, *, topic_prefix: str = "") -> None:
        self._bootstrap = bootstrap
        self._feeds = topic_prefix + FEEDS.name
        self._states = topic_prefix + FEED_STATES.name
        self._sender: RecordSender | None = None

    def listed(self) -> list[ListedFeed]:
        """Return the list, also the profile's feeds that somebody took off, in the order of their ids."""
        known = newest(self._placed(TopicReader(self._bootstrap, self._feeds)))
        return [known[id_] for id_ in sorted(known)]

    def states(self) -> dict[str, FeedState]:
        """Return what is remembered of each feed on the list, by its id; one that was not polled yet has none."""
        reader = TopicReader(self._bootstrap, self._states)
        places = {(partition_of(listed.feed, reader.partitions), listed.feed.id) for listed in self.listed()}
        records = _latest(reader)
        found = ((place, _read(records[place], FeedState)) for place in places & records.keys())
        return {place[1]: state for place, state in found if state is not None}

    def sync(self, feeds: Iterable[Feed]) -> int:
        """Bring the list in line with the profile's feeds; return how many records that took.

        Several processes that do it at once write the same.
        """
        reader = TopicReader(self._bootstrap, self._feeds)
        placed = list(self._placed(reader))
        return self._change(reader, placed, in_line_with(feeds, newest(placed)))

    def add(self, *feeds: Feed) -> list[Added]:
        """Put feeds on the list; one that somebody took off is on again, as the profile has it.

        One whose address is on the list is there already. Raises FeedListError, with nothing added, where an id is
        that of a feed with another address.
        """
        reader = TopicReader(self._bootstrap, self._feeds)
        placed = list(self._placed(reader))
        wanted = newest(placed)
        added = [_add(feed, wanted) for feed in feeds]
        self._change(reader, placed, wanted)
        return added

    def remove(self, *feed_ids: str) -> list[Feed]:
        """Take feeds off the list: one of the profile stays there as off, one that was added is gone.

        Raises FeedListError, with nothing removed, where an id is not on the list.
        """
        reader = TopicReader(self._bootstrap, self._feeds)
        placed = list(self._placed(reader))
        wanted = newest(placed)
        removed = [_remove(feed_id, wanted) for feed_id in feed_ids]
        self._change(reader, placed, wanted)
        return removed

    def close(self) -> None:
        """End the connection; all that was changed has been acknowledged before."""
        if self._sender is not None:
            self._sender.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _placed(self, reader: TopicReader) -> Iterator[Placed]:
        for (partition, key), record in _latest(reader).items():
            listed = _read(record, ListedFeed)
            if listed is not None and listed.feed.id == key:
                yield Placed(partition, listed, record.timestamp)

    def _change(self, reader: TopicReader, placed: list[Placed], wanted: Mapping[str, ListedFeed]) -> int:
        todo = changes(placed, wanted, lambda feed: partition_of(feed, reader.partitions))
        if todo:
            self._sender = self._sender or RecordSender(self._bootstrap)
            self._sender.send_all(self._feeds, ((_message(change), change.partition) for change in todo))
            ends = ((Message(c.feed_id.encode(), None, []), c.partition) for c in todo if c.is_forgotten)
            self._sender.send_all(self._states, ends)
        return len(todo)


def _add(feed: Feed, wanted: dict[str, ListedFeed]) -> Added:
    address = canonical_url(feed.url)
    same = [one for one in wanted.values() if canonical_url(one.feed.url) == address]
    known = next((one for one in same if one.feed.id == feed.id), same[0] if same else None)
    if known is None and feed.id in wanted:
        other = wanted[feed.id].feed.url
        raise FeedListError(f"{feed.id!r} is on the list already, with {other}; choose another id (--id)")
    if known is None:
        wanted[feed.id] = ListedFeed(feed=feed, origin="added")
        return Added(feed, "added")
    if known.is_off:
        wanted[known.feed.id] = msgspec.structs.replace(known, is_off=False)
        return Added(known.feed, "back on")
    return Added(known.feed, "there already")


def _remove(feed_id: str, wanted: dict[str, ListedFeed]) -> Feed:
    known = wanted.get(feed_id)
    if known is None:
        raise FeedListError(f"no feed {feed_id!r} on the list; `pactwatch feeds list` shows the ids")
    if known.origin == "added":
        del wanted[feed_id]
    else:
        wanted[feed_id] = msgspec.structs.replace(known, is_off=True)
    return known.feed


def _message(change: Change) -> Message:
    key = change.feed_id.encode()
    if change.listed is None:
        return Message(key, None, [])
    headers = record_headers(
        FEEDS, change.listed, trace_id=new_trace_id(), source=_SOURCE, time=datetime.now(UTC)
    )
    return Message(key, codec.encode(change.listed), headers)


def _latest(reader: TopicReader) -> dict[tuple[int, str], TopicRecord]:
    """Return the last record of each key on each partition, without those that were ended."""
    latest: dict[tuple[int, str], TopicRecord] = {}
    for record in reader.unordered():
        place = record.partition, (record.key or b"").decode(errors="replace")
        latest.pop(place, None)
        if record.value is not None:
            latest[place] = record
    return latest


def _read(record: TopicRecord, form: type[R]) -> R | None:
    try:
        return codec.decode(record.value, form)
    except RecordError:
        return None
