import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from kafka import KafkaConsumer, TopicPartition
from typer.testing import Result

from pipeline.commands import dead_letters
from pipeline.core.errors import BrokerError, RecordError, SettingsError
from pipeline.dead_letters import Headers, Message, dead_letter
from pipeline.sending import RecordSender
from pipeline.settings import Settings
from pipeline.topology import DEAD_LETTERS, RAW

SettingsFactory = Callable[..., Settings]
Command = Callable[..., Result]
BAD = b'{"title": "\x1b[31mred\x07", \xff'


class Raw(NamedTuple):
    """A record that could not be used."""

    topic: str
    value: bytes | None
    key: bytes | None = b"key"
    headers: Headers = (("trace-id", b"1"),)
    partition: int = 0
    offset: int = 17


@pytest.fixture
def pactwatch(on_own_topics: Callable[..., Command]) -> Command:
    """Run `dead-letters …` on this test's topics."""
    return on_own_topics(dead_letters.app)


def _bury(own: Settings, *, partition: int = 0, stage: str = "entities", value: bytes | None = BAD) -> None:
    record = Raw(own.topic_prefix + RAW.name, value)
    letter = dead_letter(
        record, stage=stage, error=RecordError("not JSON"), time=datetime(2026, 1, 9, tzinfo=UTC)
    )
    with RecordSender(own.brokers or "") as sender:
        sender.send(own.topic_prefix + DEAD_LETTERS, letter, partition=partition)


def _raw(own: Settings) -> list[tuple[bytes | None, bytes | None, Headers]]:
    """Return what lies in articles.raw."""
    consumer = KafkaConsumer(bootstrap_servers=own.brokers, enable_auto_commit=False)
    partitions = [TopicPartition(own.topic_prefix + RAW.name, number) for number in range(2)]
    consumer.assign(partitions)
    consumer.seek_to_beginning()
    ends = consumer.end_offsets(partitions)
    found: list[tuple[bytes | None, bytes | None, Headers]] = []
    while any(consumer.position(partition) < ends[partition] for partition in partitions):
        for records in consumer.poll(timeout_ms=200).values():
            found += [(record.key, record.value, list(record.headers)) for record in records]
    consumer.close()
    return found


def test_list_shows_each_letter_with_its_reason(own: Settings, pactwatch: Command) -> None:
    """The list names stage, origin and reason of each letter, of all partitions; --json is one object a line."""
    _bury(own)
    _bury(own, partition=1, stage="sink.console")
    shown = pactwatch("list")
    assert shown.exit_code == 0
    assert "sink.console" in shown.stdout
    assert "RecordError" in shown.stdout
    letters = [json.loads(line) for line in pactwatch("list", "--json").stdout.splitlines()]
    assert [(letter["id"], letter["stage"], letter["retried"]) for letter in letters] == [
        ("0:0", "entities", False),
        ("1:0", "sink.console", False),
    ]
    assert letters[0]["message"] == "not JSON"
    assert letters[0]["from"] == f"{own.topic_prefix}articles.raw 0:17"
    assert [
        json.loads(line)["id"] for line in pactwatch("list", "--json", "--limit", "1").stdout.splitlines()
    ] == ["1:0"]


def test_list_of_nothing_says_so(pactwatch: Command) -> None:
    """Where there is no letter, stdout stays empty and stderr says it."""
    shown = pactwatch("list")
    assert (shown.stdout, shown.stderr) == ("", "no dead letters\n")


def test_show_prints_the_bytes_without_touching_the_terminal(own: Settings, pactwatch: Command) -> None:
    """Control characters and bytes that are no UTF-8 are shown as escapes, the headers beside them."""
    _bury(own)
    shown = pactwatch("show", "0:0").stdout
    assert shown.endswith('{"title": "\\x1b[31mred\\x07", \\xff\n')
    assert "trace-id: 1" in shown
    assert "not JSON" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("letter_id", ["0:5", "7:0", "x", "0"])
def test_show_names_a_letter_that_is_not_there(own: Settings, pactwatch: Command, letter_id: str) -> None:
    """An id that is none, or of no letter, is an error that says so."""
    _bury(own)
    assert isinstance(pactwatch("show", letter_id).exception, SettingsError)


def test_retry_sends_the_record_as_it_came_and_only_once(own: Settings, pactwatch: Command) -> None:
    """A retried letter goes back byte by byte with its key and headers; a second retry sends nothing."""
    _bury(own)
    first = pactwatch("retry", "0:0")
    assert (first.exit_code, first.stderr) == (0, "1 letter sent again\n")
    assert _raw(own) == [(b"key", BAD, [("trace-id", b"1")])]
    second = pactwatch("retry", "0:0")
    assert second.exit_code == 1
    assert "0:0: was sent again before" in second.stderr
    assert pactwatch("retry", "--all").stderr == "0 letters sent again\n"
    assert len(_raw(own)) == 1
    assert [json.loads(line)["retried"] for line in pactwatch("list", "--json").stdout.splitlines()] == [True]


def test_a_retried_letter_that_fails_again_can_be_retried_again(own: Settings, pactwatch: Command) -> None:
    """The letter of the second failure is another letter."""
    _bury(own)
    pactwatch("retry", "--all")
    _bury(own)
    assert pactwatch("retry", "--all").stderr == "1 letter sent again\n"
    assert len(_raw(own)) == 2


def test_retry_of_a_stage_leaves_the_others(own: Settings, pactwatch: Command) -> None:
    """--stage retries that stage's letters in every partition; a tombstone is sent as one."""
    _bury(own, value=None)
    _bury(own, partition=1)
    _bury(own, stage="stories")
    assert pactwatch("retry", "--stage", "entities").stderr == "2 letters sent again\n"
    assert sorted(value or b"" for _, value, _ in _raw(own)) == [b"", BAD]


def test_a_letter_that_was_cut_is_not_sent_again(own: Settings, pactwatch: Command) -> None:
    """Half a record is never sent; the refusal says how large the whole was."""
    record = Raw(own.topic_prefix + RAW.name, b"x" * 5000)
    letter = dead_letter(record, stage="s", error=RecordError("e"), time=datetime.now(UTC), max_bytes=2000)
    with RecordSender(own.brokers or "") as sender:
        sender.send(own.topic_prefix + DEAD_LETTERS, letter, partition=0)
    refused = pactwatch("retry", "--all")
    assert refused.exit_code == 1
    assert "only a part of its 5000 bytes" in refused.stderr
    assert _raw(own) == []


@pytest.mark.parametrize("arguments", [(), ("--all", "--stage", "entities"), ("0:0", "--all")])
def test_retry_wants_one_choice(pactwatch: Command, arguments: tuple[str, ...]) -> None:
    """No choice, or two, is an error: nothing is sent by accident."""
    assert isinstance(pactwatch("retry", *arguments).exception, SettingsError)


def test_a_foreign_record_is_passed_over(own: Settings, pactwatch: Command) -> None:
    """A record that somebody else put on the topic neither breaks the list nor is retried."""
    with RecordSender(own.brokers or "") as sender:
        sender.send(own.topic_prefix + DEAD_LETTERS, Message(None, b"hello", []), partition=0)
    _bury(own)
    assert [json.loads(line)["id"] for line in pactwatch("list", "--json").stdout.splitlines()] == ["0:1"]


def test_a_large_letter_goes_there_and_back(own: Settings, pactwatch: Command) -> None:
    """A record of 10 MB is kept whole and sent again whole."""
    record = Raw(own.topic_prefix + RAW.name, b"x" * 10_000_000)
    letter = dead_letter(
        record, stage="s", error=RecordError("e"), time=datetime.now(UTC), max_bytes=16 * 1024 * 1024
    )
    with RecordSender(own.brokers or "") as sender:
        sender.send(own.topic_prefix + DEAD_LETTERS, letter, partition=0)
    assert pactwatch("retry", "--all").stderr == "1 letter sent again\n"
    assert _raw(own) == [(b"key", record.value, [("trace-id", b"1")])]


def test_a_cluster_without_the_topic_is_told(
    settings: SettingsFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no topic was made yet, the error says what makes it."""
    own = settings()
    monkeypatch.setenv("PACTWATCH_TOPIC_PREFIX", "never-made.")
    with pytest.raises(BrokerError, match=r"never-made\.dead-letters is not on Kafka.*creates it"):
        dead_letters.list_letters(brokers=own.brokers)
