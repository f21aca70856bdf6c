"""One sentence has one voice: who its subject is takes its stance, whoever else it names."""

from collections.abc import Iterable, Sequence

from pipeline.core.records import AllianceEvent, Mention

_STANCES = frozenset({"denial", "confirmation", "condemnation", "warning"})
_FORM = "press_statement"


def with_one_voice(events: Sequence[AllianceEvent], mentions: Iterable[Mention]) -> tuple[AllianceEvent, ...]:
    """Return the events without a stance whose speaker stands behind that of the same stance in its sentence.

    "The Kremlin denied a report that the North would send workers, calling it untrue" is no denial by the North.
    A statement that is issued to take a stance has its speaker, too.
    """
    if sum(_is_stance(event) or event.mode == _FORM for event in events) < 2:
        return tuple(events)
    spans = list(mentions)
    return tuple(event for event in events if not any(_speaks_over(other, event, spans) for other in events))


def _is_stance(event: AllianceEvent) -> bool:
    return event.type == "statement" and event.mode in _STANCES


def _speaks_over(other: AllianceEvent, event: AllianceEvent, mentions: Sequence[Mention]) -> bool:
    if other is event or not _is_stance(other) or other.evidence.start != event.evidence.start:
        return False
    if event.type != "statement" or event.mode not in {other.mode, _FORM}:
        return False
    if not other.actors or not event.actors or set(other.actors) & set(event.actors):
        return False
    return _first(other, mentions) < _first(event, mentions)


def _first(event: AllianceEvent, mentions: Sequence[Mention]) -> int:
    start, end = event.evidence.start, event.evidence.end
    named = (m.start for m in mentions if m.entity_id in event.actors and start <= m.start < end)
    return min(named, default=end)
