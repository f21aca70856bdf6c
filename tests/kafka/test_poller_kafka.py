"""The poller on a real Kafka: what it remembers, and how several share the list."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from feed_site import Site, rss, serving
from kafka import KafkaConsumer, TopicPartition

from pipeline.broker.topics import ensure_topics
from pipeline.codec import decode
from pipeline.core.feeds import Feed
from pipeline.core.records import RawArticle
from pipeline.feed_list import FeedList, partition_of
from pipeline.settings import Settings
from pipeline.topology import RAW

SettingsFactory = Callable[..., Settings]

_COMMAND = "import typer; from pipeline.commands.poll import poll; typer.run(poll)"


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
    assert process.stderr.readline().startswith("polling the feed list about every 10 s")
    assert process.stderr.readline() == "Example: 1 new of 1\n"
    process.send_signal(number)
    assert process.wait(10) == 0
    assert process.stderr.read() == ""
    process.stderr.close()
    assert _titles(own) == ["a"]


# A poller that asks each feed twice a second and tells of each poll.
_POLLER = """
import sys
from pipeline.fetching import Fetcher
from pipeline.poller import FeedPoller
from pipeline.poller.polling import Place
from pipeline.publish import ArticlePublisher

bootstrap, prefix, name = sys.argv[1:]
with ArticlePublisher(bootstrap, topic_prefix=prefix) as publisher:
    FeedPoller(
        Place(bootstrap, prefix + "poller", prefix, session_seconds=6.0),
        publisher,
        lambda: Fetcher(allow_private=True),
        poll_seconds=0.5,
        report=lambda result: print(result.feed.id, result.published, result.error, flush=True),
    ).poll_forever()
"""
_WITHIN = 60


def _poller(own: Settings, name: str, log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-c", _POLLER, own.brokers or "", own.topic_prefix, name], stdout=output
        )


def _wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + _WITHIN
    while not until():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.fixture
def sites() -> Iterator[list[Site]]:
    """Sites of different hosts, whose feeds lie on different partitions."""
    with ExitStack() as up:
        yield [up.enter_context(serving(Site(), f"127.0.0.{number}")) for number in range(2, 8)]


def test_pollers_share_the_list_and_one_goes_on_where_another_died(
    sites: list[Site], settings: SettingsFactory, tmp_path: Path
) -> None:
    """Each feed is polled by one of two; after kill -9 of one the other has its feeds and knows what was published."""
    own = settings(feed_partitions=6)
    ensure_topics(own)
    feeds = [Feed(id=site.url, url=f"{site.url}/feed", name=site.url, family="f") for site in sites]
    assert len({partition_of(feed, 6) for feed in feeds}) > 1
    for site in sites:
        site.pages["/feed"] = rss(f"{site.url}-a").replace(
            "https://example.org/http://", "https://example.org/"
        )
    with FeedList(own.brokers or "", topic_prefix=own.topic_prefix) as listed:
        listed.sync(feeds)
    logs = [tmp_path / "one", tmp_path / "two"]
    pollers = [_poller(own, log.name, log) for log in logs]
    try:
        _wait(lambda: all(_polled(log) for log in logs) and len(_polled(*logs)) == len(feeds))
        # Once both are in, each has feeds of its own; what one polled before the other came counts for neither.
        for log in logs:
            log.write_bytes(b"")
        _wait(lambda: len(_polled(*logs)) == len(feeds) and all(_polled(log) for log in logs))
        assert _polled(logs[0]).isdisjoint(_polled(logs[1]))
        pollers[0].kill()
        pollers[0].wait()
        for site in sites:
            site.pages["/feed"] = rss(f"{site.url}-b", f"{site.url}-a").replace(
                "https://example.org/http://", "https://example.org/"
            )
        logs[1].write_bytes(b"")
        _wait(lambda: len(_polled(logs[1])) == len(feeds) and len(_titles(own)) >= 2 * len(feeds))
    finally:
        for poller in pollers:
            poller.kill()
            poller.wait()
    assert sorted(_titles(own)) == sorted(f"{site.url}-{item}" for site in sites for item in "ab")


def _polled(*logs: Path) -> set[str]:
    return {
        line.split()[0]
        for log in logs
        for line in log.read_text().replace("\0", "").splitlines()
        if line.strip()
    }


def test_a_feed_is_polled_as_soon_as_it_is_added_and_no_more_when_it_is_removed(
    site: Site, settings: SettingsFactory, tmp_path: Path
) -> None:
    """Whoever changes the list need not restart a poller."""
    own = settings()
    ensure_topics(own)
    site.pages |= {"/one": rss("a"), "/two": rss("b")}
    one, two = (Feed(id=path, url=f"{site.url}/{path}", name=path, family="f") for path in ("one", "two"))
    log = tmp_path / "log"
    with FeedList(own.brokers or "", topic_prefix=own.topic_prefix) as listed:
        listed.add(one)
        poller = _poller(own, "log", log)
        try:
            _wait(lambda: _polled(log) == {"one"})
            listed.add(two)
            _wait(lambda: _polled(log) == {"one", "two"})
            listed.remove("one")
            before = len(site.requests["/two"])
            _wait(lambda: len(site.requests["/two"]) > before + 1)
            asked = len(site.requests["/one"])
            before = len(site.requests["/two"])
            _wait(lambda: len(site.requests["/two"]) > before + 2)
            assert len(site.requests["/one"]) == asked
        finally:
            poller.kill()
            poller.wait()
    assert sorted(_titles(own)) == ["a", "b"]


def test_what_a_feed_came_to_is_on_the_topic(site: Site, command: tuple[Settings, list[str]]) -> None:
    """The state says when the feed was read and what it holds, and of a failing one why."""
    own, arguments = command
    site.pages["/feed"] = rss("a", "b")
    subprocess.run([*arguments, "--once"], capture_output=True, check=True)
    with FeedList(own.brokers or "", topic_prefix=own.topic_prefix) as listed:
        state = listed.states()["example"]
        assert (state.entries, state.published, state.error, len(state.seen)) == (2, 2, "", 2)
        assert state.succeeded_at is not None
        assert state.next_at is not None
        assert state.next_at > state.succeeded_at
        del site.pages["/feed"]
        subprocess.run([*arguments, "--once"], capture_output=True, check=False)
        state = listed.states()["example"]
        assert (state.error, state.failures, len(state.seen)) == ("HTTP 404 Not Found", 1, 2)
