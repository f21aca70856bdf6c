"""The dead letters that a cluster holds: listed, looked up, and sent again.

A letter that was sent again is followed by a marker in its own partition, written after Kafka has acknowledged the
record. A crash between the two, or two retries at the same time, send a letter once more: its record then comes
twice, which the stages recognise by its ids; none is lost.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cached_property

from pipeline.core.errors import RecordError, SettingsError
from pipeline.dead_letters import (
    DeadLetter,
    Message,
    read_dead_letter,
    retried_letter,
    retried_marker,
)
from pipeline.reading import TopicReader
from pipeline.sending import RecordSender


class LetterBox:
    """The dead-letters topic as it was when this was made. Raises BrokerError where it cannot be read."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        self._reader = TopicReader(bootstrap, topic)

    def letters(self) -> Iterator[DeadLetter]:
        """Yield the letters, oldest first; a record that somebody else put there is passed over."""
        for record in self._reader.history():
            try:
                yield read_dead_letter(record)
            except RecordError:
                continue

    def letter(self, letter_id: str) -> DeadLetter:
        """Return one letter by PARTITION:OFFSET. Raises SettingsError where there is none."""
        partition, _, offset = letter_id.partition(":")
        if not (partition.isdecimal() and offset.isdecimal()):
            raise SettingsError(f"{letter_id!r}: not a letter's id, PARTITION:OFFSET")
        for record in self._reader.between(int(partition), int(offset), int(offset) + 1):
            try:
                return read_dead_letter(record)
            except RecordError as error:
                raise SettingsError(f"{letter_id}: {error}") from error
        raise SettingsError(f"{letter_id}: no such letter (kept no longer, or never there)")

    def is_retried(self, letter: DeadLetter) -> bool:
        """Whether the letter was sent again before."""
        return letter.id in self._retried

    def retry(self, letters: Sequence[DeadLetter], *, now: Callable[[], datetime]) -> list[str]:
        """Send letters again to where they came from and mark them; return why some were not sent, a line each."""
        refused = []
        with RecordSender(self._bootstrap) as sender:
            for letter in letters:
                if self.is_retried(letter):
                    refused.append(f"{letter.id}: was sent again before")
                elif letter.truncated is not None:
                    refused.append(f"{letter.id}: only a part of its {letter.truncated} bytes is there")
                else:
                    sender.send(letter.from_topic, Message(letter.key, letter.value, list(letter.headers)))
                    marker = retried_marker(letter, time=now())
                    sender.send(self._topic, marker, partition=letter.partition)
                    self._retried.add(letter.id)
        return refused

    @cached_property
    def _retried(self) -> set[str]:
        """Ids of the letters that have a marker."""
        found = (retried_letter(record) for record in self._reader.history())
        return {letter_id for letter_id in found if letter_id is not None}
