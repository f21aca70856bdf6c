"""Reports that come twice, late, edited, undated, after a restart or in another order."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from reports_by_hand import RAISED, START, report, statuses, story_book

from pipeline.core.records import Alert, EventReport, Story
from pipeline.core.stories import StoryBook

DEPLOYED: dict[str, Any] = {
    "event": "deployment arrival",
    "who": "dprk -> russia",
    "location": "kursk",
    "count_": "troops 800",
    "says": "ministry",
}


def optional(*values: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for one of these."""
    return st.sampled_from(values)


LETTERS = st.fixed_dictionaries(
    {
        "event": optional("statement letter", "statement reply", "statement pledge", "statement denial"),
        "who": optional("kim -> putin", "putin -> kim", "dprk -> russia", "kim", "medvedev -> kim", ""),
        "on": optional("", "2026-01-08", "2026-01-15", "2026-01"),
        "occasion": optional("", "new-year", "reply"),
        "modality": optional("asserted", "alleged", "planned", "denied"),
    }
)
DEPLOYMENTS = st.fixed_dictionaries(
    {
        "event": optional("deployment arrival", "deployment dispatch", "deployment retraction"),
        "who": optional("dprk -> russia", "kpa -> russia"),
        "location": optional(None, "russia", "kursk", "sudzha", "port", "belgorod"),
        "on": optional("", "2026-01-08", "2026-02"),
        "modality": optional("asserted", "planned", "estimated", "conditional"),
        "count_": optional("", "troops 800", "troops 3000", "troops <2500", "workers 50"),
        "occasion": optional("", "correction"),
        "says": optional("", "ministry", "kremlin"),
        "time_frame": optional("current", "current", "background"),
    }
)


# What one letter and one contingent are told as.
ONE_LETTER = st.fixed_dictionaries(
    {
        "event": optional("statement letter", "statement message", "statement pledge", "statement greetings"),
        "who": optional("kim -> putin", "kim -> russia"),
        "on": optional("", "2026-01-09"),
        "occasion": optional("", "reply"),
        "hours": st.integers(0, 20),
    }
)
ONE_CONTINGENT = st.fixed_dictionaries(
    {
        "event": optional("deployment arrival", "deployment dispatch", "deployment presence"),
        "who": optional("dprk -> russia", "kpa -> russia"),
        "location": optional(None, "russia", "kursk", "sudzha", "port"),
        "modality": optional("asserted", "estimated", "alleged", "planned", "denied", "conditional"),
        "count_": optional("", "troops 3000", "troops 2900", "troops >2000"),
        "says": optional("", "nis", "kremlin", "ministry"),
        "hours": st.integers(0, 40),
    }
)


@st.composite
def tellings(draw: st.DrawFn) -> list[EventReport]:
    """Reports of one thing that happened, in any order, some of them twice."""
    thing = draw(st.sampled_from([ONE_LETTER, ONE_CONTINGENT]))
    told = [report(f"article {number}", **draw(thing)) for number in range(draw(st.integers(1, 8)))]
    return draw(st.permutations(told + told[: draw(st.integers(0, 3))]))


@given(tellings())
def test_one_thing_is_new_once_in_whatever_order_it_is_told(stream: list[EventReport]) -> None:
    """However the reports of one thing come in, at most one of them is news; no update is told twice."""
    raised = alerts_of(story_book(), stream)
    assert [alert.status for alert in raised].count("new") <= 1
    changes = [change for alert in raised for change in alert.previous]
    assert len(changes) == len(set(changes))


@given(tellings(), st.randoms())
def test_one_thing_is_one_story_in_whatever_order_it_is_told(stream: list[EventReport], chance: Any) -> None:
    """Reports of one thing, shuffled, are told as one story, with the same first publication and as many reports."""
    said = [one for one in stream if one.event.modality not in {"denied", "conditional"}]
    shuffled = list(said)
    chance.shuffle(shuffled)
    ends = [stories_after(*order) for order in (said, shuffled)]
    assert len(ends[0]) == len(ends[1]) <= 1
    seen = [
        [(story.first_published_at, story.families, story.last_published_at) for story in end] for end in ends
    ]
    assert seen[0] == seen[1]


@st.composite
def streams(draw: st.DrawFn) -> list[EventReport]:
    """Reports of few articles and events, in order of publication or not, some articles with several events."""
    count = draw(st.integers(1, 12))
    return [
        report(
            f"article {draw(st.integers(0, 8))}",
            **draw(LETTERS | DEPLOYMENTS),
            hours=draw(st.integers(0, 500)),
            family=draw(optional("wire", "daily", "agency")),
            revision=draw(optional("1", "1", "2")),
        )
        for _ in range(count)
    ]


def alerts_of(book: StoryBook, stream: list[EventReport]) -> list[Alert]:
    """Return the alerts that these reports raise."""
    verdicts = [book.follow(one, raised_at=RAISED) for one in stream]
    return [verdict.alert for verdict in verdicts if verdict.alert is not None]


def told(alerts: list[Alert]) -> list[tuple[str, str]]:
    """Return which stories were told, and as what."""
    return [(alert.story_id, alert.status) for alert in alerts]


@given(streams())
def test_a_replay_raises_nothing(stream: list[EventReport]) -> None:
    """After a stream, the whole of it again, from the start, raises nothing and counts nothing twice."""
    store: dict[str, Story] = {}
    book = story_book(store)
    alerts_of(book, stream)
    before = {id_: replace(story, denied_by=()) for id_, story in store.items()}
    assert alerts_of(book, stream) == []
    assert {id_: replace(story, denied_by=()) for id_, story in store.items()} == before


@given(streams(), st.integers(0, 12))
def test_a_replay_of_a_prefix_in_mid_stream_raises_nothing(stream: list[EventReport], length: int) -> None:
    """A worker that starts again some way back raises only what it would have raised without."""
    plain = alerts_of(story_book(), stream)
    book = story_book()
    first = alerts_of(book, stream[:length])
    assert alerts_of(book, stream[:length]) == []
    assert told(first + alerts_of(book, stream[length:])) == told(plain)


@given(streams(), st.data())
def test_doubles_anywhere_later_change_nothing(stream: list[EventReport], data: st.DataObject) -> None:
    """Reports delivered again, at any later point and in any order, change nothing that is told."""
    expected = alerts_of(story_book(), stream)
    doubled = list(stream)
    for _ in range(data.draw(st.integers(0, 6))):
        again = data.draw(st.integers(0, len(doubled) - 1))
        doubled.insert(data.draw(st.integers(again + 1, len(doubled))), doubled[again])
    assert told(alerts_of(story_book(), doubled)) == told(expected)


@given(streams(), st.integers(0, 12))
def test_a_book_rebuilt_from_its_store_goes_on_the_same(stream: list[EventReport], length: int) -> None:
    """After a recovery the stories lead to the same alerts and stories as without one."""
    plain: dict[str, Story] = {}
    expected = alerts_of(story_book(plain), stream)
    store: dict[str, Story] = {}
    first = alerts_of(story_book(store), stream[:length])
    recovered = story_book(store)
    recovered.rebuild()
    assert first + alerts_of(recovered, stream[length:]) == expected
    assert store == plain


@given(streams())
def test_ids_depend_on_what_is_reported_only(stream: list[EventReport]) -> None:
    """The same reports give the same alerts whenever they are raised, but for `raised_at`; no id twice."""
    one, other = story_book(), story_book()
    first = [one.follow(item, raised_at=RAISED).alert for item in stream]
    second = [other.follow(item, raised_at=RAISED + timedelta(days=3)).alert for item in stream]
    assert first == [alert and replace(alert, raised_at=RAISED) for alert in second]
    raised = [alert.alert_id for alert in first if alert is not None]
    assert len(raised) == len(set(raised))


@given(streams())
def test_a_report_whose_story_was_not_stored_gives_the_same_alert_again(stream: list[EventReport]) -> None:
    """A redelivery after a crash that lost the last write has the same alert id."""
    store: dict[str, Story] = {}
    alerts_of(story_book(store), stream[:-1])
    ids = []
    for _ in range(2):
        book = story_book(dict(store))
        book.rebuild()
        ids.append([alert.alert_id for alert in alerts_of(book, stream[-1:])])
    assert ids[0] == ids[1]


@given(streams())
def test_an_article_raises_one_alert_a_story_and_version_at_most(stream: list[EventReport]) -> None:
    """However many sentences of an article tell a story, it raises one alert of it."""
    book = story_book()
    raised = [
        (verdict.alert.story_id, item.article_id, item.revision)
        for item in stream
        if item.event.mode != "retraction"
        for verdict in [book.follow(item, raised_at=RAISED)]
        if verdict.alert is not None
    ]
    assert len(raised) == len(set(raised))


def stories_after(*reports: EventReport, retention_days: int = 30) -> list[Story]:
    """Return the stories kept after these reports."""
    store: dict[str, Story] = {}
    statuses(story_book(store, retention_days=retention_days), *reports)
    return list(store.values())


def test_an_older_first_report_moves_the_first_publication_back() -> None:
    """A report that was published earlier and arrives later is the first one, and raises nothing."""
    first, late = report("first", hours=10), report("late", hours=2)
    (story,) = stories_after(first, late)
    assert story.first_published_at == late.published_at
    assert statuses(story_book(), first, late) == ["new", "silence"]


def test_an_edited_article_is_another_version_at_most() -> None:
    """An article fetched again with other text, the event as it was, is silence and a version of one report."""
    reports = (report("a", revision="1"), report("a", revision="2"), report("a", revision="2", text="x"))
    assert statuses(story_book(), *reports) == ["new", "silence", "silence"]
    (story,) = stories_after(*reports)
    assert [len(known.versions) for known in story.reports] == [2]


def test_an_edited_article_updates_its_story() -> None:
    """A figure or a place that an edited article gives otherwise is an update of its story, never a new one."""
    edited = [
        report("a", revision="1", **DEPLOYED),
        report("a", revision="2", **(DEPLOYED | {"count_": "troops 2000"}), hours=1),
        report("a", revision="3", **(DEPLOYED | {"location": "belgorod"}), hours=2),
    ]
    alerts = alerts_of(story_book(), edited)
    assert [alert.status for alert in alerts] == ["new", "update", "update"]
    assert alerts[2].why == "new place: Belgorod (before: Kursk)"


def test_an_edited_article_raises_nothing_new() -> None:
    """What an edited article adds is left to another article to tell first, but an article's first version may."""
    first, edited = report("a", revision="1"), report("a", revision="2", who="putin -> kim", hours=1)
    both = report("b", revision="1", who="putin -> kim", hours=2)
    assert statuses(story_book(), first, edited, both) == ["new", "silence", "new"]


def test_one_article_may_tell_several_stories() -> None:
    """A letter and the answer to it in one article are two alerts."""
    assert statuses(story_book(), report("a"), report("a", who="putin -> kim")) == ["new", "new"]


def test_courtesies_exchanged_in_one_article_are_one_statement() -> None:
    """Greetings that a guest brings and those he takes home are one; in two articles they are two."""
    brought = report("a", "statement greetings", "putin -> dprk")
    answered: dict[str, Any] = {"event": "statement greetings", "who": "kim -> putin", "occasion": "reply"}
    assert statuses(story_book(), brought, report("a", **answered)) == ["new", "silence"]
    assert statuses(story_book(), brought, report("b", **answered)) == ["new", "new"]


def test_as_many_in_one_article_are_the_same() -> None:
    """A figure told twice in one article is one deployment, whatever places stand beside it."""
    there = DEPLOYED | {"count_": "troops 200", "location": "belgorod"}
    here = there | {"location": "kursk"}
    home = there | {"event": "deployment rotation"}
    assert statuses(story_book(), report("a", **there), report("a", **here)) == ["new", "silence"]
    assert statuses(story_book(), report("a", **there), report("a", **home)) == ["new", "silence"]
    assert statuses(story_book(), report("a", **there), report("b", **here)) == ["new", "new"]


def test_what_one_speaker_says_in_one_article_is_one_statement() -> None:
    """A letter whose words are told again as a condemnation, to nobody, raises once."""
    again = report("a", "statement condemnation", "kim", text="quite another sentence")
    assert statuses(story_book(), report("a"), again) == ["new", "silence"]


def test_a_mirror_with_another_address_is_silence() -> None:
    """The same text at another address is one more report of the publisher's family."""
    (story,) = stories_after(report("a", text="one text"), report("mirror", text="one text"))
    assert (len(story.reports), story.families) == (2, {"wire": 2})


def test_a_copy_counts_for_the_family_that_had_the_text_first() -> None:
    """The same text in another outlet is no second voice."""
    original = report("a")
    copied = replace(report("copy", family="courier", hours=1), revision=original.revision)
    (story,) = stories_after(original, copied, report("own", family="daily", hours=2))
    assert story.families == {"wire": 2, "daily": 1}


def test_an_undated_article_says_so() -> None:
    """Without a date the fetch time stands in, and alert and story say that it does."""
    store: dict[str, Story] = {}
    verdict = story_book(store).follow(report("a", undated=True), raised_at=RAISED)
    assert verdict.alert is not None
    assert (verdict.alert.date_basis, verdict.alert.first_published_at) == ("fetched", START)


def test_an_undated_article_of_a_backfill_forgets_nothing() -> None:
    """An undated article, fetched long after the others were published, does not age their stories."""
    reports = (
        report("a"),
        report("b", undated=True, who="putin -> kim", hours=24 * 300),
        report("c", hours=5),
    )
    assert statuses(story_book(), *reports) == ["new", "new", "silence"]


def test_a_story_is_forgotten_after_the_retention() -> None:
    """A story whose last report is older than the retention leaves the store; a report as old raises nothing."""
    old, much_later = report("a"), report("b", who="putin -> kim", hours=24 * 40)
    (story,) = stories_after(old, much_later)
    assert story.event.actors == ("putin",)
    assert statuses(story_book(), old, much_later, report("c", who="kim -> xi")) == ["new", "new", "silence"]


def test_a_story_that_is_still_reported_is_kept() -> None:
    """The retention runs from a story's last report."""
    reports = [report(f"{days}", **DEPLOYED, hours=24 * days) for days in range(0, 45, 4)]
    assert statuses(story_book(), *reports) == ["new", *["silence"] * 11]
    assert len(stories_after(*reports)) == 1


def test_a_recap_corroborates_nothing() -> None:
    """A background report leaves a story as it was: no further report, no longer kept."""
    recap = report("recap", time_frame="background", on="2026-01-08", hours=24 * 20)
    assert stories_after(report("a", on="2026-01-08"), recap) == stories_after(report("a", on="2026-01-08"))


def test_a_book_holds_no_more_than_its_retention() -> None:
    """Over a year of daily stories, no more than the retention's are kept."""
    letters = [report(f"{days}", who=f"person-{days} -> kim", hours=24 * days) for days in range(365)]
    assert len(stories_after(*letters, retention_days=30)) == 31


def test_a_story_keeps_the_first_and_the_latest_reports() -> None:
    """Of many reports the first and the latest are kept; all are counted."""
    count = 120
    reports = [report(f"{number}", hours=number / 10) for number in range(count)]
    (story,) = stories_after(*reports)
    assert [story.reports[0].article.url, story.reports[-1].article.url] == [reports[0].url, reports[-1].url]
    assert len(story.reports) == 50
    assert story.families == {"wire": count}


def test_what_is_listed_no_longer_is_not_counted_again() -> None:
    """After a restart, too: all of 120 reports once more, some of them edited, leave the story's counts as they were."""
    store: dict[str, Story] = {}
    reports = [report(f"{number}", hours=number / 10) for number in range(120)]
    edited = [report(f"{n}", hours=n / 10, revision="2", quote="in other words") for n in range(1, 60, 7)]
    statuses(story_book(store), *reports)
    recovered = story_book(store)
    recovered.rebuild()
    before = dict(store)
    assert set(statuses(recovered, *reports)) == {"silence"}
    assert store == before
    assert set(statuses(recovered, *edited)) == {"silence"}
    assert [story.families for story in store.values()] == [{"wire": 120}]


def test_what_is_remembered_of_reports_is_bounded() -> None:
    """Of a thousand reports a story remembers the first, the latest 49, and marks of the 512 before."""
    (story,) = stories_after(*(report(f"{number}", hours=number / 100) for number in range(1000)))
    assert story.families == {"wire": 1000}
    assert (len(story.unlisted.articles), len(story.unlisted.events)) == (512 * 8, 512 * 8)


def test_articles_of_an_alert_are_in_order_of_arrival() -> None:
    """The article that raised an alert is its last."""
    more = DEPLOYED | {"count_": "troops 2000"}
    reports = [report("a", **DEPLOYED), report("b", **DEPLOYED, hours=1), report("c", **more, hours=2)]
    alert = alerts_of(story_book(), reports)[-1]
    assert [article.url for article in alert.articles] == [item.url for item in reports]


def test_only_the_kinds_that_are_asked_for_raise() -> None:
    """A meeting makes a story, but no alert unless meetings are among the alert kinds."""
    meeting = report("a", "meeting talks", "choe -> lavrov")
    (story,) = stories_after(meeting)
    assert (story.kind, [change.status for change in story.history]) == ("meeting", [None])
    assert statuses(story_book(), meeting) == ["silence"]
