"""Which entity a hit means in its article, where its name alone does not say."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from pipeline.core.entities.names import Name
from pipeline.core.entities.neighbours import follows_a_given_name, is_part_of_a_name, titles_a_name
from pipeline.core.entities.places import is_place

Hit = tuple[int, int, Name]  # start, end, name


class Resolver:
    """Resolves the hits in one text; entities are numbers, their places in the profile."""

    def __init__(self, text: str, language: str | None, hits: Sequence[Hit], home: Mapping[int, int]) -> None:
        """Note where each entity is mentioned by a full name; `home` is the country of each person in office."""
        self._text = text
        self._language = language
        self._hits = hits
        self._home = home
        self._heads: dict[str, int | None] = {}
        self._full: dict[int, list[int]] = {}
        for start, _, name in hits:
            for entity in (name.owner, name.government):
                if entity is not None and not name.is_by_default:
                    self._full.setdefault(entity, []).append(start)

    def __call__(self, start: int, end: int, name: Name) -> int | None:
        """Return the entity that the name at this place means, or None."""
        if name.only_in and self._language and self._language not in name.only_in:
            return None
        if name.government is not None:
            return name.owner if is_place(self._text, start, end, name.language) else name.government
        if name.owner is None:
            return self._by_short_form(start, end, name)
        if name.is_by_default:
            return self._last_named(start, name)
        if name.is_title and titles_a_name(self._text, start, end):
            return None
        if name.is_surname and self._language == "en" and follows_a_given_name(self._text, start):
            return None
        return name.owner

    def _by_short_form(self, start: int, end: int, name: Name) -> int | None:
        known = [entity for entity in name.shorts if entity in self._full]
        if known:
            if self._is_other_name(start, end, name):
                return None
            return min(known, key=lambda entity: self._distance(entity, start))
        if name.pattern not in self._heads:
            self._heads[name.pattern] = self._as_head(name)
        return self._heads[name.pattern]

    def _last_named(self, start: int, name: Name) -> int | None:
        """Return whom a full name before it last meant, of those that it is short for, else its owner."""
        rivals = (*name.shorts, name.owner)
        named = [it for it in rivals if it is not None and self._full.get(it, [start])[0] < start]
        return min(named, key=lambda entity: self._distance(entity, start)) if named else name.owner

    def _as_head(self, name: Name) -> int | None:
        """Return whom headlines and teasers mean that never give the full name: "Putin and Kim meet".

        It is the first in the profile that is in office and whose country is mentioned, unless the text has
        anybody else of that name.
        """
        in_office = [entity for entity in name.shorts if self._home.get(entity) in self._full]
        if not in_office or any(
            self._is_other_name(start, end, name) for start, end, hit in self._hits if hit is name
        ):
            return None
        return in_office[0]

    def _is_other_name(self, start: int, end: int, name: Name) -> bool:
        return name.script in {"latin", "cyrillic"} and is_part_of_a_name(self._text, start, end)

    def _distance(self, entity: int, start: int) -> tuple[bool, int]:
        """Order by the nearest full name before, else by the first one after."""
        places = self._full[entity]
        before = bisect_right(places, start)
        return (False, start - places[before - 1]) if before else (True, places[0] - start)
