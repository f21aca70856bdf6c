"""The feeds that this poller has, with what is remembered of each: as the topics tell, partition by partition."""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from pipeline.core.feeds import Feed, FeedState, ListedFeed
from pipeline.poller.carriers import Carriers
from pipeline.poller.progress import at_address


class Roll:
    """Feeds by id. A feed is polled once its partition has been read to the end, and while it is on the list.

    `version` changes whenever there may be other feeds to poll. `carriers` says which feed publishes an entry: those of a site carry one another's.
    """

    def __init__(self) -> None:
        self.carriers = Carriers()
        self.version = 0
        self._listed: dict[str, ListedFeed] = {}
        self._states: dict[str, FeedState] = {}
        self._places: dict[str, int] = {}
        self._ready: set[int] = set()

    def feeds(self) -> Iterator[tuple[Feed, FeedState]]:
        """Yield the feeds that are to be polled."""
        for feed_id in self._listed:
            if (found := self.get(feed_id)) is not None:
                yield found

    def get(self, feed_id: str) -> tuple[Feed, FeedState] | None:
        """Return a feed with its state, if this poller is to poll it."""
        listed = self._listed.get(feed_id)
        if listed is None or listed.is_off or self._places.get(feed_id) not in self._ready:
            return None
        state = at_address(self._states.get(feed_id), listed.feed)
        return None if state.is_gone else (listed.feed, state)

    def partition(self, feed_id: str) -> int | None:
        """Return the partition that the feed's records are on, None where this poller does not have it any more."""
        return self._places.get(feed_id)

    def put(self, partition: int, feed_id: str, listed: ListedFeed | None) -> None:
        """Take a record of the list; None: its end. A feed that is listed anew is asked again, also where it had ended."""
        self.version += 1
        if listed is None:
            if self._places.get(feed_id) == partition:
                self._drop([feed_id])
            return
        changed = partition in self._ready and self._listed.get(feed_id) != listed
        self._listed[feed_id] = listed
        self._places[feed_id] = partition
        state = self._states.get(feed_id)
        if changed and state is not None and state.is_gone:
            self._states[feed_id] = replace(state, is_gone=False, next_at=None)

    def put_state(self, partition: int, feed_id: str, state: FeedState | None) -> None:
        """Take what is remembered of a feed; None: nothing is. A ready partition is this poller's own to remember."""
        if self._places.get(feed_id, partition) != partition:
            return  # what is left of it where it was before it moved
        if state is None:
            self._states.pop(feed_id, None)
        elif partition not in self._ready:
            self._states[feed_id] = state

    def remember(self, state: FeedState) -> None:
        """Remember what a poll came to."""
        if state.feed_id in self._listed:
            self._states[state.feed_id] = state
            self._carry(state)

    def make_ready(self, partition: int) -> None:
        """Say that a partition was read to its end: its feeds may be polled."""
        self.version += 1
        self._ready.add(partition)
        for feed_id, place in self._places.items():
            if place == partition and (state := self._states.get(feed_id)) is not None:
                self._carry(state)

    def lose(self, partitions: Iterable[int]) -> None:
        """Forget the feeds of partitions that another poller has now."""
        lost = set(partitions)
        self._ready -= lost
        self._drop([feed_id for feed_id, place in self._places.items() if place in lost])

    def _carry(self, state: FeedState) -> None:
        self.carriers.note((key for key, versions in state.seen.items() if versions), state.feed_id)

    def _drop(self, feed_ids: Iterable[str]) -> None:
        gone = set(feed_ids)
        for feed_id in gone:
            self._listed.pop(feed_id, None)
            self._states.pop(feed_id, None)
            self._places.pop(feed_id, None)
        self.carriers.drop(gone)
