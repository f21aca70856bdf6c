"""Which entity a hit means in its article, where its name alone does not say."""

from collections.abc import Sequence

from pipeline.core.entities.names import Name
from pipeline.core.entities.neighbours import is_part_of_a_name, titles_a_name
from pipeline.core.entities.places import is_place

Hit = tuple[int, int, Name]  # start, end, name


class Resolver:
    """Resolves the hits in one text; entities are numbers, their places in the profile."""

    def __init__(self, text: str, language: str | None, hits: Sequence[Hit]) -> None:
        """Note where each entity is mentioned by a full name."""
        self._text = text
        self._language = language
        self._full: dict[int, list[int]] = {}
        for start, _, name in hits:
            for entity in (name.owner, name.government):
                if entity is not None:
                    self._full.setdefault(entity, []).append(start)

    def __call__(self, start: int, end: int, name: Name) -> int | None:
        """Return the entity that the name at this place means, or None."""
        if name.only_in and self._language and self._language not in name.only_in:
            return None
        if name.government is not None:
            return name.owner if is_place(self._text, start, end, name.language) else name.government
        if name.owner is None:
            return self._by_short_form(start, end, name)
        if name.is_title and titles_a_name(self._text, start, end):
            return None
        return name.owner

    def _by_short_form(self, start: int, end: int, name: Name) -> int | None:
        known = [entity for entity in name.shorts if entity in self._full]
        if not known or (name.script in {"latin", "cyrillic"} and is_part_of_a_name(self._text, start, end)):
            return None
        return min(known, key=lambda entity: self._distance(entity, start))

    def _distance(self, entity: int, start: int) -> tuple[bool, int]:
        """Order by the nearest full name before, else by the first one after."""
        places = self._full[entity]
        before = [place for place in places if place <= start]
        return (False, start - before[-1]) if before else (True, places[0] - start)
