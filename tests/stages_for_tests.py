"""Stages that need no profile: what comes out of each article is known beforehand, so a test can count it."""

import hashlib
import time
from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from pipeline.core.errors import RecordError
from pipeline.core.records import (
    Alert,
    AllianceEvent,
    ArticleRef,
    EntityArticle,
    EventReport,
    EventType,
    Evidence,
    RawArticle,
    Source,
    Story,
    StoryReport,
    TaggedArticle,
)
from pipeline.core.stories import Verdict
from pipeline.topology import Context

NOW = datetime(2026, 1, 9, tzinfo=UTC)
SOURCE = Source(id="example.org", name="Example", family="example")
REPORTS_PER_STORY = 10
UNREADABLE = "unreadable"  # in a title: the first stage finds that it can never succeed
UNTAGGABLE = "untaggable"  # the second stage does
FATAL = "fatal"  # the first stage fails in a way nobody foresaw
SLOW = "slow until "  # before a path in a body: the first stage takes its time until there is such a file
FORGET = "forget "  # before a story in a body: the book deletes it, as after its retention
_TYPES = get_args(EventType)


def digest(*parts: object) -> str:
    """Return an id made of what is given."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def article(number: int, *, title: str = "", body: str = "") -> RawArticle:
    """Return an article; ten in a row tell one story between them."""
    return RawArticle(
        article_id=digest("article", number),
        source=SOURCE,
        title=title or f"Article {number}",
        body=body or f"story {number // REPORTS_PER_STORY}",
        fetched_at=NOW,
    )


def story_of(number: int) -> str:
    """Return the id of the story that an article tells."""
    return digest("story", f"story {number // REPORTS_PER_STORY}")


def find_entities(raw: RawArticle) -> EntityArticle:
    """Return the article with its text and nothing found in it."""
    if UNREADABLE in raw.title:
        raise RecordError("nobody can read this")
    if FATAL in raw.title:
        raise ZeroDivisionError("nobody foresaw this")
    if raw.body.startswith(SLOW) and not Path(raw.body.removeprefix(SLOW)).exists():
        time.sleep(0.01)
    fields = {name: getattr(raw, name) for name in raw.__struct_fields__}
    return EntityArticle(**fields, text=f"{raw.title}\n\n{raw.body}")


def tag_events(found: EntityArticle) -> TaggedArticle:
    """Return the article with one event, whose occasion is the article's body."""
    if UNTAGGABLE in found.title:
        raise RecordError("nobody can tag this")
    occasion = found.body[:40]
    event = AllianceEvent(
        event_id=digest("event", found.article_id),
        alliance="test",
        type=_TYPES[int(digest(occasion)[:8], 16) % len(_TYPES)],
        mode="say",
        plover="CONSULT",
        occasion=occasion,
        evidence=Evidence(start=0, end=4, text="text"),
        confidence=1.0,
    )
    fields = {name: getattr(found, name) for name in found.__struct_fields__}
    return TaggedArticle(**fields, events=(event,))


@dataclass
class CountingBook:
    """Raises one alert a story, named after the article that told it first.

    So a story that was forgotten and is told again raises an alert with another id, which a test sees.
    """

    store: MutableMapping[str, Story]

    def rebuild(self) -> None:
        """Nothing is kept beside the store."""

    def follow(self, report: EventReport, *, raised_at: datetime) -> Verdict:
        """Count the report on its story."""
        event = report.event
        if event.occasion.startswith(FORGET):
            forgotten = digest("story", event.occasion.removeprefix(FORGET))
            if forgotten in self.store:
                del self.store[forgotten]
            return Verdict(None, None)
        story_id = digest("story", event.occasion)
        known = self.store.get(story_id)
        if known is not None and any(r.article.article_id == report.article_id for r in known.reports):
            return Verdict(None, None)
        told = ArticleRef(
            article_id=report.article_id,
            url=report.url,
            source=report.source,
            published_at=report.published_at,
        )
        reports = known.reports if known is not None else ()
        story = Story(
            story_id=story_id,
            block=f"{event.alliance}/{event.type}",
            kind=event.type,
            event=event,
            reports=(
                *reports,
                StoryReport(article=told, event_ids=(event.event_id,), versions=(report.revision,)),
            ),
            first_published_at=report.fetched_at,
            last_published_at=report.fetched_at,
        )
        self.store[story_id] = story
        return Verdict(story, None if known is not None else _alert(story, told, raised_at))


def _alert(story: Story, told: ArticleRef, raised_at: datetime) -> Alert:
    return Alert(
        alert_id=digest("alert", story.story_id, told.article_id),
        story_id=story.story_id,
        kind=story.kind,
        status="new",
        headline=story.event.occasion,
        why="first report",
        event=story.event,
        articles=(told,),
        first_published_at=story.first_published_at,
        raised_at=raised_at,
    )


def context(stories: MutableMapping[str, Story]) -> Context:
    """Return what the stages need."""
    parts: dict[str, Any] = {
        "find_entities": find_entities,
        "tag_events": tag_events,
        "stories": CountingBook(stories),
    }
    return Context(**parts, now=lambda: datetime.now(UTC))
