"""The names of a profile as patterns: what to search for, and what a hit may mean."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipeline.core.entities.folding import folded
from pipeline.core.entities.russian import declined
from pipeline.core.profile import EntityEntry

_SCRIPTS = (
    ("hangul", re.compile("[가-힣]")),
    ("han", re.compile("[\u3040-\u30ff\u3400-\u9fff]")),
    ("cyrillic", re.compile("[Ѐ-ӿ]")),
)
_KINDS = ("aliases", "metonyms", "short", "decoys")
_EVERYWHERE = "en"  # names in English are used in every language that is written in Latin letters
_PLURAL_FROM = 4


@dataclass(slots=True)
class Name:
    """A pattern and its meanings: entities by their place in the profile.

    `owner` has it as an alias, `government` as a metonym, `shorts` as a short form; nobody has a decoy.
    `only_in`: the languages in which it is a name at all, empty for all of them. `needs_capital`: a hit must
    begin with a capital; `may_glue`: scrapers' missing spaces beside it are overlooked; `plural`: an s may
    follow; `is_title`: it says what a person is, not how he is called; `is_surname`: it is one word of a person's name.
    """

    pattern: str
    script: str
    language: str
    needs_capital: bool
    may_glue: bool
    plural: bool
    is_title: bool
    is_surname: bool
    owner: int | None = None
    government: int | None = None
    shorts: list[int] = field(default_factory=list)
    only_in: frozenset[str] = frozenset()

    @property
    def is_by_default(self) -> bool:
        """Whether it is its owner's only where the article has named none of those by it that it is short for."""
        return self.owner is not None and bool(self.shorts)

    @property
    def is_decoy(self) -> bool:
        """Whether it only keeps a shorter name inside it from being found."""
        return self.owner is None and self.government is None and not self.shorts


def compile_names(entities: Iterable[EntityEntry], *, exact: bool) -> list[Name]:
    """Return the patterns of all names, or of the case-sensitive ones if `exact`."""
    names: dict[str, Name] = {}
    languages: dict[str, set[str]] = {}
    for index, entity in enumerate(entities):
        for kind, language, form in _forms(entity, ("exact",) if exact else _KINDS):
            made = _name(form if exact else folded(form), form, language, entity)
            name = names.setdefault(made.pattern, made)
            _merge(name, made)
            _claim(name, kind, index)
            languages.setdefault(name.pattern, set()).add(language)
    for name in names.values():
        if name.script == "latin" and _EVERYWHERE not in languages[name.pattern]:
            name.only_in = frozenset(languages[name.pattern])
    return list(names.values())


def _forms(entity: EntityEntry, kinds: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield kind, language and form of each name, with the cases of the Russian ones."""
    for kind in kinds:
        for language, written in getattr(entity, kind).items():
            for form in written:
                if language == "ru":
                    forms = declined(form, is_person=entity.kind == "person", country=entity.country)
                    yield from ((kind, language, each) for each in sorted(forms))
                else:
                    yield kind, language, form


def _name(pattern: str, form: str, language: str, entity: EntityEntry) -> Name:
    is_person = entity.kind == "person"
    words = len(pattern.split())
    return Name(
        pattern=pattern,
        script=next((script for script, letters in _SCRIPTS if letters.search(form)), "latin"),
        language=language,
        needs_capital=form[:1].isupper() and not any(word[0].islower() for word in form.split()),
        may_glue=is_person and words > 1 and form[:1].isupper(),
        plural=not is_person and language == "en" and len(form) >= _PLURAL_FROM and form[-1:].isalnum(),
        is_title=is_person and _is_title(form, language, entity.name),
        is_surname=is_person and words == 1 and language == _EVERYWHERE,
    )


def _is_title(form: str, language: str, name: str) -> bool:
    """Return whether an alias is a description: in lower case, or in English without a word of the name."""
    if form[:1].islower():
        return True
    words = folded(form).replace("'", " ").split()
    return language == _EVERYWHERE and set(folded(name).split()).isdisjoint(words)


def _merge(name: Name, other: Name) -> None:
    """Let a pattern that two names share be read as the more lenient of them."""
    name.needs_capital = name.needs_capital and other.needs_capital
    name.may_glue = name.may_glue or other.may_glue
    name.plural = name.plural or other.plural
    name.is_title = name.is_title and other.is_title
    name.is_surname = name.is_surname and other.is_surname


def _claim(name: Name, kind: str, index: int) -> None:
    if kind == "metonyms":
        name.government = index if name.government is None else name.government
    elif kind == "short":
        if index not in name.shorts:
            name.shorts.append(index)
    elif kind != "decoys" and name.owner is None:
        name.owner = index
