"""What a poll leaves to be remembered of a feed: pure, the time is an argument."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from pipeline.core.feeds import Feed, FeedState
from pipeline.fetching import Answer, FetchError
from pipeline.poller.schedule import FOLDER_SECONDS, interval_after, next_poll, retry_after

_DEAD_AFTER = timedelta(days=1)
_BACK_TO_LISTED = 3  # failures at a moved address, until the listed one is asked again
_SEEN_AT_LEAST, _SEEN_AT_MOST = 500, 20_000


class FeedResult(NamedTuple):
    """What one poll of one feed came to. `failures` counts those in a row; `error` says why the last one failed.

    `has_died`: it has not been read for a day, said once; `has_recovered`: it is read again after that.
    """

    feed: Feed
    entries: int = 0
    published: int = 0
    bad: int = 0
    error: str = ""
    failures: int = 0
    has_died: bool = False
    has_recovered: bool = False
    is_gone: bool = False


def first_state(feed: Feed) -> FeedState:
    """Return what is remembered of a feed that was never polled."""
    return FeedState(feed_id=feed.id, url=feed.url, listed_url=feed.url)


def at_address(state: FeedState | None, feed: Feed) -> FeedState:
    """Return what is remembered of a feed at the address it is listed with; at another one only what was seen."""
    if state is None:
        return first_state(feed)
    if state.listed_url == feed.url:
        return state
    return replace(first_state(feed), seen=state.seen, published=state.published)


def after_unchanged(
    state: FeedState, feed: Feed, now: datetime, usual_seconds: float, answer: Answer | None = None
) -> FeedState:
    """Return the state after a poll that found what was there before."""
    stated = (answer.fresh_seconds,) if answer else ()
    return _read(state, feed, now, usual_seconds, has_news=False, stated=stated)


def after_reading(
    state: FeedState,
    feed: Feed,
    now: datetime,
    usual_seconds: float,
    *,
    seen: Mapping[str, str],
    pages_wanted: Mapping[str, int],
    entries: int,
    published: int,
    stated: tuple[int | None, ...] = (),
) -> FeedState:
    """Return the state after a poll that read the feed, once Kafka has what was new in it."""
    state = replace(
        state,
        seen=remembered(state.seen, seen),
        pages_wanted=dict(pages_wanted),
        entries=entries,
        published=state.published + published,
        changed_at=now if published else state.changed_at,
    )
    return _read(state, feed, now, usual_seconds, has_news=bool(published), stated=stated)


def after_failure(state: FeedState, feed: Feed, now: datetime, error: Exception) -> FeedState:
    """Return the state after a poll that failed. After some failures a feed that had moved is asked where it is listed."""
    failures = state.failures + 1
    since = state.failing_since or now
    asked, is_gone = (error.retry_after, error.is_gone) if isinstance(error, FetchError) else (None, False)
    return replace(
        state,
        url=feed.url if failures >= _BACK_TO_LISTED else state.url,
        polled_at=now,
        next_at=retry_after(failures, now, asked),
        error=str(error),
        failures=failures,
        failing_since=since,
        is_reported_dead=state.is_reported_dead or now - since >= _DEAD_AFTER,
        is_gone=is_gone,
    )


def is_worth_writing(feed: Feed, before: FeedState, state: FeedState) -> bool:
    """Return whether a state is written: of a folder, which is looked into so often, not for the times alone."""
    return feed.via != "directory" or _without_times(before) != _without_times(state)


def _without_times(state: FeedState) -> FeedState:
    return replace(state, polled_at=None, succeeded_at=None, next_at=None)


def remembered(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Return what is seen now and, as far as there is room, what was seen before: what leaves a feed may come back."""
    room = min(max(_SEEN_AT_LEAST, 2 * len(now)), _SEEN_AT_MOST)
    kept = dict(now)
    for key, versions in before.items():
        if len(kept) >= room:
            break
        kept.setdefault(key, versions)
    return kept


def _read(
    state: FeedState,
    feed: Feed,
    now: datetime,
    usual_seconds: float,
    *,
    has_news: bool,
    stated: tuple[int | None, ...],
) -> FeedState:
    interval = (
        FOLDER_SECONDS
        if feed.via == "directory"
        else interval_after(
            state.interval_seconds, has_news=has_news, usual_seconds=usual_seconds, stated=stated
        )
    )
    return replace(
        state,
        polled_at=now,
        succeeded_at=now,
        interval_seconds=interval,
        next_at=next_poll(feed.id, now, interval),
        error="",
        failures=0,
        failing_since=None,
        is_reported_dead=False,
        is_gone=False,
    )
