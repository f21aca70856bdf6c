"""The date expressions of lexicons/dates.toml, compiled."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import re2

from pipeline.core.lexicon import read_lexicon
from pipeline.core.text.number_spans import alternatives

_HOLE = re.compile(r"\{(\w+)\}")
_DIGIT_HOLES = {
    "year": r"(?P<year>(?:19|20)\d\d)",
    "day": r"(?P<day>[12]\d|3[01]|0?[1-9])",
    "day2": r"(?P<day2>[12]\d|3[01]|0?[1-9])",
    "month_digits": r"(?P<month>1[0-2]|0?[1-9])",
}
_ANY_COUNT = r"\d{1,3}"
_NAMED = re.compile(r"\?P<\w+>")
_NEVER = re.compile(r"(?!)")

Meanings = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class DateLanguage:
    """How one language writes dates.

    `find` yields the spans that any pattern fits, the longest at each place; `patterns` tell the parts of such
    a span and `meanings` what the words for them mean.
    """

    name: str
    find: Callable[[str], Iterator[tuple[int, int]]]
    patterns: tuple[re.Pattern[str], ...]
    meanings: Meanings
    since: re.Pattern[str]
    since_after: re.Pattern[str]
    capitalised: frozenset[str]
    ambiguous: frozenset[str]
    before_ambiguous: re.Pattern[str]


@cache
def date_languages() -> tuple[DateLanguage, ...]:
    """Return the languages that dates are read in; the first, "digits", is no language's own."""
    return tuple(_language(name, table) for name, table in read_lexicon("dates").items() if name != "parts")


def _language(name: str, table: Mapping[str, Any]) -> DateLanguage:
    meanings = {kind: words for kind, words in _meanings(table) if words}
    holes = dict(_DIGIT_HOLES) | {
        kind: f"(?P<{kind}>{alternatives(words)})" for kind, words in meanings.items()
    }
    holes.setdefault("month", holes["month_digits"])
    holes["month2"] = holes["month"].replace("(?P<month>", "(?P<month2>")
    meanings["month2"] = meanings.get("month", {})
    if "count" in holes:
        holes["count"] = holes["count"].replace("(?P<count>", f"(?P<count>{_ANY_COUNT}|")
    patterns = [_filled(pattern, holes) for pattern in table["patterns"]]
    return DateLanguage(
        name=name,
        find=_finder(patterns, spaced=table.get("spaced", True)),
        patterns=tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns),
        meanings=meanings,
        since=_compiled(r"\b(?:{})\s(?:the )?$", table.get("since")),
        since_after=_compiled(r"\s?(?:{})", table.get("since_after")),
        capitalised=frozenset(table.get("capitalised", ())),
        ambiguous=frozenset(table.get("ambiguous", ())),
        before_ambiguous=_compiled(r"\b(?:{})\s$", table.get("before_ambiguous")),
    )


def _compiled(form: str, words: str | None) -> re.Pattern[str]:
    return re.compile(form.format(words), re.IGNORECASE) if words else _NEVER


def _filled(pattern: str, holes: Mapping[str, str]) -> str:
    seen: set[str] = set()

    def fill(hole: re.Match[str]) -> str:
        name = hole.group(1)
        if name in seen:  # a second month: said, but the first one counts
            return _NAMED.sub("?:", holes[name], count=1)
        seen.add(name)
        return holes[name]

    return _HOLE.sub(fill, pattern)


def _finder(patterns: list[str], *, spaced: bool) -> Callable[[str], Iterator[tuple[int, int]]]:
    """Return a search for all patterns in one pass, by RE2: it knows no look-around, so edges are matched."""
    options = re2.Options()
    options.case_sensitive = False
    options.longest_match = True
    union = "|".join(_NAMED.sub("?:", pattern) for pattern in patterns)
    before = r"(?:^|[^\pL\pN_])" if spaced else r"(?:^|[^\pN])"
    compiled = re2.compile(f"{before}({union})", options=options)

    def find(text: str) -> Iterator[tuple[int, int]]:
        for match in compiled.finditer(text):
            start, end = match.span(1)
            if not (spaced and text[end : end + 1].isalnum()):
                yield start, end

    return find


def _meanings(table: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "month", {word: n for n, words in enumerate(table.get("months", ()), 1) for word in words}
    yield "weekday", {word: n for n, words in enumerate(table.get("weekdays", ())) for word in words}
    for kind in ("unit", "part"):
        yield kind, {word: name for name, words in table.get(f"{kind}s", {}).items() for word in words}
    for kind in ("count", "turn", "year_word", "month_word"):
        yield kind, {word: int(n) for n, words in table.get(f"{kind}s", {}).items() for word in words}
    yield (
        "word",
        {
            word: (unit, int(offset))
            for unit, offsets in table.get("words", {}).items()
            for offset, words in offsets.items()
            for word in words
        },
    )
    for kind in ("ago", "ahead"):
        yield kind, dict.fromkeys(table.get(kind, ()), kind)
