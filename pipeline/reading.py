"""A topic read from its beginning in no consumer group: looking at it moves nobody's position."""

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from pipeline.core.errors import BrokerError
from pipeline.dead_letters import KafkaRecord

_REACH_SECONDS = 10
_POLL_MS = 250


class TopicRecord(KafkaRecord, Protocol):
    """A record as read from a topic."""

    @property
    def timestamp(self) -> int:
        """When it was made, milliseconds since 1970."""


class TopicReader:
    """Reads the records of one topic as bytes. Raises BrokerError where Kafka or the topic is not there."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        with self._consumer() as consumer:
            numbers = consumer.partitions_for_topic(topic)
            if not numbers:
                raise BrokerError(
                    f"topic {topic} is not on Kafka at {bootstrap}; `pactwatch run` or `pactwatch worker` creates it"
                )
            self._partitions = [TopicPartition(topic, number) for number in sorted(numbers)]
            self._starts = consumer.beginning_offsets(self._partitions)
            self._ends = consumer.end_offsets(self._partitions)

    def history(self) -> Iterator[TopicRecord]:
        """Yield what was there when the reader was made: in order in a partition, by timestamp across them."""
        yield from heapq.merge(
            *(self.between(p.partition, self._starts[p], self._ends[p]) for p in self._partitions),
            key=lambda record: record.timestamp,
        )

    @property
    def partitions(self) -> int:
        """How many partitions the topic has."""
        return len(self._partitions)

    @property
    def ends(self) -> dict[int, int]:
        """Where each partition ended when the reader was made."""
        return {place.partition: end for place, end in self._ends.items()}

    def unordered(self) -> Iterator[TopicRecord]:
        """Yield what was there when the reader was made: in order in a partition, in any order across them.

        For a topic that is read for the last record of each key: with one connection for all partitions.
        """
        left = {p for p in self._partitions if self._starts[p] < self._ends[p]}
        with self._consumer() as consumer:
            consumer.assign(left)
            for partition in left:
                consumer.seek(partition, self._starts[partition])
            while left:
                for partition, records in consumer.poll(timeout_ms=_POLL_MS).items():
                    yield from (record for record in records if record.offset < self._ends[partition])
                done = {p for p in left if consumer.position(p) >= self._ends[p]}
                consumer.pause(*done)
                left -= done

    def follow(self, is_stopped: Callable[[], bool]) -> Iterator[TopicRecord]:
        """Yield what came after the history, as it comes, until stopped."""
        with self._consumer() as consumer:
            consumer.assign(self._partitions)
            for partition in self._partitions:
                consumer.seek(partition, self._ends[partition])
            while not is_stopped():
                for records in consumer.poll(timeout_ms=_POLL_MS).values():
                    yield from records

    def between(self, partition: int, start: int, end: int) -> Iterator[TopicRecord]:
        """Yield the records of a partition from offset `start` up to `end`, as far as they are there."""
        own = TopicPartition(self._topic, partition)
        start, end = max(start, self._starts.get(own, 0)), min(end, self._ends.get(own, 0))
        if start >= end:
            return
        with self._consumer() as consumer:
            consumer.assign([own])
            consumer.seek(own, start)
            while consumer.position(own) < end:
                for record in consumer.poll(timeout_ms=_POLL_MS).get(own, ()):
                    if record.offset >= end:
                        return
                    yield record

    @contextmanager
    def _consumer(self) -> Iterator[KafkaConsumer]:
        try:
            consumer = KafkaConsumer(
                bootstrap_servers=self._bootstrap.split(","),
                bootstrap_timeout_ms=_REACH_SECONDS * 1000,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                allow_auto_create_topics=False,
            )
        except (KafkaError, OSError, ValueError) as error:
            raise BrokerError(f"cannot reach Kafka at {self._bootstrap}: {error}") from error
        try:
            yield consumer
        except KafkaError as error:
            raise BrokerError(f"Kafka at {self._bootstrap} cannot be read: {error}") from error
        finally:
            consumer.close()
