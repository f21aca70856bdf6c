"""What digits and number words are worth together, in languages with spaces."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pipeline.core.text.number_spans import alternatives

DIGITS = r"\d{1,3}(?:[,\u00a0 ]\d{3})+(?!\d)(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}(?!\d)|\d+(?:[.,]\d{1,2})?(?!\d)"
_DECIMAL = re.compile(r"\d+[.,]\d{1,2}")
_THOUSAND = 1000
_WHOLE_WORD = 5


class Value(NamedTuple):
    """A number as said: `scale` is its last scale word's worth ("thousand"); a vague one is at least so many."""

    number: float
    scale: float
    vague: bool
    text: str

    @property
    def scaled(self) -> bool:
        """Whether it has a scale word of its own."""
        return self.scale > 1


class NumberWords:
    """One language's number words: `pattern` matches a number, `beginnings` are the words that one may begin with."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        """Take the words of a table of lexicons/numbers.toml."""
        self._table = table
        self._several = re.compile(alternatives(map(re.escape, table["several"])), re.IGNORECASE)
        self._parts = re.compile(
            f"{DIGITS}|{self._several.pattern}|{alternatives(map(re.escape, table['scales']))}|[^\\W\\d]+"
        )
        self.beginnings = [*table["words"], *_long(table["scales"]), *table["vague"], *table["several"]]
        self.pattern = _pattern(table)

    def value(self, said: str, *, bounded: bool = False) -> Value:
        """Return what a match of `pattern` is worth: "1.5 million", "two hundred and five", "dozens".

        A bound makes a word that may be plural or a genitive the genitive: "более тысячи" is "more than a thousand".
        """
        text = said.lower()
        table = self._table
        if text in table["vague"] and not (bounded and text in table["scales"]):
            return Value(table["vague"][text], table["vague"][text], vague=True, text=said)
        total, part, scale, vague = 0.0, 0.0, 1.0, False
        for word in self._parts.findall(text):
            if word in table["scales"]:
                scale = table["scales"][word]
                part = (part or 1) * scale
                if scale >= _THOUSAND:
                    total, part = total + part, 0.0
            elif word in table["several"]:
                part, vague = 2.0, True
            elif word in table["articles"]:
                part = part or 1.0
            else:
                part += _digits(word) if word[0].isdigit() else table["words"].get(word, 0)
        return Value(total + part, scale, vague, said)


def _digits(number: str) -> float:
    if _DECIMAL.fullmatch(number):
        return float(number.replace(",", "."))
    if number.count(".") > 1:
        number = number.replace(".", "")
    return float(re.sub(r"[,\s]", "", number))


def _pattern(table: Mapping[str, Any]) -> str:
    words, scales, vague = (
        alternatives(map(re.escape, table[name])) for name in ("words", "scales", "vague")
    )
    several = alternatives(map(re.escape, [*table["several"], *table["articles"]]))
    more = alternatives(map(re.escape, [*table["words"], *table["scales"], *table["articles"]]))
    return (
        rf"(?:{vague})(?!\w)"
        rf"|(?:{DIGITS})(?:\s?(?:{scales})(?!\w))*"
        rf"|(?:{several})\s(?:{scales})(?!\w)"
        rf"|(?:{words})(?:[- ](?:and )?(?:{more})(?!\w))*(?!\w)"
        rf"|(?:{alternatives(map(re.escape, _long(table['scales'])))})(?!\w)"
    )


def _long(scales: Iterable[str]) -> list[str]:
    """Return the scale words that can stand without a number: no abbreviations."""
    return [word for word in scales if len(word) >= _WHOLE_WORD and not word.endswith(".")]
