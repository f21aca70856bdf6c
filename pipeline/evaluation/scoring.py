"""Outcomes against their labels, added up."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.core.records import AllianceEvent
from pipeline.evaluation.counts import Counts, Share
from pipeline.evaluation.gold import Expectation, GoldError
from pipeline.evaluation.mentions import LabelError, compared
from pipeline.evaluation.misses import Miss, about, miss
from pipeline.evaluation.names import Names
from pipeline.evaluation.outcome import Outcome
from pipeline.evaluation.raised import RaisedScores, score_raised
from pipeline.evaluation.slots import paired, slots_right
from pipeline.evaluation.wording import said_of, wanted_of


@dataclass(slots=True)
class Scores:
    """All figures of a labelled file, and what was not as labelled."""

    articles: int = 0
    labelled: int = 0
    types: dict[str, Counts] = field(default_factory=dict)
    actors: Share = field(default_factory=Share)
    slots: dict[str, dict[str, Share]] = field(default_factory=dict)  # by type of event, then by slot
    entities: dict[str, Counts] = field(default_factory=dict)  # by kind of entity
    languages: dict[str, Counts] = field(default_factory=dict)  # the same, by language
    raised: RaisedScores = field(default_factory=RaisedScores)
    misses: list[Miss] = field(default_factory=list)


def score(outcomes: Iterable[Outcome], names: Names) -> Scores:
    """Return the figures of a stream's outcomes in order; `names` resolves those of the labels.

    Raises GoldError for a labelled mention that is not in its text.
    """
    scores = Scores()
    for outcome in outcomes:
        scores.articles += 1
        expect = outcome.gold.expect
        if expect is not None:
            scores.labelled += 1
            _score_types(scores, outcome, expect)
            _score_actors(scores, outcome, expect, names)
            _score_slots(scores, outcome, expect, names)
            _score_mentions(scores, outcome, expect, names)
        score_raised(scores.raised, outcome)
    return scores


def _score_types(scores: Scores, outcome: Outcome, expect: Expectation) -> None:
    news = expect.news
    if news is None:
        return
    found: dict[str, AllianceEvent] = {}
    for event in outcome.current:
        found.setdefault(event.type, event)
    for kind in sorted(news | found.keys()):
        counts = scores.types.setdefault(kind, Counts())
        if kind not in found:
            counts.missed += 1
            scores.misses.append(miss("type missed", kind, outcome))
        elif kind in news:
            counts.right += 1
        elif kind not in expect.optional:
            counts.wrong += 1
            scores.misses.append(miss("type wrong", kind, outcome, found[kind]))


def _score_actors(scores: Scores, outcome: Outcome, expect: Expectation, names: Names) -> None:
    """An actor is right where who did it or who says it is among those labelled for the article as a whole."""
    labelled = {id_ for name in expect.actors for id_ in names.ids(name)}
    if not labelled:
        return
    for kind in sorted((expect.news or frozenset()) & {event.type for event in outcome.current}):
        events = [event for event in outcome.current if event.type == kind]
        is_right = any(labelled & _voices(event) for event in events)
        scores.actors.count(is_right=is_right)
        if not is_right:
            scores.misses.append(miss("actor wrong", kind, outcome, events[0]))


def _score_slots(scores: Scores, outcome: Outcome, expect: Expectation, names: Names) -> None:
    pairs, alone = paired(expect.events or (), outcome.events, names)
    for gold, found in pairs:
        shares = scores.slots.setdefault(gold.type, {})
        for slot, is_right in slots_right(gold, found, names).items():
            shares.setdefault(slot, Share()).count(is_right=is_right)
            if not is_right:
                instead = f"{wanted_of(gold, slot)}, not {said_of(found, slot, names)}"
                scores.misses.append(miss(f"{slot} wrong", gold.type, outcome, found, instead))
    told = {event.type for event in outcome.events}
    for gold in alone:
        if gold.type in told or not gold.is_news:  # a type of which nothing was read is missed as a type
            scores.misses.append(miss("event missed", gold.type, outcome, instead=wanted_of(gold, "mode")))


def _score_mentions(scores: Scores, outcome: Outcome, expect: Expectation, names: Names) -> None:
    if expect.mentions is None:
        return
    try:
        right, wrong, missed = compared(expect.mentions, outcome.mentions, outcome.text, names)
    except LabelError as error:
        raise GoldError(f"{outcome.gold.name}: {error}") from error
    told = [(names.kinds.get(it.entity_id, ""), Counts(right=1)) for it in right]
    told += [(names.kinds.get(it.entity_id, ""), Counts(wrong=1)) for it in wrong]
    told += [(_kind(name, names), Counts(missed=1)) for _, name in missed]
    for kind, counts in told:
        scores.entities.setdefault(kind or "unknown", Counts()).add(counts)
        scores.languages.setdefault(outcome.language or "unknown", Counts()).add(counts)
    for mention in wrong:
        said = f"{mention.text} = {names.called(mention.entity_id)}"
        scores.misses.append(about("mention wrong", outcome, (mention.start, mention.end), said))
    for span, name in missed:
        said = f"{outcome.text[span[0] : span[1]]} = {name}"
        scores.misses.append(about("mention missed", outcome, span, said))


def _kind(label: str, names: Names) -> str:
    return next((names.kinds.get(id_, "") for id_ in sorted(names.ids(label))), "")


def _voices(event: AllianceEvent) -> set[str]:
    return {*event.actors, *(who.entity_id for who in event.attribution if who.entity_id is not None)}
