"""`pactwatch run`: everything on one machine."""

import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.options import Brokers, Config, DataDir, ProfileName
from pipeline.commands.poll import poller_of

if TYPE_CHECKING:
    from pipeline.delivery import Delivery
    from pipeline.poller import FeedPoller
    from pipeline.settings import Settings
    from pipeline.sinks import Sink

EXIT_PART_DIED = 1
_LOOK_SECONDS = 0.5
# A shell may pass one Ctrl-C on twice, to the process and to its group.
_SAME_SIGNAL_SECONDS = 1.0
Once = Annotated[
    bool, typer.Option("--once", help="Publish what the feeds hold now, let it run through, and exit.")
]
Feeds = Annotated[bool | None, typer.Option("--feeds/--no-feeds", help="Poll the profile's feeds.")]
Samples = Annotated[
    bool | None, typer.Option("--samples/--no-samples", help="Publish the profile's sample articles, once.")
]


def run(
    brokers: Brokers = None,
    data_dir: DataDir = None,
    profile: ProfileName = None,
    config: Config = None,
    *,
    once: Once = False,
    feeds: Feeds = None,
    samples: Samples = None,
) -> None:
    r"""Run it all: Kafka, topics, feeds, stages and sinks; alerts on the terminal as they are raised.

    Without --brokers a real single-node Kafka is started on loopback. Everything kept is in one folder, and the next
    start goes on where this one stopped. Ctrl-C ends it all. Sample articles go to the embedded Kafka only, unless
    --samples is given.

    \b
    Examples:
      pactwatch run
      pactwatch run --once --no-feeds
      pactwatch run --brokers kafka.example.org:9092 --config pactwatch.toml
    """
    from pipeline.logs import set_up_logging
    from pipeline.profiles import load_profile
    from pipeline.settings import load_settings
    from pipeline.sinks import default_sinks, open_sinks

    settings = load_settings(
        config, brokers=brokers, data_dir=data_dir, profile=profile, feeds=feeds, samples=samples
    )
    if settings.brokers and not samples:
        settings = settings.model_copy(update={"samples": False})
    set_up_logging(settings.log_level)
    watched = load_profile(settings.profile)
    with _stop_signals() as stop, ExitStack() as parts:
        say(f"data in {settings.data_dir.absolute()}")
        settings = parts.enter_context(_kafka(settings))
        sinks = open_sinks(default_sinks(settings), watched.names)
        delivery = _start_flow(settings, sinks, parts)
        if settings.samples:
            _publish_samples(settings)
        poller = parts.enter_context(poller_of(settings, watched, tell=say)) if settings.feeds else None
        say(f"watching {watched.name}; Ctrl-C ends")
        is_whole = True
        if once:
            _drain(settings, poller, [sink.name for sink in sinks], stop)
        elif poller is not None:
            polling = parts.enter_context(_polling(poller))
            is_whole = _wait(stop, delivery, polling)
        else:
            is_whole = _wait(stop, delivery)
        say("stopping")
    say("stopped")
    if not is_whole or delivery.dead:
        raise typer.Exit(EXIT_PART_DIED)


def say(line: str) -> None:
    """Print a line for the person who watches; stdout is the alerts'."""
    typer.echo(line, err=True)


def _wait(stop: threading.Event, delivery: "Delivery", polling: threading.Thread | None = None) -> bool:
    """Wait for the signal to stop; False where a part ended unasked: feeds nobody reads and alerts nobody gets are none."""
    while not stop.wait(_LOOK_SECONDS):
        if delivery.dead:
            say(f"delivery to {', '.join(delivery.dead)} ended unasked")
            return False
        if polling is not None and not polling.is_alive():
            say("the polling of feeds ended unasked")
            return False
    return True


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    """Yield an event that SIGINT and SIGTERM set; a second signal is not waited for."""
    stop = threading.Event()
    asked_at = 0.0

    def on_signal(number: int, _: object) -> None:
        nonlocal asked_at
        now = time.monotonic()
        if stop.is_set() and now - asked_at > _SAME_SIGNAL_SECONDS:
            sys.exit(128 + number)
        asked_at = now if not stop.is_set() else asked_at
        stop.set()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _kafka(settings: "Settings") -> Iterator["Settings"]:
    """Yield the settings with the brokers in them, having started the embedded one where none is given."""
    from pipeline.broker.embedded import EmbeddedBroker
    from pipeline.broker.topics import ensure_topics

    with ExitStack() as started:
        if settings.brokers:
            say(f"using Kafka at {settings.brokers}")
        else:
            broker = started.enter_context(EmbeddedBroker(settings.data_dir, tell=say))
            settings = settings.model_copy(update={"brokers": broker.bootstrap})
            say(f"Kafka is up at {broker.bootstrap}")
        ensure_topics(settings, tell=say)
        yield settings


def _start_flow(settings: "Settings", sinks: "Sequence[Sink]", parts: ExitStack) -> "Delivery":
    """Start the worker process and the sinks, which are returned; they end with `parts`, the worker first."""
    from pipeline.delivery import Delivery
    from pipeline.settings import as_environment
    from pipeline.supervisor import WorkerProcess

    delivery = Delivery(settings, sinks)
    delivery.start()
    parts.callback(delivery.stop)
    worker = WorkerProcess(["worker"], as_environment(settings))
    worker.start()
    parts.callback(worker.stop)
    return delivery


def _publish_samples(settings: "Settings") -> None:
    """Publish the profile's sample articles; a marker in the data folder says that it was done."""
    from pipeline.profiles import sample_articles
    from pipeline.publish import ArticlePublisher
    from pipeline.sources import read_source

    marker = settings.data_dir / "samples-published"
    path = sample_articles(settings.profile)
    if marker.exists() or not path.exists():
        return
    bootstrap = settings.brokers or ""
    with ArticlePublisher(bootstrap, topic_prefix=settings.topic_prefix, source="pactwatch/run") as publisher:
        for item in read_source(str(path), datetime.now(UTC)):
            publisher.put(item)
        publisher.settle()
    marker.touch()
    say(f"published {publisher.published} sample articles")


@contextmanager
def _polling(poller: "FeedPoller") -> Iterator[threading.Thread]:
    """Poll in a thread of its own for the length of the block."""
    thread = threading.Thread(target=poller.poll_forever, name="poller")
    thread.start()
    try:
        yield thread
    finally:
        poller.stop()
        thread.join()


def _drain(
    settings: "Settings", poller: "FeedPoller | None", sinks: "Sequence[str]", stop: threading.Event
) -> None:
    """Poll each feed once, and wait until all there is has run through to the sinks."""
    from pipeline.broker.admin import admin_client
    from pipeline.lag import reading, wait_until_drained

    if poller is not None:
        poller.poll_once()
    with admin_client(settings.brokers or "") as admin:
        wait_until_drained(admin, reading(settings, sinks), is_stopped=stop.is_set)
