"""The Kafka headers of a record: built and read here alone, so a generic consumer can route without parsing."""

import re
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import Any

from pipeline.core.records import Record
from pipeline.topology import ALERTS, EVENTS, STORIES, Topic

Headers = list[tuple[str, bytes]]

SCHEMA = "schema"
CONTENT_TYPE = "content-type"
TRACE_ID = "trace-id"
SCHEMA_VERSION = "v1"

# What names one record: its key, except where one key has many records.
_IDS: dict[str, Callable[[Any], str]] = {
    EVENTS.name: lambda report: report.event.event_id,
    ALERTS.name: lambda alert: alert.alert_id,
    STORIES.name: lambda story: f"{story.story_id}:{len(story.history)}:{len(story.reports)}",
}


def record_headers(topic: Topic, record: Record, *, trace_id: str, source: str, time: datetime) -> Headers:
    """Return the headers of a record on a topic: its schema, its trace, and CloudEvents' attributes.

    `source` says which part of Pactwatch made it ("pactwatch/publish").
    """
    own_id = _IDS.get(topic.name, topic.key)(record)
    return [
        *_constant(topic),
        (TRACE_ID, trace_id.encode()),
        ("ce_id", own_id.encode()),
        ("ce_source", source.encode()),
        ("ce_time", time.isoformat().replace("+00:00", "Z").encode()),
    ]


def record_name(record: type[Record]) -> str:
    """Return the record type's published name: RawArticle is raw-article."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", record.__name__).lower()


def new_trace_id() -> str:
    """Return a random trace id, 32 hex digits: one an article, kept by all that comes of it."""
    return uuid.uuid4().hex


def trace_id_of(headers: Iterable[tuple[str, bytes]]) -> str | None:
    """Return the trace id among a record's headers, None where it came without."""
    return next((value.decode("ascii", "replace") for name, value in headers if name == TRACE_ID), None)


@cache
def _constant(topic: Topic) -> Headers:
    schema = f"{record_name(topic.record)}.{SCHEMA_VERSION}"
    return [
        (SCHEMA, schema.encode()),
        (CONTENT_TYPE, b"application/json"),
        ("ce_type", f"pactwatch.{schema}".encode()),
    ]
