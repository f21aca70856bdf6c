"""How a report is counted on a story: who reports it, when, and who confirms or denies it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from msgspec.structs import replace

from pipeline.core.records import AllianceEvent, DateBasis, EventReport, Story, StoryChange, StoryReport
from pipeline.core.stories.alerts import article_ref
from pipeline.core.stories.sides import Known
from pipeline.core.stories.unlisted import is_unlisted, with_event, with_unlisted

T = TypeVar("T")

# Listed of a story: the first and the latest; what lies between is counted, and known by its marks.
KEPT_REPORTS = 50
KEPT_CHANGES = 50
_KEPT_VERSIONS = 20


def report_of(story: Story, article_id: str) -> StoryReport | None:
    """Return what a story knows of an article's reports, or None."""
    for known in story.reports:
        if known.article.article_id == article_id:
            return known
    return None


def is_repeat(story: Story, report: EventReport) -> bool:
    """Return whether a story holds this very report: the same event of the same version of an article."""
    known = report_of(story, report.article_id)
    return (
        known is not None and report.event.event_id in known.event_ids and report.revision in known.versions
    )


def has_version(story: Story, report: EventReport) -> bool:
    """Return whether this version of an article is counted on a story."""
    known = report_of(story, report.article_id)
    return known is not None and report.revision in known.versions


def has_told(story: Story, report: EventReport) -> bool:
    """Return whether this version of an article has already told something new of a story."""
    has_changed = any(change.article_id == report.article_id for change in story.history)
    return has_changed and has_version(story, report)


def first_report(report: EventReport) -> StoryReport:
    """Return an article's report as it is first counted."""
    return StoryReport(
        article=article_ref(report), event_ids=(report.event.event_id,), versions=(report.revision,)
    )


def with_version(story: Story, report: EventReport) -> Story:
    """Return a story with one more event or version of an article that it counts already."""
    reports = tuple(
        replace(
            known,
            event_ids=_with(known.event_ids, report.event.event_id),
            versions=_with(known.versions, report.revision),
        )
        if known.article.article_id == report.article_id
        else known
        for known in story.reports
    )
    return replace(story, reports=reports)


def counted(story: Story, report: EventReport, at: datetime, basis: DateBasis) -> Story:
    """Return a story with one more report; an article counts once for its publisher family, a copy for the original's.

    An older report moves `first_published_at` back. What is listed no longer is counted still, and not again.
    """
    if report_of(story, report.article_id) is not None:
        return with_version(story, report)
    if is_unlisted(story, report.article_id):
        return with_event(story, report.event.event_id)
    if len(story.reports) == KEPT_REPORTS:
        story = with_unlisted(story, story.reports[1])
    is_first = at < story.first_published_at
    family = _family(story, report)
    return replace(
        story,
        reports=_bounded((*story.reports, first_report(report)), KEPT_REPORTS),
        families={**story.families, family: story.families.get(family, 0) + 1},
        first_published_at=at if is_first else story.first_published_at,
        date_basis=basis if is_first else story.date_basis,
        last_published_at=max(at, story.last_published_at),
    )


def _family(story: Story, report: EventReport) -> str:
    """Return whose report it is: of the same text at another address, the family that had it first."""
    original = next((known for known in story.reports if report.revision in known.versions), None)
    return original.article.source.family if original is not None else report.source.family


def with_change(story: Story, change: StoryChange) -> Story:
    """Return a story with one more entry in its history."""
    return replace(story, history=_bounded((*story.history, change), KEPT_CHANGES))


def voices_of_parties(event: AllianceEvent, entities: Mapping[str, Known]) -> tuple[str, ...]:
    """Return the parties to an event on whose word it is told: those it is attributed to, of their countries."""
    return parties_among(speakers(event), event, entities)


def parties_among(ids: Iterable[str], event: AllianceEvent, entities: Mapping[str, Known]) -> tuple[str, ...]:
    """Return who of these is of a country that is a party to an event."""
    ids = tuple(ids)
    if not ids:
        return ()
    parties = _countries((*event.actors, *event.recipients), entities)
    return tuple(id_ for id_ in ids if _countries((id_,), entities) & parties)


def speakers(event: AllianceEvent) -> tuple[str, ...]:
    """Return the known entities whose word an event is."""
    return tuple(dict.fromkeys(who.entity_id for who in event.attribution if who.entity_id is not None))


def added(known: tuple[str, ...], ids: Iterable[str]) -> tuple[str, ...]:
    """Return the ids known so far and these, each once."""
    return tuple(dict.fromkeys((*known, *ids)))


def _countries(ids: Iterable[str], entities: Mapping[str, Known]) -> set[str]:
    known = (entities.get(id_) for id_ in ids)
    return {entity.country for entity in known if entity is not None and entity.country is not None}


def _with(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return values if value in values else (*values, value)[-_KEPT_VERSIONS:]


def _bounded(items: tuple[T, ...], kept: int) -> tuple[T, ...]:
    return items if len(items) <= kept else (items[0], *items[-(kept - 1) :])
