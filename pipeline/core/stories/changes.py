"""What a report changes about a story that a subscriber would tell others."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from msgspec.structs import replace

from pipeline.core.records import AllianceEvent, Change, Quantity, Story, When
from pipeline.core.stories.figures import in_words, is_closed, is_same, is_told, main_figures, middle
from pipeline.core.stories.matching import Matching
from pipeline.core.stories.rules import Rules
from pipeline.core.stories.slots import days_stated

DONE = frozenset({"asserted", "estimated", "alleged"})
OPENING = DONE | {"planned"}


class Changes:
    """Finds what a report changes; `name` gives an entity's name."""

    def __init__(self, matching: Matching, rules: Rules, name: Callable[[str], str]) -> None:
        self._contains = matching.contains
        self._rules = rules
        self._name = name

    def of(
        self, story: Story, event: AllianceEvent, at: datetime, confirming: tuple[str, ...]
    ) -> tuple[Change, ...]:
        """Return what a current report changes: planned became done, figures, another place, a confirmation.

        A report older than the last one that told something changes nothing, and no figure is told twice.
        """
        if at < told_at(story):
            return ()
        happened = story.event.modality == "planned" and event.modality in DONE
        found = [Change(field="status", old="planned", new="done")] if happened else []
        if story.event.modality == "planned" or event.modality != "planned":
            found += self._figures(story, event, at, happened=happened)
            found += self._place(story.event, event)
        if confirming and not story.confirmed_by and not self._rules.of_type[event.type].spoken:
            old = "denied" if story.denied_by else "unconfirmed"
            found.append(Change(field="confirmation", old=old, new=", ".join(map(self._name, confirming))))
        return tuple(found)

    def _figures(
        self, story: Story, event: AllianceEvent, at: datetime, *, happened: bool
    ) -> Iterator[Change]:
        """A higher figure is news; a lower one only as a correction, or from whoever gave the higher."""
        known, rounding = main_figures(story.event.quantities), self._rules.rounding
        corrects = event.occasion == self._rules.correction or bool(
            set(story.event.attribution) & set(event.attribution)
        )
        for of, figure in main_figures(event.quantities).items():
            old = known.get(of)
            if is_told(figure, story.figures, rounding):
                continue
            if old is None:
                if not known and is_closed(figure) and at - told_at(story) >= self._rules.first_figure_after:
                    yield Change(field=of, old="unknown", new=in_words(figure))
            elif is_same(old, figure, rounding):
                if happened and old.low is None:
                    yield Change(field=of, old=in_words(old), new=in_words(figure))
            elif happened or corrects or middle(figure) > middle(old):
                yield Change(field=of, old=in_words(old), new=in_words(figure))

    def _place(self, known: AllianceEvent, event: AllianceEvent) -> Iterator[Change]:
        """A place in the country known so far is new only if it was reached later; else it is only said closer.

        Another place altogether is told by an edited article alone: elsewhere it is another story.
        """
        old, new = known.location, event.location
        if not self._rules.of_type[event.type].placed or old is None or new is None or old == new:
            return
        if self._contains(new, old) or (self._contains(old, new) and not _is_later(event.when, known.when)):
            return
        yield Change(field="place", old=self._name(old), new=self._name(new))

    def amended(self, known: AllianceEvent, event: AllianceEvent) -> AllianceEvent:
        """Return an event as a later report tells it, with what that report leaves out kept from before."""
        vaguer = known.location and event.location and self._contains(event.location, known.location)
        return replace(
            event,
            actors=event.actors or known.actors,
            recipients=event.recipients or known.recipients,
            location=known.location if vaguer or event.location is None else event.location,
            when=known.when if days_stated(event.when) is None else event.when,
            quantities=_joined(event.quantities, known.quantities),
            occasion=event.occasion or known.occasion,
        )


def _is_later(when: When, known: When) -> bool:
    before, now = days_stated(known), days_stated(when)
    return before is not None and now is not None and now[0] > before[1]


def told_at(story: Story) -> datetime:
    """Return the event time of the report that last told something about a story."""
    return story.history[-1].at if story.history else story.first_published_at


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
