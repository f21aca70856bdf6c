"""When an article was published: dates as feeds write them, and datelines."""

import math
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from pipeline.core.text.dates import find_dates

_MILLISECONDS_FROM = 100_000_000_000
_DIGITS = re.compile(r"-?\d{9,13}(?:\.\d+)?")
_DATELINE_CHARS = 160
_AFTER_DATELINE = re.compile(r"[.,]?\s*(?:\([^()]{1,40}\)\s*)?(?:[–—:-]|\()")
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_CLOCK_SLACK = timedelta(hours=48)


def read_date(value: str | float | datetime | None) -> datetime | None:
    """Return the date in UTC, or None where there is none or it cannot be read.

    Read are RFC 3339 and ISO 8601 (a date alone is its first moment, no zone is UTC), RFC 2822, seconds or
    milliseconds since 1970 and a date in words.
    """
    if value is None or isinstance(value, datetime):
        return _utc(value) if value else None
    if isinstance(value, int | float):
        return _epoch(value)
    text = value.strip()
    if _DIGITS.fullmatch(text):
        return _epoch(float(text))
    for reading in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return _utc(reading(text))
        except (ValueError, OverflowError, IndexError):  # the next form may fit
            continue
    return _in_words(text)


def date_issue(published_at: datetime | None, fetched_at: datetime) -> str | None:
    """Return why a publication date says nothing of when ("missing", "implausible: …"), or None where it does."""
    if published_at is None:
        return "missing"
    if published_at < _EARLIEST or published_at > fetched_at + _CLOCK_SLACK:
        return f"implausible: {published_at.isoformat().replace('+00:00', 'Z')}"
    return None


def dateline(body: str) -> datetime | None:
    """Return the full date of a dateline ("City, January 9, 2026 – …") that opens the text, or None."""
    opening = body[:_DATELINE_CHARS].partition("\n")[0]
    for found in find_dates(opening, 0, len(opening), None):
        day = found.when.start
        if day and found.when.precision == "day" and _AFTER_DATELINE.match(opening, found.end):
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
    return None


def _utc(moment: datetime) -> datetime | None:
    try:
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except OverflowError:  # the first or last day of the calendar, in another zone
        return None


def _epoch(seconds: float) -> datetime | None:
    if not math.isfinite(seconds):
        return None
    if abs(seconds) >= _MILLISECONDS_FROM:
        seconds /= 1000
    try:
        return datetime.fromtimestamp(seconds, tz=UTC)
    except (ValueError, OverflowError, OSError):  # beyond the calendar
        return None


def _in_words(text: str) -> datetime | None:
    for found in find_dates(text, 0, len(text), None):
        day = found.when.start
        if day and found.when.precision == "day":
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
    return None
