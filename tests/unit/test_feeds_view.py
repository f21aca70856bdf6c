"""The feed list on terminals of any width."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from pipeline.commands.feeds_view import Row, counts_in_words, print_list, span
from pipeline.core.feeds import Feed, FeedState, ListedFeed
from pipeline.feed_list.health import condition_of

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def row(id_: str, *, name: str = "A feed", is_off: bool = False, **state: Any) -> Row:
    """Return a row; without a state the feed was not polled yet."""
    feed = Feed(id=id_, url=f"https://{id_}.example/rss", name=name, family="f")
    polled: dict[str, Any] = {
        "polled_at": NOW - HOUR,
        "next_at": NOW + HOUR / 4,
        "interval_seconds": 900,
    } | state
    return Row(
        ListedFeed(feed=feed, is_off=is_off),
        FeedState(feed_id=id_, url=feed.url, **polled) if state else None,
    )


FAILED: dict[str, Any] = {"failures": 3, "error": "HTTP 404 Not Found", "failing_since": NOW - 2 * HOUR}
ROWS = [
    row("fresh"),
    row("well-known-feed-en", succeeded_at=NOW - HOUR, entries=30),
    row("broken", name="Broken\x1b[2J\nnews of a paper with a long name", **FAILED),
    row("lost", is_reported_dead=True, **FAILED),
    row("ended", is_gone=True, error="HTTP 410 Gone", failing_since=NOW - HOUR),
    row("unwanted", is_off=True, **FAILED),
]


@pytest.mark.parametrize("width", [40, 60, 80, 140])
def test_the_table_fits_the_terminal(width: int) -> None:
    """A row says when it was read, when it is due and what went wrong; no escape of a name reaches the terminal."""
    output = io.StringIO()
    print_list(Console(file=output, width=width), ROWS, NOW)
    shown = output.getvalue()
    assert max(map(len, shown.splitlines())) <= width
    assert "\x1b" not in shown
    for part in ("1 h ago", "failing", "dead", "gone", "off", "at start", "in 15 min"):
        assert part in shown
    if width >= 80:
        assert "HTTP 404 Not Found (3 times for 2 h)" in " ".join(shown.split())
        assert ("30" in shown) == (width >= 100)


def test_the_counts_tell_what_is_wrong() -> None:
    """The line below the table counts each condition."""
    assert counts_in_words(ROWS) == "6 feeds: 1 ok, 1 new, 1 failing, 1 dead, 1 gone, 1 off"
    assert counts_in_words(ROWS[:1]) == "1 feed: 1 new"


def test_a_condition_is_the_worst_that_is_known() -> None:
    """What people said comes first, then what its server said, then how long it fails."""
    dead = FeedState(feed_id="a", url="u", polled_at=NOW, is_gone=True, is_reported_dead=True, failures=9)
    listed = ROWS[0].listed
    assert condition_of(ROWS[5].listed, dead) == "off"
    assert condition_of(listed, dead) == "gone"
    assert condition_of(listed, FeedState(feed_id="a", url="u")) == "new"


@pytest.mark.parametrize(
    ("seconds", "words"), [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (7200, "2 h"), (200_000, "2 d")]
)
def test_a_span_is_told_in_one_unit(seconds: int, words: str) -> None:
    """The largest unit that fits; time that has passed is none."""
    assert span(timedelta(seconds=seconds)) == words
