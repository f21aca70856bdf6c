"""What the stories a worker holds cost: memory, disk, and the time to take them up again."""

import asyncio
import shutil
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path

import psutil
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from pipeline.bench import ceiling
from pipeline.bench.flow import BenchError, worker
from pipeline.bench.measure import Tell, on_kafka
from pipeline.bench.reports import further_reports, new_stories
from pipeline.broker.admin import admin_client
from pipeline.broker.topics import ensure_topics
from pipeline.codec import encode
from pipeline.core.records import EventReport
from pipeline.lag import lags
from pipeline.profiles import load_profile
from pipeline.settings import Settings, as_environment
from pipeline.topology import EVENTS

_FURTHER = 20_000  # of a million articles, those on the subject
_TOLD_AGAIN = 20_000  # stories that the further reports are of
_STAGE = "stories"
_COMMAND = ["pipeline", "worker", "--stage", _STAGE]
_WITHIN_SECONDS = 900.0
_LOOK_SECONDS = 0.1


def measure_state(settings: Settings, count: int, *, tell: Tell) -> dict[str, float]:
    """Let one stories worker follow `count` first reports and 20,000 further ones, then start it anew twice.

    Memory is of the whole process, at its highest; the disk is the worker's, without Kafka's. Raises BenchError.
    """
    with on_kafka(settings, tell) as ready:
        name = f"bench-state-{datetime.now(UTC):%H%M%S}"
        here = ready.model_copy(update={"topic_prefix": f"{name}.", "app_id": name})
        ensure_topics(here, tell=tell)
        tell(f"{count + _FURTHER:,} reports to {EVENTS.name} …")
        made = islice(new_stories(load_profile(here.profile).entities), count)
        first = list(islice(made, _TOLD_AGAIN))
        _put(here, chain(first, made, islice(further_reports(first), _FURTHER)))
        tables = here.data_dir / "tables"
        with admin_client(here.brokers or "") as admin:
            tell("one stories worker follows them …")
            filled = _run(here, admin, _megabytes_of(tables))
            _put(here, first[:1])
            tell("the worker again, with its disk …")
            again = _run(here, admin, _megabytes_of(tables))
            shutil.rmtree(tables)
            _put(here, first[:1])
            tell("the worker again, without its disk …")
            recovered = _run(here, admin, _megabytes_of(tables))
    return {
        "reports": count + _FURTHER,
        "seconds": filled[0],
        "peak_rss_mb": max(filled[1], again[1], recovered[1]),
        "disk_mb": max(filled[2], again[2], recovered[2]),
        "restart_seconds": again[0],
        "recovery_seconds": recovered[0],
    }


def _put(settings: Settings, reports: Iterable[EventReport]) -> None:
    records = [(EVENTS.key(report).encode(), encode(report)) for report in reports]
    asyncio.run(ceiling.produce(settings.brokers or "", settings.topic_prefix + EVENTS.name, records))


def _run(
    settings: Settings, admin: KafkaAdminClient, megabytes: Callable[[], float]
) -> tuple[float, float, float]:
    """Run a worker until all is read; return the seconds since its start, its largest memory and disk in MB."""
    began, peak, disk = time.monotonic(), 0.0, 0.0
    with worker(_COMMAND, as_environment(settings)) as process:
        while True:
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                raise BenchError("the worker ended before the measurement did")
            peak = max(peak, process.memory_info().rss / 1e6)
            disk = max(disk, megabytes())
            waiting = _waiting(settings, admin)
            if waiting == 0:
                return time.monotonic() - began, peak, disk
            if time.monotonic() - began > _WITHIN_SECONDS:
                raise BenchError(f"{waiting} reports wait still after {_WITHIN_SECONDS:.0f} s")
            time.sleep(_LOOK_SECONDS)


def _waiting(settings: Settings, admin: KafkaAdminClient) -> int | None:
    """Return how many reports are not done yet; None while the group's coordinator comes up."""
    group = f"{settings.app_id}.{_STAGE}"
    try:
        return lags(admin, {group: settings.topic_prefix + EVENTS.name})[group]
    except KafkaError as error:
        if not error.retriable:
            raise
        return None


def _megabytes_of(folder: Path) -> Callable[[], float]:
    def measured() -> float:
        taken = 0
        for path in list(folder.rglob("*")):
            try:
                taken += path.stat().st_size
            except FileNotFoundError:  # RocksDB removes what it has merged
                continue
        return taken / 1e6

    return measured
