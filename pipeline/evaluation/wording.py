"""A slot in words, as labelled and as found, for the list of errors."""

from datetime import date

from pipeline.core.records import AllianceEvent
from pipeline.evaluation.labels import GoldEvent
from pipeline.evaluation.names import Names
from pipeline.evaluation.slots import SLOTS


def wanted_of(gold: GoldEvent, slot: str) -> str:
    """Return what the label wants in a slot."""
    value = getattr(gold, SLOTS[slot][0])
    if slot == "quantity":
        return _listed([_figure(it.of, it.low, it.high) for it in value])
    if slot == "date":
        return _days(value.start, value.end) if value else "none"
    return _listed(value) if isinstance(value, tuple) else str(value or "none")


def said_of(found: AllianceEvent, slot: str, names: Names) -> str:
    """Return what was found in a slot."""
    if slot == "quantity":
        return _listed([_figure(it.of, it.low, it.high) for it in found.quantities])
    if slot == "date":
        return f"{_days(found.when.start, found.when.end)} ({found.when.precision})"
    if slot == "attribution":
        return _listed(
            [names.called(it.entity_id) if it.entity_id else it.name or "" for it in found.attribution]
        )
    value = getattr(found, SLOTS[slot][0])
    if isinstance(value, tuple):
        return _listed([names.called(entity) for entity in value])
    return names.called(value) if value else "none"


def _listed(values: list[str] | tuple[str, ...]) -> str:
    return ", ".join(values) or "none"


def _figure(of: str, low: float | None, high: float | None) -> str:
    return f"{of} {low if low is None else f'{low:g}'}..{high if high is None else f'{high:g}'}"


def _days(start: date | None, end: date | None) -> str:
    return f"{start}..{end}" if start else "none"
