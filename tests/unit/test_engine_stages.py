"""Which stages a worker runs, and which of them are chained."""

import pytest

from pipeline.app import stages_named
from pipeline.core.errors import SettingsError
from pipeline.topology import chained


@pytest.mark.parametrize(
    ("names", "chains"),
    [
        ("entities,events,stories", [["entities", "events"], ["stories"]]),
        ("alerts, events", [["events"], ["stories"]]),
        ("entities,stories", [["entities"], ["stories"]]),
        ("events", [["events"]]),
    ],
)
def test_stages_are_chained_where_they_may_be(names: str, chains: list[list[str]]) -> None:
    """Entities and events share a chain; stories, which need all reports of one on one partition, never do."""
    found = chained(stages_named(names))
    assert [[stage.name for stage in chain] for chain in found] == chains


@pytest.mark.parametrize("names", ["", "entities,", "event", "entities;events"])
def test_an_unknown_stage_is_named_with_those_there_are(names: str) -> None:
    """A wrong --stage says which are known."""
    with pytest.raises(SettingsError, match=r"known: entities, events, stories"):
        stages_named(names)
