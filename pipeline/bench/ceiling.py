"""The broker's own ceiling: as fast as it takes and hands out records that nobody looks at."""

import time
from collections.abc import Sequence
from itertools import islice

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

_BATCH_BYTES = 1_000_000
_UNDER_WAY = 5


async def produce(brokers: str, topic: str, records: Sequence[tuple[bytes, bytes]]) -> float:
    """Write the records (key, value) to partition 0 in full batches; return records a second.

    This also fills the topic for the flow that is measured next.
    """
    producer = AIOKafkaProducer(
        bootstrap_servers=brokers, acks="all", max_batch_size=_BATCH_BYTES, max_request_size=_BATCH_BYTES * 16
    )
    await producer.start()
    try:
        started = time.monotonic()
        waiting = []
        pending = iter(records)
        left_over: tuple[bytes, bytes] | None = next(pending, None)
        while left_over is not None:
            batch = producer.create_batch()
            while left_over is not None and batch.append(
                key=left_over[0], value=left_over[1], timestamp=int(time.time() * 1000)
            ):
                left_over = next(pending, None)
            batch.close()
            waiting.append(await producer.send_batch(batch, topic, partition=0))
            if len(waiting) >= _UNDER_WAY:
                await waiting.pop(0)
        for future in waiting:
            await future
        return len(records) / (time.monotonic() - started)
    finally:
        await producer.stop()


async def consume(brokers: str, topic: str, count: int) -> float:
    """Read `count` records from partition 0 without decoding them; return records a second."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=brokers,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_partition_fetch_bytes=_BATCH_BYTES * 4,
    )
    await consumer.start()
    try:
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        seen, started = 0, time.monotonic()
        while seen < count:
            fetched = await consumer.getmany(timeout_ms=1000)
            seen += sum(len(list(islice(records, count - seen))) for records in fetched.values())
        return seen / (time.monotonic() - started)
    finally:
        await consumer.stop()
