"""What a report changes about a story that a subscriber would tell others."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from msgspec.structs import replace

from pipeline.core.records import AllianceEvent, Change, EventReport, Quantity, Story, When
from pipeline.core.stories.counting import has_version, parties_among, speakers
from pipeline.core.stories.figures import (
    in_words,
    is_closed,
    is_same,
    is_told,
    main_figures,
    middle,
    told_figures,
    totals,
)
from pipeline.core.stories.matching import Matching
from pipeline.core.stories.rules import Rules
from pipeline.core.stories.sides import Known
from pipeline.core.stories.slots import days_stated

DONE = frozenset({"asserted", "estimated", "alleged"})
OPENING = DONE | {"planned"}
_SIDES = frozenset({"actors", "recipients"})
_NAMED = frozenset({"person", "organisation", "military_unit"})


class Changes:
    """Finds what a report changes; `entities` gives names and what is more specific."""

    def __init__(self, matching: Matching, rules: Rules, entities: Mapping[str, Known]) -> None:
        self._places = matching.places
        self._rules = rules
        self._entities = entities

    def of(
        self, story: Story, report: EventReport, at: datetime, confirming: tuple[str, ...]
    ) -> tuple[Change, ...]:
        """Return what a current report changes: planned became done, figures, another place, a confirmation.

        A report older than the last one that told something changes nothing, and no figure is told twice.
        """
        if at < told_at(story):
            return ()
        event = report.event
        happened = story.event.modality == "planned" and self._is_done(story, report)
        found = [Change(field="status", old="planned", new="done")] if happened else []
        if happened or (story.event.modality == "planned") == (event.modality == "planned"):
            found += self._figures(story, event, at, happened=happened)
            found += self._place(story.event, event)
        if confirming and not story.confirmed_by and not self._rules.of_type[event.type].spoken:
            old = "denied" if story.denied_by else "unconfirmed"
            found.append(Change(field="confirmation", old=old, new=self._names(confirming)))
        return tuple(found)

    def denial(self, story: Story, event: AllianceEvent, denying: tuple[str, ...]) -> tuple[Change, ...]:
        """Return the change that a denial is: by a party, or by whoever told the story; the first one only."""
        voices = {*speakers(story.event), *parties_among((*denying, *story.denied_by), event, self._entities)}
        by = tuple(id_ for id_ in denying if id_ in voices)
        if not by or voices & set(story.denied_by) or self._rules.of_type[story.kind].spoken:
            return ()
        return (Change(field="denial", old=story.event.modality, new=self._names(by)),)

    def _is_done(self, story: Story, report: EventReport) -> bool:
        """An article that has just told of the plan does not tell that it was carried out."""
        event = report.event
        if event.modality not in DONE or has_version(story, report):
            return False
        if event.mode in self._rules.vague_done and not (event.quantities or event.location):
            return False
        return event.modality != "alleged" or event.mode in self._rules.alleged_done

    def _names(self, ids: Iterable[str]) -> str:
        return ", ".join(self._name(id_) for id_ in ids)

    def _name(self, id_: str) -> str:
        known = self._entities.get(id_)
        return known.name if known is not None else id_

    def _figures(
        self, story: Story, event: AllianceEvent, at: datetime, *, happened: bool
    ) -> Iterator[Change]:
        """A higher figure is news; a lower one only as a correction, or from whoever gave the higher."""
        known = main_figures(story.event.quantities)
        corrects = event.occasion == self._rules.correction
        rounding = 0.0 if corrects else self._rules.rounding  # "1,010, not 1,100"
        says = set(story.event.attribution) & set(event.attribution)
        if any(is_told(total, story.figures, self._rules) for total in totals(event.quantities, self._rules)):
            return
        for of, figure in main_figures(event.quantities).items():
            old = known.get(of)
            if figure in story.figures or (not corrects and is_told(figure, story.figures, self._rules)):
                continue
            if old is None:
                if not known and is_closed(figure) and at - told_at(story) >= self._rules.first_figure_after:
                    yield Change(field=of, old="unknown", new=in_words(figure))
            elif is_same(old, figure, rounding):
                if happened and old.low is None:
                    yield Change(field=of, old=in_words(old), new=in_words(figure))
            elif (
                happened
                or corrects
                or middle(figure) > middle(old)
                or (says and not self._is_part(figure, old))
            ):
                yield Change(field=of, old=in_words(old), new=in_words(figure))

    def _is_part(self, figure: Quantity, whole: Quantity) -> bool:
        return middle(figure) < self._rules.part * middle(whole)

    def _place(self, known: AllianceEvent, event: AllianceEvent) -> Iterator[Change]:
        """A place in the country known so far is new only if it was reached later; else it is only said closer.

        So is a place within a place. Where it was on its way is no new place. Another place altogether is told by an edited article alone: elsewhere it is another story.
        """
        old, new = known.location, event.location
        if not self._rules.of_type[event.type].placed or old is None or new is None or old == new:
            return
        if self._is_vaguer(new, old):
            return
        if self._places.contains(old, new) and not (
            self._places.is_country(old) and _is_later(event.when, known.when)
        ):
            return
        yield Change(field="place", old=self._name(old), new=self._name(new))

    def told(self, story: Story, known: AllianceEvent, event: AllianceEvent) -> tuple[Quantity, ...]:
        """Return the figures told of a story as known now; with the parts that a report gives of a told total."""
        figures = told_figures(story.figures, known.quantities, self._rules)
        if any(is_told(total, figures, self._rules) for total in totals(event.quantities, self._rules)):
            figures = told_figures(figures, event.quantities, self._rules)
        return figures

    def amended(self, known: AllianceEvent, event: AllianceEvent) -> AllianceEvent:
        """Return an event as a later report tells it, with what that report leaves out kept from before."""
        vaguer = known.location and event.location and self._is_vaguer(event.location, known.location)
        return replace(
            event,
            actors=event.actors or known.actors,
            recipients=event.recipients or known.recipients,
            location=known.location if vaguer or event.location is None else event.location,
            when=known.when if days_stated(event.when) is None else event.when,
            quantities=_joined(event.quantities, known.quantities),
            occasion=event.occasion or known.occasion,
        )

    def _is_vaguer(self, place: str, known: str) -> bool:
        """Return whether a place says less than the known one: it lies around it, or on the way there."""
        if self._places.contains(place, known):
            return True
        return self._places.is_transit(place) and not self._places.is_transit(known)

    def filled(self, known: AllianceEvent, event: AllianceEvent) -> AllianceEvent:
        """Return what is known of an event with its gaps filled from a report that changes nothing.

        Who is told by name takes the place of his country.
        """
        if known.modality == "planned" and event.modality != "planned":
            return known
        rules = self._rules.of_type[known.type]
        if rules.mutual and self._is_closer(event.recipients, known.actors):
            event = replace(event, actors=event.recipients, recipients=event.actors)
        found = {
            name: getattr(event, name)
            for name in ("actors", "recipients", "location", "occasion", "quote")
            if (not getattr(known, name) and getattr(event, name))
            or (
                name in _SIDES
                and not rules.national
                and self._is_closer(getattr(event, name), getattr(known, name))
            )
        }
        if known.when == When() and event.when != When():
            found["when"] = event.when
        quantities = _joined(known.quantities, event.quantities)
        if len(quantities) != len(known.quantities):
            found["quantities"] = quantities
        return replace(known, **found) if found else known

    def _is_closer(self, ids: tuple[str, ...], known: tuple[str, ...]) -> bool:
        """Return whether these are somebody of the one country known so far."""
        if len(known) != 1 or not ids:
            return False
        whole = self._entities.get(known[0])
        named = [self._entities.get(id_) for id_ in ids]
        return (
            whole is not None
            and whole.kind == "country"
            and all(n is not None and n.kind in _NAMED and n.country == whole.country for n in named)
        )


def _is_later(when: When, known: When) -> bool:
    before, now = days_stated(known), days_stated(when)
    return before is not None and now is not None and now[0] > before[1]


def told_at(story: Story) -> datetime:
    """Return the event time of the report that last told something about a story."""
    return story.history[-1].at if story.history else story.first_published_at


def _joined(first: tuple[Quantity, ...], second: tuple[Quantity, ...]) -> tuple[Quantity, ...]:
    counted = {quantity.of for quantity in first}
    return first + tuple(quantity for quantity in second if quantity.of not in counted)
