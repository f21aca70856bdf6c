"""The whole topology with no broker: articles in, alerts out."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.articles import read_article
from pipeline.core.records import Alert, Story
from pipeline.memory import flow
from pipeline.profiles import load_profile
from pipeline.settings import Settings
from pipeline.topology import ALERTS, RAW, STAGES, TAGGED, TOPICS, Context, context_for

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
    assert written == {topic.name for topic in TOPICS} - {RAW.name}
    assert {stage.reads.name for stage in STAGES} <= {topic.name for topic in TOPICS}


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
