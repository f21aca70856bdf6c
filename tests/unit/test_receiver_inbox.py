import asyncio
import threading
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from pipeline.core.errors import BrokerError, RecordError
from pipeline.publish import ArticlePublisher
from pipeline.receiver.inbox import KafkaInbox
from pipeline.sources.item import Item

NOW = datetime(2026, 1, 9, tzinfo=UTC)


class Publisher:
    """Keeps what it is given, in rounds; `settle` waits until it may go on, and fails where it is told to."""

    def __init__(self) -> None:
        self.rounds: list[list[str]] = [[]]
        self.may_settle = threading.Event()
        self.has_begun = threading.Event()
        self.fails = False

    def put(self, item: Item) -> None:
        """Take an article, or what is none."""
        if isinstance(item.result, RecordError):
            self.rounds[-1].append(f"{item.position} {item.raw.decode()}: {item.result}")
            return
        assert item.position == "body"
        self.rounds[-1].append(item.result.title)

    def settle(self) -> None:
        """End a round."""
        self.has_begun.set()
        assert self.may_settle.wait(10)
        self.rounds.append([])
        if self.fails:
            raise BrokerError("away")


def _item(title: str) -> Item:
    return Item.of_fields("body", b"", {"title": title, "body": "b"}, NOW)


def _run(use: Any) -> list[list[str]]:
    publisher = Publisher()
    inbox = KafkaInbox(cast("ArticlePublisher", publisher))
    asyncio.run(use(inbox, publisher))
    inbox.close()
    return [round_ for round_ in publisher.rounds if round_]


def test_what_comes_while_kafka_is_waited_for_goes_in_one_round() -> None:
    """Many small requests wait for Kafka together; none is done before its own round is."""

    async def use(inbox: KafkaInbox, publisher: Publisher) -> None:
        first = asyncio.create_task(inbox.take([_item("a")]))
        await asyncio.to_thread(publisher.has_begun.wait, 10)
        bad = Item("body:2", b"x", RecordError("no"))
        others = [asyncio.create_task(inbox.take(items)) for items in ([_item("b"), bad], [_item("c")])]
        await asyncio.sleep(0)
        assert not first.done()
        publisher.may_settle.set()
        await asyncio.gather(first, *others)

    assert _run(use) == [["a"], ["b", "body:2 x: no", "c"]]


def test_a_round_that_fails_fails_for_its_requests_alone() -> None:
    """When Kafka is away every request of the round is told, and the next is tried anew."""

    async def use(inbox: KafkaInbox, publisher: Publisher) -> None:
        publisher.may_settle.set()
        publisher.fails = True
        with pytest.raises(BrokerError):
            await inbox.take([_item("a")])
        publisher.fails = False
        await inbox.take([_item("b")])

    assert _run(use) == [["a"], ["b"]]
