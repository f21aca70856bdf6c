"""What a poll writes to Kafka: articles, dead letters, and afterwards the feed's state."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

from pipeline import codec
from pipeline.core.errors import RecordError
from pipeline.core.feeds import FeedState
from pipeline.dead_letters import Message
from pipeline.headers import new_trace_id, record_headers
from pipeline.producing import AcknowledgingProducer, Receipt
from pipeline.sources.item import Item
from pipeline.topology import FEED_STATES

_SOURCE = "pactwatch/poll"


class Publisher(Protocol):
    """What the poller needs of a publisher."""

    def put(self, item: Item) -> Receipt:
        """Send an article, or to the dead letters what is none."""


class Writer:
    """Sends in a thread, one at a time: where Kafka is slow whoever polls waits, and the buffer stays bounded.

    What it returns from is acknowledged; BrokerError where it may not be.
    """

    def __init__(self, publisher: Publisher, states: AcknowledgingProducer, topic_prefix: str) -> None:
        self._publisher = publisher
        self._states = states
        self._topic = topic_prefix + FEED_STATES.name
        self._turn = asyncio.Lock()

    async def publish(self, items: Sequence[Item]) -> int:
        """Send articles and what is none; return how many are none, once Kafka has them all."""
        async with self._turn:
            receipts = await asyncio.to_thread(self._send, items)
        for receipt in receipts:
            await receipt
        return sum(isinstance(item.result, RecordError) for item in items)

    async def remember(self, partition: int, state: FeedState) -> None:
        """Write a feed's state to its partition."""
        headers = record_headers(
            FEED_STATES, state, trace_id=new_trace_id(), source=_SOURCE, time=datetime.now(UTC)
        )
        message = Message(FEED_STATES.key(state).encode(), codec.encode(state), headers)
        async with self._turn:
            receipt = await asyncio.to_thread(self._states.send, self._topic, message, partition=partition)
        await receipt

    def _send(self, items: Sequence[Item]) -> list[Receipt]:
        return [self._publisher.put(item) for item in items]
