"""Records that are already bytes, sent to Kafka: dead letters and what is retried of them, and the feed list."""

from collections.abc import Iterable
from types import TracebackType
from typing import Self

from kafka import KafkaProducer
from kafka.errors import KafkaError

from pipeline.core.errors import BrokerError
from pipeline.dead_letters import Message
from pipeline.settings import MAX_MESSAGE_BYTES

_REACH_SECONDS = 10
_DELIVERY_SECONDS = 30
# A dead letter is larger than its record by the headers that say why.
_REQUEST_BYTES = MAX_MESSAGE_BYTES + 512 * 1024


class RecordSender:
    """Sends records as they are; a sending returns once Kafka has them on all replicas in sync.

    Raises BrokerError where no broker answers.
    """

    def __init__(self, bootstrap: str) -> None:
        try:
            self._producer = KafkaProducer(
                bootstrap_servers=bootstrap.split(","),
                bootstrap_timeout_ms=_REACH_SECONDS * 1000,
                enable_idempotence=True,
                acks="all",
                max_request_size=_REQUEST_BYTES,
                delivery_timeout_ms=_DELIVERY_SECONDS * 1000,
                request_timeout_ms=_REACH_SECONDS * 1000,
                max_block_ms=_REACH_SECONDS * 1000,
                allow_auto_create_topics=False,
            )
        except (KafkaError, OSError, ValueError) as error:
            raise BrokerError(f"cannot reach Kafka at {bootstrap}: {error}") from error

    def send(self, topic: str, message: Message, *, partition: int | None = None) -> None:
        """Send one record and wait until it is safe. Raises BrokerError where it may not be."""
        try:
            self._producer.send(
                topic, value=message.value, key=message.key, headers=message.headers, partition=partition
            ).get(timeout=_DELIVERY_SECONDS)
        except KafkaError as error:
            raise BrokerError(f"Kafka did not take a record for {topic}: {error}") from error

    def send_all(self, topic: str, messages: Iterable[tuple[Message, int]]) -> None:
        """Send records, each to its partition, in their order there; wait until all are safe.

        Raises BrokerError where one may not be: then any of them may be there or not.
        """
        try:
            sent = [
                self._producer.send(
                    topic, value=message.value, key=message.key, headers=message.headers, partition=partition
                )
                for message, partition in messages
            ]
            for future in sent:
                future.get(timeout=_DELIVERY_SECONDS)
        except KafkaError as error:
            raise BrokerError(f"Kafka did not take a record for {topic}: {error}") from error

    def close(self) -> None:
        """End the producer; everything sent has been acknowledged before."""
        self._producer.close(timeout=5)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
