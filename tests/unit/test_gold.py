"""The gold sentences: each is read as labelled, in all that its label judges."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.entities import EntityFinder
from pipeline.core.events import EventTagger
from pipeline.core.vocabulary import parse_vocabulary
from pipeline.evaluation import GoldArticle, Miss, Names, Outcome, names_of, read_gold, score
from pipeline.profiles import load_profile

GOLD = Path(__file__).parents[1] / "gold"
FETCHED = datetime(2028, 1, 1, tzinfo=UTC)  # after all of them
PROFILES = {"belarus_russia": "belarus-russia"}  # the other files are of the profile below
PROFILE = "dprk-russia"
LABELS_ONLY = {"corpus_labels"}


def cases() -> list[Any]:
    """Every labelled line, by its id; one that is known not to be read yet must fail."""
    found = []
    for path in sorted(GOLD.glob("*.jsonl")):
        if path.stem in LABELS_ONLY:
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            marks = [pytest.mark.xfail(reason=row["known"], strict=True)] if "known" in row else []
            found.append(pytest.param(path.stem, line, id=row["expect"]["id"], marks=marks))
    return found


@cache
def stages(profile: str) -> tuple[EntityFinder, EventTagger, Names]:
    """The two stages over a shipped profile, and its names."""
    loaded = load_profile(profile)
    return EntityFinder(loaded), EventTagger(loaded), names_of(loaded)


def misses(gold: GoldArticle, profile: str) -> list[Miss]:
    """Return all that is not as labelled."""
    find_entities, tag_events, names = stages(profile)
    tagged = tag_events(find_entities(gold.article))
    outcome = Outcome(
        gold, tagged.events, text=tagged.text, mentions=tagged.mentions, language=tagged.language
    )
    return score([outcome], names).misses


@pytest.mark.parametrize(("name", "line"), cases())
def test_it_is_read_as_labelled(name: str, line: str) -> None:
    """Every labelled event, slot and mention is found, and no other type is news."""
    (gold,) = read_gold([line.encode()], fetched_at=FETCHED)
    assert misses(gold, PROFILES.get(name, PROFILE)) == []


def test_ids_are_unique() -> None:
    """No two rows have the same id."""
    ids = [case.id for case in cases()]
    assert len(ids) == len(set(ids))


def test_every_type_and_mode_has_a_row() -> None:
    """Each type and mode that the shipped profiles can give is labelled in a gold sentence."""
    wanted = {
        (entry.type, entry.mode)
        for profile in (PROFILE, *PROFILES.values())
        for entry in parse_vocabulary(load_profile(profile)).events
    }
    events = [event for case in cases() for event in json.loads(case.values[1])["expect"].get("events", ())]
    told = {(event["type"], mode) for event in events for mode in event.get("mode", "").split("|")}
    assert wanted - told == set()


def test_every_entry_has_a_row() -> None:
    """Each entry of the shipped vocabularies makes an event of a gold sentence."""
    wanted = {
        entry.id
        for profile in (PROFILE, *PROFILES.values())
        for entry in parse_vocabulary(load_profile(profile)).events
    }
    made = set()
    for case in cases():
        name, line = case.values
        find_entities, tag_events, _ = stages(PROFILES.get(name, PROFILE))
        (gold,) = read_gold([line.encode()], fetched_at=FETCHED)
        made |= {event.rule.partition("/")[0] for event in tag_events(find_entities(gold.article)).events}
    assert wanted - made == set()
