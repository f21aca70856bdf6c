"""Articles to `articles.raw`; what is no article to `dead-letters`."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import NamedTuple, Self

from pipeline import codec, dead_letters
from pipeline.core.errors import RecordError
from pipeline.core.records import RawArticle
from pipeline.dead_letters import Message
from pipeline.headers import Headers, new_trace_id, record_headers
from pipeline.producing import IN_FLIGHT_BYTES, AcknowledgingProducer, Receipt, size_of
from pipeline.sources.item import Item
from pipeline.topology import DEAD_LETTERS, RAW

_log = logging.getLogger(__name__)

STAGE = "publish"


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


class ArticlePublisher:
    """Sends articles to Kafka and counts each once Kafka has it on all replicas that are in sync.

    Whoever must know it of one article waits for its receipt, whoever must know it of all settles. A bounded number of
    bytes is under way; `publish` waits beyond that. Use it from one thread at a time. `published` and `buried` count
    what Kafka has acknowledged; each dead letter is told through `tell`, with its position and why.
    """

    def __init__(
        self,
        bootstrap: str,
        *,
        topic_prefix: str = "",
        source: str = "pactwatch/publish",
        tell: Callable[[str], None] = _log.warning,
        delivery_seconds: float = 60.0,
        in_flight_bytes: int = IN_FLIGHT_BYTES,
    ) -> None:
        self._raw = topic_prefix + RAW.name
        self._dead = topic_prefix + DEAD_LETTERS
        self._source = source
        self._tell = tell
        self.position = ""  # of what was sent last
        self._producer = AcknowledgingProducer(
            bootstrap,
            (self._raw, self._dead),
            delivery_seconds=delivery_seconds,
            in_flight_bytes=in_flight_bytes,
        )

    @property
    def published(self) -> int:
        """How many articles Kafka has acknowledged."""
        return self._producer.acknowledged[self._raw]

    @property
    def buried(self) -> int:
        """How many dead letters Kafka has acknowledged."""
        return self._producer.acknowledged[self._dead]

    def put(self, item: Item) -> Receipt:
        """Send what a source has yielded: an article, or to the dead letters what is none."""
        if isinstance(item.result, RecordError):
            return self.bury(item.raw, item.position, item.result)
        return self.publish(item.result, item.position)

    def publish(self, article: RawArticle, position: str = "", *, trace_id: str | None = None) -> Receipt:
        """Send an article; one that is too large for its topic becomes a dead letter that names its position.

        `trace_id` is what all that comes of it will have; without it, a new one.

        Raises BrokerError where something sent before could not be delivered.
        """
        now = datetime.now(UTC)
        headers = record_headers(
            RAW, article, trace_id=trace_id or new_trace_id(), source=self._source, time=now
        )
        message = Message(RAW.key(article).encode(), codec.encode(article), headers)
        size, limit = size_of(message), self._producer.limit(self._raw)
        if size > limit:
            return self._bury(
                _Record(self._raw, *message),
                position,
                TooLargeError(f"{size} bytes; {self._raw} takes {limit}"),
            )
        return self._send(self._raw, message, position)

    def bury(self, raw: bytes, position: str, error: RecordError) -> Receipt:
        """Send what is no article to the dead letters, with where it stands and why it is none."""
        return self._bury(_Record(self._raw, None, raw, []), position, error)

    def settle(self) -> None:
        """Return when Kafka has acknowledged all that was sent.

        Raises BrokerError where it has not: what was sent last may then be there or not.
        """
        self._producer.settle()

    def close(self) -> None:
        """End the producer; `settle` first, to know that all has arrived."""
        self._producer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _bury(self, record: _Record, position: str, error: RecordError) -> Receipt:
        placed = type(error)(f"{position}: {error}") if position else error
        self._tell(str(placed))
        room = self._producer.limit(self._dead) - size_of(Message(None, b"", []))
        letter = dead_letters.dead_letter(
            record, stage=STAGE, error=placed, time=datetime.now(UTC), max_bytes=room
        )
        return self._send(self._dead, letter, position)

    def _send(self, topic: str, message: Message, position: str) -> Receipt:
        receipt = self._producer.send(topic, message)
        self.position = position
        return receipt
