"""What a number in a text says, and what it leaves open."""

from collections.abc import Iterable
from typing import NamedTuple

Range = tuple[float | None, float | None, bool]  # low, high, whether it is approximate


class NumberSpan(NamedTuple):
    """A count or amount `text`, a closed range: `high` is None for "more than", `low` for "up to".

    `unit` is "" for a plain count, else a measure ("mm") or a currency (ISO 4217).
    """

    start: int
    end: int
    low: float | None
    high: float | None
    approximate: bool
    text: str
    unit: str = ""


def bounded(value: float, bound: str | None, *, vague: bool) -> Range:
    """Return low, high and whether it is approximate, for one value and what stands before it."""
    if bound == "least" or (vague and bound != "most"):
        return value, None, vague
    if bound == "most":
        return None, value, vague
    return value, value, vague or bound == "about"


def alternatives(words: Iterable[str]) -> str:
    """Return the words as one regular expression, the longer before the shorter."""
    return "|".join(sorted(words, key=len, reverse=True))
