"""Which place lies in which, as the profile says."""

from collections.abc import Iterator, Mapping

from pipeline.core.stories.sides import UNKNOWN, Known

_NOWHERE: frozenset[str] = frozenset()


class Places:
    """The places of a profile. A country holds all its places, another place those that are `within` it."""

    def __init__(self, entities: Mapping[str, Known]) -> None:
        self._countries = {id_: known.country for id_, known in entities.items()}
        self._wholes = frozenset(id_ for id_, known in entities.items() if known.kind == "country")
        self._transits = frozenset(id_ for id_, known in entities.items() if known.transit)
        nations: dict[str | None, set[str]] = {}
        for id_ in self._wholes:
            nations.setdefault(self._countries[id_], set()).add(id_)
        self._around = {id_: tuple(_outwards(id_, entities)) for id_ in entities}
        self._holders = {
            id_: frozenset({*self._around[id_], *nations.get(known.country, ())})
            for id_, known in entities.items()
            if known.kind != "country"
        }

    def contains(self, whole: str, part: str) -> bool:
        """Return whether a place is a larger one around another."""
        return whole in self._holders.get(part, _NOWHERE)

    def around(self, place: str | None) -> tuple[str, ...]:
        """Return the places that a place lies in, short of its country, the nearest first."""
        return self._around.get(place, ()) if place is not None else ()

    def is_one(self, here: str, there: str) -> bool:
        """Return whether two places, closer than a country, are one or lie in one another."""
        if here in self._wholes or there in self._wholes:
            return False
        return here == there or self.contains(here, there) or self.contains(there, here)

    def is_country(self, place: str | None) -> bool:
        """Return whether a place is all of a country."""
        return place in self._wholes

    def is_transit(self, place: str | None) -> bool:
        """Return whether what is seen at a place is on its way to another."""
        return place in self._transits

    def filed(self, place: str | None) -> tuple[str, ...]:
        """Return the tokens that what is at a place is filed under."""
        if place is None:
            return (UNKNOWN,)
        country = self.country(place)
        nation = (f"={country}",) if self.is_country(place) else ()
        way = (f">{country}",) if self.is_transit(place) else ()
        return (place, f"~{country}", *nation, *way, *(f"<{whole}" for whole in self.around(place)))

    def sought(self, place: str | None) -> tuple[str, ...]:
        """Return the tokens of what may be at the same place: there, in it, around it, or on one way with it."""
        if place is None:
            return ()
        country = self.country(place)
        if self.is_country(place) or self.is_transit(place):
            return (UNKNOWN, place, f"~{country}")
        return (UNKNOWN, place, f"<{place}", *self.around(place), f"={country}", f">{country}")

    def on_one_way(self, one: str, other: str) -> bool:
        """Return whether something may be told to be at either place on one journey: one of them is a place of transit."""
        if one not in self._transits and other not in self._transits:
            return False
        return self._countries.get(one) == self._countries.get(other)

    def country(self, place: str | None) -> str | None:
        """Return the code of a place's country."""
        return self._countries.get(place) if place is not None else None


def _outwards(place: str, entities: Mapping[str, Known]) -> Iterator[str]:
    seen = {place}
    within = entities[place].within
    while within is not None and within in entities and within not in seen:
        seen.add(within)
        yield within
        within = entities[within].within
