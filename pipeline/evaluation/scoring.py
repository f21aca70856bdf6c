"""Outcomes against their labels, added up."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from pipeline.core.records import AllianceEvent
from pipeline.evaluation.counts import Counts, Share
from pipeline.evaluation.gold import Expectation
from pipeline.evaluation.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Miss:
    """One thing that is not as labelled: `what` (such as "type missed"), which type, where, and the sentence."""

    what: str
    kind: str
    id: str
    title: str
    sentence: str = ""


@dataclass(slots=True)
class AlertCounts(Counts):
    """Counts of alerts; of the wrong ones, `doubled` tell a story once more."""

    doubled: int = 0

    @property
    def false(self) -> int:
        """The wrong ones that tell what is no news at all."""
        return self.wrong - self.doubled

    def add(self, other: Counts) -> None:
        """Add other counts to these."""
        Counts.add(self, other)
        if isinstance(other, AlertCounts):
            self.doubled += other.doubled


@dataclass(slots=True)
class Scores:
    """All figures of a labelled file, and what was not as labelled."""

    articles: int = 0
    labelled: int = 0
    types: dict[str, Counts] = field(default_factory=dict)
    actors: Share = field(default_factory=Share)
    alerts: dict[str, AlertCounts] = field(default_factory=dict)
    status: Share = field(default_factory=Share)
    repeats: Share = field(default_factory=Share)  # silent, of those that tell a known story and must be
    clusters: list[tuple[Hashable, Hashable]] = field(default_factory=list)
    misses: list[Miss] = field(default_factory=list)


def score(outcomes: Iterable[Outcome], ids_by_name: Mapping[str, Collection[str]]) -> Scores:
    """Return the figures of a stream's outcomes in order.

    `ids_by_name` resolves the labels' actors: lower-case name -> entity ids; a name it lacks is not judged.
    """
    scores = Scores()
    told: set[str] = set()
    for outcome in outcomes:
        scores.articles += 1
        expect = outcome.gold.expect
        if expect is not None:
            scores.labelled += 1
            _score_types(scores, outcome, expect)
            _score_actors(scores, outcome, expect, ids_by_name)
            _score_story(scores, outcome, expect, told)
        _score_alerts(scores, outcome, told)
    return scores


def _score_types(scores: Scores, outcome: Outcome, expect: Expectation) -> None:
    found: dict[str, AllianceEvent] = {}
    for event in outcome.current:
        found.setdefault(event.type, event)
    for kind in sorted(expect.types | found.keys()):
        counts = scores.types.setdefault(kind, Counts())
        if kind not in found:
            counts.missed += 1
            scores.misses.append(_miss("type missed", kind, outcome))
        elif kind in expect.types:
            counts.right += 1
        elif kind not in expect.optional:
            counts.wrong += 1
            scores.misses.append(_miss("type wrong", kind, outcome, found[kind]))


def _score_actors(
    scores: Scores, outcome: Outcome, expect: Expectation, ids_by_name: Mapping[str, Collection[str]]
) -> None:
    """An actor is right where who did it or who says it is among those labelled."""
    labelled = {id_ for name in expect.actors for id_ in ids_by_name.get(name.casefold(), ())}
    if not labelled:
        return
    for kind in sorted(expect.types & {event.type for event in outcome.current}):
        events = [event for event in outcome.current if event.type == kind]
        is_right = any(labelled & _voices(event) for event in events)
        scores.actors.count(is_right=is_right)
        if not is_right:
            scores.misses.append(_miss("actor wrong", kind, outcome, events[0]))


def _voices(event: AllianceEvent) -> set[str]:
    return {*event.actors, *(who.entity_id for who in event.attribution if who.entity_id is not None)}


def _score_story(scores: Scores, outcome: Outcome, expect: Expectation, told: set[str]) -> None:
    if expect.story is None:
        return
    if not expect.alerts and expect.story in told:
        scores.repeats.count(is_right=not outcome.alerts)
    found = dict(reversed(outcome.stories))
    for kind in sorted(expect.types):
        alone = ("no story", outcome.gold.name, kind)
        scores.clusters.append(((expect.story, kind), found.get(kind, alone)))


def _score_alerts(scores: Scores, outcome: Outcome, told: set[str]) -> None:
    expect = outcome.gold.expect
    expected = Counter[str](expect.alerts if expect is not None else ())
    raised = Counter[str](alert.kind for alert in outcome.alerts)
    story = expect.story if expect is not None else None
    for kind in sorted(expected.keys() | raised.keys()):
        counts = scores.alerts.setdefault(kind, AlertCounts())
        extra, lacking = raised[kind] - expected[kind], expected[kind] - raised[kind]
        counts.right += min(raised[kind], expected[kind])
        counts.missed += max(lacking, 0)
        counts.wrong += max(extra, 0)
        is_double = bool(expected[kind]) or story in told
        counts.doubled += max(extra, 0) if is_double else 0
        if lacking > 0:
            scores.misses.append(_miss("alert missed", kind, outcome))
        if extra > 0:
            event = next(alert.event for alert in reversed(outcome.alerts) if alert.kind == kind)
            scores.misses.append(_miss("alert doubled" if is_double else "alert false", kind, outcome, event))
    if expect is not None and expect.status is not None:
        _score_status(scores, outcome, expect)
    if story is not None and expected:
        told.add(story)


def _score_status(scores: Scores, outcome: Outcome, expect: Expectation) -> None:
    for alert in outcome.alerts:
        if alert.kind in expect.alerts:
            scores.status.count(is_right=alert.status == expect.status)
            if alert.status != expect.status:
                scores.misses.append(
                    _miss(f"status {alert.status}, not {expect.status}", alert.kind, outcome, alert.event)
                )


def _miss(what: str, kind: str, outcome: Outcome, event: AllianceEvent | None = None) -> Miss:
    """What a missed type has for a sentence is what was read of it after all, as background or denied."""
    if event is None:
        event = next((event for event in outcome.events if event.type == kind), None)
    return Miss(
        what, kind, outcome.gold.name, outcome.gold.article.title, event.evidence.text if event else ""
    )
