"""Who is on one side of an event, and whether two reports mean the same by it."""

from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from typing import Protocol

from msgspec import Struct


class Known(Protocol):
    """What the matching needs to know of an entity."""

    @property
    def name(self) -> str:
        """What to call it."""

    @property
    def kind(self) -> str:
        """An EntityKind."""

    @property
    def country(self) -> str | None:
        """ISO 3166-1 alpha-2."""

    @property
    def role(self) -> str | None:
        """CAMEO-style."""

    @property
    def within(self) -> str | None:
        """The id of the larger place that a place lies in."""

    @property
    def transit(self) -> bool:
        """Whether people and goods are seen at this place on their way to another."""


UNKNOWN = "?"


class Likeness(IntEnum):
    """How far two slots agree; only CONTRADICTS vetoes."""

    CONTRADICTS = -1
    UNKNOWN = 0
    ALIKE = 1
    SAME = 2


class Side(Struct, frozen=True, eq=False, gc=False):
    """Some entities, the countries they belong to, and the countries that are named as a whole.

    Equal by identity, as each is made once. `filed` are the tokens that stories with such a side are filed under, `sought`
    those of all the sides that `compare` does not call a contradiction; where whoever is named stands for the
    country, `sought_nation`. `persons` and `bodies` hold (country, role) of who is named one by one.
    """

    ids: frozenset[str] = frozenset()
    wholes: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    persons: frozenset[tuple[str, str]] = frozenset()
    bodies: frozenset[tuple[str, str]] = frozenset()
    filed: tuple[str, ...] = (UNKNOWN,)
    sought: tuple[str, ...] = ()
    sought_nation: tuple[str, ...] = ()


NOBODY = Side()
_REMEMBERED = 1 << 18
# A place or a country that acts is its government, all of it.
_WHOLE_KINDS = frozenset({"country", "place"})


class Sides:
    """Makes sides of entity ids, each combination once."""

    def __init__(self, entities: Mapping[str, Known]) -> None:
        self._entities = entities
        self._made: dict[tuple[str, ...], Side] = {(): NOBODY}

    def __call__(self, ids: tuple[str, ...]) -> Side:
        """Return the side that these entities are."""
        side = self._made.get(ids)
        if side is None:
            if len(self._made) > _REMEMBERED:
                self._made = {(): NOBODY}
            side = self._made[ids] = self._side(ids)
        return side

    def _side(self, ids: tuple[str, ...]) -> Side:
        known = [(self._entities[id_], self._entities[id_].country) for id_ in ids if id_ in self._entities]
        wholes = {country for entity, country in known if country and entity.kind in _WHOLE_KINDS}
        countries = {country for _, country in known if country}
        persons = {
            (country, entity.role or "") for entity, country in known if country and entity.kind == "person"
        }
        bodies = {
            (country, entity.role or "")
            for entity, country in known
            if country and entity.kind not in _WHOLE_KINDS and entity.kind != "person"
        }
        some = {f"~{country}" for country in countries}
        return Side(
            ids=frozenset(ids),
            wholes=frozenset(wholes),
            countries=frozenset(countries),
            persons=frozenset(persons),
            bodies=frozenset(bodies),
            filed=(*ids, *some, *(f"={country}" for country in wholes), *_offices(persons, bodies)),
            sought=(
                UNKNOWN,
                *ids,
                *(f"={country}" for country in countries),
                *(f"~{country}" for country in wholes),
                *_offices(bodies, persons),
            ),
            sought_nation=(UNKNOWN, *ids, *some),
        )


def _offices(persons: Iterable[tuple[str, str]], bodies: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield the tokens of who is named one by one; a person looks for bodies, and the other way round."""
    yield from (f"person {country} {role}" for country, role in persons)
    yield from (f"body {country} {role}" for country, role in bodies)


def compare(one: Side, other: Side, national: bool) -> Likeness:
    """Return how far two sides agree; `national`: whoever is named stands for the country.

    A shared entity is the same side. "Pyongyang" is alike to anybody of North Korea, and an office to a
    person of its country who holds a like role (the Kremlin, its spokesman); two persons, or two
    offices, are never alike.
    """
    if not one.ids or not other.ids:
        return Likeness.UNKNOWN
    if one.ids & other.ids:
        return Likeness.SAME
    if national and one.countries & other.countries:
        return Likeness.ALIKE
    if (one.wholes & other.countries) or (other.wholes & one.countries):
        return Likeness.ALIKE
    if (one.persons & other.bodies) or (other.persons & one.bodies):
        return Likeness.ALIKE
    return Likeness.CONTRADICTS
