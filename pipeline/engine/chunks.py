"""Chunks of a partition: what was handed out, in order and without holes, and how far the work on it is done."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pipeline.dead_letters import KafkaRecord


class Partition(NamedTuple):
    """A topic's partition: equal to the tuples of the same name that Faust and aiokafka use."""

    topic: str
    partition: int


class Chunk:
    """Records of one partition that are worked on together; `is_done` once all their output is safe.

    Only the agent that did the work sets it. Faust's own acknowledgement is no such sign: it acknowledges
    what it skips in a rebalance, too.
    """

    __slots__ = ("is_done", "records")

    def __init__(self, records: Sequence[KafkaRecord]) -> None:
        self.records = records
        self.is_done = False


class Progress:
    """Where each partition's next record is expected, and which chunks of it are under way."""

    def __init__(self) -> None:
        self._expected: dict[Any, int] = {}
        self._under_way: dict[Any, deque[Chunk]] = {}
        self._doubted: set[Any] = set()

    def restart(self, offsets: Mapping[Any, int]) -> None:
        """Forget all that was handed out: each partition goes on at its offset."""
        self._expected = dict(offsets)
        self._under_way = {partition: deque() for partition in offsets}
        self._doubted.clear()

    def expected(self, partition: Any) -> int | None:
        """Return the offset of the next record; None where the partition is not ours."""
        return self._expected.get(partition)

    def following(self, partition: Any, records: Sequence[KafkaRecord]) -> Sequence[KafkaRecord] | None:
        """Return those of the fetched records that come next; None asks to seek back to the expected offset.

        A fetch that leaves a hole, or brings only what was seen, is not believed at first: it may stem from before
        a seek. Seen again after a seek it is what the log holds (compacted, cut off by retention, made anew).
        """
        expected = self._expected[partition]
        if records[0].offset <= expected <= records[-1].offset:
            self._doubted.discard(partition)
            if records[0].offset == expected:
                return records
            return [record for record in records if record.offset >= expected]
        if partition in self._doubted:
            self._doubted.discard(partition)
            return records
        self._doubted.add(partition)
        return None

    def hand_out(self, partition: Any, records: Sequence[KafkaRecord]) -> Chunk:
        """Return the chunk of these records, which count as handed out from now on."""
        chunk = Chunk(records)
        self._under_way[partition].append(chunk)
        self._expected[partition] = records[-1].offset + 1
        return chunk

    def finish(self, partition: Any) -> int | None:
        """Return the offset up to which all is done since the last call, None where nothing more is."""
        chunks = self._under_way.get(partition)
        done = None
        while chunks and chunks[0].is_done:
            done = chunks.popleft().records[-1].offset + 1
        return done


def slices(records: Sequence[KafkaRecord], size: int) -> Iterator[Sequence[KafkaRecord]]:
    """Cut records into slices of at most `size`."""
    for start in range(0, len(records), size):
        yield records[start : start + size]
