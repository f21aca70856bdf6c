"""Runs Faust apps in this process until a signal asks to stop, or one of them cannot go on."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

from pipeline.dead_letters import KafkaRecord

log = logging.getLogger(__name__)

# A stop that takes longer is cut short: whatever is not committed then is read again by the next worker.
STOP_WITHIN = 6.0
# A stop in the middle of a rebalance blocks Faust for good, so the end of one is waited for, but not longer.
_REBALANCED_WITHIN = 4.0
_LOOK_EVERY = 0.05


class EndProcessOnError:
    """A block whose errors end the process at once, with nothing acknowledged.

    Faust would restart the agent in place and never commit again, or acknowledge what was not done.
    """

    def __init__(self, doing: Callable[[], str]) -> None:
        self._doing = doing

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            log.critical("the worker stops: %s failed", self._doing(), exc_info=error)
            end_process(1)


def place_of(record: KafkaRecord) -> str:
    """Return where a record lies, in words."""
    return f"{record.topic} partition {record.partition} offset {record.offset}"


def end_process(code: int) -> None:
    """End the process now: no commit, no clean-up that could wait for something that never comes."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


async def serve(apps: Sequence[Any], on_ready: Callable[[], None]) -> int:
    """Start the apps, call `on_ready` when all have their partitions, stop them at SIGTERM or SIGINT.

    Returns the exit code: 0 where it was asked to stop, 1 where an app failed.
    """
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    ready = asyncio.Event()
    running = asyncio.create_task(_run(apps, ready, on_ready))
    stopping = asyncio.create_task(asked.wait())
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    failed = not asked.is_set()
    if failed:
        log.critical("the worker stops: Kafka or a table failed it", exc_info=_reason(running, apps))
    else:
        await _rebalanced(apps, ready)
    await _stop(apps)
    return 1 if failed else 0


async def _run(apps: Sequence[Any], ready: asyncio.Event, on_ready: Callable[[], None]) -> None:
    """Return when one of the apps ends; raises what kept one from starting."""
    ended = {asyncio.ensure_future(app.wait_until_stopped()) for app in apps}
    started = asyncio.gather(*(app.start() for app in apps))
    await asyncio.wait({started, *ended}, return_when=asyncio.FIRST_COMPLETED)
    if started.done():
        started.result()
        ready.set()
        on_ready()
        await asyncio.wait(ended, return_when=asyncio.FIRST_COMPLETED)


async def _rebalanced(apps: Sequence[Any], ready: asyncio.Event) -> None:
    """Return when no app is starting or in a rebalance."""
    for _ in range(int(_REBALANCED_WITHIN / _LOOK_EVERY)):
        if ready.is_set() and not any(app.rebalancing for app in apps):
            return
        await asyncio.sleep(_LOOK_EVERY)


def _reason(running: "asyncio.Task[None]", apps: Sequence[Any]) -> BaseException | None:
    if running.done() and (error := running.exception()) is not None:
        return error
    return next((app.crash_reason for app in apps if app.crash_reason is not None), None)


async def _stop(apps: Sequence[Any]) -> None:
    """Stop the apps: chunks under way are finished, offsets committed, the groups left."""
    stops = [asyncio.create_task(app.stop()) for app in apps]
    done, late = await asyncio.wait(stops, timeout=STOP_WITHIN)
    for stop in done:
        if (error := stop.exception()) is not None:
            log.error("a stop was not clean", exc_info=error)
    if late:
        log.warning("not all was stopped within %.0f s; the rest is cut short", STOP_WITHIN)
