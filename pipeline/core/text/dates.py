"""Dates in running text, absolute and relative, in the languages of lexicons/dates.toml."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from pipeline.core.records import When
from pipeline.core.text.date_patterns import DateLanguage, date_languages
from pipeline.core.text.date_readings import Said, read

_FIELDS = {"year_word": "year_offset", "month_word": "month_offset"}
_DIRECTIONS = {"ago": -1, "ahead": 1}
_NUMBER_BEFORE = re.compile(r"\d[.,]$")
_NUMBER_AFTER = re.compile(r"[.,]\d")
_SINCE_CHARS = 24


class DateSpan(NamedTuple):
    """A date expression `text[start:end]`; `since` says that it begins a time that goes on until now."""

    start: int
    end: int
    when: When
    since: bool = False


def find_dates(text: str, start: int, end: int, published_at: datetime | None) -> list[DateSpan]:
    """Return the date expressions within `text[start:end]`, in order, resolved against the publication.

    In an undated article a relative expression keeps its text and says nothing of days.
    """
    piece = text[start:end]
    languages = date_languages()[:2] if piece.isascii() else date_languages()
    found = [date for language in languages for date in _in_language(piece, language, published_at)]
    found.sort(key=lambda date: (date.start, -date.end))
    dates: list[DateSpan] = []
    for date in found:
        if not dates or date.start + start >= dates[-1].end:
            dates.append(date._replace(start=date.start + start, end=date.end + start))
    return dates


def _in_language(text: str, language: DateLanguage, published_at: datetime | None) -> Iterator[DateSpan]:
    for start, end in language.find(text):
        if _NUMBER_BEFORE.search(text, max(0, start - 2), start) or _NUMBER_AFTER.match(text, end):
            continue
        match = next((m for pattern in language.patterns if (m := pattern.fullmatch(text, start, end))), None)
        if match is not None and _is_written_so(match, language):
            yield _date(match, language, published_at)


def _is_written_so(match: re.Match[str], language: DateLanguage) -> bool:
    """Return whether the words are written as those of a date: "he may" and "Mar" alone say no month."""
    words = match.groupdict()
    if any(words.get(kind) and not words[kind][0].isupper() for kind in language.capitalised):
        return False
    if match.group().lower() not in language.ambiguous:
        return True
    before = match.string[max(0, match.start() - _SINCE_CHARS) : match.start()]
    return language.before_ambiguous.search(before) is not None


def _date(match: re.Match[str], language: DateLanguage, published_at: datetime | None) -> DateSpan:
    start, end, text = match.start(), match.end(), match.string
    when = read(_said(match, language.meanings), published_at, match.group())
    since = (
        language.since.search(text[max(0, start - _SINCE_CHARS) : start]) is not None
        or language.since_after.match(text, end) is not None
        or language.since.match(match.group().partition(" ")[0] + " ") is not None
    )
    if since and when.start and published_at and published_at.date() > when.start:
        when = When(start=when.start, end=published_at.date(), precision=when.precision, text=when.text)
    return DateSpan(start, end, when, since)


def _said(match: re.Match[str], meanings: Mapping[str, Mapping[str, Any]]) -> Said:
    words = {name: said for name, said in match.groupdict().items() if said is not None}
    parts: dict[str, Any] = {
        _FIELDS.get(name, name): int(said) if said.isdecimal() else _meaning(meanings[name], said)
        for name, said in words.items()
        if name not in _DIRECTIONS
    }
    if "word" in parts:
        parts["unit"], parts["offset"] = parts.pop("word")
    if "unit" in parts and "word" not in words:
        count = parts.pop("count", 1)
        direction = next((_DIRECTIONS[name] for name in words if name in _DIRECTIONS), None)
        parts |= {"span": count} if direction is None else {"offset": direction * count}
    return Said(**parts)


def _meaning(words: Mapping[str, Any], said: str) -> Any:
    for pattern, meaning in words.items():
        if re.fullmatch(pattern, said, re.IGNORECASE):
            return meaning
    raise KeyError(said)
