"""How long a feed says that it need not be asked again: RSS's ttl, or the syndication module's period and frequency."""

from collections.abc import Mapping
from typing import Any

_LONGEST_SECONDS = 7 * 86_400
_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}


def ttl_seconds(about: Mapping[str, Any]) -> int | None:
    """Return what a feed says of itself, a week at most; None where it says nothing, or nothing that makes sense.

    Read are the minutes of `ttl`, else how often in each period it changes: daily and once where only one is said.
    """
    if minutes := _number(about.get("ttl")):
        return min(minutes * 60, _LONGEST_SECONDS)
    period, frequency = about.get("sy_updateperiod"), about.get("sy_updatefrequency")
    if not period and not frequency:
        return None
    seconds = _PERIODS.get(str(period or "daily").strip().lower())
    times = _number(frequency) if frequency else 1
    return min(seconds // times, _LONGEST_SECONDS) or None if seconds and times else None


def _number(value: Any) -> int:
    """Return a whole number that is written in digits, and not many; 0 for anything else."""
    text = value.strip() if isinstance(value, str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
