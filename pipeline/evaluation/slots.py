"""The slots of events against their labels."""

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType

from msgspec import UNSET

from pipeline.core.records import AllianceEvent, Quantity
from pipeline.evaluation.labels import GoldEvent, GoldQuantity
from pipeline.evaluation.names import Names, is_one_of

Check = Callable[[GoldEvent, AllianceEvent, Names], bool]


def slots_right(gold: GoldEvent, found: AllianceEvent, names: Names) -> dict[str, bool]:
    """Return for each labelled slot whether it is as labelled."""
    return {
        slot: check(gold, found, names)
        for slot, (field, check) in SLOTS.items()
        if getattr(gold, field) is not UNSET
    }


def paired(
    gold: Sequence[GoldEvent], found: Sequence[AllianceEvent], names: Names
) -> tuple[list[tuple[GoldEvent, AllianceEvent]], list[GoldEvent]]:
    """Return labelled events with the found ones of their type that agree best, one to one, and those without."""
    rated = [
        (sum(slots_right(one, other, names).values()), -g, -f)
        for g, one in enumerate(gold)
        for f, other in enumerate(found)
        if one.type == other.type
    ]
    partner: dict[int, int] = {}
    for _, g, f in sorted(rated, reverse=True):
        if -g not in partner and -f not in partner.values():
            partner[-g] = -f
    pairs = [(gold[g], found[f]) for g, f in sorted(partner.items())]
    return pairs, [event for g, event in enumerate(gold) if g not in partner]


def _same(labels: Sequence[str], values: Sequence[str], names: Names) -> bool:
    """Tell whether each label means one of the values, and each value is meant by one label."""
    return len(labels) == len(values) and _assigned([names.ids(label) for label in labels], values)


def _assigned(meanings: Sequence[Collection[str]], values: Sequence[str]) -> bool:
    return _one_to_one([[v for v, value in enumerate(values) if value in meaning] for meaning in meanings])


def _one_to_one(choices: Sequence[Sequence[int]]) -> bool:
    """Tell whether each may have one of its choices for itself (augmenting paths, Kuhn 1955)."""
    taken: dict[int, int] = {}

    def finds(one: int, seen: set[int]) -> bool:
        for choice in choices[one]:
            if choice not in seen:
                seen.add(choice)
                if choice not in taken or finds(taken[choice], seen):
                    taken[choice] = one
                    return True
        return False

    return all(finds(one, set()) for one in range(len(choices)))


def _attributed(gold: GoldEvent, found: AllianceEvent, names: Names) -> bool:
    labels = gold.attribution or ()
    said = [who.entity_id or (who.name or "").casefold() for who in found.attribution]
    meanings = [{*names.ids(label), *label.casefold().split("|")} for label in labels]
    return len(labels) == len(said) and _assigned(meanings, said)


def _quantities(gold: GoldEvent, found: AllianceEvent, _names: Names) -> bool:
    labels, figures = gold.quantities or (), found.quantities
    return len(labels) == len(figures) and _one_to_one(
        [[f for f, figure in enumerate(figures) if _is_figure(label, figure)] for label in labels]
    )


def _is_figure(label: GoldQuantity, found: Quantity) -> bool:
    return (
        is_one_of(label.of, found.of)
        and (label.low, label.high) == (found.low, found.high)
        and label.approximate in (UNSET, found.approximate)
    )


def _location(gold: GoldEvent, found: AllianceEvent, names: Names) -> bool:
    return (found.location or "") in names.ids(gold.location) if gold.location else found.location is None


def _when(gold: GoldEvent, found: AllianceEvent, _names: Names) -> bool:
    if not gold.when:
        return found.when.start is None
    return (gold.when.start, gold.when.end) == (found.when.start, found.when.end) and (
        gold.when.precision in (UNSET, found.when.precision)
    )


def _word(field: str) -> Check:
    return lambda gold, found, _names: is_one_of(getattr(gold, field), getattr(found, field))


SLOTS: Mapping[str, tuple[str, Check]] = MappingProxyType(
    {
        "actor": ("actors", lambda gold, found, names: _same(gold.actors or (), found.actors, names)),
        "recipient": (
            "recipients",
            lambda gold, found, names: _same(gold.recipients or (), found.recipients, names),
        ),
        "quantity": ("quantities", _quantities),
        "location": ("location", _location),
        "date": ("when", _when),
        "attribution": ("attribution", _attributed),
        "modality": ("modality", _word("modality")),
        "time_frame": ("time_frame", _word("time_frame")),
        "mode": ("mode", _word("mode")),
        "occasion": ("occasion", _word("occasion")),
        "quote": ("quote", lambda gold, found, _names: gold.quote == found.quote),
    }
)
"""Each slot's name, the field that has it, and what makes it right."""
