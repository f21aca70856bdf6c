"""What a later report of a known story raises: an update worth telling, a retraction, or nothing."""

from typing import Any

import pytest
from msgspec.structs import replace
from reports_by_hand import RAISED, report, statuses, story_book

from pipeline.core.records import Alert, Story

Told = list[tuple[dict[str, Any], str]]

PLANNED: dict[str, Any] = {
    "event": "deployment dispatch",
    "who": "dprk -> russia",
    "location": "belgorod",
    "on": "2026-02",
    "modality": "planned",
    "count_": "troops <2500",
    "says": "ministry",
}
ARRIVED: dict[str, Any] = PLANNED | {
    "event": "deployment arrival",
    "on": "",
    "modality": "asserted",
    "count_": "troops 800",
    "hours": 21 * 24,
}
WITHDRAWN: dict[str, Any] = {
    "event": "deployment retraction",
    "who": "dprk -> russia",
    "location": "belgorod",
    "modality": "denied",
    "time_frame": "background",
}

# A story's reports in order, each with what it raises.
SEQUENCES: dict[str, Told] = {
    "planned, done, corrected, withdrawn": [
        (PLANNED, "new"),
        (PLANNED | {"hours": 30}, "silence"),
        (ARRIVED, "update"),
        (ARRIVED | {"hours": 21 * 24 + 3, "says": ""}, "silence"),
        (PLANNED | {"hours": 21 * 24 + 9}, "silence"),
        (ARRIVED | {"hours": 25 * 24, "count_": "troops 600", "occasion": "correction"}, "update"),
        (ARRIVED | {"hours": 25 * 24 + 5, "count_": "troops 600"}, "silence"),
        (ARRIVED | {"hours": 25 * 24 + 9, "count_": "troops 800"}, "silence"),
        (WITHDRAWN | {"hours": 28 * 24}, "retraction"),
        (WITHDRAWN | {"hours": 28 * 24 + 4}, "silence"),
        (ARRIVED | {"hours": 28 * 24 + 5}, "silence"),
        (ARRIVED | {"hours": 35 * 24}, "new"),
    ],
    "a higher count": [
        (ARRIVED, "new"),
        (ARRIVED | {"count_": "troops 850"}, "silence"),
        (ARRIVED | {"count_": "troops >500"}, "silence"),
        (ARRIVED | {"count_": "troops 1500"}, "update"),
        (ARRIVED | {"count_": "troops 1400-1600", "says": "nis"}, "silence"),
    ],
    "a lower count of another speaker is only his": [
        (ARRIVED, "new"),
        (ARRIVED | {"count_": "troops 300", "says": "nis"}, "silence"),
    ],
    "a lower count of the same speaker": [
        (ARRIVED, "new"),
        (ARRIVED | {"count_": "troops 300", "hours": 21 * 24 + 6}, "update"),
    ],
    "a first figure fills a gap": [
        (ARRIVED | {"count_": ""}, "new"),
        (ARRIVED, "silence"),
        (ARRIVED | {"count_": "troops 3000"}, "update"),
    ],
    "a first figure, given a day later": [
        (ARRIVED | {"count_": ""}, "new"),
        (ARRIVED | {"count_": "troops 3000", "hours": 22 * 24}, "update"),
    ],
    "thousands, given a day later, and then how many": [
        (ARRIVED | {"count_": ""}, "new"),
        (ARRIVED | {"count_": "troops >2000", "hours": 22 * 24}, "silence"),
        (ARRIVED | {"count_": "troops 3000", "hours": 23 * 24}, "silence"),
    ],
    "a higher count that was published before what is known": [
        (ARRIVED, "new"),
        (ARRIVED | {"hours": 21 * 24 - 12, "count_": "troops 2000"}, "silence"),
    ],
    "a place inside the country, reached later": [
        (ARRIVED | {"location": "russia", "on": "2026-01-28"}, "new"),
        (ARRIVED | {"location": "kursk", "on": "2026-01-28"}, "silence"),
    ],
    "from the country to a place in it": [
        (ARRIVED | {"location": "russia", "on": "2026-01-28"}, "new"),
        (ARRIVED | {"location": "kursk", "on": "2026-01-30", "hours": 22 * 24}, "update"),
        (ARRIVED | {"location": "russia", "on": "2026-01-30", "hours": 22 * 24 + 5}, "silence"),
    ],
    "parts of a total": [
        (ARRIVED | {"count_": "troops 500, workers 2000"}, "new"),
        (ARRIVED | {"count_": "troops 2500"}, "silence"),
        (ARRIVED | {"count_": "workers 500"}, "silence"),
        (ARRIVED | {"count_": "troops 2000"}, "silence"),
        (ARRIVED | {"count_": "troops 4000"}, "update"),
    ],
    "a total and then its parts": [
        (ARRIVED | {"count_": "troops 2500"}, "new"),
        (ARRIVED | {"count_": "troops 500, workers 2000"}, "silence"),
        (ARRIVED | {"count_": "workers 2000"}, "silence"),
    ],
    "the first few of many are no lower count": [
        (ARRIVED | {"count_": "troops 12000"}, "new"),
        (ARRIVED | {"count_": "troops 300"}, "silence"),
    ],
    "a district of the place known": [
        (ARRIVED | {"location": "kursk"}, "new"),
        (ARRIVED | {"location": "sudzha", "hours": 21 * 24 + 30}, "silence"),
    ],
    "landed at a port, then arrived": [
        (ARRIVED | {"location": "port"}, "new"),
        (ARRIVED | {"hours": 22 * 24}, "update"),
        (ARRIVED | {"location": "port", "hours": 22 * 24 + 5}, "silence"),
    ],
    "what names neither place nor figure does not say that this plan was carried out": [
        (PLANNED, "new"),
        (ARRIVED | {"location": None, "count_": ""}, "silence"),
        (ARRIVED | {"location": None, "count_": "", "says": "kremlin"}, "silence"),
        (ARRIVED, "update"),
    ],
    "that soldiers are there does not say that more have come": [
        (PLANNED | {"location": None}, "new"),
        (ARRIVED | {"event": "deployment presence", "location": None, "count_": ""}, "silence"),
        (ARRIVED | {"event": "deployment presence", "count_": ""}, "update"),
    ],
    "what is alleged to be sent may still be the plan": [
        (PLANNED, "new"),
        (PLANNED | {"modality": "alleged", "hours": 24}, "silence"),
        (ARRIVED | {"modality": "alleged"}, "update"),
    ],
    "what names neither place nor figure confirms nothing": [
        (ARRIVED, "new"),
        (ARRIVED | {"location": None, "count_": "", "says": "kremlin", "hours": 22 * 24}, "silence"),
        (ARRIVED | {"says": "kremlin", "hours": 22 * 24 + 2}, "update"),
    ],
    "who told it denies it": [
        (ARRIVED | {"says": "nis"}, "new"),
        (ARRIVED | {"says": "nis", "modality": "denied", "hours": 22 * 24}, "update"),
        (ARRIVED | {"says": "nis", "modality": "denied", "hours": 22 * 24 + 3}, "silence"),
    ],
    "withdrawn twice, beside another story": [
        (ARRIVED | {"location": None, "count_": "troops 100"}, "new"),
        (ARRIVED, "new"),
        (WITHDRAWN | {"hours": 22 * 24}, "retraction"),
        (WITHDRAWN | {"hours": 22 * 24 + 2}, "silence"),
    ],
    "a party confirms": [
        (ARRIVED | {"modality": "alleged", "says": "nis"}, "new"),
        (ARRIVED | {"modality": "denied", "says": "pentagon", "hours": 21 * 24 + 1}, "silence"),
        (ARRIVED | {"modality": "denied", "says": "kremlin", "hours": 21 * 24 + 1}, "update"),
        (ARRIVED | {"modality": "denied", "says": "kcna", "hours": 21 * 24 + 2}, "silence"),
        (ARRIVED | {"says": "nis", "hours": 21 * 24 + 2}, "silence"),
        (ARRIVED | {"says": "kremlin", "hours": 22 * 24}, "update"),
        (ARRIVED | {"says": "kcna", "hours": 22 * 24 + 2}, "silence"),
    ],
    "background, denied and conditional reports alone": [
        (ARRIVED | {"time_frame": "background"}, "silence"),
        (ARRIVED | {"modality": "denied"}, "silence"),
        (ARRIVED | {"modality": "conditional"}, "silence"),
        (ARRIVED, "new"),
    ],
    "a background report of a higher count": [
        (ARRIVED, "new"),
        (ARRIVED | {"count_": "troops 9000", "time_frame": "background"}, "silence"),
    ],
    "what ended long ago is no news, though told as current": [
        ({"on": "2025-11-20"}, "silence"),
    ],
    "withdrawn before it was ever told": [
        (WITHDRAWN, "silence"),
    ],
    "a kind that raises nothing": [
        ({"event": "casualties killed", "who": "dprk", "count_": "killed 600"}, "silence"),
        ({"event": "casualties killed", "who": "dprk", "count_": "killed 900"}, "silence"),
    ],
}


@pytest.mark.parametrize("name", SEQUENCES)
def test_a_sequence_of_reports(name: str) -> None:
    """Each report of a story raises what it should after those before it."""
    told = SEQUENCES[name]
    reports = [report(f"article {number}", **fields) for number, (fields, _) in enumerate(told)]
    assert statuses(story_book(), *reports) == [status for _, status in told]


def follow(*told: dict[str, Any], store: dict[str, Story] | None = None) -> list[Alert]:
    """Return the alerts that these reports raise."""
    book = story_book(store)
    verdicts = [
        book.follow(report(f"article {number}", **fields), raised_at=RAISED)
        for number, fields in enumerate(told)
    ]
    return [verdict.alert for verdict in verdicts if verdict.alert is not None]


CORRECTED = ARRIVED | {"hours": 25 * 24, "count_": "troops 600", "occasion": "correction"}
CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any], list[tuple[str, str, str]], str]] = {
    "planned became done": (
        PLANNED,
        ARRIVED,
        [("status", "planned", "done"), ("troops", "up to 2,500", "800")],
        "what was planned has happened; figure changed from up to 2,500 to 800",
    ),
    "a correction": (
        ARRIVED,
        CORRECTED,
        [("troops", "800", "600")],
        "figure changed from 800 to 600 (correction)",
    ),
    "a new place": (
        ARRIVED | {"location": "russia", "on": "2026-01-28"},
        ARRIVED | {"on": "2026-01-30", "hours": 22 * 24},
        [("place", "Russia", "Belgorod")],
        "new place: Belgorod (before: Russia)",
    ),
    "a confirmation": (
        ARRIVED,
        ARRIVED | {"says": "kremlin"},
        [("confirmation", "unconfirmed", "the Kremlin")],
        "confirmed by the Kremlin (before: unconfirmed)",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_an_update_names_what_changed(name: str) -> None:
    """`previous` holds field, old and new; `why` says so in words."""
    first, second, changes, why = CHANGES[name]
    update = follow(first, second)[1]
    assert [(change.field, change.old, change.new) for change in update.previous] == changes
    assert update.why == why


def test_denied_became_confirmed() -> None:
    """Who denied and who confirmed is kept, and the update says that it was denied before."""
    store: dict[str, Story] = {}
    alerts = follow(
        ARRIVED | {"says": "nis"},
        ARRIVED | {"says": "kremlin", "modality": "denied"},
        ARRIVED | {"says": "kcna"},
        store=store,
    )
    (story,) = store.values()
    assert (story.denied_by, story.confirmed_by) == (("kremlin",), ("kcna",))
    assert [alert.why for alert in alerts[1:]] == [
        "denied by the Kremlin (before: asserted)",
        "confirmed by KCNA (before: denied)",
    ]


def test_a_retraction_closes_the_story() -> None:
    """The withdrawn story is kept as retracted, and the alert carries all articles, the withdrawal last."""
    store: dict[str, Story] = {}
    alerts = follow(ARRIVED, WITHDRAWN | {"hours": 22 * 24}, store=store)
    (story,) = store.values()
    assert story.status == "retracted"
    assert [article.url for article in alerts[1].articles] == [
        "https://example.org/article 0",
        "https://example.org/article 1",
    ]
    assert alerts[1].headline == "Withdrawn: North Korea sends 800 soldiers to Belgorod"


HEADLINES = {
    "Kim Jong Un sends letter to Vladimir Putin (8 January 2026), says KCNA": {
        "on": "2026-01-08",
        "says": "kcna",
    },
    "Kim Jong Un replies to Vladimir Putin, Wire reports": {
        "event": "statement message",
        "occasion": "reply",
    },
    "North Korea sends 1,000–1,500 soldiers to Kursk (planned, February 2026), says South Korea's spy agency": {
        "event": "deployment dispatch",
        "who": "dprk -> russia",
        "location": "kursk",
        "count_": "troops 1000-1500",
        "modality": "planned",
        "on": "2026-02",
        "says": "nis",
    },
    "Somebody-unknown sends letter to Vladimir Putin, Wire reports": {"who": "somebody-unknown -> putin"},
    "North Korea sends personnel to Russia, Wire reports": {
        "event": "deployment dispatch",
        "who": "dprk -> russia",
    },
    "The Pentagon condemns North Korea and Russia, Wire reports": {
        "event": "statement condemnation",
        "who": "pentagon -> dprk,russia",
    },
}


@pytest.mark.parametrize("headline", HEADLINES)
def test_a_headline_says_who_did_what(headline: str) -> None:
    """A headline says who did what, how many, where, when and who says so; what is unknown is left out."""
    (alert,) = follow(HEADLINES[headline])
    assert alert.headline == headline


def test_the_first_report_says_what_it_is_the_first_of() -> None:
    """A new story's reason names the event."""
    (alert,) = follow({"on": "2026-01-08"})
    assert alert.why == "first report of a letter from Kim Jong Un to Vladimir Putin"


def test_state_media_alone_lessen_the_confidence_in_a_fact_but_not_in_a_statement() -> None:
    """State media are evidence that a statement was made, not that what it says is so."""
    letter = {"kind": "state_media"}
    (said,), (fact,), (other,) = follow(letter), follow(ARRIVED | letter), follow(ARRIVED)
    assert said.event.confidence == pytest.approx(0.9)
    assert fact.event.confidence < other.event.confidence == pytest.approx(0.9)


def test_each_further_publisher_family_makes_an_alert_surer() -> None:
    """Copies of one wire are one family; another family's report takes away some of the doubt."""
    more = ARRIVED | {"count_": "troops 3000"}
    one, other = follow(ARRIVED, more)[1], follow(ARRIVED, more | {"family": "daily"})[1]
    assert one.event.confidence < other.event.confidence


def test_an_article_that_tells_of_a_plan_does_not_tell_that_it_was_carried_out() -> None:
    """A headline in the tense of plans and a lead in another are one telling."""
    later = {"hours": 30, "revision": "1"}
    raised = statuses(
        story_book(),
        report("first", **PLANNED),
        report("second", **(PLANNED | later)),
        report("second", **(PLANNED | later | {"modality": "asserted"})),
    )
    assert raised == ["new", "silence", "silence"]


def test_a_name_takes_the_place_of_its_country() -> None:
    """A story told of a country is, once somebody is named, no story of others of that country."""
    told: dict[str, Any] = {"event": "statement pledge", "on": "2026-01-08"}
    raised = statuses(
        story_book(),
        report("first", who="russia -> dprk", **told),
        report("second", who="putin -> kim", **told),
        report("third", who="lavrov -> kim", **told),
    )
    assert raised == ["new", "silence", "new"]


def test_an_article_does_not_deny_what_it_tells() -> None:
    """Of an article that tells something and says who denies it, the telling raises."""
    raised = statuses(
        story_book(),
        report("first", **(ARRIVED | {"says": "nis"})),
        report("first", **(ARRIVED | {"says": "kremlin", "modality": "denied"})),
        report("second", **(ARRIVED | {"says": "kremlin", "modality": "denied", "hours": 22 * 24})),
    )
    assert raised == ["new", "silence", "silence"]


def test_an_archive_raises_nothing_and_is_known_afterwards() -> None:
    """A report from a backfill opens and changes its story in silence; live reports of it are repeats or updates."""
    book = story_book()
    old = [report("old", **ARRIVED), report("older", **ARRIVED | {"count_": "troops 1500"})]
    assert statuses(book, *(replace(one, backfill=True) for one in old)) == ["silence", "silence"]
    live = [report("live", **ARRIVED), report("more", **ARRIVED | {"count_": "troops 3000"})]
    assert statuses(book, *live) == ["silence", "update"]
