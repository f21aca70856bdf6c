import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from feed_site import Site, rss, serving
from kafka import KafkaConsumer, TopicPartition

from pipeline.broker.topics import ensure_topics
from pipeline.codec import decode
from pipeline.core.records import RawArticle
from pipeline.settings import Settings
from pipeline.topology import RAW

SettingsFactory = Callable[..., Settings]

_COMMAND = "import typer; from pipeline.commands.feeds import poll; typer.run(poll)"


@pytest.fixture
def site() -> Iterator[Site]:
    """A site that is up for the length of a test."""
    with serving(Site()) as up:
        yield up


@pytest.fixture
def command(site: Site, settings: SettingsFactory, tmp_path: Path) -> tuple[Settings, list[str]]:
    """`pactwatch poll` over a profile whose one feed is the site's."""
    own = settings(profile=str(tmp_path / "profile"))
    ensure_topics(own)
    (tmp_path / "profile").mkdir()
    (tmp_path / "profile" / "profile.toml").write_text('id = "own"\nname = "Own"\nparties = ["KP", "RU"]\n')
    (tmp_path / "profile" / "feeds.toml").write_text(
        f'[[feed]]\nurl = "{site.url}/feed"\nid = "example"\nname = "Example"\nfamily = "example"\n'
    )
    (tmp_path / "pactwatch.toml").write_text(
        f'brokers = "{own.brokers}"\ntopic_prefix = "{own.topic_prefix}"\nprofile = "{own.profile}"\n'
        f'data_dir = "{own.data_dir}"\npoll_seconds = 10\n'
    )
    return own, [
        sys.executable,
        "-c",
        _COMMAND,
        "--config",
        str(tmp_path / "pactwatch.toml"),
        "--allow-private",
    ]


def _titles(settings: Settings) -> list[str]:
    consumer = KafkaConsumer(bootstrap_servers=settings.brokers)
    partition = TopicPartition(settings.topic_prefix + RAW.name, 0)
    consumer.assign([partition])
    consumer.seek_to_beginning(partition)
    end = consumer.end_offsets([partition])[partition]
    titles: list[str] = []
    while consumer.position(partition) < end:
        for batch in consumer.poll(timeout_ms=1000).values():
            titles += [decode(record.value, RawArticle).title for record in batch]
    consumer.close()
    return titles


def test_poll_once_publishes_each_entry_once_across_runs(
    site: Site, command: tuple[Settings, list[str]]
) -> None:
    """Two runs over a feed that grew publish each of its entries once; the exit code tells of a feed that failed."""
    own, arguments = command
    site.pages["/feed"] = rss("a")
    first = subprocess.run([*arguments, "--once"], capture_output=True, text=True, check=True)
    assert first.stderr == "Example: 1 new of 1\n"
    site.pages["/feed"] = rss("b", "a")
    subprocess.run([*arguments, "--once"], capture_output=True, text=True, check=True)
    assert _titles(own) == ["a", "b"]
    del site.pages["/feed"]
    failed = subprocess.run([*arguments, "--once"], capture_output=True, text=True, check=False)
    assert (failed.returncode, failed.stderr) == (1, "Example: HTTP 404 Not Found; it is tried again\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_poll_ends_cleanly_at_a_signal(
    number: signal.Signals, site: Site, command: tuple[Settings, list[str]]
) -> None:
    """SIGTERM and Ctrl-C end the poller with exit code 0, and what it had published is there."""
    own, arguments = command
    site.pages["/feed"] = rss("a")
    process = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert process.stderr.readline().startswith("polling 1 feeds every 10 s")
    assert process.stderr.readline() == "Example: 1 new of 1\n"
    process.send_signal(number)
    assert process.wait(10) == 0
    assert process.stderr.read() == ""
    process.stderr.close()
    assert _titles(own) == ["a"]
