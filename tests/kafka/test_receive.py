import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kafka import KafkaConsumer, TopicPartition

from pipeline.codec import decode
from pipeline.core.records import RawArticle
from pipeline.settings import Settings
from pipeline.topology import DEAD_LETTERS, RAW

SettingsFactory = Callable[..., Settings]
TOKEN = "a-token-of-some-length"  # noqa: S105 - a test's own


@contextmanager
def _receiving(settings: Settings, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Yield `pactwatch receive` on a free port, and its address."""
    config = tmp_path / "pactwatch.toml"
    config.write_text(f'brokers = "{settings.brokers}"\ntopic_prefix = "{settings.topic_prefix}"\n')
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "receive", "--listen", "127.0.0.1:0", "--config", str(config)],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PACTWATCH_RECEIVE_TOKEN": TOKEN},
    )
    assert process.stderr is not None
    try:
        said = ""
        while "receiving articles at " not in said:
            said = process.stderr.readline()
            assert said, "it ended"
        yield process, said.split()[3].rstrip(",")
    finally:
        process.kill()
        process.wait(10)
        process.stderr.close()


def _push(address: str, body: str) -> tuple[int, dict[str, object]]:
    request = urllib.request.Request(  # noqa: S310 - loopback
        address,
        body.encode(),
        {"Content-Type": "application/x-ndjson", "Authorization": f"Bearer {TOKEN}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - loopback
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def _count(settings: Settings, topic: str) -> list[bytes]:
    consumer = KafkaConsumer(bootstrap_servers=settings.brokers)
    partition = TopicPartition(settings.topic_prefix + topic, 0)
    consumer.assign([partition])
    consumer.seek_to_beginning(partition)
    end = consumer.end_offsets([partition])[partition]
    values: list[bytes] = []
    while consumer.position(partition) < end:
        for batch in consumer.poll(timeout_ms=1000).values():
            values += [record.value for record in batch]
    consumer.close()
    return values


def test_what_was_accepted_is_on_the_topic_and_what_is_bad_among_the_dead_letters(
    settings: SettingsFactory, tmp_path: Path
) -> None:
    """At the moment of the answer Kafka has the articles; SIGTERM ends the endpoint with exit code 0; the token is not said."""
    own = settings()
    with _receiving(own, tmp_path) as (process, address):
        line = json.dumps({"title": "Envoy arrives", "body": "b", "url": "https://example.org/1"})
        assert _push(address, line) == (202, {"accepted": 1})
        assert [decode(value, RawArticle).title for value in _count(own, RAW.name)] == ["Envoy arrives"]
        status, problem = _push(address, f"broken\n{line}\n")
        assert (status, problem["accepted"], problem["rejected"]) == (400, 1, 1)
        assert _count(own, DEAD_LETTERS) == [b"broken"]
        process.send_signal(signal.SIGTERM)
        assert process.stderr is not None
        rest = process.stderr.read()
        assert process.wait(20) == 0
    assert rest.endswith("received 2 articles, 1 bad\n")
    assert TOKEN not in rest
