"""When feeds are polled, and what is remembered of them."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import BrokerError
from pipeline.core.feeds import Feed, FeedState, ListedFeed
from pipeline.fetching import FetchError
from pipeline.poller.due import MOST_OF_A_HOST, DueFeeds
from pipeline.poller.gate import Gate
from pipeline.poller.progress import after_failure, after_unchanged, first_state, remembered
from pipeline.poller.roll import Roll
from pipeline.poller.schedule import interval_after, next_poll, retry_after

NOW = datetime(2026, 1, 9, 12, 0, tzinfo=UTC)
FEED = Feed(id="f", url="https://example.org/f", name="F", family="f")


@pytest.mark.parametrize(
    ("before", "has_news", "stated", "then"),
    [
        (0, True, (), 900),
        (0, False, (), 900),
        (900, True, (), 630),
        (900, False, (), 1080),
        (310, True, (), 300),
        (3500, False, (), 3600),
        (900, True, (3000,), 3000),
        (900, True, (None, 100), 630),
        (900, True, (86_400,), 3600),
    ],
)
def test_intervals_follow_the_feed(
    before: int, has_news: bool, stated: tuple[int | None, ...], then: int
) -> None:
    """Sooner where there was news, later where there was none, as late as is stated, within bounds."""
    assert interval_after(before, has_news=has_news, usual_seconds=900, stated=stated) == then


@given(st.text(min_size=1), st.integers(10, 100_000))
def test_polls_are_spread(feed_id: str, interval: int) -> None:
    """The next poll is a tenth of the interval sooner or later at most, and the same for the same feed and time."""
    then = next_poll(feed_id, NOW, interval)
    assert abs((then - NOW).total_seconds() - interval) <= interval / 10 + 1
    assert then == next_poll(feed_id, NOW, interval)


@pytest.mark.parametrize(
    ("failures", "asked", "minutes"),
    [
        (1, None, 1),
        (2, None, 2),
        (3, None, 4),
        (7, None, 60),
        (500, None, 60),
        (1, 300.0, 5),
        (7, 60.0, 60),
        (1, 1e9, 1440),
    ],
)
def test_failures_are_tried_again_ever_later(failures: int, asked: float | None, minutes: int) -> None:
    """After 1, 2, 4 minutes, at most an hour; later where the server asks for it, at most a day."""
    assert retry_after(failures, NOW, asked) == NOW + timedelta(minutes=minutes)


def test_a_feed_is_dead_after_a_day_and_alive_at_once() -> None:
    """It counts from the first failure in a row, and one success ends it."""
    state = first_state(FEED)
    for hours, is_dead in ((0, False), (23, False), (24, True), (25, True)):
        state = after_failure(state, FEED, NOW + timedelta(hours=hours), FetchError("HTTP 500", status=500))
        assert state.is_reported_dead == is_dead
    assert (state.failures, state.failing_since, state.error) == (4, NOW, "HTTP 500")
    state = after_unchanged(state, FEED, NOW, 900)
    assert (state.is_reported_dead, state.failures, state.error, state.failing_since) == (False, 0, "", None)


def test_a_moved_feed_that_fails_is_asked_where_it_is_listed() -> None:
    """A permanent redirect may have been a mistake."""
    state = FeedState(feed_id="f", url="https://moved.example/", listed_url=FEED.url)
    urls = []
    for _ in range(3):
        state = after_failure(state, FEED, NOW, FetchError("HTTP 404", status=404))
        urls.append(state.url)
    assert urls == ["https://moved.example/", "https://moved.example/", FEED.url]
    assert not state.is_gone
    assert after_failure(state, FEED, NOW, FetchError("HTTP 410", status=410)).is_gone


def test_what_leaves_a_feed_is_remembered_within_bounds() -> None:
    """What is there now is always remembered, what was there before as far as there is room."""
    before = {f"old {number}": "1" for number in range(1000)}
    now = {f"new {number}": "1" for number in range(10)}
    kept = remembered(before, now)
    assert len(kept) == 500
    assert now.keys() <= kept.keys()
    many = {f"new {number}": "1" for number in range(30_000)}
    assert remembered(before, many) == many


def test_feeds_are_taken_as_they_fall_due_a_few_of_a_host_at_a_time() -> None:
    """A host with many feeds does not keep others waiting."""
    due = DueFeeds()
    for number in range(20):
        due.put(f"big {number}", "big", float(number))
    due.put("small", "small", 19.5)
    due.put("later", "small", 100.0)
    taken = []
    while (feed_id := due.take(50.0)) is not None:
        taken.append(feed_id)
    assert taken == [*(f"big {number}" for number in range(MOST_OF_A_HOST)), "small"]
    assert due.next_due() == 100.0
    due.done("big 0")
    assert due.take(50.0) == f"big {MOST_OF_A_HOST}"
    assert due.take(50.0) is None
    due.done("small")
    assert "small" not in due
    assert due.take(100.0) == "later"


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 2), st.floats(0, 10)), max_size=60))
def test_no_feed_is_lost_on_the_way(puts: list[tuple[int, int, float]]) -> None:
    """Whatever is put is taken once, however often it is put before that."""
    due = DueFeeds()
    hosts = {number: str(host) for number, host, _ in puts}
    for number, _, at in puts:
        due.put(str(number), hosts[number], at)
    taken = []
    while (feed_id := due.take(10.0)) is not None or due.next_due() is not None:
        if feed_id is not None:
            taken.append(feed_id)
            due.done(feed_id)
    assert sorted(taken) == sorted({str(number) for number in hosts})


def _listed(**fields: object) -> ListedFeed:
    return ListedFeed(feed=FEED, **fields)  # type: ignore[arg-type]


def test_a_partition_is_polled_once_it_was_read_to_its_end() -> None:
    """Until then the states may not be there yet."""
    roll = Roll()
    roll.put(3, "f", _listed())
    moved = FeedState(
        feed_id="f", url="https://moved.example/", listed_url=FEED.url, seen={"k": "v", "other": ""}
    )
    roll.put_state(3, "f", moved)
    assert roll.get("f") is None
    roll.make_ready(3)
    assert [state.url for _, state in roll.feeds()] == ["https://moved.example/"]
    assert roll.carriers.is_carried_by("k", "f")
    assert not roll.carriers.is_settled("other")
    roll.put_state(3, "f", msgspec.structs.replace(moved, url="https://own.echo/"))
    assert [state.url for _, state in roll.feeds()] == ["https://moved.example/"]
    roll.lose([3])
    assert (len(list(roll.feeds())), roll.partition("f"), roll.carriers.is_settled("k")) == (0, None, False)


def test_a_feed_that_ended_is_polled_again_when_it_is_listed_anew() -> None:
    """HTTP 410 ends a feed until somebody changes its entry; off the list it is not polled."""
    roll = Roll()
    roll.put(0, "f", _listed())
    roll.make_ready(0)
    roll.remember(msgspec.structs.replace(first_state(FEED), is_gone=True))
    roll.put(0, "f", _listed())
    assert roll.get("f") is None
    roll.put(0, "f", _listed(is_off=True))
    assert roll.get("f") is None
    roll.put(0, "f", _listed())
    assert roll.get("f") is not None


def test_a_feed_that_moves_to_another_partition_is_not_ended_by_what_is_left_of_it() -> None:
    """Its end on the old partition comes after its beginning on the new one."""
    roll = Roll()
    for partition in (0, 1):
        roll.make_ready(partition)
    roll.put(0, "f", _listed())
    roll.put(1, "f", _listed())
    roll.put(0, "f", None)
    roll.put_state(0, "f", None)
    assert roll.partition("f") == 1


def test_a_feed_at_another_address_begins_anew() -> None:
    """Where it was and how it stood is of the old address, what was seen is not; also where it had ended there."""
    roll = Roll()
    old = FeedState(
        feed_id="f",
        url="https://old.example/",
        listed_url="https://old.example/",
        etag="1",
        is_gone=True,
        seen={"k": "v"},
    )
    roll.put_state(0, "f", old)
    roll.put(0, "f", _listed())
    roll.make_ready(0)
    found = roll.get("f")
    assert found is not None
    assert found[1] == FeedState(feed_id="f", url=FEED.url, listed_url=FEED.url, seen={"k": "v"})


def test_the_gate_is_shut_for_longer_each_time_kafka_fails() -> None:
    """Polls that fail together count once, and one that goes well opens it."""
    now = 0.0
    gate = Gate(lambda: now)
    pauses = []
    for _ in range(7):
        gate.close(BrokerError("away"))
        gate.close(BrokerError("away"))
        begun = now
        while not gate.is_open():
            now += 1
        pauses.append(now - begun)
    assert pauses == [2, 4, 8, 16, 32, 60, 60]
    gate.open()
    gate.close(BrokerError("away"))
    now += 2
    assert gate.is_open()
