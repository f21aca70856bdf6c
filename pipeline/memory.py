"""The topology with no broker: each record runs through the stages in memory, one after another."""

from collections.abc import Iterator, Sequence

from pipeline.core.records import Record
from pipeline.topology import RAW, STAGES, Context, Output, Stage, Topic


def flow(
    record: Record, context: Context, *, topic: Topic = RAW, stages: Sequence[Stage] = STAGES
) -> Iterator[Output]:
    """Yield all that the stages put out for one record, each output before what follows from it.

    Raises RecordError where a stage finds that the record can never succeed.
    """
    for stage in stages:
        if stage.reads is topic:
            for output in stage.run(record, context):
                yield output
                yield from flow(output.record, context, topic=output.topic, stages=stages)
