"""Where pushed articles go: Kafka, the requests that wait at one time together."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from pipeline.publish import ArticlePublisher
from pipeline.sources.item import Item


class Inbox(Protocol):
    """What the endpoint needs of the place where articles go."""

    async def take(self, items: Sequence[Item]) -> None:
        """Return once all items are safe, what is no article among the dead letters. Raises BrokerError."""


class KafkaInbox:
    """Publishes from a thread of its own, since a publisher is used from one thread at a time.

    What comes while Kafka is being waited for goes together in the next round.
    """

    def __init__(self, publisher: ArticlePublisher) -> None:
        self._publisher = publisher
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="inbox")
        self._waiting: list[tuple[Sequence[Item], asyncio.Future[None]]] = []
        self._rounds: asyncio.Task[None] | None = None

    async def take(self, items: Sequence[Item]) -> None:
        """Return once Kafka has acknowledged all items. Raises BrokerError."""
        taken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((items, taken))
        if self._rounds is None or self._rounds.done():
            self._rounds = asyncio.create_task(self._publish_rounds())
        await taken

    async def _publish_rounds(self) -> None:
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            items = [item for batch, _ in waiting for item in batch]
            error: Exception | None = None
            try:
                await asyncio.get_running_loop().run_in_executor(self._thread, self._publish, items)
            except Exception as raised:  # noqa: BLE001 - it is each request's own, and raised there
                error = raised
            for _, taken in waiting:
                if taken.cancelled():
                    continue
                if error is None:
                    taken.set_result(None)
                else:
                    taken.set_exception(error)

    def _publish(self, items: Sequence[Item]) -> None:
        for item in items:
            self._publisher.put(item)
        self._publisher.settle()

    def close(self) -> None:
        """End the thread; what it was given is done before."""
        self._thread.shutdown()
