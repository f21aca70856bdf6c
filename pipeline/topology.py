"""The whole topology on one screen: what is read, what is run, what is written.

Read by the Faust shell, by the in-memory driver, by topic creation and by the AsyncAPI document.
"""

from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pipeline.core.entities import EntityFinder
from pipeline.core.events import EventTagger, reports_of
from pipeline.core.feeds import FeedState, ListedFeed
from pipeline.core.profile import Profile
from pipeline.core.records import (
    Alert,
    EntityArticle,
    EventReport,
    RawArticle,
    Record,
    Story,
    TaggedArticle,
)
from pipeline.core.stories import StoryBook, story_block
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic, the record on it and how its key is read from a record."""

    name: str
    record: type[Record]
    key: Callable[[Any], str]
    purpose: str
    compacted: bool = False


class Output(NamedTuple):
    """One record a stage puts out, and where it goes."""

    topic: Topic
    record: Record


@dataclass(frozen=True, slots=True)
class Context:
    """What the stages need besides the record: compiled profile, the stories known, a clock."""

    find_entities: EntityFinder
    tag_events: EventTagger
    stories: StoryBook
    now: Callable[[], datetime]


def context_for(
    settings: Settings, profile: Profile, *, stories: MutableMapping[str, Story], now: Callable[[], datetime]
) -> Context:
    """Compile the profile and wire the core: the one place where the stages' parts are put together."""
    return Context(
        find_entities=EntityFinder(profile, max_chars=settings.max_article_chars),
        tag_events=EventTagger(profile),
        stories=StoryBook(
            stories,
            alert_kinds=settings.alert_kinds,
            retention=timedelta(days=settings.retention_days),
            entities=profile.by_id,
        ),
        now=now,
    )


StageFunction = Callable[[Any, Context], Iterator[Output]]


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the flow. `keeps_stories` says that it holds the story table beside its input."""

    name: str
    reads: Topic
    run: StageFunction
    writes: tuple[Topic, ...]
    keeps_stories: bool = False


def _entities(article: RawArticle, context: Context) -> Iterator[Output]:
    yield Output(ENTITIES, context.find_entities(article))


def _events(article: EntityArticle, context: Context) -> Iterator[Output]:
    tagged = context.tag_events(article)
    yield Output(TAGGED, tagged)
    for report in reports_of(tagged):
        yield Output(EVENTS, report)


def _stories(report: EventReport, context: Context) -> Iterator[Output]:
    verdict = context.stories.follow(report, raised_at=context.now())
    if verdict.alert is not None:
        yield Output(ALERTS, verdict.alert)
    if verdict.story is not None:
        yield Output(STORIES, verdict.story)


RAW = Topic("articles.raw", RawArticle, lambda r: r.article_id, "articles as producers found them")
ENTITIES = Topic(
    "articles.entities", EntityArticle, lambda r: r.article_id, "articles with text, entities and mentions"
)
TAGGED = Topic("articles.tagged", TaggedArticle, lambda r: r.article_id, "articles with alliance events")
EVENTS = Topic(
    "events", EventReport, lambda r: story_block(r.event), "one report of one event, by story block"
)
STORIES = Topic("stories", Story, lambda r: r.story_id, "each story as known now", compacted=True)
ALERTS = Topic("alerts", Alert, lambda r: r.story_id, "what is new")

FEEDS = Topic("feeds", ListedFeed, lambda r: r.feed.id, "the feeds that are polled", compacted=True)
FEED_STATES = Topic(
    "feeds.state", FeedState, lambda r: r.feed_id, "what is remembered of each feed", compacted=True
)

FLOW_TOPICS = (RAW, ENTITIES, TAGGED, EVENTS, STORIES, ALERTS)
# Partitioned alike and by site, so that one poller has all feeds of a site, each with its state.
POLLER_TOPICS = (FEEDS, FEED_STATES)
TOPICS = FLOW_TOPICS + POLLER_TOPICS
DEAD_LETTERS = "dead-letters"  # the bytes as they came: no record type of its own

STAGES = (
    Stage("entities", reads=RAW, run=_entities, writes=(ENTITIES,)),
    Stage("events", reads=ENTITIES, run=_events, writes=(TAGGED, EVENTS)),
    Stage("stories", reads=EVENTS, run=_stories, writes=(ALERTS, STORIES), keeps_stories=True),
)


def chained(stages: Sequence[Stage]) -> list[list[Stage]]:
    """Return the stages in chains: a stage is chained to the one before it where it reads what that one writes.

    A stage that keeps stories needs all reports of one on one partition, and so reads its topic from Kafka.
    """
    chains: list[list[Stage]] = []
    for stage in stages:
        if chains and not stage.keeps_stories and stage.reads in chains[-1][-1].writes:
            chains[-1].append(stage)
        else:
            chains.append([stage])
    return chains
