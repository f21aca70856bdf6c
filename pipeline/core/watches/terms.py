"""Which alerts a watch lets through, and in words why not the others."""

from collections.abc import Collection, Iterable, Mapping

import msgspec

from pipeline.core.records import Alert, AlertStatus, EventType, Modality, Quantity
from pipeline.core.stories.places import Places
from pipeline.core.stories.sides import Known


class Terms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an alert must be like; what is left empty is no condition.

    `actors`, `recipients` and `places` are entities, by id once they are read; a country stands for its people and
    organisations, a place for all that lies in it. `parties` may be on either side. `minimum` holds for each kind of
    quantity how many are enough, by the upper end of the figure. `not_sources` are ids or families of publishers.
    """

    kinds: tuple[EventType, ...] = ()
    modes: tuple[str, ...] = ()
    statuses: tuple[AlertStatus, ...] = ()
    parties: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    modality: tuple[Modality, ...] = ()
    minimum: dict[str, float] = {}
    minimum_confidence: float = 0.0
    not_sources: tuple[str, ...] = ()
    not_languages: tuple[str, ...] = ()


class Judge:
    """Judges alerts by terms; knows which entity stands for which."""

    def __init__(self, entities: Mapping[str, Known], names: Mapping[str, str]) -> None:
        self._entities = entities
        self._places = Places(entities)
        self._names = names

    def refusal(self, terms: Terms, alert: Alert) -> str:
        """Return in words why the alert is not what the terms ask for; empty: it is."""
        event, last = alert.event, alert.articles[-1]
        return (
            _not_one_of("kind", alert.kind, terms.kinds)
            or _not_one_of("mode", event.mode, terms.modes)
            or _not_one_of("status", alert.status, terms.statuses)
            or _not_one_of("modality", event.modality, terms.modality)
            or self._nobody_of("actor", event.actors, terms.actors)
            or self._nobody_of("recipient", event.recipients, terms.recipients)
            or self._nobody_of("party", (*event.actors, *event.recipients), terms.parties)
            or self._elsewhere(event.location, terms.places)
            or _too_few(event.quantities, terms.minimum)
            or _too_unsure(event.confidence, terms.minimum_confidence)
            or _excluded("source", {last.source.id, last.source.family}, terms.not_sources)
            or _excluded("language", {_base(last.language)}, terms.not_languages)
        )

    def _nobody_of(self, role: str, there: Collection[str], wanted: Collection[str]) -> str:
        if not wanted or any(self._stands_for(whole, one) for whole in wanted for one in there):
            return ""
        return f"{role} is {self._named(there) or 'nobody known'}, not {self._named(wanted)}"

    def _stands_for(self, wanted: str, entity: str) -> bool:
        if wanted == entity:
            return True
        whole, one = self._entities.get(wanted), self._entities.get(entity)
        return (
            whole is not None and one is not None and whole.kind == "country" and whole.country == one.country
        )

    def _elsewhere(self, place: str | None, wanted: Collection[str]) -> str:
        if not wanted:
            return ""
        if place is None:
            return f"no place is told, {self._named(wanted)} is wanted"
        if any(place == whole or self._places.contains(whole, place) for whole in wanted):
            return ""
        return f"place is {self._named([place])}, not in {self._named(wanted)}"

    def _named(self, entities: Collection[str]) -> str:
        return _listed(self._names.get(entity, entity) for entity in dict.fromkeys(entities))


def _not_one_of(what: str, found: str, wanted: Collection[str]) -> str:
    return f"{what} is {found}, not {_listed(wanted)}" if wanted and found not in wanted else ""


def _too_few(told: Collection[Quantity], minimum: Mapping[str, float]) -> str:
    for of, enough in minimum.items():
        figures = [most for one in told if one.of == of and (most := one.high or one.low) is not None]
        if not figures:
            return f"no figure of {of} is told, at least {enough:,.0f} are wanted"
        if max(figures) < enough:
            return f"{max(figures):,.0f} {of}, at least {enough:,.0f} are wanted"
    return ""


def _too_unsure(confidence: float, minimum: float) -> str:
    return f"confidence is {confidence:.2f}, at least {minimum:.2f} is wanted" if confidence < minimum else ""


def _excluded(what: str, found: Collection[str], refused: Collection[str]) -> str:
    hit = next((one for one in refused if one in found), "")
    return f"{what} {hit} is excluded" if hit else ""


def _base(language: str | None) -> str:
    return (language or "").partition("-")[0]


def _listed(words: Iterable[str]) -> str:
    return " or ".join(words)
