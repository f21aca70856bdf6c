"""Writes records in batches, one wait for all their acknowledgements."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError

from pipeline.core.errors import RecordError
from pipeline.dead_letters import KafkaRecord
from pipeline.engine.chunks import Partition
from pipeline.engine.partitions import partition_of

_BATCH_BYTES = 1_000_000  # below what a topic takes by default (1,048,588)


class Outgoing(NamedTuple):
    """One record to write, what it came of, and in a dead letter why. `partition` None: by the key."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]
    origin: KafkaRecord
    stage: str
    error: RecordError | None = None
    partition: int | None = None


class Written(NamedTuple):
    """What became of the records: the last offset in each partition, and those too large for the broker."""

    ends: dict[Partition, int]
    refused: list[Outgoing]


class _Batch(NamedTuple):
    partition: Partition
    builder: Any
    records: list[Outgoing]


class Outbox:
    """A producer that all stages of a process share."""

    def __init__(self, bootstrap: str, client_id: str) -> None:
        self._bootstrap = bootstrap
        self._client_id = client_id
        self._producer: AIOKafkaProducer | None = None

    async def start(self) -> None:
        """Connect to the brokers."""
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap.split(","),
            client_id=self._client_id,
            acks="all",
            linger_ms=0,
            max_batch_size=_BATCH_BYTES,
        )
        await self._producer.start()

    async def stop(self) -> None:
        """Disconnect."""
        if self._producer is not None:
            await self._producer.stop()

    async def write(self, records: Iterable[Outgoing]) -> Written:
        """Write the records and return when every one is acknowledged or refused as too large.

        The order within a partition is kept, but for a batch that has to be taken apart for its size.
        Raises KafkaError for whatever else the brokers refuse.
        """
        written = Written({}, [])
        batches = await self._batches(records)
        for batch in await self._send(batches, written):
            if len(batch.records) == 1:
                written.refused.extend(batch.records)
            else:
                alone = [single for record in batch.records for single in await self._batches([record])]
                written.refused.extend(b.records[0] for b in await self._send(alone, written))
        return written

    async def _batches(self, records: Iterable[Outgoing]) -> list[_Batch]:
        counts: dict[str, int] = {}
        latest: dict[Partition, _Batch] = {}
        batches = []
        for record in records:
            if record.topic not in counts:
                counts[record.topic] = len(await self._started.partitions_for(record.topic))
            number = record.partition
            if number is None:
                number = partition_of(record.key, counts[record.topic])
            partition = Partition(record.topic, number)
            batch = latest.get(partition)
            if batch is None or not _append(batch, record):
                batch = latest[partition] = _Batch(partition, self._started.create_batch(), [])
                batches.append(batch)
                _append(batch, record)  # an empty batch takes a record of any size
        return batches

    async def _send(self, batches: Sequence[_Batch], written: Written) -> list[_Batch]:
        """Send the batches, note where they ended and return those that are too large."""
        futures = [
            await self._started.send_batch(b.builder, b.partition.topic, partition=b.partition.partition)
            for b in batches
        ]
        results = await asyncio.gather(*futures, return_exceptions=True)
        too_large = []
        for batch, result in zip(batches, results, strict=True):
            if isinstance(result, MessageSizeTooLargeError):
                too_large.append(batch)
            elif isinstance(result, BaseException):
                raise result
            else:
                written.ends[batch.partition] = result.offset + len(batch.records) - 1
        return too_large

    @property
    def _started(self) -> AIOKafkaProducer:
        if self._producer is None:
            raise RuntimeError("the outbox is not started")
        return self._producer


def _append(batch: _Batch, record: Outgoing) -> bool:
    added = batch.builder.append(timestamp=None, key=record.key, value=record.value, headers=record.headers)
    if added is None:
        return False
    batch.records.append(record)
    return True
