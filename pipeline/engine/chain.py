"""The shell's one shape: decode, run the stage, encode; what can never succeed becomes a dead letter."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from pipeline import codec
from pipeline.core.errors import RecordError
from pipeline.core.records import Record
from pipeline.dead_letters import MAX_BYTES, KafkaRecord, dead_letter
from pipeline.engine.outbox import Outgoing
from pipeline.headers import new_trace_id, record_headers, trace_id_of
from pipeline.topology import DEAD_LETTERS, Context, Output, Stage, Topic

# On a record that the next stage has had already, in the worker that wrote it.
CHAINED = ("chained", b"1")
# What the topic of dead letters takes: a record of 16 MB and, in headers, why it is dead.
_LARGEST_DEAD_LETTER = 16 * 1024 * 1024


class TooLargeError(RecordError):
    """What a stage made of this record is larger than the broker takes."""


class _Origin(NamedTuple):
    """What all that comes of one record has in common."""

    record: KafkaRecord
    trace_id: str
    now: datetime


class Encoded(NamedTuple):
    """A record and what is to be written of it."""

    record: Record
    outgoing: Outgoing


class _Made(NamedTuple):
    """An output that is not encoded yet."""

    output: Output
    stage: Stage
    origin: _Origin


class Latest:
    """What a chunk of records leaves for compacted topics: of each key only the last is to be written."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], _Made] = {}

    def put(self, topic: Topic, made: _Made) -> None:
        """Take the place of what was there under this key."""
        key = (topic.name, topic.key(made.output.record))
        self._made.pop(key, None)
        self._made[key] = made

    def __iter__(self) -> Iterator[_Made]:
        return iter(self._made.values())


class Chain:
    """Stages that pass records on in memory; each record still goes out on its topic."""

    def __init__(self, stages: Sequence[Stage], context: Context, *, topic_prefix: str) -> None:
        self.stages = tuple(stages)
        self._context = context
        self._prefix = topic_prefix
        self._next = {stage.reads.name: stage for stage in self.stages[1:]}

    def run(self, record: KafkaRecord, latest: Latest) -> list[Outgoing]:
        """Return what is to be written for one record; what goes to a compacted topic is put in `latest`."""
        if CHAINED in record.headers:
            return []
        first = self.stages[0]
        try:
            decoded = codec.decode(record.value, first.reads.record)
        except RecordError as error:
            return [self.dead_letter(record, first.name, error)]
        trace_id = trace_id_of(record.headers) or new_trace_id()
        return list(self._run(first, decoded, _Origin(record, trace_id, self._context.now()), latest))

    def last(self, latest: Latest) -> list[Encoded]:
        """Return what a chunk leaves for compacted topics, each record with what is to be written of it."""
        return [Encoded(made.output.record, self._encode(*made)) for made in latest]

    def dead_letter(
        self, record: KafkaRecord, stage: str, error: RecordError, *, max_bytes: int = _LARGEST_DEAD_LETTER
    ) -> Outgoing:
        """Return the dead letter of a record, whole as far as `max_bytes` allow."""
        letter = dead_letter(record, stage=stage, error=error, time=self._context.now(), max_bytes=max_bytes)
        topic = self._prefix + DEAD_LETTERS
        return Outgoing(topic, letter.key, letter.value, letter.headers, record, stage, error)

    def instead_of(self, refused: Outgoing) -> Outgoing:
        """Return what to write where the broker refused a record as too large.

        That is the dead letter of what it came of, and of a dead letter as much as any broker takes.
        """
        if refused.error is not None:
            return self.dead_letter(refused.origin, refused.stage, refused.error, max_bytes=MAX_BYTES)
        size = len(refused.value or b"")
        error = TooLargeError(f"its record on {refused.topic} has {size} bytes, more than the broker takes")
        return self.dead_letter(refused.origin, refused.stage, error)

    def _run(self, stage: Stage, decoded: Record, origin: _Origin, latest: Latest) -> Iterator[Outgoing]:
        """Run one stage and those chained to it; a stage that fails puts out nothing but the dead letter."""
        try:
            outputs = list(stage.run(decoded, self._context))
            encoded = [
                self._encode(output, stage, origin) for output in outputs if not output.topic.compacted
            ]
        except RecordError as error:
            yield self.dead_letter(origin.record, stage.name, error)
            return
        yield from encoded
        for output in outputs:
            if output.topic.compacted:
                latest.put(output.topic, _Made(output, stage, origin))
        for output in outputs:
            if following := self._next.get(output.topic.name):
                yield from self._run(following, output.record, origin, latest)

    def _encode(self, output: Output, stage: Stage, origin: _Origin) -> Outgoing:
        topic, record = output
        headers = record_headers(
            topic, record, trace_id=origin.trace_id, source=f"pactwatch/{stage.name}", time=origin.now
        )
        if topic.name in self._next:
            headers.append(CHAINED)
        key, value = topic.key(record).encode(), codec.encode(record)
        return Outgoing(self._prefix + topic.name, key, value, headers, origin.record, stage.name)
