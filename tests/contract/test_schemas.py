import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from pipeline import codec
from pipeline.contract.files import breaks, contract_files, drift, export
from pipeline.contract.json_schemas import RECORD_HEADERS, file_name, json_schemas
from pipeline.dead_letters import NOTES, OPTIONAL_NOTES
from pipeline.headers import record_name
from pipeline.topology import STAGES, TOPICS

SCHEMAS = Path(__file__).parents[2] / "schemas"
EXAMPLES = sorted((SCHEMAS / "examples" / "v1").glob("*.json"))


def _validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads((SCHEMAS / file_name(name)).read_text())
    return jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


def test_the_checked_in_contract_is_what_the_records_say() -> None:
    """No file in schemas/ differs from the record types and the topology."""
    assert drift(SCHEMAS) == []


def test_the_contract_keeps_what_was_released() -> None:
    """Nothing in the released schemas is broken."""
    assert breaks(SCHEMAS) == []


def test_the_contract_is_written_the_same_twice() -> None:
    """Writing the contract again gives the same bytes."""
    assert contract_files() == contract_files()


@pytest.mark.parametrize("name", json_schemas())
def test_each_schema_is_valid_and_stands_alone(name: str) -> None:
    """A schema file is JSON Schema 2020-12, says who it is, and refers to nothing outside."""
    schema = json.loads((SCHEMAS / file_name(name)).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:pactwatch:schema:{name}:v1"
    assert schema["title"]
    assert schema["description"]
    assert all(reference.startswith("#/$defs/") for reference in _references(schema))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_each_example_is_valid(example: Path) -> None:
    """Every example of the first version is valid for ever."""
    name = example.name.split(".")[0]
    _validator(name).validate(json.loads(example.read_text()))


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_each_record_has_an_example_that_the_codec_reads(topic: Any) -> None:
    """An example is read as the record, and what is written of it is valid and reads the same."""
    name = record_name(topic.record)
    example = SCHEMAS / "examples" / "v1" / f"{name}.json"
    record = codec.decode(example.read_bytes(), topic.record)
    written = codec.encode(record)
    _validator(name).validate(json.loads(written))
    assert codec.decode(written, topic.record) == record


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("raw-article", {"title": ""}),
        ("raw-article", {"article_id": "no hash"}),
        ("raw-article", {"published_at": 5}),
        ("raw-article", {"content_type": "text/markdown"}),
        ("alert", {"status": "maybe"}),
        ("alert", {"articles": None}),
        ("dead-letter-headers", {"dl-time": 7}),
    ],
)
def test_a_wrong_value_is_invalid(name: str, change: dict[str, Any]) -> None:
    """The schemas refuse what the codec refuses."""
    example = json.loads((SCHEMAS / "examples" / "v1" / f"{name}.json").read_text())
    assert not _validator(name).is_valid(example | change)


def test_offsets_of_the_examples_slice_their_mentions() -> None:
    """Mentions and evidence in the example are the text they point at."""
    article = json.loads((SCHEMAS / "examples" / "v1" / "tagged-article.json").read_text())
    spans = [*article["mentions"], *(event["evidence"] for event in article["events"])]
    assert spans
    assert all(article["text"][span["start"] : span["end"]] == span["text"] for span in spans)


def test_dead_letter_headers_name_every_note() -> None:
    """The schema of dead-letter headers has the headers that dead letters are written with, and no other."""
    schema = json_schemas()["dead-letter-headers"]
    assert set(schema["properties"]) == set(NOTES) | set(OPTIONAL_NOTES)


def test_record_headers_are_those_that_records_carry() -> None:
    """The schema of record headers has exactly the headers that a record is written with."""
    from datetime import UTC, datetime

    from pipeline.core.records import RawArticle
    from pipeline.headers import record_headers
    from pipeline.topology import RAW

    article = codec.decode((SCHEMAS / "examples" / "v1" / "raw-article.json").read_bytes(), RawArticle)
    headers = record_headers(RAW, article, trace_id="1", source="test", time=datetime(2026, 1, 9, tzinfo=UTC))
    assert {name for name, _ in headers} == set(RECORD_HEADERS)
    _validator("record-headers").validate({name: value.decode() for name, value in headers})


def test_asyncapi_describes_every_topic_and_stage() -> None:
    """The AsyncAPI document has each topic as a channel, each stage's reads and writes, and no dangling reference."""
    document = yaml.safe_load((SCHEMAS / "asyncapi.yaml").read_text())
    assert document["asyncapi"] == "3.0.0"
    assert set(document["channels"]) == {topic.name for topic in TOPICS} | {"dead-letters"}
    for stage in STAGES:
        assert document["operations"][f"{stage.name}.reads.{stage.reads.name}"]["action"] == "receive"
        for topic in stage.writes:
            assert document["operations"][f"{stage.name}.writes.{topic.name}"]["action"] == "send"
    for reference in _references(document):
        if reference.startswith("./"):
            assert (SCHEMAS / reference).is_file()
        else:
            _followed(document, reference)


def test_an_edited_missing_or_stale_file_is_named(tmp_path: Path) -> None:
    """Drift names the file that was edited, the one that is missing and the one whose record is gone."""
    export(tmp_path)
    assert drift(tmp_path) == []
    (tmp_path / "alert.v1.schema.json").write_text("{}")
    (tmp_path / "story.v1.schema.json").unlink()
    (tmp_path / "gone.v1.schema.json").write_text("{}")
    named = [line.split(":")[0].rsplit("/", 1)[1] for line in drift(tmp_path)]
    assert sorted(named) == ["alert.v1.schema.json", "gone.v1.schema.json", "story.v1.schema.json"]
    export(tmp_path)
    assert drift(tmp_path) == []


def test_a_break_with_the_release_is_named(tmp_path: Path) -> None:
    """A released field that is gone, and a released record that is gone, are named with their files."""
    released = tmp_path / "released" / "v1"
    export(released)
    path = released / "alert.v1.schema.json"
    schema = json.loads(path.read_text())
    schema["properties"]["colour"] = {"type": "string"}
    path.write_text(json.dumps(schema))
    (released / "old.v1.schema.json").write_text("{}")
    assert breaks(tmp_path) == [
        "alert.v1.schema.json: $.colour: removed",
        "old.v1.schema.json: was released and is gone",
    ]


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _followed(document: Any, reference: str) -> Any:
    for part in reference.removeprefix("#/").split("/"):
        document = document[part]
    return document
