"""What a subscriber's watches let through, when, and why not the rest."""

from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from alerts_by_hand import an_alert, an_article
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.core.errors import WatchError
from pipeline.core.profile import Profile
from pipeline.core.records import Alert
from pipeline.core.watches import Notice, WatchList, parse_watches
from pipeline.core.watches.hours import QuietHours, Rhythmic, next_at
from pipeline.profiles import load_profile

KURSK = "kursk-oblast"
KIM = "Q56226"


@cache
def _profile() -> Profile:
    return load_profile("dprk-russia")


def _watches(*lines: str) -> WatchList:
    return parse_watches("\n".join(["[[watch]]", 'id = "w"', *lines]), _profile())


def _notice(alert: Alert, *lines: str) -> Notice:
    listed = _watches(*lines)
    return listed.watches[0].notice(alert, listed.judge)


def _alert(raised: str = "2026-01-09T12:00", **event: Any) -> Alert:
    alert = an_alert(raised_at=datetime.fromisoformat(raised).replace(tzinfo=UTC))
    return replace(alert, event=replace(alert.event, **({"location": KURSK} | event)))


@pytest.mark.parametrize(
    ("line", "event", "refusal"),
    [
        ("", {}, ""),
        ('kinds = ["deployment"]', {}, ""),
        ('kinds = ["statement"]', {}, "kind is deployment, not statement"),
        ('modes = ["arrival", "rotation"]', {}, "mode is dispatch, not arrival or rotation"),
        ('statuses = ["update"]', {}, "status is new, not update"),
        ('modality = ["asserted"]', {}, "modality is estimated, not asserted"),
        ('actors = ["North Korea"]', {}, ""),
        ('actors = ["north korea"]', {"actors": (KIM,)}, ""),
        ('actors = ["Kim Jong Un"]', {}, "actor is North Korea, not Kim Jong Un"),
        ('actors = ["Путин"]', {"actors": ()}, "actor is nobody known, not Vladimir Putin"),
        ('recipients = ["Russia"]', {}, ""),
        ('recipients = ["North Korea"]', {}, "recipient is Russia, not North Korea"),
        ('parties = ["Russia"]', {}, ""),
        ('parties = ["China"]', {}, "party is North Korea or Russia, not China"),
        ('places = ["Russia"]', {}, ""),
        ('places = ["Kursk Oblast"]', {}, ""),
        ('places = ["Pyongyang"]', {}, "place is Kursk Oblast, not in Pyongyang"),
        ('places = ["Kursk Oblast"]', {"location": None}, "no place is told, Kursk Oblast is wanted"),
        ("minimum = { troops = 15000 }", {}, ""),
        ("minimum = { troops = 20000 }", {}, "15,000 troops, at least 20,000 are wanted"),
        ("minimum = { killed = 1 }", {}, "no figure of killed is told, at least 1 are wanted"),
        ("minimum_confidence = 0.8", {}, ""),
        ("minimum_confidence = 0.9", {}, "confidence is 0.80, at least 0.90 is wanted"),
        ('not_sources = ["example-agency"]', {}, "source example-agency is excluded"),
        ('not_sources = ["another"]', {}, ""),
    ],
)
def test_terms_let_through_what_they_say(line: str, event: dict[str, Any], refusal: str) -> None:
    """An alert is sent exactly where all terms hold; else the reason says which one does not."""
    notice = _notice(_alert(**event), line)
    assert notice.reason == refusal
    assert (notice.due_at is None) == bool(refusal)


def test_a_language_is_excluded_by_the_report_that_raised_the_alert() -> None:
    """It's the last article's language that counts, in whatever region it is written."""
    articles = (an_article(1), replace(an_article(2), language="zh-TW"))
    alert = replace(_alert(), articles=articles)
    assert _notice(alert, 'not_languages = ["zh"]').reason == "language zh is excluded"
    assert _notice(alert, 'not_languages = ["ru"]').due_at is not None


@pytest.mark.parametrize(
    ("lines", "raised", "due", "reason"),
    [
        ([], "2026-01-09T12:34", "2026-01-09T12:34", ""),
        (['send = "hourly"'], "2026-01-09T12:34", "2026-01-09T13:00", "hourly digest"),
        (['send = "hourly"'], "2026-01-09T13:00", "2026-01-09T13:00", "hourly digest"),
        (
            ['send = "hourly"', 'time_zone = "Asia/Kolkata"'],
            "2026-01-09T12:34",
            "2026-01-09T13:30",
            "hourly digest",
        ),
        (['send = "daily"', "at = 08:00:00"], "2026-01-09T12:34", "2026-01-10T08:00", "daily digest"),
        (
            ['send = "daily"', "at = 08:00:00", 'time_zone = "Asia/Seoul"'],
            "2026-01-09T12:34",
            "2026-01-09T23:00",
            "daily digest",
        ),
        (
            ["quiet = { from = 22:00:00, to = 07:00:00 }"],
            "2026-01-09T23:30",
            "2026-01-10T07:00",
            "after the quiet hours",
        ),
        (
            ["quiet = { from = 22:00:00, to = 07:00:00 }"],
            "2026-01-10T06:59",
            "2026-01-10T07:00",
            "after the quiet hours",
        ),
        (["quiet = { from = 22:00:00, to = 07:00:00 }"], "2026-01-10T07:00", "2026-01-10T07:00", ""),
        (
            ['quiet = { from = 22:00:00, to = 07:00:00, breaks_through = { places = ["Russia"] } }'],
            "2026-01-09T23:30",
            "2026-01-09T23:30",
            "breaks through the quiet hours",
        ),
        (
            ["quiet = { from = 22:00:00, to = 07:00:00, breaks_through = { minimum = { troops = 20000 } } }"],
            "2026-01-09T23:30",
            "2026-01-10T07:00",
            "after the quiet hours",
        ),
        (
            ['send = "hourly"', "quiet = { from = 13:00:00, to = 15:30:00 }"],
            "2026-01-09T12:34",
            "2026-01-09T15:30",
            "after the quiet hours",
        ),
    ],
)
def test_when_it_is_sent(lines: list[str], raised: str, due: str, reason: str) -> None:
    """At once, with the next digest, or when the quiet hours are over, by the clock of the watch's zone."""
    notice = _notice(_alert(raised), *lines)
    assert notice == Notice(datetime.fromisoformat(due).replace(tzinfo=UTC), reason)


@pytest.mark.parametrize(
    ("before", "at", "zone", "then"),
    [
        # Kyiv leaps from 03:00 to 04:00 on 29 March 2026 and goes back from 04:00 to 03:00 on 25 October.
        ("2026-03-28T22:30", time(3, 30), "Europe/Kyiv", "2026-03-29T01:30"),
        ("2026-03-29T12:00", time(3, 30), "Europe/Kyiv", "2026-03-30T00:30"),
        ("2026-10-24T22:00", time(3, 30), "Europe/Kyiv", "2026-10-25T00:30"),
        ("2026-10-25T00:31", time(3, 30), "Europe/Kyiv", "2026-10-26T01:30"),
    ],
)
def test_a_daily_time_on_the_days_when_clocks_change(before: str, at: time, zone: str, then: str) -> None:
    """A digest goes out once a day also where its time does not exist, or comes twice."""
    found = next_at(datetime.fromisoformat(before).replace(tzinfo=UTC), at, ZoneInfo(zone))
    assert found == datetime.fromisoformat(then).replace(tzinfo=UTC)


MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ZONES = st.sampled_from(["UTC", "Asia/Pyongyang", "Europe/Kyiv", "America/St_Johns", "Australia/Lord_Howe"])


@given(MOMENTS, st.times(), st.times(), ZONES)
def test_quiet_hours_end(moment: datetime, start: time, end: time, zone: str) -> None:
    """What is held back goes out within a day and some, never before it was raised, and not in quiet hours again."""
    quiet = QuietHours(start, end, ZoneInfo(zone))
    over = quiet.over_at(moment)
    assert 0 <= (over - moment).total_seconds() <= 50 * 3600
    assert over == moment or quiet.holds(moment)


@given(MOMENTS, st.times(), ZONES, st.sampled_from(["hourly", "daily"]))
def test_digests_keep_their_order(moment: datetime, at: time, zone: str, rhythm: Any) -> None:
    """A digest is never before what it tells, and what it tells is due at no other time a second time."""
    digest = Rhythmic(rhythm, at, ZoneInfo(zone))
    due = digest.next_after(moment)
    assert due >= moment
    assert digest.next_after(due) == due


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[watch]]\nkinds = []", "watch 'number 1': Object missing required field `id`"),
        ('[[watch]]\nid = "w"\ncolour = "red"', "watch 'w': Object contains unknown field `colour`"),
        ('[[watch]]\nid = " "', "watch ' ': 'id' is blank"),
        ('[[watch]]\nid = "w"\nkinds = ["war"]', "watch 'w': Invalid enum value 'war'"),
        ('[[watch]]\nid = "w"\nactors = ["Kim Jong U"]', "did you mean 'kim jong un'"),
        ('[[watch]]\nid = "w"\nmodes = ["dispach"]', "modes: there is no 'dispach'; did you mean 'dispatch'"),
        ('[[watch]]\nid = "w"\ntime_zone = "Kyiv"', "time_zone 'Kyiv' is none; write one like"),
        ('[[watch]]\nid = "w"\ntime_zone = "../etc/passwd"', "time_zone '../etc/passwd' is none"),
        ('[[watch]]\nid = "w"\nat = 08:00:00', "'at' is for send = \"daily\""),
        ('[[watch]]\nid = "w"\n[[watch]]\nid = "w"', "watch 'w': there is another with this id"),
        ("[[watch]\n", "Expected"),
        ('[watch]\nid = "w"', "Expected `array`"),
    ],
)
def test_a_watch_that_cannot_be_read_is_named(text: str, says: str) -> None:
    """The message names the watch, what is wrong in it, and what was probably meant."""
    with pytest.raises(WatchError) as raised:
        parse_watches(text, _profile())
    assert says in str(raised.value)


def _run(*arguments: str | Path) -> Any:
    return CliRunner().invoke(app, ["watches", *map(str, arguments)])


def test_checking_says_what_will_never_come(tmp_path: Path) -> None:
    """A watch of a kind that raises no alert is named with the setting that decides it."""
    file = tmp_path / "watches.toml"
    file.write_text('[[watch]]\nid = "losses"\nkinds = ["casualties", "deployment"]\n')
    found = _run("check", file)
    assert found.exit_code == 0
    assert "watch 'losses': no alert is raised for casualties; the setting alert_kinds has" in found.output
    assert orjson.loads(_run("check", file, "--json").stdout)["watches"] == ["losses"]


def test_trying_watches_on_the_samples_accounts_for_every_alert(tmp_path: Path) -> None:
    """Each alert of the sample articles is sent or not by each watch, the latter with a reason; nothing is left out."""
    file = tmp_path / "watches.toml"
    file.write_text('[[watch]]\nid = "all"\n[[watch]]\nid = "sent"\nkinds = ["deployment"]\n')
    judged = [orjson.loads(line) for line in _run("test", file, "--json").stdout.splitlines()]
    of_all = [row for row in judged if row["watch"] == "all"]
    of_deployments = [row for row in judged if row["watch"] == "sent"]
    assert of_all
    assert all(row["sent"] for row in of_all)
    assert [row["alert_id"] for row in of_all] == [row["alert_id"] for row in of_deployments]
    assert all(row["sent"] or row["reason"] for row in of_deployments)
    assert {row["kind"] for row in of_deployments if row["sent"]} == {"deployment"}
    shown = _run("test", file).output
    assert f"all: {len(of_all)} of {len(of_all)} alerts" in shown
    assert "kind is statement" in " ".join(shown.split())


def test_trying_watches_on_a_file_of_alerts(tmp_path: Path) -> None:
    """An alert that stands in the file twice is judged once; a line that is none is named."""
    from pipeline.codec import encode

    watches, alerts = tmp_path / "watches.toml", tmp_path / "alerts.jsonl"
    watches.write_text('[[watch]]\nid = "w"\n')
    alerts.write_bytes(b"\n".join([encode(an_alert(1)), encode(an_alert(1)), encode(an_alert(2))]))
    assert len(_run("test", watches, "--alerts", alerts, "--json").stdout.splitlines()) == 2
    alerts.write_text("{}")
    broken = _run("test", watches, "--alerts", alerts)
    assert f"--alerts {alerts}:1: no alert" in str(broken.exception)
