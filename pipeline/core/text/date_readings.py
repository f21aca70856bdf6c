"""What the parts of a date expression mean, as days, beside the day the article was published."""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from pipeline.core.lexicon import read_lexicon
from pipeline.core.records import Precision, When

_FIRST_YEAR, _LAST_YEAR = 1900, 2100
# In the evening of UTC it is already the next day where half of mankind lives.
_NEXT_DAY_BEGINS = 15


class Span(NamedTuple):
    """A closed range of days."""

    start: date
    end: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The parts of a date expression that were found; offsets are in units from the publication."""

    year: int | None = None
    month: int | None = None
    month2: int | None = None
    day: int | None = None
    day2: int | None = None
    weekday: int | None = None
    part: str | None = None
    turn: int | None = None
    year_offset: int | None = None
    month_offset: int | None = None
    unit: str | None = None
    offset: int | None = None
    span: int | None = None


def read(said: Said, published_at: datetime | None, text: str) -> When:
    """Return what was said as a closed range of days.

    Precision is `day` where both ends are named as days, else `month` for a range up to a quarter, else `year`; it is
    `unknown`, with no days, for a relative expression in an undated article and for one that names no time ("recently").
    """
    span = _absolute(said)
    if span is None and published_at is not None:
        span = _relative(said, published_at)
    if span is None:
        return When(text=text)
    exactly: Precision = "day" if said.day is not None else precision(span)
    return When(start=span.start, end=span.end, precision=exactly, text=text)


def precision(span: Span) -> Precision:
    """Return how exactly a range of days says when."""
    days = (span.end - span.start).days
    if days == 0:
        return "day"
    return "month" if days <= 92 else "year"


def _absolute(said: Said) -> Span | None:
    if said.year is None or not _FIRST_YEAR <= said.year <= _LAST_YEAR:
        return None
    return _in_year(said, said.year)


def _in_year(said: Said, year: int) -> Span | None:
    if said.month is None:
        return _part_of_year(year, said.part)
    if said.month2 is not None and said.month2 != said.month:
        return _over_months(said, year, said.month, said.month2)
    return _in_month(said, year, said.month)


def _over_months(said: Said, year: int, month: int, month2: int) -> Span | None:
    """Return a range that ends in another month; over New Year, a year that is named is that of its end."""
    turns = month2 < month
    begun, ended = (year - 1, year) if turns and said.year is not None else (year, year + turns)
    length, length2 = calendar.monthrange(begun, month)[1], calendar.monthrange(ended, month2)[1]
    first, last = said.day or 1, said.day2 or length2
    if first > length or last > length2:
        return None
    return Span(date(begun, month, first), date(ended, month2, last))


def _in_month(said: Said, year: int, month: int) -> Span | None:
    length = calendar.monthrange(year, month)[1]
    if said.day is not None:
        last = said.day2 or said.day
        if not 1 <= said.day <= last <= length:
            return None
        return Span(date(year, month, said.day), date(year, month, last))
    first, last = _part(said.part, "days") if said.part else (1, 31)
    return Span(date(year, month, first), date(year, month, min(last, length)))


def _part_of_year(year: int, part: str | None) -> Span:
    first, last = _part(part, "months") if part else (1, 12)
    return Span(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))


def _part(name: str, of: str) -> tuple[int, int]:
    first, last = read_lexicon("dates")["parts"][name][of]
    return first, last


def _relative(said: Said, published_at: datetime) -> Span | None:
    today = published_at.date()
    for applies, reading in _READINGS:
        if applies(said):
            try:
                return reading(said, today, published_at.hour)
            except (ValueError, OverflowError):  # beyond the calendar
                return None
    return None


def _shift(said: Said, today: date, _hour: int) -> Span | None:
    return _shifted(today, said.unit or "day", said.offset or 0)


def _shifted(today: date, unit: str, offset: int) -> Span | None:
    if unit == "day":
        day = today + timedelta(days=offset)
        return Span(day, day)
    if unit == "week":
        monday = today + timedelta(days=7 * offset - today.weekday())
        return Span(monday, monday + timedelta(days=6))
    if unit == "month":
        month = _month(today, offset)
        return Span(month, month.replace(day=calendar.monthrange(month.year, month.month)[1]))
    if unit in {"year", "decade"}:
        return _part_of_year(today.year + offset * (10 if unit == "decade" else 1), None)
    return None


def _month(today: date, offset: int) -> date:
    months = today.year * 12 + today.month - 1 + offset
    return date(months // 12, months % 12 + 1, 1)


def _past(said: Said, today: date, _hour: int) -> Span | None:
    begin = _shifted(today, said.unit or "day", -(said.span or 0))
    if begin is None:
        return None
    days = {"week": 7, "month": 30, "year": 365, "decade": 3652}.get(said.unit or "", 1)
    return Span(today - timedelta(days=days * (said.span or 0)), today)


def _weekday(said: Said, today: date, hour: int) -> Span:
    wanted = said.weekday or 0
    back = (today.weekday() - wanted) % 7
    if said.offset is not None:  # "Friday last week"
        day = today + timedelta(days=wanted - today.weekday() + 7 * said.offset)
    elif said.turn == 1:
        day = today + timedelta(days=7 - back)
    elif said.turn == 0:
        day = today + timedelta(days=wanted - today.weekday())
    elif said.turn == -1:
        day = today - timedelta(days=back or 7)
    elif back == 6 and hour >= _NEXT_DAY_BEGINS:
        day = today + timedelta(days=1)
    else:
        day = today - timedelta(days=back)
    return Span(day, day)


def _day_of_month(said: Said, today: date, hour: int) -> Span | None:
    """Return the last such day, since news looks back ("오는 26일" looks ahead); a day of slack covers the time zones."""
    if said.turn == 1:
        ahead = (_month(today.replace(day=1), forward) for forward in range(3))
        spans = (_in_month(said, month.year, month.month) for month in ahead)
        return next((span for span in spans if span and span.end >= today), None)
    slack = 1 if hour >= _NEXT_DAY_BEGINS else 0
    this_month = today.replace(day=1)
    for back in range(3):
        month = _month(this_month, -back)
        span = _in_month(said, month.year, month.month)
        if span and span.start <= today + timedelta(days=slack):
            return span
    return None


def _month_and_day(said: Said, today: date, _hour: int) -> Span | None:
    """Return the nearest such day, of this year, the last or the next; the past wins where both are near."""
    spans = [span for year in (today.year - 1, today.year, today.year + 1) if (span := _in_year(said, year))]
    near = [span for span in spans if (span.start - today).days <= 120]
    return max(near, default=None)


def _month_alone(said: Said, today: date, _hour: int) -> Span | None:
    wanted = said.month or 1
    if said.turn == 1:
        year = today.year + (wanted <= today.month)
    elif said.turn == -1:
        year = today.year - (wanted >= today.month)
    else:
        year = today.year - (wanted > today.month and said.turn is None)
    return _in_year(said, year)


def _offset_year(said: Said, today: date, _hour: int) -> Span | None:
    return _in_year(said, today.year + (said.year_offset or 0))


def _offset_month(said: Said, today: date, _hour: int) -> Span | None:
    month = _month(today, said.month_offset or 0)
    return _in_month(said, month.year, month.month)


_READINGS: tuple[tuple[Callable[[Said], bool], Callable[[Said, date, int], Span | None]], ...] = (
    (lambda said: said.year_offset is not None, _offset_year),
    (lambda said: said.month_offset is not None, _offset_month),
    (lambda said: said.month is not None and said.day is not None, _month_and_day),
    (lambda said: said.month is not None, _month_alone),
    (lambda said: said.day is not None, _day_of_month),
    (lambda said: said.weekday is not None, _weekday),
    (lambda said: said.span is not None, _past),
    (lambda said: said.offset is not None, _shift),
)
