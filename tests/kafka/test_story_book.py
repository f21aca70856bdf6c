"""The stories stage as it ships, on a real Kafka: whatever happens to its workers, the same alerts and stories.

What is right is what a book in memory makes of the same reports in the same order.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest
from stream_for_tests import Raw, WorkerProcess, count, ids, put, read_all, wait_until

from pipeline import codec
from pipeline.bench.reports import further_reports, higher_figures, new_stories
from pipeline.broker.admin import admin_client
from pipeline.broker.topics import ensure_topics
from pipeline.core.records import EventReport, Story
from pipeline.core.stories import StoryBook
from pipeline.lag import lags
from pipeline.profiles import load_profile
from pipeline.settings import Settings
from pipeline.topology import ALERTS, EVENTS, STORIES

SettingsFactory = Callable[..., Settings]
PROFILE = load_profile("dprk-russia")
SESSION_SECONDS = 6
NOW = datetime(2026, 2, 1, tzinfo=UTC)


def told_reports() -> list[EventReport]:
    """Reports of 300 stories: first ones, repeats, and for each deployment a higher figure."""
    first = list(islice(new_stories(PROFILE.entities), 300))
    again = list(islice(further_reports(first), 600))
    return first + again + list(higher_figures(first))


REPORTS = told_reports()


class Expected:
    """What a book in memory makes of all the reports."""

    def __init__(self, settings: Settings) -> None:
        self.stories: dict[str, Story] = {}
        retention = timedelta(days=settings.retention_days)
        book = StoryBook(
            self.stories, alert_kinds=settings.alert_kinds, retention=retention, entities=PROFILE.by_id
        )
        alerts = [book.follow(report, raised_at=NOW).alert for report in REPORTS]
        self.alerts = sorted(alert.alert_id for alert in alerts if alert is not None)


@pytest.fixture
def own(settings: SettingsFactory) -> Settings:
    """Two partitions, small chunks, and a session that ends soon."""
    own = settings(partitions=2, session_timeout_seconds=SESSION_SECONDS, chunk_records=20)
    ensure_topics(own)
    return own


@contextmanager
def stories_worker(settings: Settings, folder: Path) -> Iterator[WorkerProcess]:
    """Yield `pactwatch worker --stage stories` with its disk in this folder; kill it in the end if it still runs."""
    folder.mkdir(exist_ok=True)
    command = ("-m", "pipeline", "worker", "--stage")
    here = settings.model_copy(update={"data_dir": folder})
    worker = WorkerProcess(here, "stories", folder / "worker.log", command=command)
    try:
        worker.wait_ready()
        yield worker
    finally:
        if worker.process.poll() is None:
            worker.process.send_signal(signal.SIGCONT)
            worker.kill()


def tell(settings: Settings, reports: Sequence[EventReport]) -> None:
    """Put reports on their topic."""
    put(settings, [Raw(EVENTS.key(one).encode(), codec.encode(one), []) for one in reports], EVENTS.name)


def wait_for_all(settings: Settings) -> None:
    """Wait until every report is done."""
    group = f"{settings.app_id}.stories"
    with admin_client(settings.brokers or "") as admin:
        wait_until(lambda: not any(lags(admin, {group: settings.topic_prefix + EVENTS.name}).values()), 90)


def alerts(settings: Settings) -> list[str]:
    """Return the ids of all alerts, in order of id."""
    return sorted(ids(settings, ALERTS.name, "alert_id"))


def stories(settings: Settings) -> dict[str, Story]:
    """Return the last state of each story on the topic."""
    last = {record.key.decode(): record.value for record in read_all(settings, STORIES.name)}
    return {key: codec.decode(value, Story) for key, value in last.items() if value is not None}


@pytest.mark.parametrize("disk", ["kept", "lost"])
def test_a_replay_after_a_restart_raises_nothing(own: Settings, tmp_path: Path, disk: str) -> None:
    """All reports again, by a worker that has its disk or only the changelog: no alert, no story changes."""
    with stories_worker(own, tmp_path / "first") as first:
        tell(own, REPORTS)
        wait_for_all(own)
        assert first.stop()[0] == 0
    expected = Expected(own)
    assert alerts(own) == expected.alerts
    assert stories(own) == expected.stories

    with stories_worker(own, tmp_path / ("first" if disk == "kept" else "second")) as again:
        tell(own, REPORTS)
        wait_for_all(own)
        assert again.stop()[0] == 0
    assert alerts(own) == expected.alerts
    assert stories(own) == expected.stories


def test_of_two_workers_one_is_killed(own: Settings, tmp_path: Path) -> None:
    """The survivor goes on with the other's stories: no alert is missing, what is doubled has its id."""
    half = len(REPORTS) // 2
    with stories_worker(own, tmp_path / "one") as one, stories_worker(own, tmp_path / "two"):
        tell(own, REPORTS[:half])
        wait_until(lambda: count(own, ALERTS.name) > 20, every=0.01)
        one.kill()
        tell(own, REPORTS[half:])
        wait_for_all(own)
    expected = Expected(own)
    assert sorted(set(alerts(own))) == expected.alerts
    assert stories(own) == expected.stories


def test_a_worker_that_wakes_after_its_expulsion_does_no_harm(own: Settings, tmp_path: Path) -> None:
    """Stopped in mid-stream for longer than its session, and let go when another has done its work.

    It raises nothing that was not to be raised, and what comes then is told by whoever has the stories now: also by itself,
    when it has the partitions again and takes up its stories from its disk and the changelog.
    """
    third = len(REPORTS) // 3
    with stories_worker(own, tmp_path / "one") as one, stories_worker(own, tmp_path / "two"):
        tell(own, REPORTS[: 2 * third])
        wait_until(lambda: count(own, ALERTS.name) > 20, every=0.01)
        os.kill(one.process.pid, signal.SIGSTOP)
        time.sleep(SESSION_SECONDS + 1)  # how long it sleeps is the point
        wait_for_all(own)
        os.kill(one.process.pid, signal.SIGCONT)
        tell(own, REPORTS[2 * third :])
        wait_for_all(own)
    expected = Expected(own).alerts
    assert sorted(set(alerts(own))) == expected
    with stories_worker(own, tmp_path / "one"):
        tell(own, REPORTS)
        wait_for_all(own)
    assert sorted(set(alerts(own))) == expected
