"""Under which words a story is filed, and under which a report looks for it."""

from collections.abc import Iterator, Mapping

from pipeline.core.stories.places import Places
from pipeline.core.stories.sides import Known, Side
from pipeline.core.stories.slots import Slots

_ANY, _UNKNOWN = "*", "?"


class Tokens:
    """The tokens of slots: the place for types that have one, for the others whoever acts.

    Whatever the matching can call one story shares a token with it: what `exact` and `related` ask for
    leaves out only what contradicts.
    """

    def __init__(self, entities: Mapping[str, Known]) -> None:
        self._places = Places(entities)

    def filed(self, slots: Slots) -> set[str]:
        """Return the tokens that a story is filed under."""
        if slots.rules.placed:
            return {_ANY, slots.place or _UNKNOWN, *self._lies_in(slots.place)}
        tokens = {_ANY}
        for side in _parties(slots):
            tokens |= side.ids
            tokens.update(f"~{country}" for country in side.countries)
            tokens.update(f"={country}" for country in side.wholes)
            tokens.update(f"person {country} {role}" for country, role in side.persons)
            tokens.update(f"body {country} {role}" for country, role in side.bodies)
        return tokens if len(tokens) > 1 else {_ANY, _UNKNOWN}

    def exact(self, slots: Slots) -> Iterator[str]:
        """Yield the tokens of stories that share an actor, or the place, with a report."""
        if not slots.rules.placed:
            for side in _parties(slots):
                yield from side.ids
        elif slots.place is not None:
            yield slots.place

    def related(self, slots: Slots) -> Iterator[str]:
        """Yield the tokens of stories that may mean the same by another name, or leave it open."""
        if slots.rules.placed:
            yield from self._around(slots.place)
            return
        parties = _parties(slots)
        for side in parties:
            yield from _colleagues(side, national=slots.rules.national)
        yield _UNKNOWN if parties else _ANY

    def _lies_in(self, place: str | None) -> Iterator[str]:
        country = self._places.country(place)
        if country is not None:
            yield f"~{country}"
        if self._places.is_country(place):
            yield f"={country}"
        if self._places.is_transit(place):
            yield f">{country}"
        for whole in self._places.around(place):
            yield f"<{whole}"

    def _around(self, place: str | None) -> Iterator[str]:
        """A larger place stands for every place in it; a place may have been told as its country, or not at all."""
        country = self._places.country(place)
        if country is not None:
            is_anywhere = self._places.is_country(place) or self._places.is_transit(place)
            yield f"~{country}" if is_anywhere else f"={country}"
            yield f">{country}"
        yield f"<{place}"
        yield from self._places.around(place)
        yield _ANY if place is None else _UNKNOWN


def _parties(slots: Slots) -> list[Side]:
    both = (slots.actors, slots.recipients) if slots.rules.mutual else (slots.actors,)
    return [side for side in both if side.ids]


def _colleagues(side: Side, *, national: bool) -> Iterator[str]:
    for country in side.countries:
        yield f"~{country}" if national or country in side.wholes else f"={country}"
    for country, role in side.persons:
        yield f"body {country} {role}"
    for country, role in side.bodies:
        yield f"person {country} {role}"
