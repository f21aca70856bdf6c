"""Which two reports tell one story, and which tell two."""

from typing import Any

import pytest
from reports_by_hand import RAISED, report, statuses, story_book

from pipeline.core.records import Story

Cases = dict[str, tuple[dict[str, Any], dict[str, Any]]]

# Two reports as (article, event, who, …), and what the second must be called after the first.
LETTER: dict[str, Any] = {"event": "statement letter", "who": "kim -> putin", "on": "2026-01-08"}
DEPLOYED: dict[str, Any] = {"event": "deployment arrival", "who": "dprk -> russia", "location": "kursk"}

SAME: Cases = {
    "a delegation that came and left": (
        {"event": "meeting visit", "who": "russia -> dprk", "on": "2026-01-08"},
        {"event": "meeting departure", "on": "2026-01-10", "hours": 48},
    ),
    "a letter told as a reply": (LETTER, {"event": "statement message", "occasion": "reply"}),
    "a letter told as a message, a day later": (LETTER, {"event": "statement message", "on": "2026-01-09"}),
    "a letter told by what it pledges, by the two capitals": (
        LETTER,
        {"event": "statement pledge", "who": "dprk -> russia", "on": "", "hours": 6},
    ),
    "a letter told without its addressee": (LETTER, {"who": "kim", "hours": 20}),
    "a letter told without a date, two days later": (LETTER, {"on": "", "hours": 48}),
    "a letter told without a date, a week later, in the same words": (
        LETTER | {"quote": "I will always be with you and your Russia"},
        {"on": "", "hours": 150, "quote": "I will always be with you and your Russia"},
    ),
    "a letter recalled by its date two weeks later": (LETTER, {"hours": 300}),
    "a statement of an office and of its country": (
        {"event": "statement denial", "who": "kremlin", "on": ""},
        {"event": "statement denial", "who": "russia", "hours": 3},
    ),
    "an unnamed actor's word, by who says it": (
        {"event": "statement condemnation", "who": "-> dprk", "says": "pentagon"},
        {"event": "statement condemnation", "who": "us -> dprk", "hours": 5},
    ),
    "one New Year's message, told as a speech to troops and as a salute to Russia": (
        {"event": "statement message", "who": "kim -> kpa", "occasion": "new-year"},
        {"event": "statement speech", "who": "kim -> russia", "occasion": "new-year", "hours": 12},
    ),
    "soldiers sent and soldiers arrived": (DEPLOYED, {"event": "deployment dispatch", "hours": 30}),
    "soldiers in Russia and soldiers in Kursk": (DEPLOYED | {"location": "russia"}, {"location": "kursk"}),
    "soldiers somewhere and soldiers in Kursk": (DEPLOYED | {"location": None}, {"location": "kursk"}),
    "soldiers in Kursk and in its district of Sudzha": (DEPLOYED, {"location": "sudzha"}),
    "soldiers at the port where they land and where they go": (DEPLOYED, {"location": "port"}),
    "soldiers said to have arrived on the days of two reports, a week apart": (
        DEPLOYED | {"on": "2026-01-09"},
        {"on": "2026-01-16", "hours": 168},
    ),
    "as many soldiers in Kursk, told again two weeks later": (
        DEPLOYED | {"count_": "troops 3000"},
        {"count_": "troops 2900", "hours": 336},
    ),
    "an army and its country": (DEPLOYED, {"who": "kpa -> russia"}),
    "a total and a part of it": (DEPLOYED | {"count_": "troops 3000"}, {"count_": "troops 500"}),
    "a thousand and some, and a thousand": (
        DEPLOYED | {"count_": "troops 1000+"},
        {"count_": "troops 1000", "location": "russia"},
    ),
    "a figure rounded": (DEPLOYED | {"count_": "troops 14000"}, {"count_": "troops 15000"}),
    "a message of sympathy told as a letter": (
        {"event": "statement sympathy", "who": "kim -> putin", "on": "2026-01-08"},
        {"event": "statement letter", "hours": 10},
    ),
    "a message told by its senders' countries the next morning": (
        LETTER | {"event": "statement message"},
        {"who": "dprk -> russia", "on": "", "hours": 14},
    ),
    "a planned dispatch and the dispatch": (
        DEPLOYED | {"event": "deployment dispatch", "modality": "planned", "on": "", "count_": "troops 5000"},
        {"modality": "planned", "hours": 200, "location": "russia"},
    ),
    "builders told as workers and as soldiers with one figure each": (
        DEPLOYED | {"count_": "troops 1000, workers 1000"},
        {"count_": "workers 1000", "hours": 48},
    ),
    "a meeting told from either side": (
        {"event": "meeting talks", "who": "choe -> lavrov"},
        {"event": "meeting talks", "who": "lavrov -> choe"},
    ),
}

DIFFERENT: Cases = {
    "a visit and the talks held on it": (
        {"event": "meeting visit", "who": "russia -> dprk", "on": "2026-01-08"},
        {"event": "meeting talks", "who": "choe -> russia", "on": "2026-01-09", "hours": 24},
    ),
    "each side's embassy receives on one day": (
        {"event": "commemoration reception", "who": "russia -> dprk", "on": "2026-01-08"},
        {"event": "commemoration reception", "who": "dprk -> russia"},
    ),
    "a letter and the letter that answers it": (LETTER, {"who": "putin -> kim"}),
    "two senders on one day": (LETTER | {"who": "putin -> kim"}, {"who": "medvedev -> kim"}),
    "two addressees on one day": (LETTER, {"who": "kim -> xi"}),
    "two letters in a week": (LETTER, {"on": "2026-01-15", "hours": 150}),
    "a letter told before the day of another": (LETTER | {"on": ""}, {"on": "2026-01-10", "hours": 60}),
    "greetings for two occasions": (
        LETTER | {"occasion": "new-year"},
        {"event": "statement message", "occasion": "birthday"},
    ),
    "New Year's greetings to two leaders": (
        LETTER | {"event": "statement message", "occasion": "new-year"},
        {"who": "kim -> xi"},
    ),
    "a minister's statement and the agency's commentary on one day": (
        {"event": "statement press_statement", "who": "kang -> us"},
        {"event": "statement commentary", "who": "kcna -> us"},
    ),
    "a letter and a speech on one day": (LETTER, {"event": "statement speech"}),
    "a letter and remarks to nobody in particular on one day": (
        LETTER,
        {"event": "statement condemnation", "who": "kim", "text": "quite another sentence"},
    ),
    "a denial and a confirmation": (
        {"event": "statement denial", "who": "kremlin"},
        {"event": "statement confirmation", "who": "kremlin"},
    ),
    "a message to a leader and a speech on one day": (
        LETTER | {"event": "statement message"},
        {"event": "statement speech"},
    ),
    "an office's confirmation and a minister's greetings to a colleague": (
        {"event": "statement confirmation", "who": "kpa -> russia"},
        {"event": "statement greetings", "who": "kang -> shoigu", "hours": 48},
    ),
    "three thousand in Kursk and ten thousand somewhere": (
        DEPLOYED | {"count_": "troops 3000"},
        {"count_": "troops 10000", "location": None},
    ),
    "a thousand and some in Kursk and five thousand somewhere": (
        DEPLOYED | {"count_": "troops 1000+"},
        {"count_": "troops 5000", "location": None},
    ),
    "soldiers who have come and, a week later, a plan for others": (
        DEPLOYED | {"location": None, "count_": "troops 3000"},
        {"modality": "planned", "count_": "troops 5000", "hours": 168},
    ),
    "two places": (DEPLOYED, {"location": "belgorod"}),
    "two deployments a month apart": (DEPLOYED | {"on": "2026-01-07"}, {"on": "2026-02-06", "hours": 700}),
    "two undated deployments three weeks apart": (DEPLOYED, {"hours": 21 * 24}),
    "soldiers there since the summer and soldiers sent in December": (
        DEPLOYED | {"on": "2025-06-01..2026-01-09"},
        {"on": "2025-12-20", "text": "quite another sentence"},
    ),
    "soldiers and workers": (DEPLOYED | {"count_": "troops 1000"}, {"count_": "workers 1000"}),
    "going out and coming home": (DEPLOYED, {"event": "deployment withdrawal"}),
    "there and back": (DEPLOYED, {"who": "russia -> dprk"}),
    "as many soldiers told to have moved on to another place": (
        DEPLOYED | {"count_": "troops 3000"},
        {"event": "deployment redeployment", "location": "belgorod", "count_": "troops 3000", "hours": 120},
    ),
    "a pledge to a leader and a threat to others on one day": (
        {"event": "statement pledge", "who": "kim -> putin"},
        {"event": "statement threat", "who": "kim -> us"},
    ),
    "two ministers' remarks on one day": (
        {"event": "statement speech", "who": "lavrov -> dprk"},
        {"event": "statement speech", "who": "shoigu -> dprk"},
    ),
    "one minister's remarks in two weeks": (
        {"event": "statement speech", "who": "lavrov -> dprk", "on": "2026-01-08"},
        {"on": "2026-01-14", "hours": 150},
    ),
    "condolences and congratulations on one day": (
        LETTER | {"event": "statement sympathy"},
        {"event": "statement greetings"},
    ),
    "soldiers planned for spring and soldiers there by now": (
        DEPLOYED | {"modality": "planned", "on": "2026-03-01..2026-03-31"},
        {"on": "2026-01-09", "hours": 24, "modality": "asserted"},
    ),
    "workers for one region and for another": (
        DEPLOYED | {"count_": "workers 1000"},
        {"location": "belgorod", "count_": "workers 1000", "hours": 24},
    ),
    "another ally's soldiers": (DEPLOYED, {"who": "china -> russia"}),
}


@pytest.mark.parametrize("name", SAME)
def test_two_tellings_of_one_story(name: str) -> None:
    """The second telling of a story is not new."""
    first, other = SAME[name]
    raised = statuses(story_book(), report("first", **first), report("second", **(first | other)))
    assert raised == ["new" if first["event"].split()[0] != "meeting" else "silence", "silence"]


@pytest.mark.parametrize("name", DIFFERENT)
def test_two_stories(name: str) -> None:
    """What contradicts in one slot is new, however alike the rest."""
    first, other = DIFFERENT[name]
    words: dict[str, Any] = {"text": "one and the same sentence, word for word"}
    reports = (report("first", **(words | first)), report("second", **(words | first | other)))
    store: dict[str, Story] = {}
    book = story_book(store)
    verdicts = [book.follow(one, raised_at=RAISED) for one in reports]
    assert len(store) == 2
    assert {verdict.alert.status for verdict in verdicts if verdict.alert} <= {"new"}


@pytest.mark.parametrize("name", SAME)
def test_two_tellings_are_counted_on_one_story(name: str) -> None:
    """Both tellings are reports of one story."""
    first, other = SAME[name]
    store: dict[str, Any] = {}
    statuses(story_book(store), report("first", **first), report("second", **(first | other)))
    assert [len(story.reports) for story in store.values()] == [2]


@pytest.mark.parametrize("name", SAME)
def test_the_order_of_two_tellings_does_not_matter(name: str) -> None:
    """Told the other way round, by time of arrival, the second telling is no new story either."""
    first, other = SAME[name]
    raised = statuses(story_book(), report("second", **(first | other)), report("first", **first))
    assert raised.count("new") <= 1
    assert raised[1] != "new"
