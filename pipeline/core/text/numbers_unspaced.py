"""Numbers in Korean and Chinese: a number, its counter, and what stands around them."""

import re
from collections.abc import Mapping
from typing import Any

from pipeline.core.text.number_spans import NumberSpan, alternatives, bounded

_DIGITS = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?"


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
        table = self._table
        scales = "".join([*table["scales"], *table["groups"]])
        value = (
            rf"(?:{alternatives(table['several'])})[{scales}]+|(?:(?:{_DIGITS})\s?[{scales}]*\s?)+"
            rf"|{table['edge']}[{table['digits']}{scales}{''.join(word for word in table['native'] if len(word) == 1)}]+|(?:{alternatives(table['native'])})"
        )
        bound, after = alternatives(self._bounds), alternatives(self._after)
        return re.compile(
            rf"(?:(?P<bound>{bound})\s?)?(?P<first>{value})(?P<odd>{alternatives(table['odd'])})?\s?"
            rf"(?:(?P<counter1>{alternatives(self._unit_of)})?(?:{alternatives(table['to'])})\s?(?P<second>{value})(?P<odd2>{alternatives(table['odd'])})?\s?)?"
            rf"(?P<counter>{alternatives(self._unit_of)})(?:\s?(?P<after>{after}))?"
        )

    def _span(self, match: re.Match[str]) -> NumberSpan:
        first, vague = self._value(match["first"])
        vague = vague or match["odd"] is not None
        bound = self._bounds.get(match["bound"] or "") or self._after.get(match["after"] or "")
        low, high, approximate = bounded(first, bound, vague=vague)
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
