"""What the words right beside a name make of it."""

import re
from functools import cache

from pipeline.core.lexicon import read_lexicon

_WORD_AFTER = re.compile(r"[ -](\w+)")
_REACH = 24
_HEADLINE_CHARS = 200
_LONG_WORD = 4  # headlines leave the small words small
_OPENING = "(\"“‘'[—–"


def is_part_of_a_name(text: str, start: int, end: int) -> bool:
    """Return whether a capitalised neighbour makes a short form part of another name ("Kim Jong-hoon").

    In a headline, where most words are capitalised, only a neighbour joined by a hyphen does.
    """
    after = _word_after(text, end)
    has_name_after = _is_name(after)
    if not has_name_after and not _is_name(_word_before(text, start)):
        return False
    if _in_headline(text, start):
        beyond = end + 1 + len(after)
        return has_name_after and text[beyond : beyond + 1] == "-"
    return True


def follows_a_given_name(text: str, start: int) -> bool:
    """Return whether a capitalised word that begins no sentence makes a surname another person's ("Bob Putin")."""
    word = _word_before(text, start)
    if not _is_name(word):
        return False
    earlier = text[max(0, start - len(word) - 3) : start - len(word) - 1].rstrip(" ")
    begins_sentence = not earlier or not (earlier[-1].isalnum() or earlier[-1] in ",;)’'")
    return not begins_sentence and not _in_headline(text, start)


def titles_a_name(text: str, start: int, end: int) -> bool:
    """Return whether a title ("Russian president") stands before a name, which then says who is meant.

    So does a title of the past ("former Russian president"), which says who is not.
    """
    if _word_before(text, start).lower() in _words("former"):
        return True
    return _is_name(_word_after(text, end)) and not _in_headline(text, start)


def _word_before(text: str, start: int) -> str:
    if start == 0 or text[start - 1] not in " -":
        return ""
    context = text[max(0, start - _REACH) : start - 1].rsplit(maxsplit=1)
    return context[-1].lstrip(_OPENING) if context else ""


def _word_after(text: str, end: int) -> str:
    match = _WORD_AFTER.match(text, end, end + _REACH)
    return match.group(1) if match else ""


def _is_name(word: str) -> bool:
    """Return whether a neighbour may be part of a name: a capital, no title, no possessive, no punctuation."""
    return (
        word[:1].isupper()
        and word[-1].isalnum()
        and word.lower() not in _words("beside")
        and not word.endswith(("'s", "’s"))
    )


def _in_headline(text: str, start: int) -> bool:
    line_start = text.rfind("\n", max(0, start - _HEADLINE_CHARS), start) + 1
    if line_start == 0 and start > _HEADLINE_CHARS:  # too long a line for a headline
        return False
    line_end = text.find("\n", line_start, line_start + _HEADLINE_CHARS)
    line = text[line_start : line_end if line_end >= 0 else line_start + _HEADLINE_CHARS]
    if line.rstrip().endswith((".", "!", "?", "”", '"')):
        return False
    words = [word for word in line.split() if len(word) >= _LONG_WORD]
    return sum(word[0].isupper() for word in words) > 0.7 * len(words)


@cache
def _words(table: str) -> frozenset[str]:
    return frozenset(read_lexicon("names")[table])
