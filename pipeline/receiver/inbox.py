"""Where pushed articles go: Kafka, one request's items at a time."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from pipeline.core.errors import RecordError
from pipeline.publish import ArticlePublisher
from pipeline.sources.item import Item


class Inbox(Protocol):
    """What the endpoint needs of the place where articles go."""

    async def take(self, items: Sequence[Item]) -> None:
        """Return once all items are safe, what is no article among the dead letters. Raises BrokerError."""


class KafkaInbox:
    """Publishes from a thread of its own, since a publisher is used from one thread at a time."""

    def __init__(self, publisher: ArticlePublisher) -> None:
        self._publisher = publisher
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="inbox")

    async def take(self, items: Sequence[Item]) -> None:
        """Return once Kafka has acknowledged all items. Raises BrokerError."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._publish, items)

    def _publish(self, items: Sequence[Item]) -> None:
        for item in items:
            if isinstance(item.result, RecordError):
                self._publisher.bury(item.raw, item.position, item.result)
            else:
                self._publisher.publish(item.result, item.position)
        self._publisher.settle()

    def close(self) -> None:
        """End the thread; what it was given is done before."""
        self._thread.shutdown()
