"""What a dead letter is on the wire: the bytes as they came, and why they could not be used.

The value, key and headers are the original's; the headers in NOTES stand beside them. A retried letter is
followed, in its own partition, by a marker: a record without a value whose header dl-retried names the letter.
So each partition tells by itself which of its letters were retried.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from pipeline.core.errors import RecordError

Headers = Sequence[tuple[str, bytes]]

PREFIX = "dl-"
RETRIED = "dl-retried"
TRUNCATED = "dl-truncated"
NOTES = {
    "dl-stage": "the stage or sink that could not use the record",
    "dl-error": "the kind of error: the name of its class",
    "dl-message": "what was wrong, in words",
    "dl-topic": "the topic it was read from",
    "dl-partition": "the partition it was read from",
    "dl-offset": "its offset there",
    "dl-time": "when it was put here, RFC 3339",
}
OPTIONAL_NOTES = {
    TRUNCATED: "bytes of the whole value, where it was cut because the broker takes no message that large",
    RETRIED: "only on a marker: the letter that was retried, PARTITION:OFFSET",
}
# Below the 1,048,588 bytes that a broker takes by default, with room for the batch around the record.
MAX_BYTES = 1_040_000
_MAX_MESSAGE_CHARS = 2_000


class KafkaRecord(Protocol):
    """A record as any of the Kafka clients hands it out."""

    @property
    def topic(self) -> str:
        """Where it was read."""

    @property
    def partition(self) -> int:
        """Which partition of the topic."""

    @property
    def offset(self) -> int:
        """Its place in the partition."""

    @property
    def key(self) -> bytes | None:
        """The key as it came."""

    @property
    def value(self) -> bytes | None:
        """The value as it came; None is a tombstone."""

    @property
    def headers(self) -> Headers:
        """The headers as they came."""


class Message(NamedTuple):
    """What to send to the dead-letters topic."""

    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A dead letter as read: where it lies, what was wrong, where it came from, and its bytes.

    `headers` are the original's. `truncated` is the value's original size, None where `value` is whole.
    """

    partition: int
    offset: int
    stage: str
    error: str
    message: str
    from_topic: str
    from_partition: int
    from_offset: int
    time: datetime
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    truncated: int | None

    @property
    def id(self) -> str:
        """PARTITION:OFFSET in the dead-letters topic: what the commands call the letter."""
        return f"{self.partition}:{self.offset}"


def dead_letter(
    record: KafkaRecord, *, stage: str, error: BaseException, time: datetime, max_bytes: int = MAX_BYTES
) -> Message:
    """Return the dead letter of a record that `stage` could not use, no larger than `max_bytes`.

    A value that would make it larger is cut and its size noted; original headers or a key that leave no room
    for anything else are left out.
    """
    why = [
        ("dl-stage", stage),
        ("dl-error", type(error).__name__),
        ("dl-message", str(error)[:_MAX_MESSAGE_CHARS]),
        ("dl-topic", record.topic),
        ("dl-partition", str(record.partition)),
        ("dl-offset", str(record.offset)),
        ("dl-time", time.isoformat()),
    ]
    notes = [(name, text.encode(errors="backslashreplace")) for name, text in why]
    headers = _original(record.headers)
    key, value = record.key, record.value
    if _size(key, value, headers + notes) <= max_bytes:
        return Message(key, value, headers + notes)
    notes.append((TRUNCATED, str(len(value or b"")).encode()))
    if _size(key, None, headers + notes) > max_bytes:
        key, headers = None, []
    room = max_bytes - _size(key, None, headers + notes)
    return Message(key, value[:room] if value is not None else None, headers + notes)


def retried_marker(letter: DeadLetter, *, time: datetime) -> Message:
    """Return the record that says, behind a letter in its partition, that it was retried."""
    key = (
        letter.id.encode() if letter.key is None else letter.key
    )  # clients send nothing without key and value
    return Message(key, None, [(RETRIED, letter.id.encode()), ("dl-time", time.isoformat().encode())])


def retried_letter(record: KafkaRecord) -> str | None:
    """Return the id of the letter that this record marks as retried, None where it is no marker."""
    found = dict(record.headers).get(RETRIED)
    return None if found is None else _text(found)


def read_dead_letter(record: KafkaRecord) -> DeadLetter:
    """Return the dead letter in a record of the dead-letters topic. Raises RecordError where it is none."""
    notes = {name: _text(value) for name, value in record.headers if name.startswith(PREFIX)}
    missing = [name for name in NOTES if name not in notes]
    if missing:
        raise RecordError(f"no dead letter: header {', '.join(missing)} is missing")
    try:
        return DeadLetter(
            partition=record.partition,
            offset=record.offset,
            stage=notes["dl-stage"],
            error=notes["dl-error"],
            message=notes["dl-message"],
            from_topic=notes["dl-topic"],
            from_partition=int(notes["dl-partition"]),
            from_offset=int(notes["dl-offset"]),
            time=datetime.fromisoformat(notes["dl-time"]),
            key=record.key,
            value=record.value,
            headers=tuple(_original(record.headers)),
            truncated=int(notes[TRUNCATED]) if TRUNCATED in notes else None,
        )
    except ValueError as error:
        raise RecordError(f"no dead letter: {error}") from error


def _original(headers: Iterable[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Return the headers that are not about dead letters: a letter that fails again starts afresh."""
    return [(name, value) for name, value in headers if not name.startswith(PREFIX)]


def _size(key: bytes | None, value: bytes | None, headers: Headers) -> int:
    """Return at most how many bytes the record takes (32 for its own fields, 10 for a header's lengths)."""
    of_headers = sum(len(name.encode()) + len(content or b"") + 10 for name, content in headers)
    return 32 + len(key or b"") + len(value or b"") + of_headers


def _text(value: bytes | None) -> str:
    return (value or b"").decode(errors="replace")
