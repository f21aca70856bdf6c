"""The feeds that this poller has, each polled when it is due."""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

import uvloop
from aiokafka.errors import KafkaError

from pipeline.core.errors import BrokerError
from pipeline.core.feeds import Feed, FeedState
from pipeline.core.urls import host
from pipeline.fetching import Fetcher, FetchError
from pipeline.pauses import Pause
from pipeline.poller.due import DueFeeds
from pipeline.poller.gate import PAUSES, Gate
from pipeline.poller.membership import Membership
from pipeline.poller.one_poll import FeedReader
from pipeline.poller.progress import FeedResult, after_failure, is_worth_writing
from pipeline.poller.roll import Roll
from pipeline.poller.writing import Publisher, Writer
from pipeline.producing import AcknowledgingProducer
from pipeline.sources import SourceError
from pipeline.topology import FEED_STATES

log = logging.getLogger(__name__)

_AT_ONCE = 200
_LET_GO_SECONDS = 3.0
_LOOK_SECONDS = 1.0


class Place(NamedTuple):
    """Where the list is, and in which group it is shared: a member that is not heard of for `session_seconds` is out."""

    bootstrap: str
    group: str
    topic_prefix: str = ""
    session_seconds: float = 10.0


class FeedPoller:
    """Polls the feeds on the list, about every `poll_seconds`; several pollers of one group share it.

    An entry counts as seen once Kafka has acknowledged it. `report` is told of each poll of each feed, in the poller's own
    thread.
    """

    def __init__(
        self,
        place: Place,
        publisher: Publisher,
        fetcher: Callable[[], Fetcher],
        *,
        poll_seconds: float,
        report: Callable[[FeedResult], None] = lambda _: None,
    ) -> None:
        self._place = place
        self._publisher = publisher
        self._fetcher = fetcher
        self._poll_seconds = poll_seconds
        self._report = report
        self._stopping = threading.Event()
        self._wake: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None

    def poll_once(self) -> list[FeedResult]:
        """Poll every feed on the list now, whoever else has it, and return what came of each."""
        results: list[FeedResult] = []
        uvloop.run(self._run(once=results))
        return results

    def poll_forever(self) -> None:
        """Poll each feed whenever it is due, until `stop` is called; where Kafka is away, it is waited for."""
        pauses = Pause(*PAUSES)
        while not self._stopping.is_set():
            try:
                uvloop.run(self._run(once=None))
            except BrokerError as error:
                pause = pauses.next()
                log.warning("%s; trying again in %.0f s", error, pause)
                self._stopping.wait(pause)

    def stop(self) -> None:
        """End polling, from any thread or a signal handler; what is being published still arrives."""
        self._stopping.set()
        if self._wake is not None:
            loop, wake = self._wake
            with contextlib.suppress(RuntimeError):  # the loop has closed: there is nothing left to stop
                loop.call_soon_threadsafe(wake.set)

    async def _run(self, once: list[FeedResult] | None) -> None:
        wake = asyncio.Event()
        self._wake = asyncio.get_running_loop(), wake
        if self._stopping.is_set():
            return
        place = self._place
        states = place.topic_prefix + FEED_STATES.name
        async with AsyncExitStack() as parts:
            producer = await asyncio.to_thread(AcknowledgingProducer, place.bootstrap, (states,))
            parts.push_async_callback(asyncio.to_thread, producer.close)
            fetcher = await parts.enter_async_context(self._fetcher())
            writer = Writer(self._publisher, producer, place.topic_prefix)
            reader = FeedReader(fetcher, writer, usual_seconds=self._poll_seconds)
            round_ = _Round(reader, writer, self._tell(once), wake, self._stopping)
            membership = Membership(
                place.bootstrap,
                group=None if once is not None else place.group,
                topic_prefix=place.topic_prefix,
                session_seconds=place.session_seconds,
                roll=round_.roll,
                wake=wake,
                at_rest=round_.at_rest,
            )
            following = asyncio.create_task(membership.run())
            parts.push_async_callback(_ended, following)
            if once is None:
                await round_.poll_until_stopped(following)
            else:
                await round_.poll_all(following, lambda: membership.is_ready)
            async with round_.at_rest():
                pass

    def _tell(self, once: list[FeedResult] | None) -> Callable[[FeedResult], None]:
        def tell(result: FeedResult) -> None:
            if once is not None:
                once.append(result)
            self._report(result)

        return tell


class _Round:
    """The feeds of one run of the poller, and which are under way."""

    def __init__(
        self,
        reader: FeedReader,
        writer: Writer,
        tell: Callable[[FeedResult], None],
        wake: asyncio.Event,
        stopping: threading.Event,
    ) -> None:
        self.roll = Roll()
        self._reader = reader
        self._writer = writer
        self._tell = tell
        self._wake = wake
        self._stopping = stopping
        self._due = DueFeeds()
        self._polls: set[asyncio.Task[float | None]] = set()
        self._is_held = False
        self._gate = Gate()

    async def poll_until_stopped(self, following: asyncio.Task[None]) -> None:
        """Poll what is due, as the roll changes."""
        version = -1
        while not self._stopping.is_set():
            _check(following)
            if self.roll.version != version:
                version = self.roll.version
                self._put_waiting()
            self._start_due(before=time.time())
            due = self._due.next_due()
            is_full = len(self._polls) >= _AT_ONCE
            await self._woken(
                _LOOK_SECONDS if due is None or is_full else min(due - time.time(), _LOOK_SECONDS)
            )

    async def poll_all(self, following: asyncio.Task[None], is_ready: Callable[[], bool]) -> None:
        """Poll every feed on the roll once."""
        while not (is_ready() or self._stopping.is_set()):
            _check(following)
            await self._woken(_LOOK_SECONDS / 10)
        for feed, _ in self.roll.feeds():
            self._due.put(feed.id, host(feed.url), 0.0)
        while (self._due.next_due() == 0.0 or self._polls) and not self._stopping.is_set():
            self._start_due(before=1.0)
            await self._woken(_LOOK_SECONDS)

    @asynccontextmanager
    async def at_rest(self) -> AsyncIterator[None]:
        """Have nothing under way: what is comes to its end first, but a slow server is not waited for."""
        self._is_held = True
        try:
            if self._polls:
                await asyncio.wait(self._polls, timeout=_LET_GO_SECONDS)
            for poll in self._polls:
                poll.cancel()
            if self._polls:
                await asyncio.wait(self._polls)
            yield
        finally:
            self._is_held = False
            self._due.clear_waiting()
            self.roll.version += 1

    def _put_waiting(self) -> None:
        for feed, state in self.roll.feeds():
            if feed.id not in self._due:
                self._due.put(feed.id, host(feed.url), state.next_at.timestamp() if state.next_at else 0.0)

    async def _woken(self, seconds: float) -> None:
        """Wait until the roll has changed, a poll is through, or the time is over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(seconds, 0.0)):
                await self._wake.wait()
        self._wake.clear()

    def _start_due(self, *, before: float) -> None:
        if self._is_held or not self._gate.is_open():
            return
        while len(self._polls) < _AT_ONCE and (feed_id := self._due.take(before)) is not None:
            poll = asyncio.create_task(self._poll(feed_id))
            self._polls.add(poll)
            poll.add_done_callback(partial(self._through, feed_id))

    def _through(self, feed_id: str, poll: asyncio.Task[float | None]) -> None:
        """A poll is through, or was cancelled, maybe before it began: put the feed where it belongs."""
        self._polls.discard(poll)
        self._due.done(feed_id)
        self._wake.set()
        found = self.roll.get(feed_id)
        if found is not None and not poll.cancelled() and (due := poll.result()) is not None:
            self._due.put(feed_id, host(found[0].url), due)

    async def _poll(self, feed_id: str) -> float | None:
        found = self.roll.get(feed_id)
        return None if found is None else await self._polled(*found)

    async def _polled(self, feed: Feed, before: FeedState) -> float | None:
        """Poll a feed, remember what came of it, and return when it is due again; None: never."""
        try:
            state, result = await self._reader.poll(feed, before, self.roll.carriers)
            result = result._replace(has_recovered=before.is_reported_dead)
        except (FetchError, SourceError) as error:
            state = after_failure(before, feed, datetime.now(UTC), error)
            result = FeedResult(
                feed,
                error=state.error,
                failures=state.failures,
                has_died=state.is_reported_dead and not before.is_reported_dead,
                is_gone=state.is_gone,
            )
        except BrokerError as error:
            return self._without_kafka(feed, error)
        except Exception as error:
            log.exception("feed %s could not be polled", feed.id)
            state = after_failure(before, feed, datetime.now(UTC), error)
            result = FeedResult(feed, error=repr(error), failures=state.failures)
        partition = self.roll.partition(feed.id)
        if partition is None:
            return None  # another poller has it now
        self.roll.remember(state)
        try:
            if is_worth_writing(feed, before, state):
                await self._writer.remember(partition, state)
        except BrokerError as error:
            return self._without_kafka(feed, error)
        self._gate.open()
        self._tell(result)
        return None if state.is_gone or state.next_at is None else state.next_at.timestamp()

    def _without_kafka(self, feed: Feed, error: BrokerError) -> float:
        """Note that Kafka took nothing: no feed is asked until it may again. Nothing of this poll counts as seen."""
        self._gate.close(error)
        self._tell(FeedResult(feed, error=str(error)))
        return time.time()


def _check(following: asyncio.Task[None]) -> None:
    """Raise what ended the reading of the list."""
    if following.done():
        try:
            following.result()
        except (KafkaError, OSError) as error:
            raise BrokerError(f"cannot read the feed list from Kafka: {error}") from error


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.wait({task})
