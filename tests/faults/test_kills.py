"""Workers killed at random moments: nothing is lost, and what is doubled has the same id.

PACTWATCH_FAULT_KILLS sets how many kills, PACTWATCH_FAULT_SEED which moments.
"""

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from faults_for_tests import Faults
from stages_for_tests import REPORTS_PER_STORY, article, story_of
from stream_for_tests import ALL, WorkerProcess, as_raw, count, ids, put, running, wait_for_all, wait_until

from pipeline.settings import Settings
from pipeline.topology import ALERTS, ENTITIES, STORIES, TAGGED

SettingsFactory = Callable[..., Settings]
KILLS = int(os.environ.get("PACTWATCH_FAULT_KILLS", "2"))
SEED = int(os.environ.get("PACTWATCH_FAULT_SEED", "1"))
_A_ROUND = 1500  # articles put in for each kill


def test_killed_workers_lose_nothing_and_raise_each_alert_once(
    settings: SettingsFactory, tmp_path: Path, faults: Faults
) -> None:
    """After every kill -9 the next worker goes on: each article comes out, each story raises one alert by id."""
    chance = random.Random(SEED)
    own = settings(partitions=3, session_timeout_seconds=6, chunk_records=100)
    numbers = range(_A_ROUND * (KILLS + 1))
    begun = 0
    for _ in range(KILLS):
        worker = WorkerProcess(own, ALL, tmp_path / f"{time.monotonic_ns()}.log")
        worker.wait_ready()
        put(own, [as_raw(article(number)) for number in range(begun, begun + _A_ROUND)])
        begun += _A_ROUND
        before = count(own, STORIES.name)
        wait_until(lambda seen=before: count(own, STORIES.name) > seen, every=0.01)  # type: ignore[misc]
        time.sleep(chance.uniform(0.0, 1.0))  # the moment of the kill
        worker.kill()
        faults.injected += 1
    put(own, [as_raw(article(number)) for number in range(begun, begun + _A_ROUND)])
    with running(own, tmp_path) as last:
        wait_for_all(own, len(numbers))
        assert last.stop()[0] == 0
    check(own, numbers, faults)


@pytest.mark.parametrize("writes", [1, 2])
def test_a_crash_between_two_writes_of_the_stories_stage_is_made_good(
    settings: SettingsFactory, tmp_path: Path, faults: Faults, writes: int
) -> None:
    """Alerts safe and stories not (1), or the changelog safe and the disk not (2): both are made good."""
    own = settings(session_timeout_seconds=6, chunk_records=50)
    numbers = range(250)
    with running(own, tmp_path, "entities,events"):
        put(own, [as_raw(article(number)) for number in numbers])
        wait_until(lambda: count(own, TAGGED.name) >= len(numbers))
        dying = WorkerProcess(own, "stories", tmp_path / "dying.log", str(writes))
        assert dying.process.wait(60) == -signal.SIGKILL
        faults.injected += 1
    with running(own, tmp_path, "stories"):
        wait_for_all(own, len(numbers))
    check(own, numbers, faults)


@pytest.mark.parametrize("victim", [0, 1])
def test_the_survivor_takes_over_with_the_stories(
    settings: SettingsFactory, tmp_path: Path, faults: Faults, victim: int
) -> None:
    """Of two workers on folders of their own one is killed: the other knows its stories, and raises none again."""
    own = settings(partitions=2, session_timeout_seconds=6, chunk_records=100)
    folders = [own.model_copy(update={"data_dir": tmp_path / name}) for name in ("one", "two")]
    numbers = range(3000)
    with running(folders[0], tmp_path) as first, running(folders[1], tmp_path) as second:
        put(own, [as_raw(article(number)) for number in numbers if number % REPORTS_PER_STORY < 5])
        wait_until(lambda: count(own, STORIES.name) > 100, every=0.02)
        (first, second)[victim].kill()
        faults.injected += 1
        put(own, [as_raw(article(number)) for number in numbers if number % REPORTS_PER_STORY >= 5])
        wait_for_all(own, len(numbers))
    check(own, numbers, faults)


def check(own: Settings, numbers: range, faults: Faults) -> None:
    """Count what was lost and what doubled; nothing may be lost, and a story's alerts have one id."""
    wanted = {article(number).article_id for number in numbers}
    stories = {story_of(number) for number in numbers}
    entities, tagged = ids(own, ENTITIES.name, "article_id"), ids(own, TAGGED.name, "article_id")
    alerts = list(zip(ids(own, ALERTS.name, "story_id"), ids(own, ALERTS.name, "alert_id"), strict=True))
    lost = len(wanted - set(entities)) + len(wanted - set(tagged)) + len(stories - set(dict(alerts)))
    faults.lost += lost
    faults.doubled += len(entities) + len(tagged) - 2 * len(wanted)
    assert lost == 0
    assert len(set(alerts)) == len(stories), "a story that was told has been forgotten"


def test_workers_restarted_in_turn_lose_and_double_nothing(
    settings: SettingsFactory, tmp_path: Path, faults: Faults
) -> None:
    """Two workers, each stopped with SIGTERM and replaced in the middle of the stream."""
    own = settings(partitions=2, session_timeout_seconds=6, chunk_records=50)
    folders = [own.model_copy(update={"data_dir": tmp_path / name}) for name in ("one", "two")]
    numbers = range(4000)
    with running(folders[0], tmp_path) as first, running(folders[1], tmp_path) as second:
        put(own, [as_raw(article(number)) for number in numbers if number % 2 == 0])
        assert first.stop()[0] == 0
        with running(folders[0], tmp_path):
            put(own, [as_raw(article(number)) for number in numbers if number % 2 == 1])
            assert second.stop()[0] == 0
            with running(folders[1], tmp_path):
                wait_for_all(own, len(numbers))
    faults.injected += 2
    assert sorted(ids(own, TAGGED.name, "article_id")) == sorted(
        article(number).article_id for number in numbers
    )
    check(own, numbers, faults)
