"""A poller's place in the consumer group over the feed list: which partitions it has, read from their beginning.

The list and the states are partitioned alike; Kafka's range assignor gives one member equal partition numbers of both.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaError

from pipeline import codec
from pipeline.core.errors import RecordError
from pipeline.core.feeds import FeedState, ListedFeed
from pipeline.core.records import Record
from pipeline.poller.roll import Roll
from pipeline.topology import FEED_STATES, FEEDS

log = logging.getLogger(__name__)
_LOOK_MS = 500
_MOST_RECORDS = 1000
_PAUSE_SECONDS = 1.0
R = TypeVar("R", bound=Record)


class Membership:
    """Keeps a roll in line with the topics, for as long as it runs.

    Without a group it has all partitions, whoever else has them. `wake` is set when there may be other feeds to
    poll. Partitions are given up `at_rest`: when what was under way has come to its end.
    """

    def __init__(
        self,
        bootstrap: str,
        *,
        group: str | None,
        topic_prefix: str,
        session_seconds: float,
        roll: Roll,
        wake: asyncio.Event,
        at_rest: Callable[[], AbstractAsyncContextManager[None]],
    ) -> None:
        self._feeds = topic_prefix + FEEDS.name
        self._states = topic_prefix + FEED_STATES.name
        self._roll = roll
        self._wake = wake
        self._at_rest = at_rest
        self._group = group
        self._is_assigned = False
        self._ends: dict[TopicPartition, int | None] = {}
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap,
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            partition_assignment_strategy=(RangePartitionAssignor,),
            session_timeout_ms=round(session_seconds * 1000),
            heartbeat_interval_ms=round(session_seconds * 1000 / 4),
            max_poll_records=_MOST_RECORDS,
            metadata_max_age_ms=30_000,
        )

    async def run(self) -> None:
        """Follow both topics until cancelled; where Kafka fails on the way, go on. Raises KafkaError at the start only."""
        self._consumer.subscribe([self._feeds, self._states], listener=_Listener(self))
        await self._consumer.start()
        try:
            if self._group is None:  # nobody assigns anything; the start has taken all there is
                self.assigned(self._consumer.assignment())
            while True:
                try:
                    await self._follow()
                except KafkaError as error:
                    log.warning("the feed list cannot be read just now: %s", error)
                    await asyncio.sleep(_PAUSE_SECONDS)
        finally:
            await self._consumer.stop()

    async def _follow(self) -> None:
        for partition, records in (await self._consumer.getmany(timeout_ms=_LOOK_MS)).items():
            for record in records:
                self._take(partition, record.key, record.value)
        await self._note_ready()

    @property
    def is_ready(self) -> bool:
        """Whether all that this poller has was read to its end."""
        return self._is_assigned and not self._ends

    def assigned(self, partitions: Iterable[TopicPartition]) -> None:
        """Begin with what this poller has now. It is read from the beginning, as no position is ever committed."""
        self._ends = dict.fromkeys(partitions)
        self._is_assigned = True

    async def revoked(self, partitions: Iterable[TopicPartition]) -> None:
        """Give up partitions, once what is under way has come to its end."""
        own = {partition.partition for partition in partitions}
        if own:
            async with self._at_rest():
                self._roll.lose(own)
        self._ends = {}

    def _take(self, partition: TopicPartition, key: bytes | None, value: bytes | None) -> None:
        feed_id = (key or b"").decode(errors="replace")
        if partition.topic == self._feeds:
            listed = _read(value, ListedFeed)
            if value is None or (listed is not None and listed.feed.id == feed_id):
                self._roll.put(partition.partition, feed_id, listed)
                self._wake.set()
        else:
            state = _read(value, FeedState)
            if value is None or state is not None:
                self._roll.put_state(partition.partition, feed_id, state)

    async def _note_ready(self) -> None:
        """Say which partition numbers were read to the end, as it was when they were assigned, on both topics.

        A state is this poller's own from then on, and what it writes need not be read again.
        """
        if unknown := [partition for partition, end in self._ends.items() if end is None]:
            for partition, end in (await self._consumer.end_offsets(unknown)).items():
                if partition in self._ends:
                    self._ends[partition] = end
        for partition, end in list(self._ends.items()):
            if end is None or await self._consumer.position(partition) < end or partition not in self._ends:
                continue
            del self._ends[partition]
            if partition.topic == self._states:
                self._consumer.pause(partition)
            if not any(other.partition == partition.partition for other in self._ends):
                self._roll.make_ready(partition.partition)
                self._wake.set()


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc] # untyped to us
    def __init__(self, membership: Membership) -> None:
        self._membership = membership

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self._membership.assigned(assigned)

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        await self._membership.revoked(revoked)


def _read(value: bytes | None, form: type[R]) -> R | None:
    if value is None:
        return None
    try:
        return codec.decode(value, form)
    except RecordError as error:
        log.warning("a record of the feed list is passed over: %s", error)
        return None
