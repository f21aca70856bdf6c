"""The stages without a state, each alone, in memory, on one core: records a second."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.codec import decode, encode
from pipeline.core.records import RawArticle, Record
from pipeline.topology import RAW, STAGES, Context, Stage


@dataclass(frozen=True, slots=True)
class StageSpeeds:
    """Records a second of each stage, and of entities and events together with their decoding and encoding."""

    entities: float
    events: float
    entities_events_one_core: float


class _Timed(NamedTuple):
    per_second: float
    outputs: list[Record]


def stage_speeds(articles: Sequence[RawArticle], context: Context) -> StageSpeeds:
    """Run the articles through each stage by itself, and once from bytes to bytes as a worker does."""
    entities, events, _ = STAGES
    found = _run(entities, articles, context)
    tagged = _run(events, found.outputs, context)
    return StageSpeeds(
        entities=found.per_second,
        events=tagged.per_second,
        entities_events_one_core=_from_bytes_to_bytes(articles, context),
    )


def _run(stage: Stage, records: Iterable[Record], context: Context) -> _Timed:
    records = list(records)
    started = time.perf_counter()
    outputs = [output.record for record in records for output in stage.run(record, context)]
    return _Timed(len(records) / max(time.perf_counter() - started, 1e-9), outputs)


def _from_bytes_to_bytes(articles: Sequence[RawArticle], context: Context) -> float:
    entities, events, _ = STAGES
    values = [encode(article) for article in articles]
    started = time.process_time()
    for value in values:
        for found in entities.run(decode(value, RAW.record), context):
            encode(found.record)
            for output in events.run(found.record, context):
                encode(output.record)
    return len(values) / max(time.process_time() - started, 1e-9)
