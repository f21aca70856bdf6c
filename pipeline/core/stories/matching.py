"""Whether two reports tell one story: slots decide, likeness of words only proposes."""

import re
from collections.abc import Mapping
from functools import lru_cache

from pipeline.core.records import AllianceEvent
from pipeline.core.stories.figures import is_same, middle
from pipeline.core.stories.places import Places
from pipeline.core.stories.rules import Rules
from pipeline.core.stories.sides import Known, Likeness, compare
from pipeline.core.stories.slots import Kind, Slots

_REMEMBERED = 1 << 14  # pairs of kinds
_WORDS = re.compile(r"\w{3,}")


class Matching:
    """Compares slots by the rules; `entities` tells which place lies in which."""

    def __init__(self, rules: Rules, entities: Mapping[str, Known]) -> None:
        self.places = Places(entities)
        self.agreement = lru_cache(maxsize=_REMEMBERED)(self._agree)
        self._weights = rules.weights
        self._actors = _by_likeness("actors", rules.weights)
        self._recipients = _by_likeness("recipients", rules.weights)
        self._general_occasions = rules.general_occasions
        self._apart = rules.apart
        self._exchanged, self._answer = rules.exchanged, rules.answer
        self._rounding, self._far = rules.rounding, rules.far
        self._dates_meet, self._dates_near = rules.weights["dates_meet"], rules.weights["dates_near"]

    def score(self, story: Slots, report: Slots, *, alike: bool = False) -> float | None:
        """Return how well a report fits a story, or None where a slot contradicts.

        `alike` says that their words are alike, or that they mean one thing at one place: it widens the window
        of a report without a date and never outweighs a contradiction.
        """
        kinds = self.agreement(story.kind, report.kind)
        when = None if kinds is None else self._when(story, report, alike=alike)
        figures = None if when is None else self._how_many(story, report)
        if kinds is None or when is None or figures is None:
            return None
        return kinds + when + figures + (self._weights["words_alike"] if alike else 0.0)

    def _agree(self, story: Kind, report: Kind) -> float | None:
        """Return how well all but days and figures agree, or None where they contradict."""
        total = 0.0
        for agreement in (self._who, self._what, self._why, self._where):
            part = agreement(story, report)
            if part is None:
                return None
            total += part
        return total

    def is_edition(self, story: Slots, report: Slots) -> bool:
        """Return whether an article's new version may tell the same: the sides do not contradict."""
        return self._who(story.kind, report.kind) is not None

    def is_one_telling(self, story: Slots, report: Slots) -> bool:
        """Return whether two events told in one article are one thing that it tells twice."""
        return (
            self._is_one_speech(story, report)
            or self._is_exchange(story, report)
            or self._is_one_count(story, report)
        )

    def _is_one_speech(self, story: Slots, report: Slots) -> bool:
        """Two statements in one article are one where speaker, addressee, day and occasion agree.

        What a speaker says in one article is one statement, be it called a letter, a pledge or thanks.
        """
        return (
            story.kind.rules.spoken
            and compare(story.kind.actors, report.kind.actors, national=False) is Likeness.SAME
            and compare(story.kind.recipients, report.kind.recipients, national=False)
            is not Likeness.CONTRADICTS
            and self._when(story, report) is not None
            and self._why(story.kind, report.kind) is not None
        )

    def _is_exchange(self, story: Slots, report: Slots) -> bool:
        """Two statements in one article are courtesies exchanged where the one answers the other."""
        return (
            story.kind.mode == report.kind.mode
            and report.kind.mode in self._exchanged
            and self._answer in {story.kind.occasion, report.kind.occasion}
            and compare(story.kind.actors, report.kind.recipients, national=False) > 0
            and compare(story.kind.recipients, report.kind.actors, national=False) > 0
        )

    def _is_one_count(self, story: Slots, report: Slots) -> bool:
        """Two events in one article are one where they count as many: these are the same people.

        Their places may be mixed up, and how they came is told beside what they do now.
        """
        return (
            story.kind.rules.placed
            and self._is_one_figure(story, report)
            and self._who(story.kind, report.kind) is not None
            and self._when(story, report) is not None
        )

    def _when(self, story: Slots, report: Slots, *, alike: bool = False) -> float | None:
        if self._is_another_plan(story, report):
            return None
        both_dated = story.dated and report.dated
        if not both_dated and (
            (report.dated and report.first > story.horizon) or (story.dated and story.first > report.horizon)
        ):
            return None
        last = story.last if both_dated else story.heard
        if story.first <= report.last and report.first <= last:
            return self._dates_meet
        apart = story.kind.rules.dated if both_dated else self._apart_in_days(story, report, alike=alike)
        near = story.first - report.last <= apart and report.first - last <= apart
        return self._dates_near if near else None

    def _is_another_plan(self, story: Slots, report: Slots) -> bool:
        """Return whether something is planned long after it has happened, in other numbers."""
        if (
            not report.kind.planned
            or story.kind.planned
            or report.first - story.heard <= story.kind.rules.outdated
        ):
            return False
        return not self._is_one_figure(story, report)

    def _apart_in_days(self, story: Slots, report: Slots, *, alike: bool) -> int:
        if alike:
            return story.kind.rules.alike
        is_there = story.kind.rules.continuing and self._is_one_place(story, report)
        return story.kind.rules.there if is_there else story.kind.rules.undated

    def _who(self, story: Kind, report: Kind) -> float | None:
        national = story.rules.national
        actors = compare(story.actors, report.actors, national)
        recipients = compare(story.recipients, report.recipients, national)
        if story.rules.mutual and min(actors, recipients) < 0:
            actors = compare(story.actors, report.recipients, national)
            recipients = compare(story.recipients, report.actors, national)
        if actors < 0 or (recipients < 0 and not self._is_public(story, report)):
            return None
        return self._actors[actors] + self._recipients[recipients]

    def _is_public(self, story: Kind, report: Kind) -> bool:
        """Return whether both are said to the world, so that either may be told as said to somebody."""
        return story.rules.spoken and not (story.addressed or report.addressed)

    def _what(self, story: Kind, report: Kind) -> float | None:
        """Two modes agree where they are of one family in an aspect of which both speak."""
        if story.mode == report.mode:
            return self._weights["mode_same"]
        shared = False
        for aspect, family in story.aspects.items():
            other = report.aspects.get(aspect, family)
            if other != family:
                return 0.0 if story.occasion and story.occasion == report.occasion else None
            shared = shared or aspect in report.aspects
        return self._weights["mode_same"] if shared else 0.0

    def _why(self, story: Kind, report: Kind) -> float | None:
        if not story.occasion or not report.occasion:
            return 0.0
        if story.occasion == report.occasion:
            return self._weights["occasion_same"]
        return None if not {story.occasion, report.occasion} & self._general_occasions else 0.0

    def _where(self, story: Kind, report: Kind) -> float | None:
        if story.place is None or report.place is None:
            return 0.0
        if story.place == report.place:
            return self._weights["place_same"]
        if self.places.contains(story.place, report.place) or self.places.contains(report.place, story.place):
            return 0.0
        if self.places.on_one_way(story.place, report.place):
            return 0.0
        return None if story.rules.placed else 0.0

    def is_meant(self, story: Slots, report: Slots) -> bool:
        """Return whether a report tells enough to mean this very story, so that it may change it.

        Where it is known where something goes on, a report that names neither the place nor as many may mean
        anything of its kind.
        """
        if (
            not story.kind.rules.placed
            or story.kind.place is None
            or self.places.is_country(story.kind.place)
        ):
            return True
        if report.kind.place is not None and not self.places.is_country(report.kind.place):
            return True
        return self._is_one_figure(story, report)

    def is_one_thing(self, story: Slots, report: Slots) -> bool:
        """Return whether both tell of as many at one place, closer than its country: what goes on there is one story."""
        return (
            story.kind.rules.continuing
            and self._is_one_place(story, report)
            and self._is_one_figure(story, report)
        )

    def _is_one_place(self, story: Slots, report: Slots) -> bool:
        here, there = story.kind.place, report.kind.place
        return here is not None and there is not None and self.places.is_one(here, there)

    def _is_one_figure(self, story: Slots, report: Slots) -> bool:
        for mine in story.figures:
            for theirs in report.figures:
                if mine.of == theirs.of and is_same(mine, theirs, self._rounding):
                    return True
        return False

    def _how_many(self, story: Slots, report: Slots) -> float | None:
        """One figure speaks for one event. Figures of different things, or far apart at no common place, contradict."""
        mine, theirs = story.kind.counted, report.kind.counted
        if not mine or not theirs:
            return 0.0
        if not mine & theirs:
            return None if any(pair & mine and pair & theirs for pair in self._apart) else 0.0
        if not story.kind.rules.placed:
            return 0.0
        if self._is_one_figure(story, report):
            return self._weights["figure_same"]
        return None if self._are_far(story, report) and not self._is_one_place(story, report) else 0.0

    def _are_far(self, story: Slots, report: Slots) -> bool:
        for mine in story.figures:
            for theirs in report.figures:
                if mine.of == theirs.of:
                    one, other = middle(mine), middle(theirs)
                    if story.kind.planned and not report.kind.planned and other < one:
                        return False  # a plan is carried out in parts
                    if one > self._far * other or other > self._far * one:
                        return True
        return False


def _by_likeness(slot: str, weights: Mapping[str, float]) -> dict[Likeness, float]:
    return {
        Likeness.UNKNOWN: 0.0,
        Likeness.ALIKE: weights[f"{slot}_alike"],
        Likeness.SAME: weights[f"{slot}_same"],
        Likeness.CONTRADICTS: weights.get(f"{slot}_apart", 0.0),
    }


def words_alike(one: AllianceEvent, other: AllianceEvent) -> float:
    """Return which share of the shorter text's words the other has: of the quotes, else of the sentences."""
    texts = (
        (one.quote, other.quote) if one.quote and other.quote else (one.evidence.text, other.evidence.text)
    )
    mine, theirs = (set(_WORDS.findall(text.casefold())) for text in texts)
    shorter = min(len(mine), len(theirs))
    return len(mine & theirs) / shorter if shorter else 0.0
