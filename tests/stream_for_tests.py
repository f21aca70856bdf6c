"""Worker processes, articles put in and records read back: what the tests on a real Kafka share."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from stages_for_tests import NOW

from pipeline import codec
from pipeline.broker.admin import admin_client
from pipeline.core.records import RawArticle
from pipeline.headers import new_trace_id, record_headers
from pipeline.lag import lags, reading
from pipeline.settings import PREFIX, Settings, as_environment
from pipeline.topology import RAW, TAGGED

_WORKER = Path(__file__).parent / "worker_for_tests.py"
ALL = "entities,events,stories"


class Raw(NamedTuple):
    """A record to put on articles.raw as it is."""

    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


class WorkerProcess:
    """A worker with the stages for tests, and what it wrote to stderr."""

    def __init__(
        self,
        settings: Settings,
        stages: str,
        log: Path,
        *options: str,
        command: Sequence[str] = (str(_WORKER),),
    ) -> None:
        self.log = log
        with log.open("ab") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, *command, stages, *options],
                env={n: v for n, v in os.environ.items() if not n.startswith(PREFIX)}
                | as_environment(settings),
                stdin=subprocess.DEVNULL,
                stderr=stderr,
            )

    def wait_ready(self) -> None:
        """Wait for the ready line."""
        wait_until(lambda: "worker ready:" in self.said() or self.process.poll() is not None, 60)
        assert self.process.poll() is None, self.said()

    def said(self) -> str:
        """Return what it wrote to stderr."""
        return self.log.read_text(encoding="utf-8")

    def stop(self) -> tuple[int, float]:
        """Send SIGTERM; return the exit code and the seconds it took."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30), time.monotonic() - begun

    def kill(self) -> None:
        """End it with no chance to do anything more."""
        self.process.kill()
        self.process.wait(10)


@contextmanager
def running(settings: Settings, folder: Path, stages: str = ALL, *options: str) -> Iterator[WorkerProcess]:
    """Yield a worker that is ready; kill it in the end if it still runs."""
    worker = WorkerProcess(settings, stages, folder / f"worker-{time.monotonic_ns()}.log", *options)
    try:
        worker.wait_ready()
        yield worker
    finally:
        if worker.process.poll() is None:
            worker.kill()


def as_raw(article: RawArticle) -> Raw:
    """Return an article as a producer puts it on the topic."""
    headers = record_headers(RAW, article, trace_id=new_trace_id(), source="pactwatch/test", time=NOW)
    return Raw(article.article_id.encode(), codec.encode(article), headers)


def put(settings: Settings, records: Iterable[Raw], topic: str = RAW.name) -> None:
    """Put records on a topic and return when all are acknowledged."""
    producer = KafkaProducer(bootstrap_servers=settings.brokers, max_request_size=20_000_000, linger_ms=5)
    sent = [
        producer.send(settings.topic_prefix + topic, key=r.key, value=r.value, headers=r.headers)
        for r in records
    ]
    for future in sent:
        future.get(30)
    producer.close()


def read_all(settings: Settings, topic: str) -> list[Any]:
    """Return every record that is on a topic now."""
    consumer = KafkaConsumer(
        bootstrap_servers=settings.brokers,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_partition_fetch_bytes=32_000_000,
        fetch_max_bytes=64_000_000,
    )
    name = settings.topic_prefix + topic
    partitions = [TopicPartition(name, number) for number in consumer.partitions_for_topic(name) or ()]
    consumer.assign(partitions)
    ends = consumer.end_offsets(partitions)
    consumer.seek_to_beginning(*partitions)
    records: list[Any] = []
    while any(consumer.position(partition) < ends[partition] for partition in partitions):
        for batch in consumer.poll(1000).values():
            records += batch
    consumer.close()
    return records


def count(settings: Settings, topic: str) -> int:
    """Return how many records a topic that is not compacted has got."""
    consumer = KafkaConsumer(bootstrap_servers=settings.brokers)
    name = settings.topic_prefix + topic
    ends = consumer.end_offsets([TopicPartition(name, n) for n in consumer.partitions_for_topic(name) or ()])
    consumer.close()
    return sum(ends.values())


def ids(settings: Settings, topic: str, field: str) -> list[str]:
    """Return one field of every record on a topic."""
    return [codec.parse(record.value)[field] for record in read_all(settings, topic)]


def wait_until(condition: Callable[[], bool], seconds: float = 60, *, every: float = 0.1) -> None:
    """Return once the condition holds; fail where it does not within the time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(every)


def wait_for_all(settings: Settings, articles: int) -> None:
    """Wait until so many articles are tagged at least, and every stage has read all there is to read."""
    wait_until(lambda: count(settings, TAGGED.name) >= articles, 120)
    with admin_client(settings.brokers or "") as admin:
        wait_until(lambda: not any(lags(admin, reading(settings)).values()), 120)
