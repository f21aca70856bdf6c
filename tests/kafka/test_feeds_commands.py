"""`pactwatch feeds` on a real list."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer
from typer.testing import Result

from pipeline import codec
from pipeline.commands import feeds_app
from pipeline.core.errors import BrokerError
from pipeline.core.feeds import Feed, FeedState
from pipeline.feed_list import FeedList, FeedListError, partition_of
from pipeline.settings import Settings
from pipeline.topology import FEED_STATES

Command = Callable[..., Result]
NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def pactwatch(on_own_topics: Callable[..., Command]) -> Command:
    """Run `pactwatch feeds …` on this test's topics."""
    return on_own_topics(feeds_app.app)


def feed(id_: str, **fields: Any) -> Feed:
    """Return a feed of a site of its own."""
    return Feed(
        **({"id": id_, "url": f"https://{id_}.example/rss", "name": f"The {id_}", "family": id_} | fields)
    )


def fill(own: Settings, *listed: tuple[Feed, FeedState | None]) -> None:
    """Put feeds on the list as the profile's, and what is remembered of them beside it."""
    with FeedList(own.brokers or "", topic_prefix=own.topic_prefix) as feeds:
        feeds.sync([one for one, _ in listed])
    producer = KafkaProducer(bootstrap_servers=own.brokers)
    for one, state in listed:
        if state is not None:
            producer.send(
                own.topic_prefix + FEED_STATES.name,
                codec.encode(state),
                key=one.id.encode(),
                partition=partition_of(one, own.feed_partitions),
            )
    producer.flush()
    producer.close()


def state(id_: str, **fields: Any) -> FeedState:
    """Return the state of a feed that was polled an hour ago."""
    polled: dict[str, Any] = {"polled_at": NOW - HOUR, "next_at": NOW + HOUR, "interval_seconds": 900}
    return FeedState(feed_id=id_, url=f"https://{id_}.example/rss", **(polled | fields))


@pytest.fixture
def filled(own: Settings) -> Settings:
    """A list with a feed of each condition."""
    failed: dict[str, Any] = {"failures": 3, "error": "HTTP 404 Not Found", "failing_since": NOW - 2 * HOUR}
    fill(
        own,
        (feed("fresh", kind="state_media", language="ko"), None),
        (feed("well"), state("well", succeeded_at=NOW - HOUR, entries=30, published=42)),
        (feed("broken", name="Broken\x1b[2J news"), state("broken", **failed)),
        (feed("lost"), state("lost", **(failed | {"is_reported_dead": True}))),
        (feed("ended"), state("ended", is_gone=True, error="HTTP 410 Gone")),
        (feed("unwanted"), None),
    )
    with FeedList(own.brokers or "", topic_prefix=own.topic_prefix) as feeds:
        feeds.remove("unwanted")
    return own


def test_the_list_says_how_each_feed_stands(filled: Settings, pactwatch: Command) -> None:
    """For programs: one object a feed with its condition, its error in words, and nothing of what was seen."""
    shown = [json.loads(line) for line in pactwatch("list", "--json").stdout.splitlines()]
    assert {one["id"]: one["condition"] for one in shown} == {
        "broken": "failing",
        "ended": "gone",
        "fresh": "new",
        "lost": "dead",
        "unwanted": "off",
        "well": "ok",
    }
    well = next(one for one in shown if one["id"] == "well")
    assert (well["entries"], well["published"], well["interval_seconds"]) == (30, 42, 900)
    assert "seen" not in well
    assert next(one for one in shown if one["id"] == "broken")["error"] == "HTTP 404 Not Found"


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--failing"], ["broken", "ended", "lost"]),
        (["--off"], ["unwanted"]),
        (["--kind", "state_media"], ["fresh"]),
        (["--language", "ko", "--language", "ja"], ["fresh"]),
    ],
)
def test_the_list_is_chosen_from(
    options: list[str], ids: list[str], filled: Settings, pactwatch: Command
) -> None:
    """Options choose by condition, kind and language."""
    shown = pactwatch("list", "--json", *options).stdout.splitlines()
    assert [json.loads(line)["id"] for line in shown] == ids


@pytest.mark.parametrize("width", [60, 80, 140])
def test_the_table_fits_the_terminal(
    width: int, filled: Settings, pactwatch: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row says when it was read, when it is due, and what went wrong; no escape of a feed's name reaches the terminal."""
    monkeypatch.setenv("COLUMNS", str(width))
    shown = pactwatch("list")
    assert max(map(len, shown.stdout.splitlines())) <= width
    words = " ".join(shown.stdout.split())
    for part in ("well", "1 h ago", "failing", "404 Not Found", "dead", "gone", "off", "at start"):
        assert part in words
    assert "\x1b" not in shown.stdout
    assert shown.stderr == "6 feeds: 1 ok, 1 new, 1 failing, 1 dead, 1 gone, 1 off\n"


def test_an_empty_list_says_what_fills_it(own: Settings, pactwatch: Command) -> None:
    """Before the first start there is nothing to list, which is no error."""
    shown = pactwatch("list")
    assert (shown.exit_code, shown.stdout) == (0, "")
    assert "pactwatch poll" in shown.stderr


def test_what_is_removed_stays_off(filled: Settings, pactwatch: Command) -> None:
    """A removed feed of the profile is listed as off; an unknown one is an error that says where the ids are."""
    assert pactwatch("remove", "well", "fresh").stdout.splitlines() == [
        "off the list: well  https://well.example/rss",
        "off the list: fresh  https://fresh.example/rss",
    ]
    off = pactwatch("list", "--off", "--json").stdout.splitlines()
    assert [json.loads(line)["id"] for line in off] == ["fresh", "unwanted", "well"]
    assert isinstance(pactwatch("remove", "nonesuch").exception, FeedListError)


OPML = """<opml version="2.0"><body>
<outline text="Folder"><outline text="Mine" xmlUrl="https://mine.example/rss"/>
<outline text="Mine again" xmlUrl="http://mine.example/rss/"/></outline>
<outline text="Well" xmlUrl="https://well.example/rss"/>
<outline text="Off" xmlUrl="https://unwanted.example/rss"/>
<outline text="No feed" xmlUrl="gopher://old.example/"/>
"""


def test_import_adds_what_is_not_there(filled: Settings, pactwatch: Command, tmp_path: Path) -> None:
    """Each address once, what was off is on again, and what is wrong with the file is said and told by the exit code."""
    (tmp_path / "theirs.opml").write_text(OPML)
    dry = pactwatch("import", "--dry-run", str(tmp_path / "theirs.opml"))
    assert dry.stdout.splitlines() == [
        "added: mine Mine https://mine.example/rss",
        "there already: mine Mine https://mine.example/rss",
        "there already: well The well https://well.example/rss",
        "back on: unwanted The unwanted https://unwanted.example/rss",
    ]
    assert len(pactwatch("list", "--json").stdout.splitlines()) == 6
    done = pactwatch("import", str(tmp_path / "theirs.opml"))
    assert (done.exit_code, done.stdout) == (1, "1 added, 1 back on, 2 there already\n")
    assert "gopher://old.example/" in done.stderr
    assert "broken at line 7" in done.stderr
    listed = {one["id"]: one for one in map(json.loads, pactwatch("list", "--json").stdout.splitlines())}
    assert (listed["mine"]["origin"], listed["mine"]["family"]) == ("added", "mine.example")
    assert listed["unwanted"]["condition"] == "new"


@pytest.mark.parametrize("name", ["list.opml", "list.toml"])
def test_what_is_exported_is_imported_elsewhere(
    name: str, own: Settings, pactwatch: Command, tmp_path: Path
) -> None:
    """The list of one installation becomes that of another, but for what is off."""
    rich = feed(
        "rich", kind="state_media", country="KP", language="ko", via="index", links="/q/\\d+", text="page"
    )
    fill(own, (rich, None), (feed("plain"), None), (feed("off"), None))
    pactwatch("remove", "off")
    file = tmp_path / name
    assert pactwatch("export", str(file)).stderr == f"2 feeds in {file}\n"
    with FeedList(own.brokers or "", topic_prefix=own.topic_prefix) as feeds:
        feeds.sync([])
        assert feeds.listed() == []
        assert pactwatch("import", str(file), "--json").exit_code == 0
        assert [one.feed for one in feeds.listed()] == [feed("plain"), rich]


def test_without_kafka_the_error_says_how_to_start_it(tmp_path: Path) -> None:
    """No broker given and none running is an error that names `pactwatch run` and --brokers."""
    from typer.testing import CliRunner

    for arguments in (["list"], ["remove", "a"], ["export"], ["import", str(tmp_path / "a.opml")]):
        done = CliRunner().invoke(feeds_app.app, [*arguments, "--data-dir", str(tmp_path)])
        assert isinstance(done.exception, BrokerError)
        assert "pactwatch run" in str(done.exception)
        assert "--brokers" in str(done.exception)
