"""Which place lies in which, as the profile says."""

from collections.abc import Iterator, Mapping

from pipeline.core.stories.sides import Known


class Places:
    """The places of a profile. A country holds all its places, another place those that are `within` it."""

    def __init__(self, entities: Mapping[str, Known]) -> None:
        self._entities = entities

    def contains(self, whole: str, part: str) -> bool:
        """Return whether a place is a larger one around another."""
        outer, inner = self._entities.get(whole), self._entities.get(part)
        if outer is None or inner is None or whole == part:
            return False
        if outer.kind == "country":
            return inner.kind != "country" and outer.country == inner.country
        return whole in self.around(part)

    def around(self, place: str | None) -> Iterator[str]:
        """Yield the places that a place lies in, short of its country, the nearest first."""
        seen = {place}
        entity = self._entities.get(place) if place is not None else None
        while entity is not None and entity.within is not None and entity.within not in seen:
            seen.add(entity.within)
            yield entity.within
            entity = self._entities.get(entity.within)

    def is_transit(self, place: str | None) -> bool:
        """Return whether what is seen at a place is on its way to another."""
        entity = self._entities.get(place) if place is not None else None
        return entity is not None and entity.transit

    def on_one_way(self, one: str, other: str) -> bool:
        """Return whether something may be told to be at either place on one journey: in a country, by a place of transit."""
        here, there = self._entities.get(one), self._entities.get(other)
        if here is None or there is None or here.country != there.country:
            return False
        return here.transit or there.transit

    def country(self, place: str | None) -> tuple[str | None, bool]:
        """Return a place's country, and whether it is all of it."""
        entity = self._entities.get(place) if place is not None else None
        if entity is None or entity.country is None:
            return None, False
        return entity.country, entity.kind == "country"
