"""Numbers in languages that put spaces between words."""

import re
from collections.abc import Mapping
from typing import Any

import re2

from pipeline.core.text.number_spans import NumberSpan, Range, alternatives, bounded
from pipeline.core.text.number_words import NumberWords, Value

_DASH = r"\s?[-–—]\s?"
_YEAR = re.compile(r"(?:19|20)\d\d")
_REACH = 24  # how far before a number its bound may begin
_LONGEST = 60  # how far after its first word or digit it may end
_MILLION = 1_000_000


class SpacedNumbers:
    """Finds numbers by one language's words."""

    def __init__(self, table: Mapping[str, Any], signs: Mapping[str, str]) -> None:
        """Compile a table of lexicons/numbers.toml."""
        self._table, self._signs = table, signs
        self._words = NumberWords(table)
        self._bounds = {word: bound for bound in ("about", "least", "most") for word in table[bound]}
        begins = alternatives(map(re.escape, self._words.beginnings))
        self._hint = re2.compile(rf"(?i)\pN[\pN.,]*|(?:^|[^\pL])(?:{begins})(?:$|[^\pL])")
        self._number = _pattern(table, signs, self._words)
        self._units = [(_following(words), unit) for words, unit in table["units"].items()]
        self._skip_after = _following(alternatives(table["skip_after"]))
        self._skip_before = _preceding(map(re.escape, table["skip_before"]))
        self._counted = _following(alternatives(table["counted"]))
        self._one_after = _following(alternatives(table["one_after"]))
        self._one_before = _preceding(table["one_before"])
        self._after = {
            bound: re.compile(alternatives(table[f"{bound}_after"]) or "(?!)", re.IGNORECASE)
            for bound in ("least", "about")
        }

    def __call__(self, text: str, start: int, end: int) -> list[NumberSpan]:
        """Return the numbers within `text[start:end]` that count something."""
        found, reached = [], start
        for hint in self._hint.finditer(text[start:end]):
            begin, stop = start + hint.start(), start + hint.end()
            if stop <= reached:
                continue
            match = self._number.search(text, max(reached, begin - _REACH), min(end, stop + _LONGEST))
            if match is None:
                continue
            if self._is_no_range(match) and not _is_score(match):
                match = self._number.search(text, match.start(), match.end("first")) or match
            reached = match.end()
            span = self._span(match, end)
            if span is not None:
                found.append(span)
        return found

    def _span(self, match: re.Match[str], limit: int) -> NumberSpan | None:
        first = self._words.value(match["first"], bounded=match["bound"] is not None)
        second = self._words.value(match["second"]) if match["second"] else None
        if self._is_no_range(match) or self._is_no_count(match, first, second, limit):
            return None
        bound, end = self._bound(match, limit)
        if second:
            low, high, approximate = _between(first, second, bound or match["bound2"])
        else:
            factor = _MILLION if match["millions"] else 1
            low, high, approximate = bounded(first.number * factor, bound, vague=first.vague)
        unit = self._signs.get(match["sign"] or "", "")
        if not unit:
            unit, end = self._unit(match.string, end, limit)
        return NumberSpan(match.start(), end, low, high, approximate, match.string[match.start() : end], unit)

    def _is_no_range(self, match: re.Match[str]) -> bool:
        """Return whether two numbers only stand side by side: a score, "and" without "between", a dateline's dash."""
        if not match["second"]:
            return False
        if match["dash"]:
            first, second = self._words.value(match["first"]), self._words.value(match["second"])
            is_descending = not second.scaled and 1000 > second.number <= first.number
            return is_descending or (match["bound2"] is not None and not _is_score(match))
        return not (match["between"] or (match["connector"] or "").lower() in self._table["to"][:-1])

    def _is_no_count(self, match: re.Match[str], first: Value, second: Value | None, limit: int) -> bool:
        text, start, end = match.string, match.start(), match.end()
        before = text[max(0, start - _REACH) : start]
        if self._skip_before.search(before) or self._skip_after.match(text, end, limit):
            return True
        if second is not None or match["bound"] or match["sign"]:
            return False
        if first.text.lower() in self._table["one"]:
            return bool(self._one_before.search(before) or self._one_after.match(text, end, limit))
        return bool(_YEAR.fullmatch(first.text)) and self._counted.match(text, end, limit) is None

    def _bound(self, match: re.Match[str], limit: int) -> tuple[str | None, int]:
        bound = self._bounds.get((match["bound"] or "").lower())
        for after, pattern in self._after.items():
            found = pattern.match(match.string, match.end(), limit)
            if found:
                return bound or after, found.end()
        return bound, match.end()

    def _unit(self, text: str, end: int, limit: int) -> tuple[str, int]:
        for pattern, unit in self._units:
            match = pattern.match(text, end, limit)
            if match:
                return unit, match.end()
        return "", end


def _is_score(match: re.Match[str]) -> bool:
    """Return whether two numbers are glued by a dash ("won 3-1"): where they are no range, neither counts."""
    return match["dash"] is not None and match["dash"] == match["dash"].strip()


def _between(first: Value, second: Value, bound: str | None) -> Range:
    """Return the range; a scale said once belongs to both ends ("10 to 15 thousand", "14-15,000")."""
    low, high = first.number, second.number
    if low < high and not first.scaled:
        if second.scaled and low * second.scale < high:
            low *= second.scale
        elif low < 100 and low * 1000 < high:
            low *= 1000
    return min(low, high), max(low, high), bound is not None


def _following(words: str) -> re.Pattern[str]:
    return re.compile(rf"[\s-]?(?:{words})(?!\w)", re.IGNORECASE)


def _preceding(words: Any) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{alternatives(words)})\s$", re.IGNORECASE)


def _pattern(table: Mapping[str, Any], signs: Mapping[str, str], words: NumberWords) -> re.Pattern[str]:
    bound = alternatives(re.escape(word) for name in ("about", "least", "most") for word in table[name])
    between, to, sign = (
        alternatives(map(re.escape, each)) for each in (table["between"], table["to"], signs)
    )
    value = words.pattern
    return re.compile(
        rf"(?<![\w.,:/])(?<!\w[-–])(?:(?P<between>{between})\s)?(?:(?P<bound>{bound})\s)?(?P<sign>{sign})?"
        rf"(?P<first>{value})(?(sign)(?P<millions>m(?!\w))?)"
        rf"(?:(?:(?P<dash>{_DASH})|\s(?P<connector>{to})\s)(?:(?P<bound2>{bound})\s)?(?:{sign})?(?P<second>{value}))?"
        rf"(?!\d|[.,:/]\d)",
        re.IGNORECASE,
    )
