"""What the reading commands are given to choose by, checked."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import get_args

_DAY = re.compile(r"\d{4}-?\d{2}-?\d{2}")


def checked_kinds(kinds: Iterable[str]) -> Iterable[str]:
    """Return the kinds given. Raises SettingsError for one that is no event type."""
    from pipeline.core.errors import SettingsError
    from pipeline.core.records import EventType

    for kind in kinds:
        if kind not in get_args(EventType):
            raise SettingsError(f"--kind {kind}: not one of {', '.join(get_args(EventType))}")
    return kinds


def time_given(text: str | None, option: str = "--since", *, is_end: bool = False) -> datetime | None:
    """Return the time given, in UTC where it has no zone; as an end, a day alone counts whole. Raises SettingsError."""
    from pipeline.core.errors import SettingsError

    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(f"{option} {text}: not a time like 2026-01-09 or 2026-01-09T07:30Z") from error
    if is_end and _DAY.fullmatch(text):
        time += timedelta(days=1)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
