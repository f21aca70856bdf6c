"""Slots and mentions against their labels."""

import json
from datetime import date
from typing import Any

import msgspec
import pytest
from reports_by_hand import START, report

from pipeline.core.records import AllianceEvent, Attribution, Mention, Quantity, When
from pipeline.evaluation import GoldError, Names, Outcome, read_gold, read_labels, score
from pipeline.evaluation.labels import GoldEvent
from pipeline.evaluation.slots import paired, slots_right
from pipeline.evaluation.summary import summary

NAMES = Names(
    exact={
        "Kim Jong Un": "kim",
        "Kim Jong Il": "kim-jong-il",
        "NIS": "nis",
        "Kursk": "kursk",
        "Russia": "ru",
    },
    by_name={"kim": {"kim", "kim-jong-il"}, "nis": {"nis"}},
    kinds={"kim": "person", "nis": "organisation", "kursk": "place", "ru": "country"},
    canonical={"kim": "Kim Jong Un", "nis": "NIS", "kursk": "Kursk", "ru": "Russia"},
)
TROOPS = Quantity(of="troops", low=600.0, high=None, approximate=True, text="more than 600")
EVENT = msgspec.structs.replace(
    report("a", "deployment arrival").event,
    actors=("kim",),
    recipients=("ru",),
    quantities=(TROOPS,),
    location="kursk",
    when=When(start=date(2026, 1, 8), end=date(2026, 1, 8), precision="day", text="Thursday"),
    attribution=(Attribution(entity_id="nis"), Attribution(name="A Lawmaker")),
    occasion="",
    quote="",
)
RIGHT: list[dict[str, Any]] = [
    {"mode": "arrival"},
    {"mode": "dispatch|arrival"},
    {"actors": ["Kim Jong Un"]},
    {"actors": ["Kim"]},
    {"actors": ["Kim Jong Il|Kim Jong Un"]},
    {"recipients": ["ru|Russia"]},
    {"quantities": [{"of": "troops", "low": 600}]},
    {"quantities": [{"of": "troops", "low": 600, "approximate": True}]},
    {"location": "Kursk"},
    {"when": {"start": "2026-01-08", "end": "2026-01-08"}},
    {"when": {"start": "2026-01-08", "end": "2026-01-08", "precision": "day"}},
    {"attribution": ["a lawmaker", "NIS"]},
    {"modality": "asserted"},
    {"time_frame": "current|background"},
    {"occasion": ""},
    {"quote": ""},
]
WRONG: list[dict[str, Any]] = [
    {"mode": "dispatch"},
    {"actors": []},
    {"actors": ["Kim Jong Il"]},
    {"actors": ["Kim Jong Un", "Russia"]},
    {"recipients": ["nobody that the profile knows"]},
    {"quantities": []},
    {"quantities": [{"of": "troops", "low": 600, "high": 600}]},
    {"quantities": [{"of": "troops", "low": 600, "approximate": False}]},
    {"quantities": [{"of": "troops", "low": 600}, {"of": "killed", "low": 1, "high": 1}]},
    {"location": None},
    {"location": "Russia"},
    {"when": None},
    {"when": {"start": "2026-01-07", "end": "2026-01-08"}},
    {"when": {"start": "2026-01-08", "end": "2026-01-08", "precision": "month"}},
    {"attribution": ["NIS"]},
    {"modality": "planned|denied"},
    {"occasion": "reply"},
    {"quote": "words"},
]


def label(**slots: Any) -> GoldEvent:
    """Return a labelled arrival."""
    return msgspec.convert({"type": "deployment", **slots}, GoldEvent)


@pytest.mark.parametrize("slots", RIGHT, ids=str)
def test_a_slot_is_right(slots: dict[str, Any]) -> None:
    """What a label allows is right."""
    assert list(slots_right(label(**slots), EVENT, NAMES).values()) == [True]


@pytest.mark.parametrize("slots", WRONG, ids=str)
def test_a_slot_is_wrong(slots: dict[str, Any]) -> None:
    """What a label does not allow is wrong; too much is as wrong as too little."""
    assert list(slots_right(label(**slots), EVENT, NAMES).values()) == [False]


def test_a_slot_left_out_is_not_judged() -> None:
    """A label judges only what it says."""
    assert slots_right(label(), EVENT, NAMES) == {}


def test_alternatives_that_overlap_go_round() -> None:
    """Labels with alternatives are right if each can have a value for itself, in whatever order they stand."""
    found = msgspec.structs.replace(EVENT, actors=("ru", "kim"))
    for actors in (["Russia|Kim Jong Un", "Russia|NIS"], ["Russia|NIS", "Russia|Kim Jong Un"]):
        assert slots_right(label(actors=actors), found, NAMES) == {"actor": True}
    assert slots_right(label(actors=["Russia|NIS", "Russia|NIS"]), found, NAMES) == {"actor": False}


def test_events_are_paired_with_those_that_agree_best() -> None:
    """Two events of one type are told apart by their slots, whatever their order."""
    other = msgspec.structs.replace(EVENT, mode="withdrawal", location=None)
    one, two, three = label(mode="withdrawal"), label(mode="arrival"), label(mode="rotation")
    assert paired([one, two, three], [EVENT, other], NAMES) == ([(one, other), (two, EVENT)], [three])


def outcome(found: tuple[AllianceEvent, ...] = (), /, **expect: Any) -> Outcome:
    """Return what came of an article that says "Kim met Kim in Kursk, the NIS said"."""
    text = "Kim met Kim in Kursk, the NIS said"
    line = {"title": text, "body": "", "source": "Wire", "expect": {"id": "g", **expect}}
    (gold,) = read_gold([json.dumps(line).encode()], fetched_at=START)
    mentions = (
        Mention(entity_id="kim", start=0, end=3, text="Kim"),
        Mention(entity_id="ru", start=15, end=20, text="Kursk"),
        Mention(entity_id="nis", start=22, end=29, text="the NIS"),
    )
    return Outcome(gold, found, text=text, mentions=mentions, language="en")


def test_mentions_are_counted_by_kind_and_language() -> None:
    """A mention is right where it names the entity in the labelled place, with or without an article."""
    labels = [["Kim", "Kim Jong Un"], ["Kim", "Kim Jong Il"], ["Kursk", "Kursk"], ["NIS", "NIS"]]
    found = summary(score([outcome(mentions=labels)], NAMES), errors=True)
    counts = {kind: (row["right"], row["wrong"], row["missed"]) for kind, row in found["entities"].items()}
    assert counts == {
        "all": (2, 1, 2),
        "country": (0, 1, 0),
        "organisation": (1, 0, 0),
        "person": (1, 0, 0),
        "place": (0, 0, 1),
        "unknown": (0, 0, 1),
    }
    assert found["entities_by_language"]["en"] == found["entities"]["all"]
    assert [(miss["what"], miss["instead"]) for miss in found["errors"]] == [
        ("mention missed", "Kim = Kim Jong Il"),
        ("mention missed", "Kursk = Kursk"),
        ("mention wrong", "Kursk = Russia"),
    ]


def test_only_labelled_mentions_say_nothing_of_events() -> None:
    """Where only mentions are labelled, no event is judged."""
    assert score([outcome((EVENT,), mentions=[])], NAMES).types == {}


def test_a_mention_that_is_not_in_the_text_is_an_error() -> None:
    """A label that cannot be right is said, with the article's id."""
    with pytest.raises(GoldError, match="g: the mention 'Putin'"):
        score([outcome(mentions=[["Putin", "Putin"]])], NAMES)


def test_slots_are_added_up_by_type_and_errors_say_both() -> None:
    """The accuracy of each slot is over the events found; an error says what was wanted and what was found."""
    wanted = {"type": "deployment", "mode": "dispatch", "actors": ["Kim"], "quantities": [{"of": "troops"}]}
    found = summary(score([outcome((EVENT,), events=[wanted])], NAMES), errors=True)
    assert found["types"]["deployment"]["right"] == 1
    assert found["slots"]["deployment"]["actor"] == {"right": 1, "of": 1, "share": 1.0}
    assert found["slots"]["all"]["mode"] == {"right": 0, "of": 1, "share": 0.0}
    assert [miss["instead"] for miss in found["errors"]] == [
        "dispatch, not arrival",
        "troops None..None, not troops 600..None",
    ]


def test_labels_kept_apart_are_added_by_id() -> None:
    """Labels of a file without texts add to those that the articles have; one of no article is an error."""
    line = json.dumps({"title": "t", "body": "b", "expect": {"id": "g", "types": ["meeting"]}}).encode()
    labels = read_labels([b'{"id": "g", "events": [{"type": "meeting"}]}'])
    (gold,) = read_gold([line], fetched_at=START, labels=labels)
    assert gold.expect is not None
    assert gold.expect.types == frozenset({"meeting"})
    assert gold.expect.events == (GoldEvent(type="meeting"),)
    with pytest.raises(GoldError, match="no article in the file: x"):
        list(read_gold([line], fetched_at=START, labels={"x": {}}))
    with pytest.raises(GoldError, match="line 1"):
        read_labels([b"[]"])


def test_an_id_labelled_twice_is_an_error() -> None:
    """A second line of labels for one article does not silently replace the first."""
    with pytest.raises(GoldError, match=r"^line 2: a second label for 'a'"):
        read_labels([b'{"id": "a", "events": []}', b'{"id": "a", "mentions": []}'])
