"""Russian names in all their cases."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from pipeline.core.lexicon import read_lexicon

_CASES = 6
_CONSONANTS = "бвгджзклмнпрстфхцчшщ"


def declined(name: str, *, is_person: bool, country: str | None) -> frozenset[str]:
    """Return the name and its forms in the other cases, by the endings in lexicons/russian.toml.

    Of a person's East Asian name only the last part is declined. In another name the adjectives and the first
    noun agree; what follows the noun stays as it is.
    """
    words = name.split(" ")
    is_common = name[:1].islower()
    if is_common and len(words) == 1:
        forms = [[word] for word in (*_lone_adjective(name), *_noun(name))]
    elif is_common or not is_person:
        forms = _agreeing(list(_phrase(words, is_person=is_person)))
    elif country in _table()["persons"]["last_part_only"]:
        forms = [[*words[:-1], last] for last in _person(words[-1])]
    else:
        forms = _agreeing([_person(word) for word in words])
    return frozenset({name, *(" ".join(form) for form in forms)})


def _agreeing(words: list[tuple[str, ...]]) -> list[list[str]]:
    return [[forms[case] for forms in words] for case in range(_CASES)]


def _phrase(words: list[str], *, is_person: bool) -> Iterator[tuple[str, ...]]:
    is_open = True  # until the head noun has been declined
    for word in words:
        adjective = _adjective(word) if is_open and len(words) > 1 else None
        if adjective:
            yield adjective
        elif is_open:
            is_open = False
            yield _noun(word)
        elif is_person and word.istitle() and word[-1].lower() in _CONSONANTS:  # "президент Путин"
            yield _person(word)
        else:
            yield (word,) * _CASES


def _adjective(word: str) -> tuple[str, ...] | None:
    for gender in ("masculine", "feminine", "neuter", "plural"):
        forms = _by_ending(word, _table()["adjectives"][gender])
        if forms:
            return forms
    return None


def _noun(word: str) -> tuple[str, ...]:
    table = _table()["nouns"]
    return _unchanged(word, table) or _by_ending(word, table["endings"]) or (word,) * _CASES


def _person(word: str) -> tuple[str, ...]:
    table = _table()["persons"]
    return _unchanged(word, table) or _by_ending(word, table["endings"]) or (word,) * _CASES


def _unchanged(word: str, table: dict[str, Any]) -> tuple[str, ...] | None:
    is_abbreviation = word.isupper() or word in _table()["undeclined"]
    is_fixed = is_abbreviation or not word[-1:].isalpha() or word[-1:].lower() < "а"
    ends_plural = any(word.lower().endswith(row[0]) for row in table["endings"] if len(row[0]) > 1)
    if is_fixed or (word[-1] in table["vowels"] and not ends_plural):
        return (word,) * _CASES
    return None


def _by_ending(word: str, endings: list[list[str]]) -> tuple[str, ...] | None:
    for nominative, *others in endings:
        if word.endswith(nominative):
            stem = word[: len(word) - len(nominative)]
            return (word, *(stem + ending for ending in others))
    return None


def _lone_adjective(word: str) -> Iterator[str]:
    for endings in _table()["adjectives"]["lone"]:
        if word.endswith(endings[0]):
            stem = word[: len(word) - len(endings[0])]
            yield from (stem + ending for ending in endings)


@cache
def _table() -> dict[str, Any]:
    return read_lexicon("russian")
