"""Makes one event of what an article tells more than once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from pipeline.core.records import AllianceEvent, Attribution, Modality, Quantity

_TITLE_KNOWS = 0.12  # a headline says what kind of statement it is
_NO_MATTER = frozenset({"", "reply", "correction"})
_SURE_ORDER = ("asserted", "estimated", "alleged", "planned", "conditional", "denied")


def merged(events: Sequence[AllianceEvent], sides: Mapping[str, str | None]) -> tuple[AllianceEvent, ...]:
    """Return the events, those of one happening as one; `sides` gives the country of an entity."""
    groups: list[list[AllianceEvent]] = []
    for event in events:
        group = next((group for group in groups if _is_same(group, event, sides)), None)
        if group is None:
            groups.append([event])
        else:
            group.append(event)
    ones = [_one(group, sides) for group in groups]
    news = {
        (event.type, event.actors, event.evidence.start) for event in ones if event.time_frame == "current"
    }
    return tuple(
        event
        for event in ones
        if event.time_frame == "current" or (event.type, event.actors, event.evidence.start) not in news
    )


def _is_same(group: Sequence[AllianceEvent], event: AllianceEvent, sides: Mapping[str, str | None]) -> bool:
    first = group[0]
    if (first.type, first.time_frame) != (event.type, event.time_frame):
        return False
    if (first.modality == "denied") != (event.modality == "denied"):
        return False
    unreal = ("planned", "conditional")
    if (
        first.type == "deployment"
        and first.modality != event.modality
        and {first.modality, event.modality} & set(unreal)
    ):
        return False
    if first.time_frame == "background" and _dates_differ(first, event):
        return False
    if first.type in {"meeting", "agreement", "exercise", "weapons_test", "commemoration", "casualties"}:
        return True
    if not _same_actor(group, event, sides) or _occasions_differ(group, event):
        return False
    return not (
        first.location
        and event.location
        and first.location != event.location
        and first.quantities
        and event.quantities
    )


def _occasions_differ(group: Sequence[AllianceEvent], event: AllianceEvent) -> bool:
    """Tell whether two days or matters are named; that it is a reply says nothing of either."""
    told = {member.occasion for member in (*group, event)} - _NO_MATTER
    return len(told) > 1


def _dates_differ(one: AllianceEvent, other: AllianceEvent) -> bool:
    return bool(one.when.start and other.when.start and one.when.start != other.when.start)


def _same_actor(
    group: Sequence[AllianceEvent], event: AllianceEvent, sides: Mapping[str, str | None]
) -> bool:
    """Tell whether it is the same actor, or one country's leader and the country itself."""
    known = {actor for member in group for actor in member.actors}
    if not known or not event.actors:
        return not known and not event.actors if event.type == "statement" else True
    if known & set(event.actors):
        return True
    if {sides.get(actor) for actor in known} != {sides.get(actor) for actor in event.actors}:
        return False
    if event.type != "statement":
        return True
    if any(map(_is_title, group)) and group[0].recipients == event.recipients:
        return True  # the title names the party, the lead its chairman
    return any(_is_country(actor, sides) for actor in known) or all(
        _is_country(a, sides) for a in event.actors
    )


def _is_country(entity: str, sides: Mapping[str, str | None]) -> bool:
    return sides.get(f"country:{entity}") is not None


def _one(group: Sequence[AllianceEvent], sides: Mapping[str, str | None]) -> AllianceEvent:
    """Return the fullest of a group with what the others add."""
    best = max(group, key=_richness)
    surest = min(group, key=lambda event: (_SURE_ORDER.index(event.modality), -event.confidence))
    told = max(
        group, key=lambda event: (event.confidence + _is_title(event) * _TITLE_KNOWS, _richness(event))
    )
    dated = next(
        (event.when for event in (best, *group) if event.when.start and event.when.precision == "day"), None
    )
    changes: dict[str, Any] = {
        "mode": told.mode,
        "plover": told.plover,
        "rule": told.rule,
        "modality": _modality(group, best, surest),
        "quantities": _quantities(group, best),
        "attribution": _attribution(best, group, sides),
        "location": best.location or next((event.location for event in group if event.location), None),
        "quote": max((event.quote for event in group), key=len),
        "occasion": best.occasion or next((event.occasion for event in group if event.occasion), ""),
        "actors": _specific([best, *group], "actors", sides),
        "recipients": _specific([best, *group], "recipients", sides),
        "when": best.when
        if best.when.start
        else (dated or next((e.when for e in group if e.when.start), best.when)),
        "confidence": round(min(0.99, max(event.confidence for event in group) + 0.03 * (len(group) - 1)), 3),
    }
    return msgspec.structs.replace(best, **changes)


def _is_title(event: AllianceEvent) -> bool:
    return event.evidence.start == 0


def _modality(group: Sequence[AllianceEvent], best: AllianceEvent, surest: AllianceEvent) -> Modality:
    """Return how sure it is: a figure that is an estimate makes the event that carries it one."""
    counted = next((event for event in (best, *group) if event.quantities), surest)
    return counted.modality if counted.modality in {"estimated", "alleged"} else surest.modality


def _richness(event: AllianceEvent) -> tuple[float, ...]:
    filled = sum(
        map(
            bool,
            (
                event.actors,
                event.recipients,
                event.quantities,
                event.quantities,
                event.location,
                event.when.start,
                event.attribution,
            ),
        )
    )
    return (filled + 2 * event.confidence, -event.evidence.start)


def _quantities(group: Sequence[AllianceEvent], best: AllianceEvent) -> tuple[Quantity, ...]:
    found = {quantity.of: quantity for quantity in reversed(best.quantities)}
    ordered = list(best.quantities)
    for event in group:
        for quantity in event.quantities:
            if quantity.of not in found:
                found[quantity.of] = quantity
                ordered.append(quantity)
    return tuple(ordered)


def _attribution(
    best: AllianceEvent, group: Sequence[AllianceEvent], sides: Mapping[str, str | None]
) -> tuple[Attribution, ...]:
    """Return whose word it is, without a country whose own body is named for it elsewhere in the article."""
    named = [a for event in (best, *group) for a in event.attribution if a.entity_id]
    bodies = {sides.get(str(a.entity_id)) for a in named if not _is_country(str(a.entity_id), sides)}
    told = [
        a
        for a in named
        if not (_is_country(str(a.entity_id), sides) and sides.get(str(a.entity_id)) in bodies)
    ]
    entities = best.attribution or next((event.attribution for event in group if event.attribution), ())
    return tuple(dict.fromkeys(told)) or entities


def _specific(events: Iterable[AllianceEvent], slot: str, sides: Mapping[str, str | None]) -> tuple[str, ...]:
    """Return the first value of a slot that names more than a country, else the first at all."""
    values = [value for event in events if (value := getattr(event, slot))]
    for value in values:
        if any(not _is_country(entity, sides) for entity in value):
            return tuple(value)
    return tuple(values[0]) if values else ()
