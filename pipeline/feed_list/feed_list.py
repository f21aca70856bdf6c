"""The compacted topics `feeds` and `feeds.state` as a list that is read and changed."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Self, TypeVar

from pipeline import codec
from pipeline.core.errors import RecordError
from pipeline.core.feeds import Feed, FeedState, ListedFeed
from pipeline.core.records import Record
from pipeline.dead_letters import Message
from pipeline.feed_list.changes import (
    Added,
    Change,
    Placed,
    changes,
    in_line_with,
    newest,
    with_added,
    without,
)
from pipeline.feed_list.partitions import partition_of
from pipeline.headers import new_trace_id, record_headers
from pipeline.reading import TopicReader, TopicRecord
from pipeline.sending import RecordSender
from pipeline.topology import FEED_STATES, FEEDS

_SOURCE = "pactwatch/feeds"
R = TypeVar("R", bound=Record)


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
        return {listed.feed.id: state for listed, state in self.listed_with_states() if state is not None}

    def listed_with_states(self) -> list[tuple[ListedFeed, FeedState | None]]:
        """Return the list with what is remembered of each feed."""
        listed = self.listed()
        reader = TopicReader(self._bootstrap, self._states)
        records = _latest(reader)
        places = [(partition_of(one.feed, reader.partitions), one.feed.id) for one in listed]
        found = [records.get(place) for place in places]
        states = [_read(record, FeedState) if record is not None else None for record in found]
        return list(zip(listed, states, strict=True))

    def sync(self, feeds: Iterable[Feed]) -> int:
        """Bring the list in line with the profile's feeds; return how many records that took.

        Several processes that do it at once write the same.
        """
        reader = TopicReader(self._bootstrap, self._feeds)
        placed = list(self._placed(reader))
        return self._change(reader, placed, in_line_with(feeds, newest(placed)))

    def add(self, *feeds: Feed, dry_run: bool = False) -> list[Added]:
        """Put feeds on the list; one that somebody took off is on again, as the profile has it.

        One whose address is on the list is there already; a dry run changes nothing. Raises FeedListError, with nothing added, where an id is
        that of a feed with another address.
        """
        reader = TopicReader(self._bootstrap, self._feeds)
        placed = list(self._placed(reader))
        wanted, added = with_added(newest(placed), feeds)
        if not dry_run:
            self._change(reader, placed, wanted)
        return added

    def remove(self, *feed_ids: str) -> list[Feed]:
        """Take feeds off the list: one of the profile stays there as off, one that was added is gone.

        Raises FeedListError, with nothing removed, where an id is not on the list.
        """
        reader = TopicReader(self._bootstrap, self._feeds)
        placed = list(self._placed(reader))
        wanted, removed = without(newest(placed), feed_ids)
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
