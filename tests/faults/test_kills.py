"""Workers killed at random moments: nothing is lost, and what is doubled has the same id.

PACTWATCH_FAULT_KILLS sets how many kills, PACTWATCH_FAULT_SEED which moments.
"""

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from stages_for_tests import REPORTS_PER_STORY, article, digest
from stream_for_tests import ALL, WorkerProcess, as_raw, count, ids, missing, put, running, wait_until

from pipeline.settings import Settings
from pipeline.topology import ALERTS, ENTITIES, STORIES, TAGGED

SettingsFactory = Callable[..., Settings]
KILLS = int(os.environ.get("PACTWATCH_FAULT_KILLS", "2"))
SEED = int(os.environ.get("PACTWATCH_FAULT_SEED", "1"))
_A_ROUND = 1500  # articles put in for each kill


def test_killed_workers_lose_nothing_and_raise_each_alert_once(
    settings: SettingsFactory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
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
    put(own, [as_raw(article(number)) for number in range(begun, begun + _A_ROUND)])
    with running(own, tmp_path) as last:
        wait_for_all(own, len(numbers))
        assert last.stop()[0] == 0
    report = result(own, numbers)
    with capsys.disabled():
        print(f"\nkills: {KILLS} injected, {report}")


@pytest.mark.parametrize("victim", [0, 1])
def test_the_survivor_takes_over_with_the_stories(
    settings: SettingsFactory, tmp_path: Path, victim: int
) -> None:
    """Of two workers on folders of their own one is killed: the other knows its stories, and raises none again."""
    own = settings(partitions=2, session_timeout_seconds=6, chunk_records=100)
    folders = [own.model_copy(update={"data_dir": tmp_path / name}) for name in ("one", "two")]
    numbers = range(3000)
    with running(folders[0], tmp_path) as first, running(folders[1], tmp_path) as second:
        put(own, [as_raw(article(number)) for number in numbers if number % REPORTS_PER_STORY < 5])
        wait_until(lambda: count(own, STORIES.name) > 500, every=0.02)
        (first, second)[victim].kill()
        put(own, [as_raw(article(number)) for number in numbers if number % REPORTS_PER_STORY >= 5])
        wait_for_all(own, len(numbers))
    result(own, numbers)


def wait_for_all(own: Settings, articles: int) -> None:
    """Wait until the topics hold at least what they must, and nothing is added any more."""
    wait_until(lambda: count(own, TAGGED.name) >= articles, 120)
    wait_until(lambda: count(own, STORIES.name) >= articles * 9 // 10, 120)
    seen = [-1]

    def is_quiet() -> bool:
        seen.append(count(own, STORIES.name) + count(own, TAGGED.name))
        return seen[-1] == seen[-2]

    wait_until(is_quiet, 60, every=1.0)


def result(own: Settings, numbers: range) -> str:
    """Check what came out, and say what was lost and what doubled."""
    wanted = [article(number).article_id for number in numbers]
    entities, tagged = ids(own, ENTITIES.name, "article_id"), ids(own, TAGGED.name, "article_id")
    alerts = list(zip(ids(own, ALERTS.name, "story_id"), ids(own, ALERTS.name, "alert_id"), strict=True))
    stories = {digest("story", article(number).body) for number in numbers}
    lost = len(missing(wanted, entities)) + len(missing(wanted, tagged)) + len(missing(list(stories), dict(alerts)))
    assert lost == 0
    assert len(set(alerts)) == len(stories), "a story that was told has been forgotten"
    doubled = len(entities) + len(tagged) - 2 * len(wanted)
    return f"{lost} lost, {doubled} articles doubled, {len(alerts) - len(stories)} alerts doubled under their id"
