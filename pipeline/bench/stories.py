"""The stories stage with many stories held, in memory, on one core: reports a second by what they tell."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice

from msgspec.structs import replace

from pipeline.bench.reports import further_reports, higher_figures, new_stories
from pipeline.core.profile import Profile
from pipeline.core.records import EventReport, Story
from pipeline.core.stories import StoryBook

_HELD = 100_000
_TOLD = 5_000  # of each sort
_NOW = datetime(2026, 2, 1, tzinfo=UTC)


def story_speeds(profile: Profile, *, held: int = _HELD, told: int = _TOLD) -> dict[str, float]:
    """Return reports a second of stories known, of new ones, of higher figures, and of all three, as many of each.

    First reports are told until `held` stories are held, of every type and over twenty alliances; the new ones are all of
    one alliance, so that many of one day meet in one block.
    """
    store: dict[str, Story] = {}
    book = StoryBook(
        store, alert_kinds=("statement", "deployment"), retention=timedelta(days=30), entities=profile.by_id
    )
    first: list[EventReport] = []
    for report in new_stories(profile.entities):
        if len(store) >= held:
            break
        first.append(report)
        book.follow(report, raised_at=_NOW)
    loads = {
        "repeats": list(islice(further_reports(first), told)),
        "new": [_of_one_alliance(report) for report in islice(new_stories(profile.entities, seed=3), told)],
        "updates": list(islice(higher_figures(first), told)),
    }
    seconds = {name: _seconds(book, reports) for name, reports in loads.items()}
    speeds = {name: len(loads[name]) / seconds[name] for name in loads}
    return speeds | {"mixed": sum(map(len, loads.values())) / sum(seconds.values())}


def _of_one_alliance(report: EventReport) -> EventReport:
    return replace(report, event=replace(report.event, alliance="bench-0"))


def _seconds(book: StoryBook, reports: Iterable[EventReport]) -> float:
    """Return the seconds of CPU that following these reports takes."""
    began = time.process_time()
    for report in reports:
        book.follow(report, raised_at=_NOW)
    return max(time.process_time() - began, 1e-9)
