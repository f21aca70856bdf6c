from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import RecordError
from pipeline.dead_letters import (
    MAX_BYTES,
    Headers,
    Message,
    dead_letter,
    read_dead_letter,
    retried_letter,
    retried_marker,
)

TIME = datetime(2026, 1, 9, 7, 12, tzinfo=UTC)


class Raw(NamedTuple):
    """A record as a Kafka client hands it out."""

    key: bytes | None = b"key"
    value: bytes | None = b"{"
    headers: Headers = (("trace-id", b"1"),)
    topic: str = "articles.raw"
    partition: int = 3
    offset: int = 17


def _bury(record: Raw, message: str = "not JSON", max_bytes: int = MAX_BYTES) -> Message:
    error = RecordError(message)
    return dead_letter(record, stage="entities", error=error, time=TIME, max_bytes=max_bytes)


def _landed(message: Message) -> Raw:
    return Raw(message.key, message.value, message.headers, "dead-letters", 0, 5)


header_lists = st.lists(st.tuples(st.text(max_size=9).filter(lambda n: not n.startswith("dl-")), st.binary()))


@given(st.none() | st.binary(), st.none() | st.binary(), header_lists, st.text())
def test_a_dead_letter_holds_the_record_as_it_came(
    key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes]], message: str
) -> None:
    """Key, value and headers are the original's, byte by byte; where it came from and why is read back."""
    letter = read_dead_letter(_landed(_bury(Raw(key, value, headers), message)))
    assert (letter.key, letter.value, list(letter.headers)) == (key, value, headers)
    assert (letter.from_topic, letter.from_partition, letter.from_offset) == ("articles.raw", 3, 17)
    assert (letter.stage, letter.error, letter.time, letter.id) == ("entities", "RecordError", TIME, "0:5")
    assert letter.message == message[:2000]
    assert letter.truncated is None


def test_a_letter_that_fails_again_says_only_the_last_reason() -> None:
    """The notes of an earlier dead letter are not kept beside the new ones."""
    first = _bury(Raw(), "first")
    letter = read_dead_letter(_landed(_bury(Raw(first.key, first.value, first.headers), "second")))
    assert letter.message == "second"
    assert letter.headers == (("trace-id", b"1"),)


@given(
    st.integers(600, 3000),
    st.integers(0, 4000),
    st.integers(0, 2000),
    st.integers(0, 2000),
)
def test_a_dead_letter_is_never_too_large(room: int, value: int, key: int, header: int) -> None:
    """Whatever the record, its dead letter fits; a value that was cut is a beginning of the original with its size noted."""
    record = Raw(b"k" * key, b"v" * value, [("h", b"h" * header)])
    message = _bury(record, max_bytes=room)
    size = sum(len(name) + len(content) + 10 for name, content in message.headers)
    assert size + len(message.key or b"") + len(message.value or b"") <= room
    letter = read_dead_letter(_landed(message))
    if letter.value != record.value:
        assert letter.truncated == value
        assert record.value.startswith(letter.value or b"") if record.value else False


def test_a_lone_surrogate_in_the_reason_can_be_sent() -> None:
    """A message that quotes broken text is written in escapes."""
    assert read_dead_letter(_landed(_bury(Raw(), "at \ud800"))).message == "at \\ud800"


def test_a_marker_names_its_letter_and_is_none() -> None:
    """The marker of a retried letter gives its id, and is not read as a letter."""
    letter = read_dead_letter(_landed(_bury(Raw())))
    marker = _landed(retried_marker(letter, time=TIME))
    assert retried_letter(marker) == "0:5"
    assert marker.value is None
    with pytest.raises(RecordError, match="dl-stage"):
        read_dead_letter(marker)
    assert retried_letter(_landed(_bury(Raw()))) is None


@pytest.mark.parametrize("name", ["dl-offset", "dl-partition", "dl-time"])
def test_a_malformed_note_is_no_dead_letter(name: str) -> None:
    """A record with notes that cannot be read is not taken for a dead letter."""
    message = _bury(Raw())
    headers = [(n, b"soon" if n == name else v) for n, v in message.headers]
    with pytest.raises(RecordError, match="no dead letter"):
        read_dead_letter(Raw(message.key, message.value, headers))
