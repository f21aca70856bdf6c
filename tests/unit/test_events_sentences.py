"""The vocabulary by example: one sentence, the events that must be read from it, and no other current one."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.articles import read_article
from pipeline.core.entities import EntityFinder
from pipeline.core.events import EventTagger
from pipeline.core.records import TaggedArticle
from pipeline.profiles import load_profile

GOLD = Path(__file__).parent / "gold"
FETCHED = datetime(2026, 1, 20, tzinfo=UTC)
UNREAL = {"conditional", "denied"}


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of a gold file."""
    lines = (GOLD / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@cache
def stages() -> tuple[EntityFinder, EventTagger]:
    """The two stages over the shipped profile."""
    profile = load_profile("dprk-russia")
    return EntityFinder(profile), EventTagger(profile)


def tag(row: dict[str, Any]) -> TaggedArticle:
    """A row's text through both stages."""
    find, tagger = stages()
    fields: dict[str, Any] = {
        name: row[name] for name in ("title", "body", "published_at", "language") if name in row
    }
    return tagger(find(read_article({**fields, "source": row.get("source", "Wire")}, fetched_at=FETCHED)))


@pytest.mark.parametrize(
    "row", rows("event_sentences.jsonl"), ids=lambda row: (row["body"] or row["title"])[:60]
)
def test_sentence(row: dict[str, Any]) -> None:
    """Each event that the sentence tells is read with its mode, modality and time frame, and no other type."""
    events = tag(row).events
    for wanted in row["events"]:
        assert any(
            all(getattr(event, slot) == value for slot, value in wanted.items()) for event in events
        ), (
            wanted,
            events,
        )
    types = {wanted["type"] for wanted in row["events"]}
    if not types:
        assert not [event for event in events if event.time_frame == "current"]
    real = {event.type for event in events if event.time_frame == "current" and event.modality not in UNREAL}
    assert real <= types


@pytest.mark.parametrize("row", rows("event_slots.jsonl"), ids=lambda row: row["body"][:60])
def test_slots(row: dict[str, Any]) -> None:
    """Who, to whom, how many, where, when, whose word and which words are read from the sentence."""
    names = {entry.id: entry.name for entry in load_profile("dprk-russia").entities}
    event = next(event for event in tag(row).events if event.type == row["type"])
    said = {
        "actors": [names[actor] for actor in event.actors],
        "recipients": [names[recipient] for recipient in event.recipients],
        "quantities": [[quantity.of, quantity.low, quantity.high] for quantity in event.quantities],
        "location": names.get(event.location or ""),
        "when": [str(event.when.start), str(event.when.end)],
        "attribution": [names.get(by.entity_id or "", by.name) for by in event.attribution],
        "quote": event.quote,
        "occasion": event.occasion,
    }
    assert {slot: said[slot] for slot in row["slots"]} == row["slots"]
