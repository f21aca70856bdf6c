"""The compacted topic of stories, read as what it means: each story as known last, without those forgotten."""

from collections.abc import Callable, Iterable, Iterator

from pipeline import codec
from pipeline.core.errors import RecordError
from pipeline.core.records import Story
from pipeline.reading import TopicRecord


def latest_stories(records: Iterable[TopicRecord], tell: Callable[[str], None]) -> Iterator[Story]:
    """Yield each story as its last record has it; a tombstone takes it away. `tell` hears of what is no story."""
    latest: dict[bytes, TopicRecord] = {}
    for record in records:
        key = record.key or b""
        latest.pop(key, None)
        if record.value is not None:
            latest[key] = record
    for record in latest.values():
        try:
            yield codec.decode(record.value, Story)
        except RecordError as error:
            tell(f"record {record.partition}:{record.offset} is no story: {error}")
