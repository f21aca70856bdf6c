"""The feed list laid out for reading: a row a feed, and what is wrong with it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.core.feeds import FeedState, ListedFeed
from pipeline.feed_list.health import CONDITIONS, Condition, condition_of
from pipeline.sinks.printable import printable

_STYLES: dict[Condition, str] = {"failing": "yellow", "dead": "bold red", "gone": "red", "off": "dim"}
_ALL_COLUMNS = 100  # characters; a narrower terminal gets fewer columns
_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


class Row(NamedTuple):
    """A feed of the list, and what is remembered of it."""

    listed: ListedFeed
    state: FeedState | None

    @property
    def condition(self) -> Condition:
        """How it stands."""
        return condition_of(self.listed, self.state)


def print_list(console: Console, rows: Sequence[Row], now: datetime) -> None:
    """Print one row a feed, with its last error below its name, and fit it to the terminal."""
    is_wide = console.width >= _ALL_COLUMNS
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("id", overflow="fold")
    table.add_column("state", no_wrap=True)
    table.add_column("feed", overflow="fold", ratio=1)
    table.add_column("last read", no_wrap=True, justify="right")
    if is_wide:
        table.add_column("items", no_wrap=True, justify="right")
        table.add_column("every", no_wrap=True, justify="right")
    table.add_column("next", no_wrap=True, justify="right")
    for row in rows:
        table.add_row(*_cells(row, now, is_wide=is_wide))
    console.print(table)


def counts_in_words(rows: Sequence[Row]) -> str:
    """Return how many feeds there are, and how many of them stand how."""
    counts = Counter(row.condition for row in rows)
    parts = [f"{counts[condition]} {condition}" for condition in CONDITIONS if counts[condition]]
    return f"{len(rows)} feed{'' if len(rows) == 1 else 's'}" + (f": {', '.join(parts)}" if parts else "")


def as_fields(row: Row) -> dict[str, Any]:
    """Return a row for programs: the feed, how it stands, and its state without what was seen."""
    feed = msgspec.to_builtins(row.listed.feed)
    state = msgspec.to_builtins(row.state) if row.state else {}
    kept = {name: value for name, value in state.items() if name not in {"feed_id", "seen", "url"}}
    return {
        **feed,
        "origin": row.listed.origin,
        "condition": row.condition,
        **kept,
        "asked_at": state.get("url"),
    }


def span(length: timedelta) -> str:
    """Return a length of time in its largest unit that fits: "12 min"."""
    seconds = max(int(length.total_seconds()), 0)
    name, size = next((unit for unit in _UNITS if seconds >= unit[1]), _UNITS[-1])
    return f"{seconds // size} {name}"


def _cells(row: Row, now: datetime, *, is_wide: bool) -> list[Text]:
    state, condition = row.state, row.condition
    is_polled = condition not in {"off", "gone"}
    what = Text(printable(row.listed.feed.name))
    if state and state.error and condition != "off":
        what.append(f"\n{_error(state, now)}", _STYLES.get(condition, ""))
    last = f"{span(now - state.succeeded_at)} ago" if state and state.succeeded_at else "never"
    due = state.next_at if state and is_polled else None
    middle = [str(state.entries) if state else "", _interval(state) if is_polled else ""] if is_wide else []
    texts = [last, *middle, _until(due, now) if is_polled else ""]
    state_cell = Text(condition, _STYLES.get(condition, ""))
    return [Text(printable(row.listed.feed.id)), state_cell, what, *(Text(text) for text in texts)]


def _error(state: FeedState, now: datetime) -> str:
    times = f"{state.failures} times " if state.failures > 1 else ""
    since = f" ({times}for {span(now - state.failing_since)})" if state.failing_since else ""
    return printable(state.error) + since


def _interval(state: FeedState | None) -> str:
    return span(timedelta(seconds=state.interval_seconds)) if state and state.interval_seconds else ""


def _until(due: datetime | None, now: datetime) -> str:
    if due is None:
        return "at start"
    return f"in {span(due - now)}" if due > now else "now"
