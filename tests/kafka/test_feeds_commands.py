"""`pactwatch feeds` on a real list."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from feed_site import Site, rss, serving
from kafka import KafkaProducer
from typer.testing import Result

from pipeline import codec
from pipeline.commands import feeds_app
from pipeline.core.errors import BrokerError
from pipeline.core.feeds import Feed, FeedState, ListedFeed
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


CHOICES = {
    "--failing": ["broken", "ended", "lost"],
    "--off": ["unwanted"],
    "--kind state_media": ["fresh"],
    "--language ko --language ja": ["fresh"],
}


def test_the_list_is_chosen_from(filled: Settings, pactwatch: Command) -> None:
    """Options choose by condition, kind and language."""
    for options, ids in CHOICES.items():
        shown = pactwatch("list", "--json", *options.split()).stdout.splitlines()
        assert [json.loads(line)["id"] for line in shown] == ids


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


@pytest.fixture
def site() -> Iterator[Site]:
    """A site that is up for the length of a test."""
    with serving(Site()) as up:
        yield up


def listed(own: Settings) -> dict[str, ListedFeed]:
    """Return the list by id."""
    with FeedList(own.brokers or "", topic_prefix=own.topic_prefix) as feeds:
        return {one.feed.id: one for one in feeds.listed()}


def test_add_finds_the_feed_of_a_page_and_guesses_the_rest(
    own: Settings, pactwatch: Command, site: Site
) -> None:
    """The first feed that the page names is on the list, by the title and the language that it has."""
    site.pages["/"] = (
        "<!doctype html><html><head><link rel='alternate' type='application/rss+xml' href='/f'></head>"
    )
    site.pages["/f"] = rss("Посол прибыл в Пхеньян", "Министр прибыл в Москву")
    done = pactwatch("add", f"{site.url}/", "--kind", "newspaper", "--allow-private")
    assert f"the page names the feed {site.url}/f" in done.stderr
    assert "teasers" in done.stderr
    [added] = listed(own).values()
    assert added == ListedFeed(
        feed=Feed(
            id=added.feed.id,
            url=f"{site.url}/f",
            name="Somebody else",
            family="127.0.0.1",
            kind="newspaper",
            language="ru",
        ),
        origin="added",
    )
    shown = done.stdout.splitlines()
    assert shown[0] == f"added: {added.feed.id}"
    assert "     name  Somebody else  (guessed)" in shown
    assert "     kind  newspaper" in shown


def test_an_index_page_is_added_with_its_pattern(own: Settings, pactwatch: Command, site: Site) -> None:
    """Titles alone are no articles: their text is that of their pages, unless somebody says otherwise."""
    site.pages["/news"] = "<a href='/news/1'>The minister has arrived in Moscow</a>"
    done = pactwatch("add", f"{site.url}/news", "--links", r"/news/\d+", "--via", "index", "--allow-private")
    assert "     text  page  (guessed)" in done.stdout.splitlines()
    [added] = listed(own).values()
    assert (added.feed.via, added.feed.links, added.feed.text) == ("index", r"/news/\d+", "page")


def test_what_cannot_be_read_is_not_added_unless_unseen(
    own: Settings, pactwatch: Command, site: Site
) -> None:
    """The error says why and what can be done; --unseen adds it all the same."""
    site.pages["/page"] = "<!doctype html><html><body>no feed</body></html>"
    failed = pactwatch("add", f"{site.url}/page", "--allow-private")
    assert isinstance(failed.exception, FeedListError)
    assert "--via index" in str(failed.exception)
    assert "--unseen" in str(failed.exception)
    assert listed(own) == {}
    told = json.loads(pactwatch("add", f"{site.url}/page", "--unseen", "--id", "mine", "--json").stdout)
    assert (told["outcome"], told["id"], told["guessed"]) == (
        "added",
        "mine",
        ["family", "kind", "name", "text", "via"],
    )


def test_what_was_taken_off_is_on_again_by_its_id_or_address(filled: Settings, pactwatch: Command) -> None:
    """Nothing is asked, and what the list says of it stands."""
    assert pactwatch("add", "unwanted").stdout.startswith("back on: unwanted\n")
    pactwatch("remove", "well")
    assert pactwatch("add", "https://well.example/rss", "--name", "Other").stdout.startswith(
        "back on: well\n"
    )
    assert pactwatch("add", "well").stdout.startswith("there already: well\n")
    assert listed(filled)["well"] == ListedFeed(feed=feed("well"))


def test_a_folder_is_added_as_one(own: Settings, pactwatch: Command, tmp_path: Path) -> None:
    """Its path becomes an address, and it is read as a directory."""
    assert pactwatch("add", str(tmp_path), "--id", "papers").exit_code == 0
    assert (listed(own)["papers"].feed.url, listed(own)["papers"].feed.via) == (
        tmp_path.as_uri(),
        "directory",
    )


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


def test_what_is_exported_is_imported_elsewhere(own: Settings, pactwatch: Command, tmp_path: Path) -> None:
    """The list of one installation becomes that of another, but for what is off, by way of OPML and of TOML."""
    how = {"kind": "state_media", "country": "KP", "language": "ko", "via": "index", "links": "/q/\\d+"}
    rich = feed("rich", text="page", **how)
    fill(own, (rich, None), (feed("plain"), None), (feed("off"), None))
    pactwatch("remove", "off")
    files = [tmp_path / "list.opml", tmp_path / "list.toml"]
    for file in files:
        assert pactwatch("export", str(file)).stderr == f"2 feeds in {file}\n"
    with FeedList(own.brokers or "", topic_prefix=own.topic_prefix) as feeds:
        feeds.sync([])
        for file in files:
            assert feeds.listed() == []
            assert pactwatch("import", str(file), "--json").exit_code == 0
            assert [one.feed for one in feeds.listed()] == [feed("plain"), rich]
            feeds.remove("plain", "rich")


def test_without_kafka_the_error_says_how_to_start_it(tmp_path: Path) -> None:
    """No broker given and none running is an error that names `pactwatch run` and --brokers."""
    from typer.testing import CliRunner

    for arguments in (["list"], ["remove", "a"], ["export"], ["import", str(tmp_path / "a.opml")]):
        done = CliRunner().invoke(feeds_app.app, [*arguments, "--data-dir", str(tmp_path)])
        assert isinstance(done.exception, BrokerError)
        assert "pactwatch run" in str(done.exception)
        assert "--brokers" in str(done.exception)
