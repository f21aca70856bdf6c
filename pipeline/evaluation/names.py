"""Whom a label means: the names that a profile gives its entities."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pipeline.core.profile import Profile

_OR = "|"


@dataclass(frozen=True, slots=True)
class Names:
    """Resolves the names of labels: a canonical name or an id means that entity, any other name all that bear it."""

    exact: Mapping[str, str]
    by_name: Mapping[str, Collection[str]]
    kinds: Mapping[str, str]
    canonical: Mapping[str, str]

    def called(self, entity_id: str) -> str:
        """Return the name of an entity."""
        return self.canonical.get(entity_id, entity_id)

    def ids(self, label: str) -> set[str]:
        """Return the entities that a label can mean ("A|B": either); none where it is no name of the profile."""
        found: set[str] = set()
        for name in label.split(_OR):
            if name in self.exact:
                found.add(self.exact[name])
            else:
                found.update(self.by_name.get(name.casefold(), ()))
        return found


def names_of(profile: Profile) -> Names:
    """Return the names of a profile."""
    exact: dict[str, str] = {}
    by_name: dict[str, set[str]] = {}
    for entity in profile.entities:
        exact.setdefault(entity.name, entity.id)
        exact[entity.id] = entity.id
        forms = (entity.aliases, entity.exact, entity.short, entity.metonyms)
        for name in (entity.name, *(name for form in forms for names in form.values() for name in names)):
            by_name.setdefault(name.casefold(), set()).add(entity.id)
    return Names(
        exact,
        by_name,
        kinds={entity.id: entity.kind for entity in profile.entities},
        canonical=profile.names,
    )


def is_one_of(label: str, value: str) -> bool:
    """Tell whether a value is what the label says, or one of what it says ("estimated|alleged")."""
    return value.casefold() in label.casefold().split(_OR)
