"""Articles to `articles.raw`; what is no article to `dead-letters`: the only kafka-python producer."""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import NamedTuple, Self

from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError
from kafka.record.default_records import DefaultRecordBatchBuilder

from pipeline import codec, dead_letters
from pipeline.core.errors import BrokerError, RecordError
from pipeline.core.records import RawArticle
from pipeline.headers import Headers, new_trace_id, record_headers
from pipeline.topology import DEAD_LETTERS, RAW

_log = logging.getLogger(__name__)

STAGE = "publish"
_IN_FLIGHT_BYTES = 64 * 1024 * 1024
_BATCH_BYTES = 256 * 1024
_REACH_SECONDS = 10.0


class TooLargeError(RecordError):
    """The topic takes no record that large."""


class _Record(NamedTuple):
    """A record that may never have been on a topic (then without partition and offset)."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    partition: int = -1
    offset: int = -1

    @property
    def size(self) -> int:
        """How many bytes it takes on the topic, at most."""
        size: int = DefaultRecordBatchBuilder.estimate_size_in_bytes(self.key, self.value, self.headers)
        return size


class ArticlePublisher:
    """Sends articles to Kafka and counts each once Kafka has it on all replicas that are in sync.

    The producer is idempotent: a send that is repeated after a lost answer adds nothing. At most 64 MB are under
    way; `publish` waits beyond that. Use it from one thread at a time. `published` and `buried` count what Kafka has
    acknowledged; each dead letter is told through `tell`, with its position and why. After a failure it goes on with
    a new producer.
    """

    def __init__(
        self,
        bootstrap: str,
        *,
        topic_prefix: str = "",
        source: str = "pactwatch/publish",
        tell: Callable[[str], None] = _log.warning,
        delivery_seconds: float = 60.0,
    ) -> None:
        self._bootstrap = bootstrap
        self._raw = topic_prefix + RAW.name
        self._dead = topic_prefix + DEAD_LETTERS
        self._source = source
        self._tell = tell
        self._delivery_seconds = delivery_seconds
        self.position = ""  # of what was sent last
        self._acknowledged: Counter[str] = Counter()
        self._failure: BaseException | None = None
        self._changed = threading.Condition()
        self._under_way = 0
        self._bytes = 0
        self._limits: dict[str, int] = {}
        self._producer: KafkaProducer | None = None
        self._connected()

    @property
    def published(self) -> int:
        """How many articles Kafka has acknowledged."""
        return self._acknowledged[self._raw]

    @property
    def buried(self) -> int:
        """How many dead letters Kafka has acknowledged."""
        return self._acknowledged[self._dead]

    def publish(self, article: RawArticle, position: str = "", *, trace_id: str | None = None) -> None:
        """Send an article; one that is too large for its topic becomes a dead letter that names its position.

        `trace_id` is what all that comes of it will have; without it, a new one.

        Raises BrokerError where something sent before could not be delivered.
        """
        now = datetime.now(UTC)
        headers = record_headers(
            RAW, article, trace_id=trace_id or new_trace_id(), source=self._source, time=now
        )
        record = _Record(self._raw, RAW.key(article).encode(), codec.encode(article), headers)
        producer = self._connected()
        if record.size > self._limits[self._raw]:
            error = TooLargeError(f"{record.size} bytes; {self._raw} takes {self._limits[self._raw]}")
            self._bury(record, position, error)
        else:
            self._send(record, position, producer)

    def bury(self, raw: bytes, position: str, error: RecordError) -> None:
        """Send what is no article to the dead letters, with where it stands and why it is none."""
        self._bury(_Record(self._raw, None, raw, []), position, error)

    def settle(self) -> None:
        """Return when Kafka has acknowledged all that was sent.

        Raises BrokerError where it has not: what was sent last may then be there or not.
        """
        if self._producer is not None:
            self._producer.flush()
        with self._changed:
            self._changed.wait_for(lambda: self._under_way == 0)
        self._raise_failure()

    def close(self) -> None:
        """End the producer; `settle` first, to know that all has arrived."""
        if self._producer is not None:
            self._producer.close(timeout=5)
            self._producer = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _bury(self, record: _Record, position: str, error: RecordError) -> None:
        producer = self._connected()
        placed = type(error)(f"{position}: {error}") if position else error
        self._tell(str(placed))
        room = self._limits[self._dead] - _Record(self._dead, None, b"", []).size
        letter = dead_letters.dead_letter(
            record, stage=STAGE, error=placed, time=datetime.now(UTC), max_bytes=room
        )
        self._send(_Record(self._dead, *letter), position, producer)

    def _send(self, record: _Record, position: str, producer: KafkaProducer) -> None:
        self._raise_failure()
        size = record.size
        with self._changed:
            self._changed.wait_for(lambda: self._bytes == 0 or self._bytes + size <= _IN_FLIGHT_BYTES)
            self._bytes += size
            self._under_way += 1
        self.position = position
        try:
            future = producer.send(record.topic, value=record.value, key=record.key, headers=record.headers)
        except KafkaError as error:
            self._ended(record.topic, size, error)
            return
        future.add_callback(lambda _: self._ended(record.topic, size, None))
        future.add_errback(lambda error: self._ended(record.topic, size, error))

    def _ended(self, topic: str, size: int, error: BaseException | None) -> None:
        """Note how a sending ended; called in the producer's own thread."""
        with self._changed:
            if error is None:
                self._acknowledged[topic] += 1
            else:
                self._failure = self._failure or error
            self._under_way -= 1
            self._bytes -= size
            self._changed.notify_all()

    def _raise_failure(self) -> None:
        """Raise what went wrong, once; the producer may be in a state that it never leaves, so it goes too."""
        failure, self._failure = self._failure, None
        if failure is not None:
            self.close()
            raise BrokerError(
                f"Kafka at {self._bootstrap} did not acknowledge what was sent: {failure}"
            ) from failure

    def _connected(self) -> KafkaProducer:
        if self._producer is None:
            try:
                self._limits = self._read_limits()
                self._producer = self._new_producer()
            except (KafkaError, OSError, ValueError) as error:
                raise BrokerError(f"cannot publish to Kafka at {self._bootstrap}: {error}") from error
        return self._producer

    def _read_limits(self) -> dict[str, int]:
        """Return how large a record each topic takes.

        Asked beforehand, since a refusal by the broker is fatal to an idempotent producer and all it has under way.
        """
        admin = KafkaAdminClient(
            bootstrap_servers=self._bootstrap.split(","), bootstrap_timeout_ms=_REACH_SECONDS * 1000
        )
        try:
            topics = [ConfigResource(ConfigResourceType.TOPIC, name) for name in (self._raw, self._dead)]
            configs = admin.describe_configs(topics, config_filter="all")["topic"]
        finally:
            admin.close()
        for name, config in configs.items():
            if "max.message.bytes" not in config:
                raise BrokerError(
                    f"Kafka at {self._bootstrap} has no topic {name}, or does not let it be described"
                )
        return {name: int(config["max.message.bytes"]["value"]) for name, config in configs.items()}

    def _new_producer(self) -> KafkaProducer:
        return KafkaProducer(
            bootstrap_servers=self._bootstrap.split(","),
            bootstrap_timeout_ms=_REACH_SECONDS * 1000,
            enable_idempotence=True,
            acks="all",
            # A third of the speed (8,400 articles a second) for a quarter of the disk.
            compression_type="gzip",
            batch_size=min(_BATCH_BYTES, *(limit // 2 for limit in self._limits.values())),
            linger_ms=20,
            max_request_size=max(self._limits.values()),
            delivery_timeout_ms=int(self._delivery_seconds * 1000),
            request_timeout_ms=int(self._delivery_seconds * 1000 / 3),
            max_block_ms=int(self._delivery_seconds * 1000 / 3),
            allow_auto_create_topics=False,
        )
