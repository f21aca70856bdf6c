import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from feed_site import Site, rss, serving

from pipeline.commands.feeds import line_of
from pipeline.core.errors import BrokerError, RecordError
from pipeline.core.profile import FeedEntry
from pipeline.core.records import RawArticle
from pipeline.poller import FeedPoller, FeedResult
from pipeline.poller.state import FeedState, FeedStateError


@pytest.fixture
def site() -> Iterator[Site]:
    """A site that is up for the length of a test."""
    with serving(Site()) as up:
        yield up


def _feed(url: str, name: str = "Example") -> FeedEntry:
    return FeedEntry(
        url=url, id="example", name=name, family="example", kind="news_agency", country="KP", language="ko"
    )


class Outbox:
    """A publisher that keeps what it is given; what is not settled does not count as published."""

    def __init__(self) -> None:
        self.published: list[RawArticle] = []
        self.buried: list[tuple[bytes, str]] = []
        self.is_down = False
        self._under_way: list[RawArticle] = []

    def publish(self, article: RawArticle, position: str = "") -> None:
        """Take an article."""
        assert position
        self._under_way.append(article)

    def bury(self, raw: bytes, position: str, error: RecordError) -> None:
        """Take what is no article."""
        assert str(error)
        self.buried.append((raw, position))

    def settle(self) -> None:
        """Have all arrive, or raise BrokerError while it is down."""
        taken, self._under_way = self._under_way, []
        if self.is_down:
            raise BrokerError("Kafka did not acknowledge what was sent")
        self.published += taken

    @property
    def titles(self) -> list[str]:
        """The titles published, in order."""
        return [article.title for article in self.published]


@pytest.fixture
def outbox() -> Outbox:
    """An empty one."""
    return Outbox()


@pytest.fixture
def state(tmp_path: Path) -> Iterator[FeedState]:
    """A memory with nothing in it."""
    with FeedState(tmp_path / "feeds.sqlite") as opened:
        yield opened


def _poller(site: Site, outbox: Outbox, state: FeedState, *paths: str, **more: Any) -> FeedPoller:
    feeds = [_feed(site.url + path, name=path) for path in paths]
    return FeedPoller(feeds, outbox, state, **({"poll_seconds": 900, "allow_private": True} | more))


def test_entries_are_published_once_oldest_first(site: Site, outbox: Outbox, state: FeedState) -> None:
    """A feed lists the newest first; what is new at a later poll follows, what was there is not repeated."""
    site.pages["/feed"] = rss("second", "first")
    poller = _poller(site, outbox, state, "/feed")
    assert [(r.entries, r.published) for r in poller.poll_once()] == [(2, 2)]
    site.pages["/feed"] = rss("third", "second", "first")
    assert [(r.entries, r.published) for r in poller.poll_once()] == [(3, 1)]
    assert outbox.titles == ["first", "second", "third"]


def test_an_article_is_of_the_publisher_that_the_profile_names(
    site: Site, outbox: Outbox, state: FeedState
) -> None:
    """Source, language and feed are the profile's, whatever the feed says of itself."""
    site.pages["/feed"] = rss("a")
    _poller(site, outbox, state, "/feed").poll_once()
    [article] = outbox.published
    assert (article.source.id, article.source.kind, article.source.country) == (
        "example",
        "news_agency",
        "KP",
    )
    assert (article.language, article.feed_url, article.published_at) == ("ko", site.url + "/feed", None)


def test_the_memory_outlives_a_restart(site: Site, outbox: Outbox, tmp_path: Path) -> None:
    """Another process with the same data folder publishes nothing again."""
    site.pages["/feed"] = rss("a")
    for _ in range(2):
        with FeedState(tmp_path / "feeds.sqlite") as state:
            _poller(site, outbox, state, "/feed").poll_once()
    assert outbox.titles == ["a"]


def test_two_feeds_with_one_address_give_one_article(site: Site, outbox: Outbox, state: FeedState) -> None:
    """The same URL in two feeds is one article."""
    site.pages |= {"/one": rss("a", "b"), "/two": rss("b", "c")}
    _poller(site, outbox, state, "/one", "/two").poll_once()
    assert sorted(outbox.titles) == ["a", "b", "c"]


def test_what_kafka_has_not_acknowledged_is_published_at_the_next_poll(
    site: Site, outbox: Outbox, state: FeedState
) -> None:
    """An entry counts as seen once it has arrived, and a broker that is away is one line like a feed that is."""
    site.pages["/feed"] = rss("a")
    poller = _poller(site, outbox, state, "/feed")
    outbox.is_down = True
    [failed] = poller.poll_once()
    assert "did not acknowledge" in failed.error
    outbox.is_down = False
    assert [result.published for result in poller.poll_once()] == [1]
    assert outbox.titles == ["a"]


def test_an_unchanged_feed_is_not_sent_again(site: Site, outbox: Outbox, state: FeedState) -> None:
    """ETag and Last-Modified of the last answer go with the next request, and 304 is nothing new."""

    async def conditional(request: web.Request) -> web.Response:
        headers = {"ETag": '"v1"', "Last-Modified": "Thu, 08 Jan 2026 00:00:00 GMT"}
        if request.headers.get("If-None-Match") == '"v1"':
            return web.Response(status=304, headers=headers)
        return web.Response(text=rss("a"), headers=headers, content_type="text/xml")

    site.pages["/feed"] = conditional
    poller = _poller(site, outbox, state, "/feed", contact="https://example.org/bot")
    assert [result.published for result in poller.poll_once()] == [1]
    assert poller.poll_once() == [FeedResult(poller.feeds[0])]
    first, second = site.requests["/feed"]
    assert "If-None-Match" not in first.headers
    assert second.headers["If-Modified-Since"] == "Thu, 08 Jan 2026 00:00:00 GMT"
    assert second.headers["User-Agent"].startswith("Pactwatch/")
    assert second.headers["User-Agent"].endswith("(+https://example.org/bot)")


def test_a_bad_entry_is_buried_once_and_the_others_published(
    site: Site, outbox: Outbox, state: FeedState
) -> None:
    """An entry that is no article goes to the dead letters at the first poll only."""
    site.pages["/feed"] = rss("a").replace(
        "<item>", "<item><guid isPermaLink='false'>empty</guid></item><item>", 1
    )
    poller = _poller(site, outbox, state, "/feed")
    assert [(r.published, r.bad) for r in poller.poll_once()] == [(1, 1)]
    assert [(r.published, r.bad) for r in poller.poll_once()] == [(0, 0)]
    [(raw, position)] = outbox.buried
    assert json.loads(raw)["guid"] == "empty"
    assert position == site.url + "/feed"


def test_a_failing_feed_harms_no_other_and_is_said_once(site: Site, outbox: Outbox, state: FeedState) -> None:
    """Unreachable, missing and malformed feeds are told with their reason; their second failure is no line."""
    site.pages |= {"/good": rss("a"), "/page": "<html><body>Sorry</body></html>"}
    poller = _poller(site, outbox, state, "/good", "/missing", "/page")
    results = {result.feed.name: result for result in poller.poll_once()}
    assert results["/good"].published == 1
    assert results["/missing"].error == "HTTP 404 Not Found"
    assert "no feed" in results["/page"].error
    again = {result.feed.name: result for result in poller.poll_once()}
    assert again["/missing"].failures == 2
    assert line_of(results["/missing"]) == "/missing: HTTP 404 Not Found; it is tried again"
    assert line_of(again["/missing"]) is None
    assert line_of(results["/good"]) == "/good: 1 new of 1"


def test_one_host_is_asked_one_request_at_a_time(site: Site, outbox: Outbox, state: FeedState) -> None:
    """Many feeds of one host are polled one after the other."""
    at_once = 0
    most = 0

    async def counted(_: web.Request) -> web.Response:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        for _turn in range(20):
            await asyncio.sleep(0)
        at_once -= 1
        return web.Response(text=rss("a"))

    paths = [f"/{number}" for number in range(8)]
    site.pages |= dict.fromkeys(paths, counted)
    results = _poller(site, outbox, state, *paths).poll_once()
    assert [result.error for result in results] == [""] * 8
    assert most == 1


def test_polling_for_ever_polls_what_is_due_until_stopped(
    site: Site, outbox: Outbox, state: FeedState
) -> None:
    """Each feed is polled when due, again after its time, and stopping takes no longer than a poll."""
    site.pages["/feed"] = rss("a")
    polled = threading.Semaphore(0)
    poller = _poller(site, outbox, state, "/feed", poll_seconds=0.05, report=lambda _: polled.release())
    thread = threading.Thread(target=poller.poll_forever)
    thread.start()
    for _ in range(3):
        assert polled.acquire(timeout=10)
    poller.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert outbox.titles == ["a"]


def test_a_poller_that_waits_for_a_slow_server_still_stops(
    site: Site, outbox: Outbox, state: FeedState
) -> None:
    """Stopping does not wait for a server's answer."""
    asked = threading.Event()

    async def silent(_: web.Request) -> web.Response:
        asked.set()
        await asyncio.Event().wait()
        return web.Response()

    site.pages["/feed"] = silent
    poller = _poller(site, outbox, state, "/feed")
    thread = threading.Thread(target=poller.poll_forever)
    thread.start()
    assert asked.wait(10)
    poller.stop()
    thread.join(5)
    assert not thread.is_alive()


def test_a_feed_polled_before_a_restart_is_not_due_again_at_once(
    site: Site, outbox: Outbox, state: FeedState
) -> None:
    """A program that is restarted again and again does not ask its feeds each time."""
    site.pages |= {"/known": rss("a"), "/new": rss("b")}
    _poller(site, outbox, state, "/known").poll_once()
    polled: list[str] = []

    def report(result: FeedResult) -> None:
        polled.append(result.feed.name)
        again.stop()

    again = _poller(site, outbox, state, "/known", "/new", report=report)
    again.poll_forever()
    assert polled == ["/new"]


def test_a_damaged_memory_is_named(tmp_path: Path) -> None:
    """A file that is no database is told by name, with what to do."""
    (tmp_path / "feeds.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(FeedStateError, match=r"feeds\.sqlite: .*delete it"):
        FeedState(tmp_path / "feeds.sqlite")
