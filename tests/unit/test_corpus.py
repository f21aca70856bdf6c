"""Real articles, where they are at hand: the figures do not fall.

PACTWATCH_CORPUS names the folder. No text of it is part of the project; only labels are, by id.
"""

import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from pipeline.evaluation import Scores, names_of, read_gold, read_labels, score
from pipeline.evaluation.running import outcome_of
from pipeline.evaluation.summary import summary
from pipeline.profiles import load_profile
from pipeline.settings import Settings
from pipeline.topology import context_for

CORPUS = Path(os.environ.get("PACTWATCH_CORPUS", Path(__file__).parents[3] / "shared" / "corpus"))
ARTICLES = CORPUS / "dev-articles.jsonl"
LABELS = Path(__file__).parents[1] / "gold" / "corpus_labels.jsonl"
FETCHED = datetime(2026, 1, 20, tzinfo=UTC)
PROFILE = "dprk-russia"

pytestmark = pytest.mark.skipif(not ARTICLES.exists(), reason=f"no corpus at {CORPUS} (set PACTWATCH_CORPUS)")


@cache
def scores() -> Scores:
    """The figures of the real articles, read in order."""
    profile = load_profile(PROFILE)
    context = context_for(Settings(), profile, stories={}, now=lambda: FETCHED)
    labels = read_labels(LABELS.read_bytes().splitlines()) if LABELS.exists() else None
    gold = read_gold(ARTICLES.read_bytes().splitlines(), fetched_at=FETCHED, labels=labels)
    return score((outcome_of(one, context) for one in gold), names_of(profile))


def test_event_types_are_found() -> None:
    """What is news is tagged as such."""
    types = summary(scores())["types"]
    assert types["all"]["f1"] >= 0.95
    assert types["statement"]["f1"] >= 0.92


SLOT_FLOORS = {
    "actor": 0.89,
    "recipient": 0.92,
    "quantity": 0.99,
    "location": 0.70,
    "date": 0.82,
    "attribution": 0.88,
    "modality": 0.95,
    "time_frame": 0.94,
    "mode": 0.91,
    "occasion": 0.84,
}


@pytest.mark.parametrize(("slot", "floor"), SLOT_FLOORS.items())
def test_slots_are_filled_as_labelled(slot: str, floor: float) -> None:
    """What the articles tell of who, where, when, how many and by whose word is found."""
    assert summary(scores())["slots"]["all"][slot]["share"] >= floor


def test_names_are_linked() -> None:
    """The names in the articles lead to the entities that they mean."""
    assert summary(scores())["entities"]["all"]["f1"] >= 0.97
