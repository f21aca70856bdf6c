"""The stories stage: which story a report belongs to, and whether a subscriber must hear of it."""

from collections.abc import Collection, Mapping, MutableMapping
from datetime import datetime, timedelta
from sys import intern
from typing import Literal, NamedTuple

from msgspec.structs import replace

from pipeline.core.records import (
    Alert,
    AlertStatus,
    AllianceEvent,
    Change,
    DateBasis,
    EventReport,
    Story,
    StoryChange,
)
from pipeline.core.stories.alerts import alert_of, digest
from pipeline.core.stories.changes import OPENING, Changes, told_at
from pipeline.core.stories.counting import (
    added,
    counted,
    first_report,
    has_told,
    has_version,
    is_repeat,
    report_of,
    speakers,
    voices_of_parties,
    with_change,
    with_version,
)
from pipeline.core.stories.figures import told_figures
from pipeline.core.stories.rules import rules
from pipeline.core.stories.shelf import Shelf
from pipeline.core.stories.sides import Known
from pipeline.core.stories.slots import days_stated, event_time
from pipeline.core.stories.wording import Wording


class Verdict(NamedTuple):
    """What a report led to: the story as known now (None: nothing to store) and the alert it raised, if any."""

    story: Story | None
    alert: Alert | None


class Arrival(NamedTuple):
    """A report, its event time and what that is based on, and the time to put on an alert."""

    report: EventReport
    at: datetime
    basis: DateBasis
    raised_at: datetime


SILENCE = Verdict(None, None)


def story_block(event: AllianceEvent) -> str:
    """Return the key under which all reports of one story meet: the alliance and the type of event."""
    return intern(f"{event.alliance}/{event.type}")


class StoryBook:
    """Follows reports and decides: new, update, retraction, or silence.

    A report that is current and asserted, estimated, alleged or planned opens a story where none fits, and
    may change one. Background, denied and conditional reports are counted on a story that fits; they open
    none, change none, and do not prolong its keeping: a recap of something this book never knew must not
    silence what is truly new. Every story is kept; only those of `alert_kinds` raise, and no report from a backfill.
    """

    def __init__(
        self,
        store: MutableMapping[str, Story],
        *,
        alert_kinds: Collection[str],
        retention: timedelta,
        entities: Mapping[str, Known],
    ) -> None:
        self._rules = rules()
        self._shelf = Shelf(store, retention=retention, entities=entities, rules=self._rules)
        self._alert_kinds = frozenset(alert_kinds)
        self._entities = entities
        self._wording = Wording(entities, self._rules)
        self._changes = Changes(self._shelf.matching, self._rules, entities)

    def rebuild(self) -> None:
        """Make the index anew from the store, as after a recovery."""
        self._shelf.rebuild()

    def follow(self, report: EventReport, *, raised_at: datetime) -> Verdict:
        """Return what a report leads to, and store it.

        A report that is stored already, or older than the retention, leads to nothing; an edition of an article
        that has told a story of this type changes that story at most. The same report
        after the same reports gives the same ids, whatever `raised_at` is.
        """
        arrival = Arrival(report, *event_time(report), raised_at)
        if self._shelf.is_too_late(arrival.at):
            return SILENCE
        self._shelf.advance(arrival.at, arrival.basis)
        known = self._shelf.holder(report)
        if known is not None:
            return self._read_again(known, arrival)
        if report.event.mode == self._rules.retraction:
            return self._withdraw(arrival)
        block = story_block(report.event)
        story = self._shelf.match(report, block, arrival.at)
        if not self._is_news(report.event, arrival.at):
            return SILENCE if story is None else self._mention(story, arrival)
        if story is not None:
            return self._retell(story, arrival)
        told = self._shelf.edition_of(report, block)
        return self._open(arrival) if told is None else self._keep(with_version(told, report), report)

    def _is_news(self, event: AllianceEvent, at: datetime) -> bool:
        """Return whether an event can open or change a story; what ended long before its report cannot."""
        if event.time_frame == "background" or event.modality not in OPENING:
            return False
        stated = days_stated(event.when)
        return stated is None or at.toordinal() - stated[1] <= self._rules.of_type[event.type].stale

    def _read_again(self, story: Story, arrival: Arrival) -> Verdict:
        """An event known from this article: at most the article has another version that says the same as news."""
        report = arrival.report
        if report_of(story, report.article_id) is None or is_repeat(story, report):
            return SILENCE
        if not self._is_news(report.event, arrival.at):
            return SILENCE
        return self._keep(with_version(story, report), report)

    def _open(self, arrival: Arrival) -> Verdict:
        return self._tell(self._first(arrival), arrival, "new")

    def _first(self, arrival: Arrival, status: Literal["open", "retracted"] = "open") -> Story:
        report, event = arrival.report, arrival.report.event
        return Story(
            story_id=digest("story", event.event_id),
            block=story_block(event),
            kind=event.type,
            status=status,
            event=event,
            reports=(first_report(report),),
            families={report.source.family: 1},
            confirmed_by=self._confirming(event),
            figures=told_figures((), event.quantities, self._rules),
            first_published_at=arrival.at,
            last_published_at=arrival.at,
            date_basis=arrival.basis,
        )

    def _retell(self, story: Story, arrival: Arrival) -> Verdict:
        """A story told again: an update where that changes it, else counted, with gaps filled.

        An article tells a story once per version, however many of its sentences do.
        """
        event, confirming = arrival.report.event, self._confirming(arrival.report.event)
        changes: tuple[Change, ...] = ()
        if story.status == "open" and not has_told(story, arrival.report):
            changes = self._changes.of(story, arrival.report, arrival.at, confirming)
        if (changes or confirming) and not self._is_meant(story, arrival):
            changes, confirming = (), ()
        before, known = story, story.event
        event = self._changes.amended(known, event) if changes else self._changes.filled(known, event)
        story = replace(
            counted(story, arrival.report, arrival.at, arrival.basis),
            event=event,
            confirmed_by=added(story.confirmed_by, confirming),
            figures=self._changes.told(story, event, arrival.report.event),
        )
        if changes:
            return self._tell(story, arrival, "update", changes)
        self._shelf.put(story, arrival.report, before=before)
        return Verdict(story, None)

    def _is_meant(self, story: Story, arrival: Arrival) -> bool:
        return self._shelf.is_meant(story, arrival.report, arrival.at)

    def _mention(self, story: Story, arrival: Arrival) -> Verdict:
        """A recap or a mere possibility adds nothing to a story; of a denial, who denies is kept.

        A party's denial, or one of who told the story, is an update; not by the article that tells it.
        """
        event = arrival.report.event
        denying = speakers(event) if event.modality == "denied" else ()
        denied_by = added(story.denied_by, denying)
        if denied_by == story.denied_by:
            return SILENCE
        changes: tuple[Change, ...] = ()
        is_first = story.status == "open" and not has_version(story, arrival.report)
        is_later = event.time_frame == "current" and arrival.at >= told_at(story)
        if is_first and is_later and self._is_meant(story, arrival):
            changes = self._changes.denial(story, event, denying)
        story = with_version(replace(story, denied_by=denied_by), arrival.report)
        return self._tell(story, arrival, "update", changes) if changes else self._keep(story)

    def _withdraw(self, arrival: Arrival) -> Verdict:
        """A report that withdraws a story closes it, once.

        Where no such story is known yet, it is kept as withdrawn, for reports of it that are older and come later.
        """
        report = arrival.report
        story = self._shelf.match_withdrawn(report, story_block(report.event), arrival.at)
        if story is None:
            return self._keep(self._first(arrival, status="retracted"), report)
        if story.status == "retracted":
            return self._keep(counted(story, report, arrival.at, arrival.basis), report)
        withdrawn = replace(
            counted(story, report, arrival.at, arrival.basis),
            status="retracted",
            event=replace(story.event, modality="denied"),
        )
        change = Change(field="status", old="open", new="retracted")
        return self._tell(withdrawn, arrival, "retraction", (change,))

    def _tell(
        self, story: Story, arrival: Arrival, status: AlertStatus, changes: tuple[Change, ...] = ()
    ) -> Verdict:
        """Enter in the story's history what happened to it, and raise the alert where its kind raises."""
        raises = story.kind in self._alert_kinds and not arrival.report.backfill
        entry = StoryChange(
            article_id=arrival.report.article_id,
            at=arrival.at,
            status=status if raises else None,
            changes=changes,
        )
        story = with_change(story, entry)
        if not raises:
            return self._keep(story, arrival.report)
        alert = alert_of(
            story,
            arrival.report,
            status,
            changes,
            raised_at=arrival.raised_at,
            wording=self._wording,
            rules=self._rules,
        )
        return self._keep(story, arrival.report, alert)

    def _keep(self, story: Story, report: EventReport | None = None, alert: Alert | None = None) -> Verdict:
        self._shelf.put(story, report)
        return Verdict(story, alert)

    def _confirming(self, event: AllianceEvent) -> tuple[str, ...]:
        return voices_of_parties(event, self._entities) if event.modality == "asserted" else ()
