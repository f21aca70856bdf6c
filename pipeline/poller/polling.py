"""The feeds of a profile, each polled when it is due, each entry published once."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

import orjson

from pipeline.core.errors import BrokerError, RecordError
from pipeline.core.profile import FeedEntry
from pipeline.core.records import RawArticle
from pipeline.fetching import Answer, Fetcher, FetchError
from pipeline.poller.state import FeedState, FeedStateError
from pipeline.sources import Item, SourceError
from pipeline.sources.feeds import parse_feed

_FIRST_RETRY_SECONDS = 60.0
_LONGEST_RETRY_SECONDS = 3600.0


class Publisher(Protocol):
    """What the poller needs of a publisher."""

    def publish(self, article: RawArticle, position: str = "") -> object:
        """Send an article."""

    def bury(self, raw: bytes, position: str, error: RecordError) -> object:
        """Send what is no article to the dead letters."""

    def settle(self) -> None:
        """Return when all has arrived."""


class FeedResult(NamedTuple):
    """What one poll of one feed came to. `failures` counts those in a row; `error` says why the last one failed."""

    feed: FeedEntry
    entries: int = 0
    published: int = 0
    bad: int = 0
    error: str = ""
    failures: int = 0


class FeedPoller:
    """Polls feeds every `poll_seconds`; one that fails is tried again after 1, 2, 4 … minutes, at most an hour.

    An entry counts as seen once Kafka has acknowledged it. Use one poller for one state. `report` is told of each poll
    of each feed, in the poller's own thread.
    """

    def __init__(
        self,
        feeds: Sequence[FeedEntry],
        publisher: Publisher,
        state: FeedState,
        *,
        poll_seconds: float,
        contact: str = "",
        report: Callable[[FeedResult], None] = lambda _: None,
        allow_private: bool = False,
    ) -> None:
        self.feeds = feeds
        self._publisher = publisher
        self._state = state
        self._poll_seconds = poll_seconds
        self._contact = contact
        self._report = report
        self._allow_private = allow_private
        self._failures = dict.fromkeys((feed.url for feed in feeds), 0)
        self._due: dict[str, float] = {}
        self._stopping = threading.Event()
        self._wake: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None

    def poll_once(self) -> list[FeedResult]:
        """Poll every feed now, and return what came of each. Raises FeedStateError."""
        return asyncio.run(self._poll_all(self.feeds))

    def poll_forever(self) -> None:
        """Poll each feed whenever it is due, until `stop` is called. Raises FeedStateError."""
        self._due = {feed.url: self._state.polled_at(feed.url) + self._poll_seconds for feed in self.feeds}
        asyncio.run(self._poll_forever())

    def stop(self) -> None:
        """End `poll_forever`, from any thread or a signal handler; what is being published still arrives."""
        self._stopping.set()
        if self._wake is not None:
            loop, event = self._wake
            with contextlib.suppress(RuntimeError):  # the loop has closed: there is nothing left to stop
                loop.call_soon_threadsafe(event.set)

    async def _poll_forever(self) -> None:
        stop = asyncio.Event()
        self._wake = asyncio.get_running_loop(), stop
        if self._stopping.is_set():
            return
        stopped = asyncio.create_task(stop.wait())
        while not stopped.done():
            due = [feed for feed in self.feeds if self._due[feed.url] <= time.time()]
            polling = asyncio.create_task(self._poll_all(due))
            await asyncio.wait({polling, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if stopped.done():
                polling.cancel()
                await asyncio.wait({polling})
                return
            polling.result()
            pause = min(self._due.values(), default=time.time() + self._poll_seconds) - time.time()
            await asyncio.wait({stopped}, timeout=max(pause, 0))

    async def _poll_all(self, feeds: Sequence[FeedEntry]) -> list[FeedResult]:
        polls: list[asyncio.Task[FeedResult]] = []
        try:
            async with (
                Fetcher(contact=self._contact, allow_private=self._allow_private) as fetcher,
                asyncio.TaskGroup() as group,
            ):
                one_writer = asyncio.Lock()
                polls = [group.create_task(self._poll(feed, fetcher, one_writer)) for feed in feeds]
        except* FeedStateError as errors:
            raise errors.exceptions[0] from None
        return [poll.result() for poll in polls]

    async def _poll(self, feed: FeedEntry, fetcher: Fetcher, one_writer: asyncio.Lock) -> FeedResult:
        try:
            answer = await fetcher.fetch(feed.url, self._state.validators(feed.url))
            async with one_writer:
                result = await asyncio.to_thread(self._take, feed, answer)
        except (FetchError, SourceError, BrokerError) as error:
            self._failures[feed.url] += 1
            result = FeedResult(feed, error=str(error), failures=self._failures[feed.url])
        else:
            self._failures[feed.url] = 0
        self._due[feed.url] = time.time() + self._pause(result.failures)
        self._report(result)
        return result

    def _pause(self, failures: int) -> float:
        if failures == 0:
            return self._poll_seconds
        return min(_FIRST_RETRY_SECONDS * 2.0 ** min(failures - 1, 10), _LONGEST_RETRY_SECONDS)

    def _take(self, feed: FeedEntry, answer: Answer) -> FeedResult:
        """Publish what is new in an answer; remember it once Kafka has it. Raises FetchError or SourceError where it is no feed."""
        now = datetime.now(UTC)
        if answer.content is None:
            self._state.unchanged(feed.url, now)
            return FeedResult(feed)
        parsed = parse_feed(answer.content, url=answer.url, content_type=answer.content_type)
        if not parsed.form and not parsed.entries:
            raise FetchError(f"no feed: {answer.content_type or 'content of no type'}")
        entries = {
            entry.id: entry for entry in (_read(fields, feed, now) for fields in reversed(parsed.entries))
        }
        unseen = self._state.unseen(entries)
        new = [entry for id_, entry in entries.items() if id_ in unseen]
        bad = sum(self._publish(entry, feed) for entry in new)
        self._publisher.settle()
        self._state.polled(feed.url, answer.validators, entries, now)
        return FeedResult(feed, entries=len(parsed.entries), published=len(new) - bad, bad=bad)

    def _publish(self, entry: "_Entry", feed: FeedEntry) -> bool:
        """Send an entry, as an article or as a dead letter; return whether it is bad."""
        if isinstance(entry.result, RecordError):
            self._publisher.bury(entry.raw, feed.url, entry.result)
            return True
        self._publisher.publish(entry.result, feed.url)
        return False


class _Entry(NamedTuple):
    """An entry as read; `id` is the article's, or a hash of what it holds where it is none."""

    id: str
    raw: bytes
    result: RawArticle | RecordError


def _read(fields: dict[str, Any], feed: FeedEntry, fetched_at: datetime) -> _Entry:
    """Return the entry as an article of the publisher that the profile names."""
    publisher = {"id": feed.id, "name": feed.name, "family": feed.family, "kind": feed.kind}
    if feed.country:
        publisher["country"] = feed.country
    known = {"source": publisher, "feed_url": feed.url} | (
        {"language": feed.language} if feed.language else {}
    )
    raw = orjson.dumps(fields)
    item = Item.of_fields(feed.url, raw, fields | known, fetched_at)
    id_ = item.result.article_id if isinstance(item.result, RawArticle) else sha256(raw).hexdigest()
    return _Entry(id_, raw, item.result)
