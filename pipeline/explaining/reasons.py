"""What made each event: the vocabulary's entry, the rule, the words, and where each slot stands in the text."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.core.records import AllianceEvent, TaggedArticle
from pipeline.sinks.layout import quantity_in_words, when_in_words

Span = tuple[int, int]
Triggers = Callable[[str, str, str | None], Sequence[Span]]
"""(entry id, sentence, language) -> where the entry's words stand in the sentence."""


@dataclass(frozen=True, slots=True)
class SlotSource:
    """A slot of an event in words, and the pieces of the text that say it (none: it was inferred)."""

    slot: str
    value: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """An event, numbered from 1, with what made it. `triggers` are spans of the article's text."""

    number: int
    event: AllianceEvent
    entry: str
    rule: str
    triggers: tuple[Span, ...]
    slots: tuple[SlotSource, ...]


def reasons(article: TaggedArticle, triggers: Triggers, names: Mapping[str, str]) -> list[Reason]:
    """Return what made each event of an article; `names` are those of all entities, mentioned or inferred."""
    found = []
    for number, event in enumerate(article.events, 1):
        entry, _, rule = event.rule.partition("/")
        at = event.evidence.start
        words = triggers(entry, event.evidence.text, article.language)
        spans = tuple((at + start, at + end) for start, end in words)
        slots = tuple(_slots(article, event, names))
        found.append(Reason(number, event, entry, rule, spans, slots))
    return found


def _slots(article: TaggedArticle, event: AllianceEvent, names: Mapping[str, str]) -> Iterator[SlotSource]:
    for slot, ids in (("actors", event.actors), ("recipients", event.recipients)):
        for id_ in ids:
            yield SlotSource(slot, names.get(id_, id_), _mentions(article, event, id_))
    for quantity in event.quantities:
        yield SlotSource("quantity", quantity_in_words(quantity), _said(event, quantity.text))
    if event.location:
        value = names.get(event.location, event.location)
        yield SlotSource("location", value, _mentions(article, event, event.location))
    if event.when.start:
        yield SlotSource("when", when_in_words(event.when), _said(event, event.when.text))
    for who in event.attribution:
        if who.entity_id:
            value = names.get(who.entity_id, who.entity_id)
            yield SlotSource("attribution", value, _mentions(article, event, who.entity_id))
        else:
            yield SlotSource("attribution", who.name or "", _said(event, who.name or ""))
    for slot in ("modality", "time_frame", "occasion", "quote"):
        value = getattr(event, slot)
        if value:
            yield SlotSource(slot, value, _said(event, value) if slot == "quote" else ())


def _mentions(article: TaggedArticle, event: AllianceEvent, entity: str) -> tuple[Span, ...]:
    """Return where an entity is named in the event's sentence; else nowhere: it comes from the context."""
    inside = event.evidence
    return tuple(
        (m.start, m.end)
        for m in article.mentions
        if m.entity_id == entity and inside.start <= m.start and m.end <= inside.end
    )


def _said(event: AllianceEvent, words: str) -> tuple[Span, ...]:
    at = event.evidence.text.find(words) if words else -1
    return ((event.evidence.start + at, event.evidence.start + at + len(words)),) if at >= 0 else ()
