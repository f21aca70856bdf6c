"""Outcomes against their labels, added up."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from pipeline.core.records import AllianceEvent
from pipeline.evaluation.counts import Counts, Share
from pipeline.evaluation.gold import Expectation
from pipeline.evaluation.misses import Miss, miss
from pipeline.evaluation.outcome import Outcome
from pipeline.evaluation.raised import RaisedScores, score_raised


@dataclass(slots=True)
class Scores:
    """All figures of a labelled file, and what was not as labelled."""

    articles: int = 0
    labelled: int = 0
    types: dict[str, Counts] = field(default_factory=dict)
    actors: Share = field(default_factory=Share)
    raised: RaisedScores = field(default_factory=RaisedScores)
    misses: list[Miss] = field(default_factory=list)


def score(outcomes: Iterable[Outcome], ids_by_name: Mapping[str, Collection[str]]) -> Scores:
    """Return the figures of a stream's outcomes in order.

    `ids_by_name` resolves the labels' actors: lower-case name -> entity ids; a name it lacks is not judged.
    """
    scores = Scores()
    for outcome in outcomes:
        scores.articles += 1
        expect = outcome.gold.expect
        if expect is not None:
            scores.labelled += 1
            _score_types(scores, outcome, expect)
            _score_actors(scores, outcome, expect, ids_by_name)
        score_raised(scores.raised, outcome)
    return scores


def _score_types(scores: Scores, outcome: Outcome, expect: Expectation) -> None:
    found: dict[str, AllianceEvent] = {}
    for event in outcome.current:
        found.setdefault(event.type, event)
    for kind in sorted(expect.types | found.keys()):
        counts = scores.types.setdefault(kind, Counts())
        if kind not in found:
            counts.missed += 1
            scores.misses.append(miss("type missed", kind, outcome))
        elif kind in expect.types:
            counts.right += 1
        elif kind not in expect.optional:
            counts.wrong += 1
            scores.misses.append(miss("type wrong", kind, outcome, found[kind]))


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
            scores.misses.append(miss("actor wrong", kind, outcome, events[0]))


def _voices(event: AllianceEvent) -> set[str]:
    return {*event.actors, *(who.entity_id for who in event.attribution if who.entity_id is not None)}
