"""Reports made for measuring: repeatable, of as many stories as asked for, told unevenly."""

from itertools import islice

from reports_by_hand import WORLD

from pipeline.bench.reports import further_reports, new_stories

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
