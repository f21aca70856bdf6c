"""The stories known, in a store, with an index beside it: finding, keeping and forgetting them."""

from collections.abc import Iterable, Mapping, MutableMapping
from datetime import datetime, timedelta
from heapq import nsmallest
from operator import attrgetter

from msgspec.structs import replace

from pipeline.core.records import DateBasis, EventReport, Story
from pipeline.core.stories.changes import told_at
from pipeline.core.stories.counting import report_of
from pipeline.core.stories.index import StoryIndex
from pipeline.core.stories.matching import Matching, words_alike
from pipeline.core.stories.pages import Entry, Seeking
from pipeline.core.stories.rules import Rules
from pipeline.core.stories.sides import Known
from pipeline.core.stories.slots import Kinds, Slots, slots_of
from pipeline.core.stories.unlisted import mark, marks_in

# How many stories' words are read for one report before it counts as unlike all of them.
_READ_FOR_LIKENESS = 5
# A report without a date may be this many days behind the withdrawal of what it tells.
_STALE_AFTER_RETRACTION = 2
_story_id = attrgetter("story_id")


class Shelf:
    """Stories in a store, found by slots.

    The watermark is the latest publication date seen. A story whose last report is older than the watermark
    by more than the retention is forgotten, and a report as old as that comes too late to be told. Undated
    reports move the watermark only where they follow on it: a backfill is fetched long after it was published.
    """

    def __init__(
        self,
        store: MutableMapping[str, Story],
        *,
        retention: timedelta,
        entities: Mapping[str, Known],
        rules: Rules,
    ) -> None:
        self.matching = Matching(rules, entities)
        self._store = store
        self._retention = retention
        self._rules = rules
        self._kinds = Kinds(entities, rules)
        self._seeking = Seeking(rules, self.matching.places)
        self._index = self._empty_index()
        self._read_last: tuple[EventReport, Slots] | None = None
        self._watermark: datetime | None = None

    def rebuild(self) -> None:
        """Read every story of the store into the index, and the watermark from them."""
        self._index = self._empty_index()
        latest: dict[DateBasis, datetime] = {}
        for story in self._store.values():
            self._enter(story)
            known = latest.get(story.date_basis, story.last_published_at)
            latest[story.date_basis] = max(known, story.last_published_at)
        self._watermark = latest.get("published", latest.get("fetched"))

    def _empty_index(self) -> StoryIndex:
        return StoryIndex(self._seeking, self.matching.places)

    def advance(self, at: datetime, basis: DateBasis) -> None:
        """Move the watermark to an event time, if later, and forget what has grown too old."""
        known = self._watermark
        if known is not None and (at <= known or (basis == "fetched" and at - known > self._retention)):
            return
        self._watermark = at
        if known is None or known.toordinal() != at.toordinal():
            for story_id in self._index.forget_before((at - self._retention).toordinal()):
                del self._store[story_id]

    def is_too_late(self, at: datetime) -> bool:
        """Return whether the stories of this event time are already forgotten."""
        return self._watermark is not None and at < self._watermark - self._retention

    def holder(self, report: EventReport) -> Story | None:
        """Return the story that this event of this article is already counted on."""
        return self._read(self._index.holder(_event_key(report.event.event_id)))

    def match(self, report: EventReport, block: str, at: datetime) -> Story | None:
        """Return the story that a report tells, or None."""
        slots = self._slots(report, at)
        near = self._index.near(block, slots, max(slots.kind.rules.undated, slots.kind.rules.there))
        best = self._best(near, slots)
        if best is not None:
            return self._read(best)
        return self._alike(report, block, slots) or self._same_article(report, block, slots)

    def is_meant(self, story: Story, report: EventReport, at: datetime) -> bool:
        """Return whether a report tells enough to mean this very story, so that it may change it."""
        return self.matching.is_meant(self._story_slots(story), self._slots(report, at))

    def match_withdrawn(self, report: EventReport, block: str, at: datetime) -> Story | None:
        """Return the story that a report withdraws, however long ago it was told, or None; of equals an open one."""
        slots = slots_of(report.event, at, self._kinds)
        slots = replace(slots, first=(at - self._retention).toordinal(), last=at.toordinal(), dated=False)
        near = self._index.near(block, slots, 0)
        meant = [entry for entry in near if self.matching.is_meant(entry.slots, slots)]
        return self._read(self._best(meant, slots))

    def _best(self, entries: Iterable[Entry], slots: Slots) -> Entry | None:
        """Return the entry that fits best; of equals an open one, then the least id, whatever the order."""
        best, best_score = None, 0.0
        for entry in entries:
            score = self.matching.score(entry.slots, slots)
            if score is None or score < best_score or _is_over(entry, slots):
                continue
            if best is None or score > best_score or _precedes(entry, best):
                best, best_score = entry, score
        return best if best_score >= slots.kind.rules.enough else None

    def _alike(self, report: EventReport, block: str, slots: Slots) -> Story | None:
        """Where one of two gives no date, more days may lie between them: then they must be alike otherwise, too.

        Their words are, or they tell of as many at one place.
        """
        reach = slots.kind.rules.alike
        near = self._index.near(block, slots, reach)
        proposed = [entry for entry in near if self._is_proposed(entry, slots)]
        for entry in nsmallest(_READ_FOR_LIKENESS, proposed, key=_story_id):
            story = self._read(entry)
            if story and self.matching.is_one_thing(entry.slots, slots):
                return story
            if story and words_alike(story.event, report.event) >= self._rules.alike:
                return story
        return None

    def _is_proposed(self, entry: Entry, slots: Slots) -> bool:
        score = self.matching.score(entry.slots, slots, alike=True)
        return score is not None and score >= slots.kind.rules.enough and not _is_over(entry, slots)

    def _same_article(self, report: EventReport, block: str, slots: Slots) -> Story | None:
        """What one article, or an edition of it, says of one thing is one story though it words it otherwise."""
        is_edition = self.edition_of(report, block) is not None
        is_same = self.matching.is_edition if is_edition else self.matching.is_one_telling
        for entry in sorted(self._index.told_by(_article_key(block, report.article_id)), key=_story_id):
            if is_same(entry.slots, slots):
                return self._read(entry)
        return None

    def edition_of(self, report: EventReport, block: str) -> Story | None:
        """Return a story of this block that an article has told before, in another version; else None."""
        for entry in sorted(self._index.told_by(_article_key(block, report.article_id)), key=_story_id):
            story = self._read(entry)
            known = report_of(story, report.article_id) if story is not None else None
            if known is not None and known.versions[0] != report.revision:
                return story
        return None

    def put(self, story: Story, report: EventReport | None, *, before: Story | None = None) -> None:
        """Store a story as it is now, with the report that was counted on it, if any; `before` is how it was stored."""
        self._store[story.story_id] = story
        entry = self._index.entry(story.story_id)
        is_as_told = before is not None and before.event is story.event and told_at(before) == told_at(story)
        if entry is not None and is_as_told:
            last_day = story.last_published_at.toordinal()
            self._index.move(entry, self._heard(entry.slots, last_day), last_day)
        else:
            entry = self._enter(story, read_reports=False)
        if report is not None:
            self._note(entry, story.block, report.article_id, (report.event.event_id,))

    def _enter(self, story: Story, *, read_reports: bool = True) -> Entry:
        slots, last_day = self._story_slots(story), story.last_published_at.toordinal()
        entry = self._index.entry(story.story_id)
        if entry is None:
            entry = Entry(story.story_id, story.block, slots, last_day)
            self._index.put(entry)
        else:
            self._index.move(entry, slots, last_day)
        entry.closed_day = told_at(story).toordinal() if story.status == "retracted" else None
        if read_reports:
            for known in story.reports:
                self._note(entry, story.block, known.article.article_id, known.event_ids)
            for article in marks_in(story.unlisted.articles):
                self._index.note(entry, hash((story.block, article)), ())
            self._index.note_reports(entry, map(hash, marks_in(story.unlisted.events)))
        return entry

    def _note(self, entry: Entry, block: str, article_id: str, event_ids: tuple[str, ...]) -> None:
        self._index.note(entry, _article_key(block, article_id), map(_event_key, event_ids))

    def _slots(self, report: EventReport, at: datetime) -> Slots:
        """Return the slots of the report under way, worked out once."""
        if self._read_last is None or self._read_last[0] is not report:
            self._read_last = report, slots_of(report.event, at, self._kinds)
        return self._read_last[1]

    def _story_slots(self, story: Story) -> Slots:
        slots = slots_of(story.event, told_at(story), self._kinds)
        return self._heard(slots, story.last_published_at.toordinal())

    def _heard(self, slots: Slots, last_day: int) -> Slots:
        """Return the slots of what goes on for as long as it is reported, with the day it was reported last."""
        if not slots.kind.rules.continuing or slots.heard >= last_day:
            return slots
        return replace(slots, heard=last_day)

    def _read(self, entry: Entry | None) -> Story | None:
        return None if entry is None else self._store.get(entry.story_id)


def _precedes(entry: Entry, other: Entry) -> bool:
    return (entry.closed_day is not None, entry.story_id) < (other.closed_day is not None, other.story_id)


def _is_over(entry: Entry, slots: Slots) -> bool:
    if entry.closed_day is None:
        return False
    return slots.first > entry.closed_day + (0 if slots.dated else _STALE_AFTER_RETRACTION)


def _event_key(event_id: str) -> int:
    return hash(mark(event_id))


def _article_key(block: str, article_id: str) -> int:
    return hash((block, mark(article_id)))
