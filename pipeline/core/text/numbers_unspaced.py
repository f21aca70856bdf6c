"""Numbers in Korean and Chinese: a number, its counter, and what stands around them."""

import re
from collections.abc import Mapping
from typing import Any

from pipeline.core.text.number_spans import NumberSpan, alternatives, bounded

_DIGITS = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?"


def _is_letter(word: str) -> bool:
    return len(word) == 1


class UnspacedNumbers:
    """Finds numbers by one language's digits, scales and counters."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        """Compile a table of lexicons/numbers.toml."""
        self._table = table
        self._bounds = {word: bound for bound in ("about", "least", "most") for word in table[bound]}
        self._after = {
            word: bound for bound in ("about", "least", "most") for word in table[f"{bound}_after"]
        }
        self._unit_of = {
            counter: unit for unit, counters in table["counters"].items() for counter in counters
        }
        self._several = re.compile(f"(?:{alternatives(table['several'])})")
        self._part = re.compile(f"{_DIGITS}|.", re.DOTALL)
        self._number = self._pattern()

    def __call__(self, text: str, start: int, end: int) -> list[NumberSpan]:
        """Return the numbers within `text[start:end]` that a counter follows."""
        return [self._span(match) for match in self._number.finditer(text, start, end)]

    def _pattern(self) -> re.Pattern[str]:
        """Return what matches a number with its counter; repetitions are bounded, so that none runs away."""
        table = self._table
        scale = f"[{''.join([*table['scales'], *table['groups']])}]"
        word = f"[{table['digits']}{''.join([*table['scales'], *table['groups']])}{''.join(filter(_is_letter, table['native']))}]"
        value = (
            rf"(?:{alternatives(table['several'])}){scale}{{1,4}}+"
            rf"|(?<![\d.,])(?:{_DIGITS})(?:\s?{scale}{{1,4}}+(?:\s?(?:{_DIGITS}))?){{0,4}}+"
            rf"|{table['edge']}{word}{{1,12}}+|(?:{alternatives(table['native'])})"
        )
        bound, after, odd = alternatives(self._bounds), alternatives(self._after), alternatives(table["odd"])
        counter, to = alternatives(self._unit_of), alternatives(table["to"])
        return re.compile(
            rf"(?:(?P<bound>{bound})\s?)?(?P<first>{value})(?P<odd>{odd})?\s?"
            rf"(?:(?:{counter})?(?:{to})\s?(?P<second>{value})(?:{odd})?\s?)?"
            rf"(?P<counter>{counter})(?:\s?(?P<after>{after}))?"
        )

    def _span(self, match: re.Match[str]) -> NumberSpan:
        first, vague = self._value(match["first"])
        vague = vague or match["odd"] is not None
        before, after = self._bounds.get(match["bound"] or ""), self._after.get(match["after"] or "")
        bound = after if before in {None, "about"} and after else before  # "약 3천 명 이상": at least
        low, high, approximate = bounded(first, bound, vague=vague)
        approximate = approximate or "about" in {before, after}
        if match["second"]:
            second, _ = self._value(match["second"])
            low, high, approximate = min(first, second), max(first, second), bound is not None
        unit = self._unit_of[match["counter"]]
        return NumberSpan(match.start(), match.end(), low, high, approximate, match.group(), unit)

    def _value(self, said: str) -> tuple[float, bool]:
        """Return what the number is worth and whether it is vague: "1만2천", "三千", "수천" (at least two thousand)."""
        table = self._table
        several = self._several.match(said)
        if said in table["native"]:
            return float(table["native"][said]), False
        total, section, number = 0.0, 0.0, 0.0
        if several:
            said, number = said[several.end() :], 2.0
        for part in self._part.findall(said):
            if part in table["groups"]:
                total, section, number = total + ((section + number) or 1) * table["groups"][part], 0.0, 0.0
            elif part in table["scales"]:
                section, number = section + (number or 1) * table["scales"][part], 0.0
            elif part in table["native"]:
                number = table["native"][part]
            elif part in table["digits"]:
                number = table["digits"].index(part) + 1
            elif part[0].isdigit():
                number = float(part.replace(",", ""))
        return total + section + number, several is not None
