"""What the words right beside a name make of it."""

import re
from functools import cache

from pipeline.core.lexicon import read_lexicon

_WORD_BEFORE = re.compile(r"(\w+(?:[-'’]\w+)*)[ -]$")
_WORD_AFTER = re.compile(r"[ -](\w+)")
_REACH = 24
_HEADLINE_CHARS = 200
_LONG_WORD = 4  # headlines leave the small words small


def is_part_of_a_name(text: str, start: int, end: int) -> bool:
    """Return whether a capitalised neighbour makes a short form part of another name ("Kim Jong-hoon").

    In a headline, where most words are capitalised, only a neighbour joined by a hyphen does.
    """
    after = _WORD_AFTER.match(text, end, end + _REACH)
    if _in_headline(text, start):
        return bool(after and text[after.end() : after.end() + 1] == "-" and _is_name(after.group(1)))
    before = _WORD_BEFORE.search(text[max(0, start - _REACH) : start])
    return bool((after and _is_name(after.group(1))) or (before and _is_name(before.group(1))))


def titles_a_name(text: str, start: int, end: int) -> bool:
    """Return whether a title ("Russian president") stands before a name, which then says who is meant.

    So does a title of the past ("former Russian president"), which says who is not.
    """
    before = _WORD_BEFORE.search(text[max(0, start - _REACH) : start])
    if before and before.group(1).lower() in _words("former"):
        return True
    after = _WORD_AFTER.match(text, end, end + _REACH)
    return bool(after and _is_name(after.group(1)) and not _in_headline(text, start))


def _is_name(word: str) -> bool:
    return word[0].isupper() and word.lower() not in _words("beside") and not word.endswith(("'s", "’s"))


def _in_headline(text: str, start: int) -> bool:
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", line_start, line_start + _HEADLINE_CHARS)
    line = text[line_start : line_end if line_end >= 0 else line_start + _HEADLINE_CHARS]
    if line.rstrip().endswith((".", "!", "?", "”", '"')):
        return False
    words = [word for word in line.split() if len(word) >= _LONG_WORD]
    return sum(word[0].isupper() for word in words) > 0.7 * len(words)


@cache
def _words(table: str) -> frozenset[str]:
    return frozenset(read_lexicon("names")[table])
