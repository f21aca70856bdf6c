"""What it takes to poll many feeds that are all due at once, against servers that are simulated on this machine."""

import resource
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from aiohttp.abc import AbstractResolver, ResolveResult

from pipeline.bench.measure import Tell, on_kafka
from pipeline.broker.topics import ensure_topics
from pipeline.core.feeds import Feed
from pipeline.feed_list import FeedList
from pipeline.fetching import Fetcher
from pipeline.poller import FeedPoller
from pipeline.poller.polling import Place
from pipeline.publish import ArticlePublisher
from pipeline.settings import Settings

_HOST = "127.0.0.1"
_ROUNDS = ("first", "later")
_SERVER = [sys.executable, "-m", "pipeline.bench.feed_server"]


class _Here(AbstractResolver):
    """Every name is this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        del family
        return [ResolveResult(hostname=host, host=_HOST, port=port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing is held."""


def measure_feeds(settings: Settings, count: int, *, tell: Tell) -> dict[str, float]:
    """Poll `count` feeds, each of a host of its own, in this process: once when all is new, then once more.

    Polls a second are by the clock, from reading the list to the last state that Kafka has; CPU is this process's alone.
    """
    name = f"bench-feeds-{datetime.now(UTC):%H%M%S}"
    figures: dict[str, float] = {"feeds": count}
    with on_kafka(settings, tell) as ready, _server() as port:
        here = ready.model_copy(update={"topic_prefix": f"{name}.", "app_id": name})
        ensure_topics(here, tell=tell)
        bootstrap = here.brokers or ""
        with FeedList(bootstrap, topic_prefix=here.topic_prefix) as listed:
            listed.add(*(_feed(number, port) for number in range(count)))
        for number, round_ in enumerate(_ROUNDS, start=1):
            tell(f"{count:,} feeds, the {round_} time …")
            urllib.request.urlopen(f"http://{_HOST}:{port}/round/{number}").close()
            figures |= {f"{round_}_{what}": figure for what, figure in _round(here, count).items()}
    figures["peak_rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def _round(settings: Settings, count: int) -> dict[str, float]:
    bootstrap, prefix = settings.brokers or "", settings.topic_prefix
    started, cpu = time.perf_counter(), time.process_time()
    with ArticlePublisher(bootstrap, topic_prefix=prefix) as publisher:
        poller = FeedPoller(
            Place(bootstrap, settings.app_id, prefix),
            publisher,
            lambda: Fetcher(allow_private=True, resolver=_Here()),
            poll_seconds=900,
        )
        results = poller.poll_once()
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    return {
        "polls_per_s": count / seconds,
        "cpu_ms_per_poll": cpu / count * 1000,
        "failed": sum(bool(result.error) for result in results),
        "published": sum(result.published for result in results),
    }


def _feed(number: int, port: int) -> Feed:
    url = f"http://feed-{number}.example:{port}/feed/{number}"
    return Feed(id=f"feed-{number}", url=url, name=f"Feed {number}", family="bench")


@contextmanager
def _server() -> Iterator[int]:
    process = subprocess.Popen(_SERVER, stdout=subprocess.PIPE, text=True)
    try:
        yield int((process.stdout and process.stdout.readline()) or 0)
    finally:
        process.terminate()
        process.wait()
