"""Faust's Kafka consumer, taught to hand out whole chunks and to lose nothing in a rebalance.

Leans on private attributes of faust-streaming 0.15.3 and aiokafka 0.14.0, which are pinned; a test holds them to it.
"""

import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any

import faust
from aiokafka.errors import IllegalStateError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage

from pipeline.dead_letters import KafkaRecord
from pipeline.engine.chunks import Progress, slices

log = logging.getLogger(__name__)

# The driver waits 1,500 ms for a partition without news, and so keeps those that have some waiting.
FETCH_WAIT_MS = 20

Fetched = tuple[TP, ConsumerMessage]


class ChunkThread(driver.AIOKafkaConsumerThread):
    """The thread that fetches; it returns to the broker for more at once."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS
        return consumer


class ChunkConsumer(driver.Consumer):
    """Yields one Faust message per slice of a partition; commits what the agents say is done, and no more.

    Records of an input topic are handed out only between a finished seek to the committed offsets and the next
    revocation: Faust resumes fetching before that seek is over, when positions are still moving.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._progress = Progress()
        self._is_settled = False
        self._epoch = 0
        self._dropped: set[TP] = set()

    def _new_consumer_thread(self) -> ChunkThread:
        return ChunkThread(self, loop=self.loop, beacon=self.beacon)

    async def perform_seek(self) -> None:
        """Go to the committed offsets, or to the start where there is no commit, and hand out from there."""
        self._unsettle()
        epoch = self._epoch
        await super().perform_seek()
        offsets = {
            tp: self._committed_offset[tp] for tp in self.assignment() if not self._is_changelog_tp(tp)
        }
        fresh = [tp for tp, offset in offsets.items() if offset is None]
        if fresh:
            earliest = await self.earliest_offsets(*fresh)
            await self.seek_wait({tp: earliest[tp] for tp in fresh})
            offsets |= {tp: earliest[tp] for tp in fresh}
        if epoch == self._epoch:
            self._progress.restart(offsets)
            self._is_settled = True

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Commit what is done, hand out nothing more, and let the agents finish what they have begun."""
        self._unsettle()
        await self.commit()
        await super().on_partitions_revoked(revoked)
        self._progress.restart({})

    def _unsettle(self) -> None:
        self._is_settled = False
        self._epoch += 1

    async def getmany(self, timeout: float) -> AsyncIterator[Fetched]:  # noqa: ASYNC109 - Faust's signature
        """Yield the fetched records: those of input topics in chunks, those of changelogs one by one."""
        epoch = self._epoch
        if self._is_settled and self._dropped:
            await self._seek_back(self._dropped & self.assignment())
            self._dropped.clear()
        fetched, _ = await self._wait_next_records(timeout)
        if not fetched or self.should_stop:
            return
        for partition, records in fetched.items():
            tp = TP(partition.topic, partition.partition)
            if self._is_changelog_tp(tp):
                for record in records:
                    if self.flow_active:
                        yield tp, self._to_message(tp, record)
                continue
            async for chunk in self._chunks(tp, records, epoch):
                yield tp, chunk
        if not self._is_settled and self.flow_active and not self.app.rebalancing:
            await self._settle_late()

    async def _settle_late(self) -> None:
        """Seek once more, as the seek that belongs to the rebalance failed or took too long."""
        try:
            await self.perform_seek()
        except IllegalStateError:
            log.info("not settled, as another rebalance began")

    async def _chunks(
        self, tp: TP, records: Sequence[KafkaRecord], epoch: int
    ) -> AsyncIterator[ConsumerMessage]:
        if not self._may_hand_out(epoch):
            self._dropped.add(tp)
            return
        following = self._progress.following(tp, records)
        if following is None:
            await self._seek_back({tp})
            return
        self._allow_commits_from(tp, following[0].offset)
        for records_of_chunk in slices(following, self.app.chunk_records):
            if not self._may_hand_out(epoch):  # while the one before was being taken
                self._dropped.add(tp)
                return
            self._read_offset[tp] = None  # Faust would drop what it takes for seen
            yield self._message(tp, records_of_chunk)

    def _may_hand_out(self, epoch: int) -> bool:
        return self._is_settled and epoch == self._epoch and self.flow_active

    def _message(self, tp: TP, records: Sequence[KafkaRecord]) -> ConsumerMessage:
        last: Any = records[-1]
        return ConsumerMessage(
            tp.topic,
            tp.partition,
            last.offset,
            last.timestamp / 1000.0,
            last.timestamp_type,
            None,
            None,
            self._progress.hand_out(tp, records),
            None,
            0,
            0,
            tp,
            generation_id=self.app.consumer_generation_id,
        )

    async def _seek_back(self, partitions: set[TP]) -> None:
        offsets = {tp: self._progress.expected(tp) for tp in partitions}
        try:
            await self.seek_wait({tp: offset for tp, offset in offsets.items() if offset is not None})
        except IllegalStateError:
            log.info("not sought back, as it was revoked: %s", partitions)

    def _allow_commits_from(self, tp: TP, offset: int) -> None:
        """Let a topic that was made anew, and starts again at 0, be committed below the last commit."""
        committed = self._committed_offset[tp]
        if committed is not None and offset < committed:
            log.warning("%s was read again from offset %d; the last commit was %d", tp, offset, committed)
            self._committed_offset[tp] = None

    def _new_offset(self, tp: TP) -> int | None:
        self._acked[tp].clear()
        self._acked_index[tp].clear()
        return self._progress.finish(tp)

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Keep no gaps: `Progress` knows what was handed out."""

    def on_buffer_full(self, tp: TP) -> None:
        """Go on fetching: a full queue already holds back the fetcher."""

    def on_buffer_drop(self, tp: TP) -> None:
        """Nothing was held back."""


class ChunkTransport(driver.Transport):
    """The transport of an app whose agents take chunks."""

    Consumer = ChunkConsumer


class ChunkApp(faust.App):
    """A Faust app whose agents take chunks of at most `chunk_records` records."""

    def __init__(self, *args: Any, chunk_records: int, **kwargs: Any) -> None:
        self.chunk_records = chunk_records
        super().__init__(*args, **kwargs)

    def _new_transport(self) -> ChunkTransport:
        return ChunkTransport(self.conf.broker_consumer, self)


class Undecoded(faust.Schema):
    """A topic's chunks as they are: the agents decode each record themselves."""

    def loads_key(self, _app: Any, _message: Any, **_: Any) -> None:
        """Return no key: a chunk has none."""

    def loads_value(self, _app: Any, message: Any, **_: Any) -> Any:
        """Return the chunk."""
        return message.value
