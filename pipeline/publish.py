"""Articles to `articles.raw`; what is no article to `dead-letters`: the only kafka-python producer."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import NamedTuple, Self

from kafka import KafkaProducer
from kafka.errors import InvalidRecordError, KafkaError, MessageSizeTooLargeError, RecordListTooLargeError

from pipeline import codec, dead_letters
from pipeline.core.errors import BrokerError, RecordError
from pipeline.core.records import RawArticle
from pipeline.headers import Headers, new_trace_id, record_headers
from pipeline.settings import MAX_MESSAGE_BYTES
from pipeline.topology import DEAD_LETTERS, RAW

_log = logging.getLogger(__name__)

STAGE = "publish"
_IN_FLIGHT_BYTES = 64 * 1024 * 1024
_REACH_SECONDS = 10.0
_DELIVERY_SECONDS = 60.0
# Kafka will never take this record, however often it is sent.
_REFUSALS = (MessageSizeTooLargeError, RecordListTooLargeError, InvalidRecordError)


class RefusedError(RecordError):
    """Kafka takes no such record: it is too large for the topic."""


class _Record(NamedTuple):
    """What a dead letter is made of: a record that may never have been on a topic (then without an offset)."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    partition: int = -1
    offset: int = -1


@dataclass(frozen=True, slots=True)
class _Sending:
    """A record on its way. `or_else` is what to send where Kafka refuses it; None: then nothing more can be done."""

    message: dead_letters.Message
    topic: str
    counts_as: str
    or_else: Callable[["RefusedError"], "_Sending"] | None

    @property
    def size(self) -> int:
        """About how many bytes it holds in memory."""
        return len(self.message.value or b"") + 512


class ArticlePublisher:
    """Sends articles to Kafka and counts each once Kafka has it on all replicas that are in sync.

    The producer is idempotent: a send that is repeated after a lost answer adds nothing. At most 64 MB are under
    way; `publish` waits beyond that. Use it from one thread. `published` and `buried` count what Kafka has acknowledged;
    each dead letter is told through `tell`, with its position and why.
    """

    def __init__(
        self,
        bootstrap: str,
        *,
        topic_prefix: str = "",
        source: str = "pactwatch/publish",
        tell: Callable[[str], None] = _log.warning,
    ) -> None:
        try:
            self._producer = KafkaProducer(
                bootstrap_servers=bootstrap.split(","),
                bootstrap_timeout_ms=int(_REACH_SECONDS * 1000),
                enable_idempotence=True,
                acks="all",
                # A third of the speed (8,400 articles a second) for a quarter of the disk.
                compression_type="gzip",
                batch_size=256 * 1024,
                linger_ms=20,
                max_request_size=MAX_MESSAGE_BYTES,
                delivery_timeout_ms=int(_DELIVERY_SECONDS * 1000),
                request_timeout_ms=20_000,
                max_block_ms=20_000,
                allow_auto_create_topics=False,
            )
        except (KafkaError, OSError, ValueError) as error:
            raise BrokerError(f"cannot reach Kafka at {bootstrap}: {error}") from error
        self._bootstrap = bootstrap
        self._raw = topic_prefix + RAW.name
        self._dead = topic_prefix + DEAD_LETTERS
        self.position = ""  # of what was sent last
        self._source = source
        self._tell = tell
        self._counts = {RAW.name: 0, DEAD_LETTERS: 0}
        self._refused: deque[tuple[_Sending, BaseException]] = deque()
        self._failure: BaseException | None = None
        self._changed = threading.Condition()
        self._under_way = 0
        self._bytes = 0

    @property
    def published(self) -> int:
        """How many articles Kafka has acknowledged."""
        return self._counts[RAW.name]

    @property
    def buried(self) -> int:
        """How many dead letters Kafka has acknowledged."""
        return self._counts[DEAD_LETTERS]

    def publish(self, article: RawArticle, position: str = "") -> None:
        """Send an article; one that Kafka will never take becomes a dead letter that names its position.

        Raises BrokerError where something sent before could not be delivered.
        """
        self.position = position
        now = datetime.now(UTC)
        headers = record_headers(RAW, article, trace_id=new_trace_id(), source=self._source, time=now)
        key, value = RAW.key(article).encode(), codec.encode(article)
        record = _Record(self._raw, key, value, headers)
        self._send(
            _Sending(
                dead_letters.Message(key, value, headers),
                self._raw,
                RAW.name,
                or_else=partial(self._letter, record, position),
            )
        )

    def bury(self, raw: bytes, position: str, error: RecordError) -> None:
        """Send what is no article to the dead letters, with where it stands and why it is none."""
        self.position = position
        self._send(self._letter(_Record(self._raw, None, raw, []), position, error))

    def settle(self) -> None:
        """Return when Kafka has acknowledged all that was sent.

        Raises BrokerError where it has not: what was sent last may then be there or not.
        """
        while True:
            self._producer.flush()
            with self._changed:
                self._changed.wait_for(lambda: self._under_way == 0)
            self._raise_failure()
            if not self._refused:
                return
            self._send_instead()

    def close(self) -> None:
        """End the producer; `settle` first, to know that all has arrived."""
        self._producer.close(timeout=5)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _letter(self, record: _Record, position: str, error: RecordError) -> _Sending:
        """Return the dead letter of a record: whole, or cut where Kafka refuses it whole."""
        placed = type(error)(f"{position}: {error}") if position else error
        self._tell(str(placed))
        make = partial(dead_letters.dead_letter, record, stage=STAGE, error=placed, time=datetime.now(UTC))
        cut = _Sending(make(), self._dead, DEAD_LETTERS, or_else=None)
        whole = make(max_bytes=MAX_MESSAGE_BYTES - 1024)
        return _Sending(whole, self._dead, DEAD_LETTERS, or_else=lambda _: cut)

    def _send(self, sending: _Sending) -> None:
        self._raise_failure()
        self._send_instead()
        self._hand_over(sending)

    def _send_instead(self) -> None:
        while self._refused:
            sending, error = self._refused.popleft()
            if sending.or_else is None:
                raise BrokerError(
                    f"Kafka at {self._bootstrap} does not even take a dead letter: {error}"
                ) from error
            self._hand_over(sending.or_else(RefusedError(str(error))))

    def _hand_over(self, sending: _Sending) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._bytes == 0 or self._bytes + sending.size <= _IN_FLIGHT_BYTES)
            self._bytes += sending.size
            self._under_way += 1
        key, value, headers = sending.message
        try:
            future = self._producer.send(sending.topic, value=value, key=key, headers=headers)
        except KafkaError as error:
            self._ended(sending, error)
            return
        future.add_callback(lambda _: self._ended(sending, None))
        future.add_errback(partial(self._ended, sending))

    def _ended(self, sending: _Sending, error: BaseException | None) -> None:
        """Note how a sending ended; called in the producer's own thread."""
        with self._changed:
            if error is None:
                self._counts[sending.counts_as] += 1
            elif isinstance(error, _REFUSALS):
                self._refused.append((sending, error))
            else:
                self._failure = self._failure or error
            self._under_way -= 1
            self._bytes -= sending.size
            self._changed.notify_all()

    def _raise_failure(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise BrokerError(
                f"Kafka at {self._bootstrap} did not acknowledge what was sent: {failure}"
            ) from failure
