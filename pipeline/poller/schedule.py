"""When a feed is polled next: sooner where it often has something new, later where it says so or fails."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

_FASTER, _SLOWER = 0.7, 1.2
_SHORTEST_SHARE, _LONGEST_SHARE = 1 / 3, 4  # of the usual interval
_FIRST_RETRY = timedelta(minutes=1)
_LONGEST_RETRY = timedelta(hours=1)
_LONGEST_WAIT = timedelta(days=1)
_JITTER = 0.1
FOLDER_SECONDS = 15  # looking into a folder costs nobody else anything


def interval_after(
    interval_seconds: float, *, has_news: bool, usual_seconds: float, stated: Iterable[int | None] = ()
) -> int:
    """Return how many seconds lie between this poll and the next, from those before it (0: none yet).

    A third to four times the usual interval; no less than the feed or its server states, within that bound.
    """
    before = interval_seconds or usual_seconds
    adapted = before * (_FASTER if has_news else _SLOWER) if interval_seconds else usual_seconds
    wanted = max([adapted, *(seconds for seconds in stated if seconds)])
    return round(min(max(wanted, usual_seconds * _SHORTEST_SHARE), usual_seconds * _LONGEST_SHARE))


def next_poll(feed_id: str, now: datetime, interval_seconds: float) -> datetime:
    """Return when the feed is polled next: up to a tenth sooner or later, so that feeds do not fall due together."""
    digest = sha256(f"{feed_id} {now.timestamp():.0f}".encode()).digest()
    share = int.from_bytes(digest[:4], "big") / 2**32  # [0, 1)
    return now + timedelta(seconds=interval_seconds * (1 + _JITTER * (2 * share - 1)))


def retry_after(failures: int, now: datetime, asked_seconds: float | None) -> datetime:
    """Return when a feed is tried again that has failed so often in a row: after 1, 2, 4 … minutes, at most an hour.

    Later where its server asks for that, up to a day.
    """
    pause = min(_FIRST_RETRY * 2.0 ** min(failures - 1, 10), _LONGEST_RETRY)
    return now + max(pause, min(timedelta(seconds=asked_seconds or 0), _LONGEST_WAIT))
