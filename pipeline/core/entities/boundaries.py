"""Whether a hit is a name of its own or the inside of a longer word."""

import re
from functools import cache

from pipeline.core.entities.names import Name
from pipeline.core.lexicon import read_lexicon
from pipeline.core.text.number_spans import alternatives

_LONGEST_GLUED = 12
_LATER_LETTERS = re.compile(r"[^\W\d_]+")


def name_end(text: str, start: int, end: int, name: Name) -> int:
    """Return where the name at `text[start:end]` ends (a plural s belongs to it), or 0 where it is none."""
    if name.needs_capital and not text[start].isupper():
        return 0
    if name.script == "hangul":
        return end if _stands_in_korean(text, start, end) else 0
    return end if name.script == "han" else _spaced_end(text, start, end, name)


def _spaced_end(text: str, start: int, end: int, name: Name) -> int:
    if start and text[start - 1].isalnum() and not _begins_glued(text, start, name):
        return 0
    if end == len(text) or not text[end].isalnum():
        return end
    if name.plural and text[end] == "s" and not text[end + 1 : end + 2].isalnum():
        return end + 1
    is_glued = name.may_glue and (_begins_glued(text, start, name) or _ends_glued(text, start, end))
    return end if is_glued else 0


def _begins_glued(text: str, start: int, name: Name) -> bool:
    return name.may_glue and start > 0 and text[start].isupper() and text[start - 1].islower()


def _ends_glued(text: str, start: int, end: int) -> bool:
    if not text[start].isupper():
        return False
    if text[end].isupper():
        return text[end - 1].islower()
    letters = _LATER_LETTERS.match(text, end, end + _LONGEST_GLUED)
    return letters is not None and letters.group() in _glued_after()


def _stands_in_korean(text: str, start: int, end: int) -> bool:
    if start and _is_hangul(text[start - 1]):
        return False
    return end == len(text) or not _is_hangul(text[end]) or _korean_tail().match(text, end) is not None


def _is_hangul(char: str) -> bool:
    return "가" <= char <= "힣"


@cache
def _glued_after() -> frozenset[str]:
    return frozenset(read_lexicon("names")["glued_after"])


@cache
def _korean_tail() -> re.Pattern[str]:
    """Match a title, a particle or both, up to the end of the word."""
    korean = read_lexicon("names")["korean"]
    titles, particles = alternatives(korean["titles"]), alternatives(korean["particles"])
    return re.compile(rf"(?:{titles})?(?:{particles})?(?![가-힣])")
