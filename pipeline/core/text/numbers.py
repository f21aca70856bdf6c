"""Counts in running text, with what they leave open: ranges, bounds and approximations."""

import re
from collections import deque
from collections.abc import Callable
from functools import cache
from typing import Any

from pipeline.core.lexicon import read_lexicon
from pipeline.core.text.dates import find_dates
from pipeline.core.text.number_spans import NumberSpan
from pipeline.core.text.numbers_spaced import SpacedNumbers
from pipeline.core.text.numbers_unspaced import UnspacedNumbers

__all__ = ["NumberSpan", "find_numbers"]

Finder = Callable[[str, int, int], list[NumberSpan]]


def find_numbers(text: str, start: int, end: int) -> list[NumberSpan]:
    """Return the counts and amounts within `text[start:end]`, in order.

    Left out is what counts nothing: dates and times, durations, percentages, ordinals, designations ("KN-23").
    An amount or a measure carries its unit ("USD", "mm"); a plain count has none.
    """
    finders = [finder for script, finder in _finders() if script.search(text, start, end)]
    found = [span for finder in finders for span in finder(text, start, end)]
    if not found:
        return []
    found.sort(key=lambda span: (span.start, -span.end))
    dates = deque(_dates(text, start, end))
    spans: list[NumberSpan] = []
    for span in found:
        while dates and dates[0][1] <= span.start:
            dates.popleft()
        is_free = not dates or dates[0][0] >= span.end
        if is_free and (not spans or span.start >= spans[-1].end):
            spans.append(span)
    return spans


def _dates(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return where dates stand; a bare year is no date here, since it may be a count ("2000 soldiers")."""
    dates = find_dates(text, start, end, None)
    return [(date.start, date.end) for date in dates if not date.when.text.isdecimal()]


@cache
def _finders() -> tuple[tuple[re.Pattern[str], Finder], ...]:
    lexicon = read_lexicon("numbers")
    return tuple(
        (re.compile(table["script"]), _finder(table, lexicon["signs"]))
        for name, table in lexicon.items()
        if name != "signs"
    )


def _finder(table: dict[str, Any], signs: dict[str, str]) -> Finder:
    return SpacedNumbers(table, signs) if table["spaced"] else UnspacedNumbers(table)
