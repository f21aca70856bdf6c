"""The whole topology with no broker: articles in, alerts out."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.articles import article_from_text, read_article
from pipeline.core.records import Alert, AllianceEvent, RawArticle, Story, TaggedArticle
from pipeline.memory import flow
from pipeline.profiles import load_profile, sample_articles
from pipeline.settings import Settings
from pipeline.topology import ALERTS, FLOW_TOPICS, RAW, STAGES, TAGGED, Context, context_for

NOW = datetime(2026, 2, 1, tzinfo=UTC)
STREAM = Path(__file__).parents[1] / "streams" / "small.jsonl"


@pytest.fixture
def context() -> Context:
    """The shipped profile, and no story known."""
    return context_for(Settings(), load_profile("dprk-russia"), stories={}, now=lambda: NOW)


def lines() -> list[dict[str, Any]]:
    """The stream's articles with what they must raise."""
    return [json.loads(line) for line in STREAM.read_text(encoding="utf-8").splitlines()]


def alerts_by_article(context: Context) -> Iterator[tuple[str, list[Alert]]]:
    """Run the stream and yield each article's id and alerts."""
    for line in lines():
        outputs = flow(read_article(line, fetched_at=NOW), context)
        alerts = [o.record for o in outputs if o.topic is ALERTS and isinstance(o.record, Alert)]
        yield line["expect"]["id"], alerts


def test_a_stream_raises_what_is_new_and_nothing_else(context: Context) -> None:
    """Of 27 articles, each new statement or deployment, each update and the retraction raise one alert."""
    expected = {
        line["expect"]["id"]: [(kind, line["expect"]["status"]) for kind in line["expect"]["alerts"]]
        for line in lines()
    }
    raised = {name: [(a.kind, a.status) for a in alerts] for name, alerts in alerts_by_article(context)}
    assert raised == expected


def test_a_stream_read_again_raises_nothing(context: Context) -> None:
    """A replay of everything is silent."""
    list(alerts_by_article(context))
    assert [alert for _, alerts in alerts_by_article(context) for alert in alerts] == []


def test_alerts_of_one_story_share_its_id(context: Context) -> None:
    """A story's plan, arrival, correction and retraction are alerts on one story."""
    stories = {
        line["expect"]["story"]: {a.story_id for a in alerts}
        for line, (_, alerts) in zip(lines(), alerts_by_article(context), strict=True)
        if alerts
    }
    by_gold: dict[str, set[str]] = {}
    for story, ids in stories.items():
        by_gold.setdefault(story, set()).update(ids)
    assert all(len(ids) == 1 for ids in by_gold.values())
    assert len(set.union(*by_gold.values())) == len(by_gold)


def test_the_topology_is_connected() -> None:
    """Every topic but the first is written by a stage, and every stage reads a topic that exists."""
    written = {topic.name for stage in STAGES for topic in stage.writes}
    assert written == {topic.name for topic in FLOW_TOPICS} - {RAW.name}
    assert {stage.reads.name for stage in STAGES} <= {topic.name for topic in FLOW_TOPICS}


def test_an_output_has_its_topics_record_type_and_key(context: Context) -> None:
    """What a stage puts out is of its topic's type, and its key can be read."""
    seen = set()
    for line in lines():
        for output in flow(read_article(line, fetched_at=NOW), context):
            assert type(output.record) is output.topic.record
            assert output.topic.key(output.record)
            seen.add(output.topic.name)
    assert {TAGGED.name, ALERTS.name} <= seen


def test_stories_kept_are_those_put_out() -> None:
    """The stories a stage puts out are the ones it keeps."""
    kept: dict[str, Story] = {}
    context = context_for(Settings(), load_profile("dprk-russia"), stories=kept, now=lambda: NOW)
    out: dict[str, Story] = {}
    for line in lines():
        for output in flow(read_article(line, fetched_at=NOW), context):
            if isinstance(output.record, Story):
                out[output.record.story_id] = output.record
    assert kept
    assert all(out[story_id] == story for story_id, story in kept.items())


# What the shipped samples must raise, by the end of the article's address: kind, status, who.
SAMPLES = {
    "circuit-weekly/2026/02": [],
    "taedong-bulletin/2026/04": [("statement", "new", "Kim Jong Un")],
    "northern-wire/2026/05": [],
    "namsan-news/2026/06": [],
    "volga-agency/2026/07": [],
    "northern-wire/2026/14": [("statement", "new", "Kremlin")],
    "dnipro-dispatch/2026/19": [("deployment", "update", "North Korea")],
    "peninsula-desk/2026/24": [],
    "taedong-bulletin/2026/26": [("statement", "new", "Kim Yo Jong")],
    "hanbat-ilbo/2026/27": [],
}


def test_the_samples_raise_what_a_reader_would_tell(context: Context) -> None:
    """Letters, plans that come true, denials raise one alert each; repeats in four languages and essays none."""
    names = {entity.id: entity.name for entity in load_profile("dprk-russia").entities}
    raised: dict[str, list[tuple[str, str, str]]] = {}
    for line in sample_articles("dprk-russia").read_text(encoding="utf-8").splitlines():
        article = read_article(json.loads(line), fetched_at=NOW)
        alerts = [o.record for o in flow(article, context) if isinstance(o.record, Alert)]
        where = (article.url or "").removeprefix("https://example.org/")
        raised[where] = [(a.kind, a.status, names[a.event.actors[0]]) for a in alerts]
    assert {where: raised[where] for where in SAMPLES} == SAMPLES
    assert sum(map(len, raised.values())) < len(raised) / 2


# Where the second alliance's samples raise an alert: (kind, status, who, mode).
SECOND = {
    "dnieper-bulletin/2026/01": ("statement", "new", "Alexander Lukashenko", "greetings"),
    "baltic-dispatch/2026/04": ("deployment", "new", "Russia", "stationing"),
    "baltic-dispatch/2026/07": ("deployment", "new", "Russia", "arrival"),
    "dnieper-bulletin/2026/11": ("statement", "new", "Viktor Khrenin", "denial"),
}


def test_a_second_alliance_needs_no_code() -> None:
    """Greetings, stationed missiles, soldiers and a denial raise one alert each; repeats and other news none."""
    profile = load_profile("belarus-russia")
    context = context_for(Settings(), profile, stories={}, now=lambda: NOW)
    raised = {}
    for line in sample_articles("belarus-russia").read_text(encoding="utf-8").splitlines():
        article = read_article(json.loads(line), fetched_at=NOW)
        where = (article.url or "").removeprefix("https://example.org/")
        for alert in [output.record for output in flow(article, context) if isinstance(output.record, Alert)]:
            event = alert.event
            assert where not in raised
            raised[where] = (alert.kind, alert.status, profile.by_id[event.actors[0]].name, event.mode)
    assert raised == SECOND


SEED = "seed-article.txt"
# (type, time frame) -> what must be among the events of the report this project began with.
SEED_FACTS: dict[str, Callable[[AllianceEvent], bool]] = {
    "the letter": lambda e: (
        (e.type, e.mode, e.time_frame, str(e.when.start)) == ("statement", "letter", "current", "2026-01-08")
        and e.actors == ("Q56226",)
        and e.recipients == ("Q7747",)
        and "unconditionally" in e.quote
        and "korean-central-news-agency" in {a.entity_id for a in e.attribution}
    ),
    "the message it replies to": lambda e: (
        (e.type, e.time_frame, e.actors) == ("statement", "background", ("Q7747",))
    ),
    "the deployment": lambda e: (
        (e.type, e.modality, e.time_frame) == ("deployment", "estimated", "background")
        and (e.quantities[0].low, e.quantities[0].high) == (14_000, 15_000)
        and "kursk" in (e.location or "").lower()
    ),
    "the casualties": lambda e: (
        (e.type, e.modality, e.time_frame) == ("casualties", "estimated", "background")
        and (e.quantities[0].low, e.quantities[0].high) == (1_000, 6_000)
    ),
    "the memorial": lambda e: e.type == "commemoration",
    "the arms": lambda e: e.type == "arms_transfer" and e.actors == ("Q423",),
    "the technology": lambda e: e.type == "technology_transfer",
    "money, food and energy": lambda e: e.type == "economic_aid",
    "the treaty": lambda e: e.type == "agreement" and str(e.when.start) == "2024-06-01",
    "the visit": lambda e: e.type == "meeting" and e.actors == ("Q7747",),
    "the New Year greetings": lambda e: e.type == "statement" and "new-year" in e.occasion,
    "the condemnation": lambda e: e.type == "statement" and e.mode == "condemnation",
}


def seed_article(corpus: Path) -> RawArticle:
    """The report, as `pactwatch enrich` reads it."""
    text = (corpus / SEED).read_text(encoding="utf-8")
    return article_from_text(text, SEED, NOW)


@pytest.mark.parametrize("fact", SEED_FACTS)
def test_the_seed_report_yields(fact: str, corpus: Path, context: Context) -> None:
    """The facts of the report that this project began with are found."""
    tagged = [o.record for o in flow(seed_article(corpus), context) if isinstance(o.record, TaggedArticle)]
    assert any(SEED_FACTS[fact](event) for event in tagged[0].events)


def test_the_seed_report_raises_one_alert(corpus: Path, context: Context) -> None:
    """Of all it tells, only the letter is new."""
    alerts = [o.record for o in flow(seed_article(corpus), context) if isinstance(o.record, Alert)]
    assert [(a.kind, a.status, a.event.mode) for a in alerts] == [("statement", "new", "letter")]
