"""What a worker knows of its stories survives it: on disk, and without its disk in the changelog."""

from collections.abc import Callable
from pathlib import Path

import pytest
from stages_for_tests import FORGET, REPORTS_PER_STORY, article, story_of
from stream_for_tests import ALL, as_raw, count, ids, put, read_all, running, wait_until

from pipeline.broker.admin import admin_client
from pipeline.lag import lags, reading
from pipeline.settings import Settings
from pipeline.topology import ALERTS, EVENTS, STORIES

SettingsFactory = Callable[..., Settings]
STORIES_TOLD = 20


@pytest.mark.parametrize("disk", ["kept", "lost"])
def test_stories_are_known_to_the_next_worker(settings: SettingsFactory, tmp_path: Path, disk: str) -> None:
    """Told again after a restart, only the story that was deleted raises an alert again.

    Its consumers were told that it is gone.
    """
    own = settings(partitions=3, session_timeout_seconds=6)
    told_first = [number * REPORTS_PER_STORY for number in range(STORIES_TOLD)]
    with running(own, tmp_path, ALL) as first:
        put(own, [as_raw(article(number)) for number in told_first])
        wait_until(lambda: count(own, STORIES.name) == STORIES_TOLD)
        put(own, [as_raw(article(5000, body=FORGET + article(70).body))])
        wait_until(lambda: count(own, EVENTS.name) == STORIES_TOLD + 1)
        with admin_client(own.brokers or "") as admin:
            wait_until(lambda: not any(lags(admin, reading(own)).values()))
        assert first.stop()[0] == 0

    again = own if disk == "kept" else own.model_copy(update={"data_dir": tmp_path / "new"})
    with running(again, tmp_path, ALL) as second:
        put(own, [as_raw(article(number + 1)) for number in told_first])
        wait_until(lambda: count(own, STORIES.name) == 2 * STORIES_TOLD + 1)
        assert second.stop()[0] == 0
    assert sorted(ids(own, ALERTS.name, "story_id")) == sorted(
        [*(story_of(number) for number in told_first), story_of(70)]
    )
    tombstones = [record.key.decode() for record in read_all(own, STORIES.name) if record.value is None]
    assert tombstones == [story_of(70)]
