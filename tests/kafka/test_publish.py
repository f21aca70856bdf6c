import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest
import typer
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from typer.testing import CliRunner

from pipeline.broker.address import running_broker
from pipeline.broker.embedded import EmbeddedBroker
from pipeline.broker.topics import ensure_topics
from pipeline.codec import decode
from pipeline.commands.publish import publish
from pipeline.core.articles import read_article
from pipeline.core.errors import BrokerError, SettingsError
from pipeline.core.records import RawArticle
from pipeline.dead_letters import DeadLetter, read_dead_letter
from pipeline.letter_box import LetterBox
from pipeline.producing import Receipt
from pipeline.publish import ArticlePublisher
from pipeline.settings import Settings, load_settings
from pipeline.topology import DEAD_LETTERS, RAW

SettingsFactory = Callable[..., Settings]
NOW = datetime(2026, 1, 9, tzinfo=UTC)

app = typer.Typer()
app.command()(publish)


def _line(number: int, **more: Any) -> str:
    return json.dumps(
        {"title": f"Report {number}", "body": "The envoy arrived.", "url": f"https://example.org/{number}"}
        | more
    )


def _article(number: int, **more: Any) -> RawArticle:
    return read_article(json.loads(_line(number, **more)), fetched_at=NOW)


def _records(settings: Settings, topic: str) -> list[Any]:
    """Return every record that is on a topic now."""
    consumer = KafkaConsumer(
        bootstrap_servers=settings.brokers, fetch_max_bytes=64 << 20, max_partition_fetch_bytes=32 << 20
    )
    partitions = [TopicPartition(settings.topic_prefix + topic, n) for n in range(settings.partitions)]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    ends = consumer.end_offsets(partitions)
    records: list[Any] = []
    while any(consumer.position(partition) < ends[partition] for partition in partitions):
        for batch in consumer.poll(timeout_ms=1000).values():
            records += batch
    consumer.close()
    return records


def _limit(settings: Settings, topic: str, size: int) -> None:
    """Have a topic take no record beyond a size, and return when its broker knows."""
    name = settings.topic_prefix + topic
    admin = KafkaAdminClient(bootstrap_servers=settings.brokers)
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, {"max.message.bytes": str(size)})])
    known = ""
    while known != str(size):
        found = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
        known = found["topic"][name]["max.message.bytes"]["value"]
    admin.close()


def _letters(settings: Settings) -> list[DeadLetter]:
    return [read_dead_letter(record) for record in _records(settings, DEAD_LETTERS)]


def _publish(settings: Settings, *arguments: str, stdin: str = "") -> Any:
    """Run the command with a configuration file that says what these settings say."""
    config = settings.data_dir / "pactwatch.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(f'brokers = "{settings.brokers}"\ntopic_prefix = "{settings.topic_prefix}"\n')
    return CliRunner().invoke(app, ["--config", str(config), *arguments], input=stdin)


def test_an_article_is_on_the_topic_with_its_key_and_headers(settings: SettingsFactory) -> None:
    """The key is the article's id, the value decodes to the article, and the headers say what it is."""
    own = settings()
    ensure_topics(own)
    with ArticlePublisher(
        own.brokers or "", topic_prefix=own.topic_prefix, source="pactwatch/test"
    ) as publisher:
        publisher.publish(_article(1))
        publisher.publish(_article(2))
        publisher.settle()
        assert (publisher.published, publisher.buried) == (2, 0)
    first, second = _records(own, RAW.name)
    assert decode(first.value, RawArticle) == _article(1)
    assert first.key.decode() == _article(1).article_id
    headers = dict(first.headers)
    assert headers["schema"] == b"raw-article.v1"
    assert headers["ce_source"] == b"pactwatch/test"
    assert len(bytes.fromhex(headers["trace-id"].decode())) == 16
    assert headers["trace-id"] != dict(second.headers)["trace-id"]


def test_what_a_topic_takes_no_record_of_is_a_dead_letter(settings: SettingsFactory) -> None:
    """An article that Kafka refuses for its size is buried with its bytes, and the next one is published."""
    own = settings()
    ensure_topics(own)
    _limit(own, RAW.name, 20_000)
    told: list[str] = []
    large = _article(1, body=os.urandom(60_000).hex())
    with ArticlePublisher(own.brokers or "", topic_prefix=own.topic_prefix, tell=told.append) as publisher:
        publisher.publish(large, "news.jsonl:1")
        publisher.settle()
        publisher.publish(_article(2), "news.jsonl:2")
        publisher.settle()
        assert (publisher.published, publisher.buried) == (1, 1)
    [letter] = _letters(own)
    assert decode(letter.value, RawArticle) == large
    assert (letter.stage, letter.error, letter.truncated) == ("publish", "TooLargeError", None)
    assert letter.message.startswith("news.jsonl:1: ")
    assert told == [letter.message]
    assert [decode(record.value, RawArticle).title for record in _records(own, RAW.name)] == ["Report 2"]


def test_an_article_beyond_16_megabytes_is_a_dead_letter(settings: SettingsFactory) -> None:
    """What no request can hold is buried cut, with its whole size noted."""
    own = settings()
    ensure_topics(own)
    with ArticlePublisher(own.brokers or "", topic_prefix=own.topic_prefix, tell=lambda _: None) as publisher:
        publisher.publish(_article(1, body="x" * (17 * 1024 * 1024)), "long.jsonl:1")
        publisher.publish(_article(2), "long.jsonl:2")
        publisher.settle()
        assert (publisher.published, publisher.buried) == (1, 1)
    [letter] = _letters(own)
    assert letter.truncated is not None
    assert letter.truncated > 17 * 1024 * 1024


def test_a_topic_that_is_missing_is_told_at_once(settings: SettingsFactory) -> None:
    """Without its topics a publisher does not even begin."""
    own = settings()
    with pytest.raises(BrokerError, match=r"has no topic .*articles\.raw"):
        ArticlePublisher(own.brokers or "", topic_prefix=own.topic_prefix)


def test_what_no_broker_acknowledges_is_not_counted_and_a_broker_that_returns_is_used(tmp_path: Path) -> None:
    """While the broker hangs nothing counts as published and settling says so; once it answers all goes on."""
    own = load_settings(data_dir=tmp_path)
    with EmbeddedBroker(tmp_path) as broker:
        ensure_topics(own)
        address = running_broker(tmp_path)
        assert address is not None
        process = psutil.Process(address.pid)
        with ArticlePublisher(broker.bootstrap, delivery_seconds=2) as publisher:
            publisher.publish(_article(1))
            publisher.settle()
            process.suspend()
            publisher.publish(_article(2))
            with pytest.raises(BrokerError, match="did not acknowledge"):
                publisher.settle()
            assert publisher.published == 1
            process.resume()
            publisher.publish(_article(3))
            publisher.settle()
            assert publisher.published == 2
        records = _records(own.model_copy(update={"brokers": broker.bootstrap}), RAW.name)
    assert {"Report 1", "Report 3"} <= {decode(record.value, RawArticle).title for record in records}


def test_the_command_publishes_files_and_stdin(settings: SettingsFactory, tmp_path: Path) -> None:
    """JSON lines, a feed, a text and stdin go to one topic; the summary counts them, in their order."""
    own = settings()
    (tmp_path / "news.jsonl").write_text(_line(1) + "\n" + _line(2) + "\n")
    (tmp_path / "feed.xml").write_text(
        "<rss version='2.0'><channel><title>Example</title><item><title>From a feed</title></item></channel></rss>"
    )
    (tmp_path / "note.txt").write_text("From a text\n\nThe envoy arrived.\n")
    files = [str(tmp_path / name) for name in ("news.jsonl", "feed.xml", "note.txt")]
    done = _publish(own, *files, "-", stdin=_line(3))
    assert (done.exit_code, done.stdout) == (0, "published 5 articles\n")
    titles = [decode(record.value, RawArticle).title for record in _records(own, RAW.name)]
    assert titles == ["Report 1", "Report 2", "From a feed", "From a text", "Report 3"]


BAD_LINES = {
    "broken JSON": b'{"title": "cut off',
    "wrong type": b'{"title": 7, "body": "b"}',
    "missing title": b'{"body": "b"}',
    "lone surrogate": b'{"title": "a", "body": "\\ud800"}',
    "no UTF-8": b'{"title": "a", "body": "\xff\xfe"}',
    "binary": bytes(range(11, 256)),
}
TOLERATED_LINES = {
    "NUL bytes": b'{"title": "a\\u0000b", "body": "b\\u0000"}',
    "unknown fields": b'{"title": "a", "body": "b", "colour": {"is": "red"}}',
    "date in 1900": b'{"title": "a", "body": "b", "published_at": "1900-01-01"}',
    "date next year": b'{"title": "a", "body": "b", "published_at": "2027-01-01"}',
    "ten megabytes": b'{"title": "a", "body": "' + b"word " * (2 * 1024 * 1024) + b'"}',
    "CRLF": b'{"title": "a", "body": "b"}\r',
}


def test_bad_lines_are_dead_letters_and_the_others_unharmed(
    settings: SettingsFactory, tmp_path: Path
) -> None:
    """Each bad line is named with file and number and buried as it came; every other line is published."""
    own = settings()
    file = tmp_path / "news.jsonl"
    lines = [line for bad in BAD_LINES.values() for line in (bad, _line(len(bad)).encode())]
    file.write_bytes(b"\xef\xbb\xbf" + b"\n".join([*lines, *TOLERATED_LINES.values()]))
    done = _publish(own, str(file))
    assert done.exit_code == 1
    assert (
        done.stdout
        == f"published {len(BAD_LINES) + len(TOLERATED_LINES)} articles, {len(BAD_LINES)} bad (see `pactwatch dead-letters list`)\n"
    )
    positions = [f"{file}:{number}" for number in range(1, 2 * len(BAD_LINES), 2)]
    named = [line.partition(": ")[0] for line in done.stderr.splitlines()]
    assert named == positions
    letters = _letters(own)
    assert [letter.value for letter in letters] == list(BAD_LINES.values())
    assert [letter.message.partition(": ")[0] for letter in letters] == positions
    assert {(letter.stage, letter.from_topic) for letter in letters} == {
        ("publish", own.topic_prefix + RAW.name)
    }
    published = [decode(record.value, RawArticle) for record in _records(own, RAW.name)]
    assert len(published) == len(BAD_LINES) + len(TOLERATED_LINES)
    assert sum(article.published_at is not None for article in published) == 2


def test_a_buried_line_can_be_retried(settings: SettingsFactory, tmp_path: Path) -> None:
    """A dead letter of a line, which never had a key, is sent again as it came, and once."""
    own = settings()
    (tmp_path / "news.jsonl").write_text("bad\n")
    _publish(own, str(tmp_path / "news.jsonl"))
    box = LetterBox(own.brokers or "", own.topic_prefix + DEAD_LETTERS)
    letters = list(box.letters())
    assert box.retry(letters, now=lambda: NOW) == []
    assert [record.value for record in _records(own, RAW.name)] == [b"bad"]
    again = LetterBox(own.brokers or "", own.topic_prefix + DEAD_LETTERS)
    assert again.retry(letters, now=lambda: NOW) == ["0:0: was sent again before"]


def test_the_summary_for_programs_is_one_object(settings: SettingsFactory, tmp_path: Path) -> None:
    """With --json stdout holds the counts as one JSON object and nothing else."""
    (tmp_path / "news.jsonl").write_text(_line(1) + "\nbad\n")
    done = _publish(settings(), "--json", str(tmp_path / "news.jsonl"))
    assert json.loads(done.stdout) == {"published": 1, "bad": 1}


def test_an_empty_file_publishes_nothing_and_is_no_error(settings: SettingsFactory, tmp_path: Path) -> None:
    """An empty file counts as read."""
    (tmp_path / "empty.jsonl").touch()
    done = _publish(settings(), str(tmp_path / "empty.jsonl"))
    assert (done.exit_code, done.stdout) == (0, "published 0 articles\n")


def test_a_file_that_is_not_there_stops_before_anything_is_published(
    settings: SettingsFactory, tmp_path: Path
) -> None:
    """A misspelt name among the files ends the run at its beginning, by name."""
    own = settings()
    ensure_topics(own)
    (tmp_path / "news.jsonl").write_text(_line(1))
    done = _publish(own, str(tmp_path / "news.jsonl"), str(tmp_path / "nwes.jsonl"))
    assert isinstance(done.exception, SettingsError)
    assert "nwes.jsonl" in str(done.exception)
    assert _records(own, RAW.name) == []


def test_without_a_broker_the_command_says_what_to_do(tmp_path: Path) -> None:
    """With neither brokers nor a running embedded broker the error says both ways."""
    (tmp_path / "news.jsonl").write_text(_line(1))
    done = CliRunner().invoke(app, ["--data-dir", str(tmp_path), str(tmp_path / "news.jsonl")])
    assert isinstance(done.exception, BrokerError)
    assert "--brokers" in str(done.exception)


def test_ctrl_c_lets_what_is_under_way_arrive(settings: SettingsFactory) -> None:
    """Interrupted in the middle of stdin, the command says where it stopped, and just that is on the topic."""
    own = settings()
    ensure_topics(own)
    config = own.data_dir / "pactwatch.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'brokers = "{own.brokers}"\ntopic_prefix = "{own.topic_prefix}"\n')
    code = "import typer; from pipeline.commands.publish import publish; typer.run(publish)"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "--config", str(config), "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdin.write("".join(_line(number) + "\n" for number in range(500)))
    process.stdin.flush()
    while not _records(own, RAW.name):  # it has begun
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    output = process.stderr.read()
    assert process.wait(30) == 130
    count = len(_records(own, RAW.name))
    assert 0 < count <= 500
    assert f"stopped after stdin:{count}: {count} published, 0 bad" in output
    assert process.stdout.read() == ""
    for stream in (process.stdin, process.stdout, process.stderr):
        stream.close()


def test_a_receipt_tells_when_kafka_has_the_article(tmp_path: Path) -> None:
    """Awaited on any loop it returns once the article is on the topic, and raises where no broker took it."""
    own = load_settings(data_dir=tmp_path)
    with EmbeddedBroker(tmp_path) as broker:
        ensure_topics(own)
        address = running_broker(tmp_path)
        assert address is not None
        process = psutil.Process(address.pid)
        with ArticlePublisher(broker.bootstrap, delivery_seconds=2) as publisher:
            arrived = publisher.publish(_article(1))
            asyncio.run(_wait_for(arrived))
            assert arrived.has_arrived
            process.suspend()
            lost = publisher.publish(_article(2))
            assert not lost.has_arrived
            with pytest.raises(BrokerError, match="did not acknowledge"):
                asyncio.run(_wait_for(lost))
            process.resume()
            with pytest.raises(BrokerError, match="did not acknowledge"):
                publisher.publish(_article(3))
            asyncio.run(_wait_for(publisher.publish(_article(3))))


async def _wait_for(receipt: Receipt) -> None:
    await receipt
