"""What a report changes about a story that a subscriber would tell others."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec.structs import replace

from pipeline.core.records import AllianceEvent, Change, Quantity, Story, When
from pipeline.core.stories.figures import in_words, is_same, is_told, main_figures, middle
from pipeline.core.stories.matching import Matching
from pipeline.core.stories.rules import Rules
from pipeline.core.stories.slots import days_stated

DONE = frozenset({"asserted", "estimated", "alleged"})
OPENING = DONE | {"planned"}


def changes_of(
    story: Story,
    event: AllianceEvent,
    at: datetime,
    *,
    confirming: tuple[str, ...],
    matching: Matching,
    rules: Rules,
) -> tuple[Change, ...]:
    """Return what a current report changes: planned became done, figures, a new place, a confirmation.

    A report older than the last one that told something changes nothing, and no figure is told twice.
    """
    if event.modality not in OPENING or at < told_at(story):
        return ()
    happened = story.event.modality == "planned" and event.modality in DONE
    found = [Change(field="status", old="planned", new="done")] if happened else []
    if story.event.modality == "planned" or event.modality != "planned":
        found += _figures(story, event, happened=happened, rules=rules)
        found += _place(story.event, event, matching)
    if confirming and not story.confirmed_by and not rules.of_type[event.type].spoken:
        old = "denied" if story.denied_by else "unconfirmed"
        found.append(Change(field="confirmation", old=old, new="confirmed"))
    return tuple(found)


def told_at(story: Story) -> datetime:
    """Return the event time of the report that last told something about a story."""
    return story.history[-1].at if story.history else story.first_published_at


def _figures(story: Story, event: AllianceEvent, *, happened: bool, rules: Rules) -> Iterator[Change]:
    known = main_figures(story.event.quantities)
    corrects = event.occasion == rules.correction
    for of, figure in main_figures(event.quantities).items():
        old = known.get(of)
        if old is None or is_told(figure, story.figures, rules.rounding):
            continue
        if is_same(old, figure, rules.rounding) and not (happened and old.low is None):
            continue
        if middle(figure) > middle(old) or corrects or happened or _same_speaker(story.event, event):
            yield Change(field=of, old=in_words(old), new=in_words(figure))


def _same_speaker(one: AllianceEvent, other: AllianceEvent) -> bool:
    return bool(set(one.attribution) & set(other.attribution))


def _place(known: AllianceEvent, event: AllianceEvent, matching: Matching) -> Iterator[Change]:
    """A place inside the country known so far is new only if it was reached later; else it is only said closer."""
    if (
        known.location is None
        or event.location is None
        or not matching.contains(known.location, event.location)
    ):
        return
    before, now = days_stated(known.when), days_stated(event.when)
    if before and now and now[0] > before[1]:
        yield Change(field="place", old=known.location, new=event.location)


def amended(known: AllianceEvent, event: AllianceEvent, matching: Matching) -> AllianceEvent:
    """Return an event as a later report tells it, with what that report leaves out kept from before."""
    vaguer = known.location and event.location and matching.contains(event.location, known.location)
    return replace(
        event,
        actors=event.actors or known.actors,
        recipients=event.recipients or known.recipients,
        location=known.location if vaguer or event.location is None else event.location,
        when=known.when if days_stated(event.when) is None else event.when,
        quantities=_joined(event.quantities, known.quantities),
        occasion=event.occasion or known.occasion,
        mode=known.mode if event.mode == "" else event.mode,
    )


def filled(known: AllianceEvent, event: AllianceEvent) -> AllianceEvent:
    """Return what is known of an event with its gaps filled from a report that changes nothing."""
    if known.modality == "planned" and event.modality != "planned":
        return known
    found = {
        name: getattr(event, name)
        for name in ("actors", "recipients", "location", "occasion", "quote")
        if not getattr(known, name) and getattr(event, name)
    }
    if known.when == When() and event.when != When():
        found["when"] = event.when
    quantities = _joined(known.quantities, event.quantities)
    if len(quantities) != len(known.quantities):
        found["quantities"] = quantities
    return replace(known, **found) if found else known


def _joined(first: tuple[Quantity, ...], second: tuple[Quantity, ...]) -> tuple[Quantity, ...]:
    counted = {quantity.of for quantity in first}
    return first + tuple(quantity for quantity in second if quantity.of not in counted)


def told_figures(told: tuple[Quantity, ...], event: AllianceEvent) -> tuple[Quantity, ...]:
    """Return the figures told so far together with an event's main ones."""
    return told + tuple(figure for figure in _main(event.quantities) if figure not in told)


def _main(quantities: Iterable[Quantity]) -> Iterable[Quantity]:
    return main_figures(tuple(quantities)).values()
