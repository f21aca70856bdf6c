"""Who denies or confirms what an article tells, and where it happens when its speakers sit elsewhere."""

from datetime import UTC, datetime
from functools import cache

import pytest

from pipeline.core.articles import read_article
from pipeline.core.entities import EntityFinder
from pipeline.core.events import EventTagger
from pipeline.core.records import AllianceEvent
from pipeline.profiles import load_profile

FETCHED = datetime(2026, 2, 20, tzinfo=UTC)


@cache
def stages() -> tuple[EntityFinder, EventTagger]:
    """The two stages over the shipped profile."""
    profile = load_profile("dprk-russia")
    return EntityFinder(profile), EventTagger(profile)


def events(title: str, body: str, language: str = "en") -> tuple[AllianceEvent, ...]:
    """Return the events that an article tells."""
    find, tag = stages()
    fields = {"title": title, "body": body, "published_at": "2026-02-19", "language": language}
    return tag(find(read_article(fields, fetched_at=FETCHED))).events


def deployment(title: str, body: str) -> AllianceEvent:
    """Return the deployment that an article tells."""
    return next(event for event in events(title, body) if event.type == "deployment")


@pytest.mark.parametrize(
    ("body", "modality", "who"),
    [
        (
            "The Kremlin denied on Thursday that North Korea had sent 2,000 soldiers to Bryansk.",
            "denied",
            "kremlin",
        ),
        (
            "Russia's defence ministry confirmed on Thursday that North Korean soldiers had arrived in Kursk.",
            "asserted",
            "russian-defence-ministry",
        ),
    ],
)
def test_what_is_denied_or_confirmed_is_the_word_of_who_does_it(body: str, modality: str, who: str) -> None:
    """A deployment that an article only tells because somebody denies or confirms it is attributed to him."""
    event = deployment("Moscow answers report", body)
    assert event.modality == modality
    assert [name.entity_id for name in event.attribution] == [who]


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Report", "Analysts in Kyiv say that North Korea has sent 2,000 more soldiers to Russia."),
        ("Report", "KYIV, Feb 19 - North Korea has sent 2,000 more soldiers to Russia, officials said."),
        ("A Kyiv official says North Korea has sent 2,000 soldiers to Russia", "No more was known."),
    ],
)
def test_where_the_speaker_sits_is_no_place_of_the_event(title: str, body: str) -> None:
    """A dateline and the seat of an office are where it is told, not where it happens."""
    assert deployment(title, body).location is None


@pytest.mark.parametrize(
    ("body", "language", "who"),
    [
        (
            "The Kremlin denied a report that North Korea would send workers to Russia, calling it untrue.",
            "en",
            "kremlin",
        ),
        (
            "주요 7개국(G7) 외교장관들은 공동성명을 내고 북한군 파병을 포함한 북한과 러시아의 군사협력을 규탄했다.",
            "ko",
            "g7",
        ),
        (
            "BRUSSELS, Feb 19 - The G7 on Thursday condemned the military cooperation of North Korea and Russia.",
            "en",
            "g7",
        ),
    ],
)
def test_a_sentence_has_one_voice(body: str, language: str, who: str) -> None:
    """Neither whom a stance is about nor where it was reported from takes that stance."""
    stances = [event for event in events("Report", body, language) if event.type == "statement"]
    assert [event.actors for event in stances] == [(who,)]


@pytest.mark.parametrize("verb", ["both congratulated", "have both criticised"])
def test_what_two_do_to_a_third_they_do_not_do_to_each_other(verb: str) -> None:
    """Both allies' word on somebody else is no word of one to the other."""
    told = events("Report", f"Mongolia held a vote on Thursday. North Korea and Russia {verb} it.")
    assert [event for event in told if event.type == "statement"] == []


def test_a_figure_that_a_number_has_risen_to_counts_the_things_it_is_of() -> None:
    """The number of soldiers may stand at the sentence's other end."""
    event = deployment(
        "Report",
        "The number of North Korean soldiers who have arrived in the Kursk region this month has risen to 2,500,"
        " Ukraine's military intelligence said on Thursday.",
    )
    assert [(figure.of, figure.low, figure.high) for figure in event.quantities] == [("troops", 2500, 2500)]
