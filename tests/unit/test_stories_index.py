"""The index leaves out of a report's candidates only what contradicts it, in whatever order stories were filed."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from reports_by_hand import WORLD, report

from pipeline.core.records import EventReport
from pipeline.core.stories.index import StoryIndex
from pipeline.core.stories.matching import Matching
from pipeline.core.stories.pages import Entry, Seeking
from pipeline.core.stories.rules import rules
from pipeline.core.stories.slots import Kinds, event_time, slots_of

KINDS = Kinds(WORLD, rules())
MATCHING = Matching(rules(), WORLD)
SIDES = (
    "",
    "kim",
    "dprk",
    "kpa",
    "kcna",
    "putin",
    "russia",
    "kremlin",
    "medvedev",
    "kim,choe",
    "nobody-known",
)
MODES = {
    "statement": ("letter", "message", "speech", "denial", "confirmation", "pledge", "condemnation", "other"),
    "meeting": ("visit", "talks", "call"),
    "deployment": ("arrival", "withdrawal", "rotation", "presence"),
}


@st.composite
def reports(draw: st.DrawFn, type_: str) -> EventReport:
    """A report of this type, with any sides, place, day and figures."""
    slots: dict[str, Any] = {
        "who": f"{draw(st.sampled_from(SIDES))} -> {draw(st.sampled_from(SIDES))}",
        "location": draw(
            st.sampled_from((None, "russia", "kursk", "sudzha", "port", "belgorod", "dprk", "elsewhere"))
        ),
        "occasion": draw(st.sampled_from(("", "", "new-year", "birthday", "reply"))),
        "modality": draw(st.sampled_from(("asserted", "asserted", "planned"))),
        "on": draw(st.sampled_from(("", "2026-01-08", "2026-01"))),
        "count_": draw(st.sampled_from(("", "troops 800", "workers 50"))),
        "hours": draw(st.integers(0, 400)),
    }
    return report("a", f"{type_} {draw(st.sampled_from(MODES[type_]))}", **slots)


def found(stories: list[EventReport], told: EventReport) -> list[str]:
    """Return which of these stories an index has near a report, in order."""
    index = StoryIndex(Seeking(rules(), MATCHING.places), MATCHING.places)
    for number, story in enumerate(stories):
        at, _ = event_time(story)
        index.put(
            Entry(
                story.event.event_id + str(number), "block", slots_of(story.event, at, KINDS), at.toordinal()
            )
        )
    slots = slots_of(told.event, event_time(told)[0], KINDS)
    return sorted(entry.story_id[:64] for entry in index.near("block", slots, 20))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[EventReport, EventReport]:
    """Two reports of one type."""
    one = reports(draw(st.sampled_from(sorted(MODES))))
    first = draw(one)
    return first, draw(reports(first.event.type))


@given(pairs())
def test_what_is_left_out_is_vetoed(pair: tuple[EventReport, EventReport]) -> None:
    """A story that the matching could call a report's is among its candidates."""
    story, told = pair
    fits = MATCHING.score(*(slots_of(one.event, event_time(one)[0], KINDS) for one in pair), alike=True)
    assert fits is None or found([story], told) == [story.event.event_id]


@given(pairs())
def test_what_all_but_days_and_figures_contradict_is_left_out(pair: tuple[EventReport, EventReport]) -> None:
    """No story is compared whose sides, mode, occasion or place contradict: that is what makes it fast."""
    story, told = (slots_of(one.event, event_time(one)[0], KINDS) for one in pair)
    if MATCHING.agreement(story.kind, told.kind) is None:
        assert found([pair[0]], pair[1]) == []


@given(st.lists(reports("deployment"), max_size=8), reports("deployment"))
def test_candidates_do_not_depend_on_the_order_of_filing(
    stories: list[EventReport], told: EventReport
) -> None:
    """Filed from the last to the first the candidates are the same."""
    assert found(stories, told) == found(stories[::-1], told)
