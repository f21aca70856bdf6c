"""Whether the name of a capital means the city or the government in it."""

import re
from functools import cache

from pipeline.core.lexicon import read_lexicon
from pipeline.core.text.number_spans import alternatives

_WORDS_BEFORE = 60
_DATELINE_AFTER = re.compile(r"\s*(?:/|,|\(|--|[–—])")


def is_place(text: str, start: int, end: int, language: str) -> bool:
    """Return whether the words around `text[start:end]` take the capital's name for the city."""
    patterns = _patterns().get(language)
    if patterns is None:
        return False
    before, after = patterns
    line_start = text.rfind("\n", 0, start) + 1
    if start == line_start and _DATELINE_AFTER.match(text, end):
        return True
    context = text[max(line_start, start - _WORDS_BEFORE) : start].lower()
    return before.search(context) is not None or after.match(text, end) is not None


@cache
def _patterns() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    return {language: _pattern(table) for language, table in read_lexicon("places").items()}


def _pattern(table: dict[str, list[str]]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    nothing = "(?!)"
    before = alternatives(table["before"]) or nothing
    after = alternatives(table["after"]) or nothing
    if not table["separated"]:
        return re.compile(rf"(?:{before})$"), re.compile(rf"(?:{after})")
    motion, moving = alternatives(table["motion"]), alternatives(table["moving"])
    moved = rf"\b(?:{motion})\b(?:\s\S+){{0,3}}?\s(?:{moving})(?: the)?"
    return re.compile(rf"(?:\b(?:{before})|{moved})\s$"), re.compile(rf"\s(?:{after})\b")
