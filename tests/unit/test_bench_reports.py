"""Reports made for measuring: repeatable, of as many stories as asked for, told unevenly."""

from itertools import islice

from reports_by_hand import WORLD, statuses, story_book

from pipeline.bench.reports import further_reports, higher_figures, new_stories
from pipeline.bench.stories import story_speeds
from pipeline.profiles import load_profile

ENTITIES = list(WORLD.values())


def test_the_same_seed_gives_the_same_reports() -> None:
    """Two runs measure the same."""
    assert list(islice(new_stories(ENTITIES), 50)) == list(islice(new_stories(ENTITIES), 50))


def test_further_reports_tell_known_events_in_articles_of_their_own() -> None:
    """Each has an article and an event id of its own, and one story is told far more often than most."""
    known = list(islice(new_stories(ENTITIES), 100))
    further = list(islice(further_reports(known), 1000))
    assert len({report.article_id for report in (*known, *further)}) == 1100
    assert len({report.event.event_id for report in (*known, *further)}) == 1100
    told = [report.event.evidence.text for report in further]
    assert max(map(told.count, set(told))) > 100


def test_higher_figures_are_updates() -> None:
    """What is measured as updates raises updates, with few exceptions."""
    known = list(islice(new_stories(ENTITIES), 300))
    book = story_book()
    statuses(book, *known)
    raised = statuses(book, *higher_figures(known))
    assert raised.count("update") > 0.7 * len(raised)


def test_the_stories_stage_is_measured_by_what_is_told() -> None:
    """Each load has a speed, and the mixed one lies between them."""
    speeds = story_speeds(load_profile("dprk-russia"), held=100, told=20)
    alone = [speed for name, speed in speeds.items() if name != "mixed"]
    assert set(speeds) == {"repeats", "new", "updates", "mixed"}
    assert min(alone) <= speeds["mixed"] <= max(alone)
