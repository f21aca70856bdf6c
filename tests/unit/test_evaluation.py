"""The figures of `pactwatch evaluate`, from outcomes written by hand."""

import json
import re
from collections.abc import Hashable
from typing import Any

import pytest
from reports_by_hand import RAISED, START, report, sha, story_book

from pipeline.core.records import Alert
from pipeline.evaluation import GoldError, Names, Outcome, Scores, read_gold, score
from pipeline.evaluation.counts import Counts, b_cubed
from pipeline.evaluation.summary import summary

NAMES = Names(
    exact={
        "Kim Jong Un": "kim",
        "Kim Jong Il": "kim-jong-il",
        "Putin": "putin",
        "NIS": "nis",
        "Kursk": "kursk",
    },
    by_name={"kim": {"kim", "kim-jong-il"}, "kim jong un": {"kim"}, "putin": {"putin"}, "nis": {"nis"}},
    kinds={"kim": "person", "putin": "person", "nis": "organisation", "kursk": "place"},
    canonical={"kim": "Kim Jong Un", "putin": "Putin", "nis": "NIS", "kursk": "Kursk"},
)


def gold_line(id_: str = "g", **expect: Any) -> bytes:
    """Return a labelled article as a line."""
    article = {
        "title": f"title of {id_}",
        "body": "body",
        "source": "Wire",
        "url": f"https://example.org/{id_}",
    }
    return json.dumps(article | ({"expect": {"id": id_} | expect} if expect else {})).encode()


def outcome(
    id_: str = "g",
    *events: dict[str, Any],
    raised: tuple[str, ...] = (),
    stories: tuple[tuple[str, str], ...] = (),
    **expect: Any,
) -> Outcome:
    """Return what came of an article: its events, the kinds it raised, its stories, and what was expected."""
    (gold,) = read_gold([gold_line(id_, **expect)], fetched_at=START)
    told = tuple(report(id_, **fields).event for fields in events)
    return Outcome(gold, told, tuple(alert(kind) for kind in raised), stories)


def alert(kind: str) -> Alert:
    """Return an alert of this kind, `kind` or `kind:status`."""
    type_, _, status = kind.partition(":")
    raised = story_book().follow(
        report("a", f"{type_} {'letter' if type_ == 'statement' else 'arrival'}"), raised_at=RAISED
    )
    assert raised.alert is not None
    return Alert(
        **{name: getattr(raised.alert, name) for name in Alert.__struct_fields__}
        | {"status": status or "new"}
    )


def scored(*outcomes: Outcome) -> Scores:
    """Return the figures of a stream."""
    return score(outcomes, NAMES)


def figures(counts: Counts) -> tuple[int, int, int]:
    """Return right, wrong, missed."""
    return counts.right, counts.wrong, counts.missed


LETTER = {"event": "statement letter"}
TYPE_CASES: dict[str, tuple[Outcome, dict[str, tuple[int, int, int]]]] = {
    "found": (outcome("g", LETTER, types=["statement"]), {"statement": (1, 0, 0)}),
    "found twice counts once": (outcome("g", LETTER, LETTER, types=["statement"]), {"statement": (1, 0, 0)}),
    "missed": (outcome("g", types=["statement"]), {"statement": (0, 0, 1)}),
    "wrong": (outcome("g", LETTER, types=[]), {"statement": (0, 1, 0)}),
    "optional and found": (outcome("g", LETTER, types=[], optional=["statement"]), {"statement": (0, 0, 0)}),
    "optional and not found": (outcome("g", types=[], optional=["statement"]), {}),
    "background is not found": (
        outcome("g", LETTER | {"time_frame": "background"}, types=["statement"]),
        {"statement": (0, 0, 1)},
    ),
    "denied is not found": (outcome("g", LETTER | {"modality": "denied"}, types=[]), {}),
    "conditional is not found": (outcome("g", LETTER | {"modality": "conditional"}, types=[]), {}),
    "without labels nothing is judged": (outcome("g", LETTER), {}),
}


@pytest.mark.parametrize("name", TYPE_CASES)
def test_types_are_those_told_as_news(name: str) -> None:
    """A type is right, wrong or missed once an article, over events that are current and not denied or conditional."""
    one, expected = TYPE_CASES[name]
    assert {kind: figures(counts) for kind, counts in scored(one).types.items()} == expected


ALERT_CASES: dict[str, tuple[list[Outcome], tuple[int, int, int, int, int]]] = {
    "raised": ([outcome(raised=("statement",), alerts=["statement"])], (1, 0, 0, 0, 0)),
    "missed": ([outcome(alerts=["statement"])], (0, 0, 1, 0, 0)),
    "false": ([outcome(raised=("statement",), alerts=[])], (0, 1, 0, 0, 1)),
    "raised twice by one article": (
        [outcome(raised=("statement", "statement"), alerts=["statement"])],
        (1, 1, 0, 1, 0),
    ),
    "raised again by a repeat": (
        [
            outcome("a", raised=("statement",), alerts=["statement"], story="s"),
            outcome("b", raised=("statement",), alerts=[], story="s"),
        ],
        (1, 1, 0, 1, 0),
    ),
    "raised by another story": (
        [
            outcome("a", raised=("statement",), alerts=["statement"], story="s"),
            outcome("b", raised=("statement",), alerts=[], story="t"),
        ],
        (1, 1, 0, 0, 1),
    ),
    "an article without labels must be silent": ([outcome(raised=("statement",))], (0, 1, 0, 0, 1)),
}


@pytest.mark.parametrize("name", ALERT_CASES)
def test_alerts_are_right_missed_doubled_or_false(name: str) -> None:
    """Alerts are counted by kind; a wrong one either tells a known story again or is no news at all."""
    stream, expected = ALERT_CASES[name]
    counts = scored(*stream).raised.alerts["statement"]
    assert (*figures(counts), counts.doubled, counts.false) == expected


def test_the_status_is_judged_where_it_is_given() -> None:
    """Of alerts that should be raised, the status is right or not; without a label it is not judged."""
    scores = scored(
        outcome("a", raised=("statement:new",), alerts=["statement"], status="new"),
        outcome("b", raised=("statement:new",), alerts=["statement"], status="update"),
        outcome("c", raised=("statement:new",), alerts=["statement"]),
    )
    assert (scores.raised.status.right, scores.raised.status.of) == (1, 2)


def test_a_status_may_be_given_for_each_kind() -> None:
    """A confirmation is news of one kind and an update of another."""
    scores = scored(
        outcome(
            "a",
            raised=("statement:new", "deployment:new"),
            alerts=["statement", "deployment"],
            status={"statement": "new", "deployment": "update"},
        ),
    )
    assert (scores.raised.status.right, scores.raised.status.of) == (1, 2)


def test_a_hard_pair_is_right_where_its_articles_raise_what_they_must() -> None:
    """Articles of a named pair are counted together, right where nothing is missed, doubled or of another status."""
    scores = scored(
        outcome("a", raised=("statement:new",), alerts=["statement"], status="new", pair="letters"),
        outcome("b", raised=("statement:new",), alerts=["statement"], status="update", pair="letters"),
        outcome("c", alerts=[], pair="recap"),
        outcome("d", raised=("statement",), alerts=[]),
    )
    assert summary(scores)["pairs"] == {
        "letters": {"right": 1, "of": 2, "share": 0.5},
        "recap": {"right": 1, "of": 1, "share": 1.0},
    }


def test_stories_that_were_merged_or_split_are_listed_with_the_report_they_met() -> None:
    """A report counted on another event's story is merged, one apart from its own story's reports is split."""
    scores = scored(
        outcome("a", stories=(("statement", "1"),), types=["statement"], story="s"),
        outcome("b", stories=(("statement", "1"),), types=["statement"], story="t"),
        outcome("c", stories=(("statement", "2"),), types=["statement"], story="s"),
    )
    assert [(miss.what, miss.id, miss.instead) for miss in scores.raised.misses] == [
        ("story merged", "b", "with a"),
        ("story split", "c", "from a"),
    ]
    assert summary(scores)["stories"]["merged_within_96_hours"] == 1


def test_an_undated_article_counts_as_fetched_with_the_newest_before_it() -> None:
    """A labelled file is read as it came in, so an article without any date is no older and no newer than its place."""
    dated = json.loads(gold_line("a")) | {"published_at": "2025-05-01T10:00:00Z"}
    lines = [json.dumps(dated).encode(), gold_line("b")]
    _, undated = read_gold(lines, fetched_at=START)
    assert undated.article.fetched_at.isoformat() == "2025-05-01T10:00:00+00:00"


def test_repeats_are_articles_of_a_known_story_that_must_be_silent() -> None:
    """A story's first article is no repeat; a later one that must be silent is, and is silenced or not."""
    scores = scored(
        outcome("a", raised=("statement",), alerts=["statement"], story="s"),
        outcome("b", alerts=[], story="s"),
        outcome("c", raised=("statement",), alerts=[], story="s"),
        outcome("d", alerts=[], story="t"),
    )
    assert (scores.raised.repeats.right, scores.raised.repeats.of) == (1, 2)


def test_an_actor_is_right_where_who_acts_or_speaks_is_labelled() -> None:
    """Actors are judged on matched types, by any of their names; a label the profile lacks is not judged."""
    scores = scored(
        outcome("a", LETTER, types=["statement"], actors=["Kim Jong Un"]),
        outcome("b", LETTER | {"who": "dprk -> russia", "says": "nis"}, types=["statement"], actors=["NIS"]),
        outcome("c", LETTER, types=["statement"], actors=["Putin"]),
        outcome("d", LETTER, types=["statement"], actors=["Somebody Else"]),
        outcome("e", types=["statement"], actors=["Putin"]),
    )
    assert (scores.actors.right, scores.actors.of) == (2, 3)


CLUSTERS: dict[str, tuple[list[tuple[Hashable, Hashable]], tuple[float, float]]] = {
    "nothing": ([], (1.0, 1.0)),
    "all right": ([("s", 1), ("s", 1), ("t", 2)], (1.0, 1.0)),
    "all in one": ([("s", 1), ("t", 1)], (0.5, 1.0)),
    "each alone": ([("s", 1), ("s", 2)], (1.0, 0.5)),
    "one astray": (
        [("s", 1), ("s", 1), ("s", 2), ("t", 2)],
        ((1 + 1 + 0.5 + 0.5) / 4, (2 / 3 + 2 / 3 + 1 / 3 + 1) / 4),
    ),
}


@pytest.mark.parametrize("name", CLUSTERS)
def test_b_cubed(name: str) -> None:
    """B-cubed is, for each item, the share of its found cluster that is right and of its true cluster that is found."""
    clusters, expected = CLUSTERS[name]
    assert b_cubed(clusters) == pytest.approx(expected)


def test_stories_are_scored_by_the_reports_of_each_type() -> None:
    """Each labelled type of an article is one report of its story; one that was not found stands alone."""
    one, other = sha("one"), sha("other")
    scores = scored(
        outcome(
            "a", stories=(("statement", one), ("meeting", other)), types=["statement", "meeting"], story="s"
        ),
        outcome("b", stories=(("statement", one),), types=["statement", "meeting"], story="s"),
    )
    assert b_cubed(scores.raised.clusters) == pytest.approx((1.0, 0.75))


def test_misses_name_the_article_and_the_sentence() -> None:
    """What is not as labelled is listed with id, title and the sentence that was read."""
    scores = scored(
        outcome("g7", LETTER | {"text": "He wrote."}, types=["meeting"], raised=("statement",), alerts=[])
    )
    assert [
        (miss.what, miss.kind, miss.id, miss.title, miss.sentence)
        for miss in scores.misses + scores.raised.misses
    ] == [
        ("type missed", "meeting", "g7", "title of g7", ""),
        ("type wrong", "statement", "g7", "title of g7", "He wrote."),
        ("alert false", "statement", "g7", "title of g7", "a"),
    ]


def test_the_summary_adds_up_the_kinds() -> None:
    """`all` has the sums of the kinds, and figures of these sums."""
    scores = scored(
        outcome("a", LETTER, types=["statement", "meeting"], raised=("statement",), alerts=["statement"]),
        outcome("b", types=["meeting"], raised=("statement",), alerts=[]),
    )
    found = summary(scores)
    assert found["types"]["all"] == {
        "right": 1,
        "wrong": 0,
        "missed": 2,
        "precision": 1.0,
        "recall": 0.3333,
        "f1": 0.5,
    }
    assert (found["alerts"]["all"]["precision"], found["alerts"]["all"]["false"]) == (0.5, 1)


def test_the_summary_of_alerts_only_says_nothing_of_types() -> None:
    """Asked for alerts only, the summary has no types, no actors, and no errors about them."""
    found = summary(
        scored(outcome("a", LETTER, types=[], raised=("statement",), alerts=[])),
        alerts_only=True,
        errors=True,
    )
    assert not {"types", "actors"} & found.keys()
    assert [miss["what"] for miss in found["errors"]] == ["alert false"]


BROKEN = {
    "not JSON": (b"{", "line 2: not JSON"),
    "not an object": (b"[]", "line 2: an article is an object"),
    "no body": (b'{"title": "t"}', "line 2: "),
    "a type that is none": (gold_line(types=["parade"]), "line 2: Invalid enum value 'parade'"),
    "no id": (
        b'{"title": "t", "body": "b", "expect": {"types": []}}',
        "line 2: Object missing required field `id`",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_gold_line_is_named(name: str) -> None:
    """A line that is no labelled article is an error that names its number and what is wrong."""
    line, message = BROKEN[name]
    with pytest.raises(GoldError, match=f"^{re.escape(message)}"):
        list(read_gold([gold_line(types=[]), line], fetched_at=START))


def test_unknown_labels_and_blank_lines_are_ignored() -> None:
    """Labels for other uses do no harm, and a blank line is no article."""
    lines = [b"\n", gold_line(scope="other", lookalike=["x"], note="", modality="asserted"), b"  \n"]
    (gold,) = read_gold(lines, fetched_at=START)
    assert gold.name == "g"
