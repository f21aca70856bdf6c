"""Whether the name of a capital means the city or the government in it."""

import re
from dataclasses import dataclass
from functools import cache

from pipeline.core.lexicon import read_lexicon

_CHARS_AROUND = 60
_MOTION_WORDS = 5  # so far before the name may a word of motion stand
_JOINED = 2  # words of "Seoul and"
_DATELINE_AFTER = re.compile(r"\s*(?:/|,|\(|--|[–—])")
_FIRST_WORD = re.compile(r"[ -](\w+)")


@dataclass(frozen=True, slots=True)
class _Context:
    """One table of lexicons/places.toml."""

    separated: bool
    before: frozenset[str]
    moving: frozenset[str]
    motion: frozenset[str]
    joining: frozenset[str]
    determiners: frozenset[str]
    after: frozenset[str]
    beginnings: tuple[str, ...]
    endings: tuple[str, ...]


def is_place(text: str, start: int, end: int, language: str) -> bool:
    """Return whether the words around `text[start:end]` take the capital's name for the city."""
    context = _contexts().get(language)
    if context is None:
        return False
    before = text[max(0, start - _CHARS_AROUND) : start].rpartition("\n")[2].lower()
    if not before and _DATELINE_AFTER.match(text, end):
        return True
    if not context.separated:
        after = text[end : end + _CHARS_AROUND]
        return before.endswith(context.endings) or after.startswith(context.beginnings)
    next_word = _FIRST_WORD.match(text, end)
    if next_word and next_word.group(1).lower() in context.after:
        return True
    return before[-1:].isspace() and _is_led_to(before.split(), context)


def _is_led_to(words: list[str], context: _Context) -> bool:
    while words and words[-1] in context.determiners:  # "at its Moscow office"
        words = words[:-1]
    last = words[-1] if words else ""
    if last in context.joining and len(words) > _JOINED:  # "in Seoul and Pyongyang"
        last = words[-_JOINED - 1]
    if last in context.before:
        return True
    return last in context.moving and not context.motion.isdisjoint(words[-_MOTION_WORDS:-1])


@cache
def _contexts() -> dict[str, _Context]:
    return {
        language: _Context(
            separated=table["separated"],
            before=frozenset(table["before"]),
            moving=frozenset(table["moving"]),
            motion=frozenset(table["motion"]),
            joining=frozenset(table["joining"]),
            determiners=frozenset(table["determiners"]),
            after=frozenset(table["after"]),
            beginnings=tuple(table["after"]),
            endings=tuple(table["before"]),
        )
        for language, table in read_lexicon("places").items()
    }
