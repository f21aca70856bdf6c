"""JSON Schema (draft 2020-12) of each record on a topic, written from the record types."""

import inspect
from typing import Any

import msgspec

from pipeline.core.records import Record
from pipeline.dead_letters import NOTES, OPTIONAL_NOTES
from pipeline.headers import SCHEMA_VERSION, record_name
from pipeline.topology import TOPICS

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
HEADERS_NAME = "record-headers"
DEAD_LETTER_HEADERS_NAME = "dead-letter-headers"
RECORD_HEADERS = {
    "schema": "name and version of the value's schema: raw-article.v1",
    "content-type": "application/json",
    "trace-id": "the same on everything that came of one article",
    "ce_id": "CloudEvents id: the record's own id",
    "ce_type": "CloudEvents type",
    "ce_source": "CloudEvents source",
    "ce_time": "CloudEvents time, RFC 3339",
}


def file_name(name: str) -> str:
    """Return the file in schemas/ that a published name has."""
    return f"{name}.{SCHEMA_VERSION}.schema.json"


def json_schemas() -> dict[str, Schema]:
    """Return every published schema by its name; each stands alone."""
    schemas = {record_name(topic.record): _of_record(topic.record) for topic in TOPICS}
    schemas[HEADERS_NAME] = _of_headers(
        HEADERS_NAME, "Kafka headers of every record, as UTF-8 text.", required=RECORD_HEADERS, optional={}
    )
    schemas[DEAD_LETTER_HEADERS_NAME] = _of_dead_letter_headers()
    return schemas


def _of_record(record: type[Record]) -> Schema:
    _, components = msgspec.json.schema_components([record], ref_template="#/$defs/{name}")
    for component in components.values():
        component["description"] = inspect.cleandoc(component.get("description", ""))
    root = components.pop(record.__name__)
    schema: Schema = _identity(record_name(record)) | root
    if components:
        schema["$defs"] = dict(sorted(components.items()))
    return schema


def _of_headers(name: str, description: str, *, required: dict[str, str], optional: dict[str, str]) -> Schema:
    return {
        **_identity(name),
        "title": name.replace("-", " ").capitalize(),
        "description": description,
        "type": "object",
        "properties": {
            header: {"type": "string", "description": meaning}
            for header, meaning in (required | optional).items()
        },
        "required": list(required),
    }


def _of_dead_letter_headers() -> Schema:
    schema = _of_headers(
        DEAD_LETTER_HEADERS_NAME,
        "Kafka headers of a dead letter, beside those the record came with, or of the marker of a retried one.",
        required=NOTES,
        optional=OPTIONAL_NOTES,
    )
    del schema["required"]
    schema["anyOf"] = [{"required": list(NOTES)}, {"required": ["dl-retried", "dl-time"]}]
    return schema


def _identity(name: str) -> Schema:
    return {"$schema": DRAFT, "$id": f"urn:pactwatch:schema:{name}:{SCHEMA_VERSION}"}
