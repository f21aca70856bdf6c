"""One poll of a feed against a real server: what is published, and what is remembered of it."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web
from feed_site import Site, rss, serving

from pipeline.commands.poll import PollLines, line_of
from pipeline.core.articles import article_id
from pipeline.core.errors import BrokerError, RecordError
from pipeline.core.feeds import Feed, FeedState
from pipeline.core.records import RawArticle
from pipeline.fetching import Fetcher, FetchError
from pipeline.poller import FeedResult
from pipeline.poller.carriers import Carriers
from pipeline.poller.entries import MOST_VERSIONS
from pipeline.poller.one_poll import FeedReader
from pipeline.poller.pages import MOST_TRIES
from pipeline.poller.progress import first_state
from pipeline.poller.writing import Writer
from pipeline.producing import Receipt
from pipeline.sources import Item, SourceError


@pytest.fixture
def site() -> Iterator[Site]:
    """A site that is up for the length of a test."""
    with serving(Site()) as up:
        yield up


class Outbox:
    """A publisher that keeps what it is given, unless it is down."""

    def __init__(self) -> None:
        self.published: list[RawArticle] = []
        self.buried: list[tuple[bytes, str]] = []
        self.is_down = False

    def put(self, item: Item) -> Receipt:
        """Take an article, or what is none."""
        assert item.position
        if isinstance(item.result, RecordError):
            assert str(item.result)
            self.buried.append((item.raw, item.position))
        elif not self.is_down:
            self.published.append(item.result)
        receipt = Receipt()
        receipt.settle(BrokerError("Kafka did not acknowledge what was sent") if self.is_down else None)
        return receipt

    @property
    def titles(self) -> list[str]:
        """The titles published, in order."""
        return [article.title for article in self.published]


class Polls:
    """Polls feeds of a site, one after another, and keeps what is remembered of each."""

    def __init__(self, site: Site) -> None:
        self.outbox = Outbox()
        self.states: dict[str, FeedState] = {}
        self._site = site
        self.carriers = Carriers()

    def feed(self, path: str, **fields: Any) -> Feed:
        """Return a feed at a path of the site; its id is the path."""
        about: dict[str, Any] = {
            "family": "example",
            "kind": "news_agency",
            "country": "KP",
            "language": "ko",
        }
        return Feed(**({"id": path, "url": self._site.url + path, "name": path} | about | fields))

    def __call__(self, path: str, **fields: Any) -> FeedResult:
        """Poll a feed. Raises what the poll raises."""
        feed = self.feed(path, **fields)
        known = self.states.get(path, first_state(feed))
        state, result = asyncio.run(self._poll(feed, known))
        self.states[path] = msgspec.json.decode(
            msgspec.json.encode(state), type=FeedState
        )  # as Kafka gives it back
        return result

    async def _poll(self, feed: Feed, state: FeedState) -> tuple[FeedState, FeedResult]:
        async with Fetcher(contact="https://example.org/bot", allow_private=True) as fetcher:
            writer = Writer(self.outbox, None, "")  # type: ignore[arg-type] # no state is written here
            reader = FeedReader(fetcher, writer, usual_seconds=900)
            return await reader.poll(feed, state, self.carriers)


@pytest.fixture
def poll(site: Site) -> Polls:
    """Polls of the site."""
    return Polls(site)


def test_entries_are_published_once_oldest_first(site: Site, poll: Polls) -> None:
    """A feed lists the newest first; what is new at a later poll follows, what was there is not repeated."""
    site.pages["/feed"] = rss("second", "first")
    result = poll("/feed")
    assert (result.entries, result.published) == (2, 2)
    site.pages["/feed"] = rss("third", "second", "first")
    result = poll("/feed")
    assert (result.entries, result.published) == (3, 1)
    assert poll.outbox.titles == ["first", "second", "third"]


def test_an_article_is_of_the_publisher_that_the_list_names(site: Site, poll: Polls) -> None:
    """Source, language and feed are the list's, whatever the feed says of itself."""
    site.pages["/feed"] = rss("a")
    poll("/feed")
    [article] = poll.outbox.published
    assert (article.source.id, article.source.kind, article.source.country) == ("/feed", "news_agency", "KP")
    assert (article.language, article.feed_url, article.published_at) == ("ko", site.url + "/feed", None)


def test_two_feeds_with_one_address_give_one_article(site: Site, poll: Polls) -> None:
    """The same URL in two feeds is one article, also where they word it differently, and at later polls."""
    site.pages |= {
        "/one": rss("a", "b"),
        "/two": rss("b", "c").replace("<description>b<", "<description>longer<", 1),
    }
    poll("/one")
    poll("/two")
    site.pages |= {"/one": rss("d", "a", "b"), "/two": rss("d", "b", "c")}
    poll("/two")
    poll("/one")
    assert sorted(poll.outbox.titles) == ["a", "b", "c", "d"]


def test_what_kafka_has_not_acknowledged_is_published_at_the_next_poll(site: Site, poll: Polls) -> None:
    """An entry counts as seen once it has arrived, also as far as the site's other feeds go."""
    site.pages |= {"/feed": rss("a"), "/other": rss("a")}
    poll.outbox.is_down = True
    with pytest.raises(BrokerError, match="did not acknowledge"):
        poll("/feed")
    poll.outbox.is_down = False
    assert poll("/other").published == 1
    assert poll("/feed").published == 0
    assert poll.outbox.titles == ["a"]


def test_an_entry_whose_feed_fails_to_publish_it_is_not_lost(site: Site, poll: Polls) -> None:
    """A feed that is polled while another of the site publishes what both carry does not take it for published."""
    site.pages |= {"/one": rss("a"), "/two": rss("a")}
    claimed = poll.carriers.claim(
        [article_id(url="https://example.org/a", source="", guid="", title="", body="")[:16]], "/one"
    )
    assert poll("/two").published == 0
    poll.carriers.release(claimed)
    assert poll("/two").published == 1
    assert poll("/one").published == 0
    assert poll.outbox.titles == ["a"]


def test_an_edited_entry_is_published_as_a_new_version(site: Site, poll: Polls) -> None:
    """Other words make a version, under the same id; other markup, blanks or order of entries make none."""
    site.pages["/feed"] = rss("a", "b")
    poll("/feed")
    site.pages["/feed"] = rss("b", "a").replace("<description>b<", "<description> &lt;p&gt;b&lt;/p&gt;  <")
    assert poll("/feed").published == 0
    site.pages["/feed"] = rss("b", "a").replace("<description>b<", "<description>b, it was said<", 1)
    assert poll("/feed").published == 1
    versions = [article for article in poll.outbox.published if article.title == "b"]
    assert versions[0].article_id == versions[1].article_id
    assert versions[0].fetched_at < versions[1].fetched_at
    assert versions[1].body.endswith("it was said")


def test_an_entry_that_changes_for_ever_is_left_alone(site: Site, poll: Polls) -> None:
    """Going back to an earlier text is nothing new, and after some versions no further one is."""
    site.pages["/feed"] = rss("a")
    poll("/feed")
    texts = [rss("a").replace("<description>b<", f"<description>{number}<") for number in range(20)]
    for text in [texts[0], rss("a"), texts[0], rss("a")]:
        site.pages["/feed"] = text
        poll("/feed")
    assert len(poll.outbox.published) == 2
    for text in texts:
        site.pages["/feed"] = text
        poll("/feed")
    assert len(poll.outbox.published) == MOST_VERSIONS


def test_an_unchanged_feed_is_not_sent_again(site: Site, poll: Polls) -> None:
    """ETag and Last-Modified of the last answer go with the next request, and 304 is nothing new."""

    async def conditional(request: web.Request) -> web.Response:
        headers = {"ETag": '"v1"', "Last-Modified": "Thu, 08 Jan 2026 00:00:00 GMT"}
        if request.headers.get("If-None-Match") == '"v1"':
            return web.Response(status=304, headers=headers)
        return web.Response(text=rss("a"), headers=headers, content_type="text/xml")

    site.pages["/feed"] = conditional
    assert poll("/feed").published == 1
    assert poll("/feed") == FeedResult(poll.feed("/feed"))
    first, second = site.requests["/feed"]
    assert "If-None-Match" not in first.headers
    assert second.headers["If-Modified-Since"] == "Thu, 08 Jan 2026 00:00:00 GMT"
    assert second.headers["User-Agent"].startswith("Pactwatch/")
    assert second.headers["User-Agent"].endswith("(+https://example.org/bot)")


def test_a_bad_entry_is_buried_once_and_the_others_published(site: Site, poll: Polls) -> None:
    """An entry that is no article goes to the dead letters at the first poll only."""
    empty = "<item><guid isPermaLink='false'>empty</guid></item>"
    site.pages["/feed"] = rss("a").replace("<item>", f"{empty}<item>", 1)
    result = poll("/feed")
    assert (result.published, result.bad) == (1, 1)
    site.pages["/feed"] = rss("a", "b").replace("<item>", f"{empty}<item>", 1)
    result = poll("/feed")
    assert (result.published, result.bad) == (1, 0)
    [(raw, position)] = poll.outbox.buried
    assert json.loads(raw)["guid"] == "empty"
    assert position == site.url + "/feed"


def test_what_is_no_feed_is_told(site: Site, poll: Polls) -> None:
    """A missing and a malformed feed are told with their reason."""
    site.pages["/page"] = "<html><body>Sorry</body></html>"
    with pytest.raises(FetchError, match="HTTP 404 Not Found"):
        poll("/missing")
    with pytest.raises(SourceError, match="no feed"):
        poll("/page")


def test_a_feed_that_moved_for_good_is_asked_where_it_is(site: Site, poll: Polls) -> None:
    """A permanent redirect is remembered once a feed was read there, one for the time being is not."""
    site.pages["/new"] = rss("a")

    async def moved(_: web.Request) -> web.Response:
        return web.Response(status=301, headers={"Location": "/new"})

    async def lent(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/new"})

    site.pages |= {"/moved": moved, "/lent": lent}
    for path in ("/moved", "/moved", "/lent", "/lent"):
        poll(path)
    assert (len(site.requests["/moved"]), len(site.requests["/lent"])) == (1, 2)
    assert poll.states["/moved"].url == site.url + "/new"
    assert poll.outbox.titles == ["a"]


PAGE = (
    "<html><head><title>{0}</title></head><body><article><h1>{0}</h1>"
    + "".join(
        f"<p>Paragraph {number} on what {{0}} is about, in some more words than a teaser has.</p>"
        for number in range(5)
    )
    + "</article></body></html>"
)


def _linked(site: Site, title: str) -> str:
    return rss(title).replace("https://example.org", site.url)


def test_the_text_of_a_page_is_published_with_what_the_feed_said(site: Site, poll: Polls) -> None:
    """Where the list says that texts are on pages, both are kept."""
    site.pages |= {"/feed": _linked(site, "harbour"), "/harbour": PAGE.format("harbour")}
    assert poll("/feed", text="page").published == 1
    [article] = poll.outbox.published
    assert "Paragraph 4" in article.body
    assert article.listed is not None
    assert article.listed.body == "b"
    assert "/robots.txt" in site.requests


def test_a_page_that_robots_may_not_read_is_not_read(site: Site, poll: Polls) -> None:
    """The entry is published as the feed has it, and the page is not asked for again."""
    site.pages |= {
        "/robots.txt": "User-agent: *\nDisallow: /",
        "/feed": _linked(site, "harbour"),
        "/harbour": PAGE.format("harbour"),
    }
    for _ in range(2):
        poll("/feed", text="page")
    assert [article.body for article in poll.outbox.published] == ["b"]
    assert "/harbour" not in site.requests


def test_a_page_that_is_late_makes_a_version(site: Site, poll: Polls) -> None:
    """The entry is out at once as the feed has it; its page is tried again at the next polls, and then told."""

    async def busy(_: web.Request) -> web.Response:
        return web.Response(status=503)

    site.pages |= {"/feed": _linked(site, "harbour"), "/harbour": busy}
    assert [poll("/feed", text="page").published for _ in range(2)] == [1, 0]
    site.pages["/harbour"] = PAGE.format("harbour")
    assert [poll("/feed", text="page").published for _ in range(2)] == [1, 0]
    teaser, whole = poll.outbox.published
    assert teaser.article_id == whole.article_id
    assert (teaser.body, "Paragraph 4" in whole.body) == ("b", True)


def test_a_page_that_never_comes_is_given_up(site: Site, poll: Polls) -> None:
    """After some polls its server is left alone."""

    async def busy(_: web.Request) -> web.Response:
        return web.Response(status=503)

    site.pages |= {"/feed": _linked(site, "harbour"), "/harbour": busy}
    for _ in range(MOST_TRIES + 3):
        poll("/feed", text="page")
    assert len(site.requests["/harbour"]) == MOST_TRIES
    assert len(poll.outbox.published) == 1


def test_a_folder_is_looked_into_for_files(tmp_path: Path, poll: Polls) -> None:
    """A file's articles are published once; a file that changed, once more."""
    import os

    folder = poll.feed("/folder", via="directory", url=tmp_path.as_uri())
    assert folder.url.startswith("file:///")
    file = tmp_path / "a.jsonl"
    for text, changed in (('{"title": "a", "body": "b"}\n', 1000), ('{"title": "c", "body": "d"}\n', 2000)):
        file.write_text(text)
        os.utime(file, (changed, changed))
        assert [poll("/folder", via="directory", url=tmp_path.as_uri()).published for _ in range(2)] == [1, 0]
    assert poll.outbox.titles == ["a", "c"]
    assert poll.states["/folder"].interval_seconds < timedelta(minutes=1).total_seconds()


def test_what_is_worth_a_line() -> None:
    """New entries, the first failure in a row, the end of a feed, a day of silence and its end; nothing else."""
    feed = Feed(id="f", url="https://example.org/f", name="Feed", family="f")
    assert line_of(FeedResult(feed, entries=3)) is None
    assert line_of(FeedResult(feed, entries=3, published=2, bad=1)) == "Feed: 2 new of 3, 1 bad"
    assert line_of(FeedResult(feed, error="HTTP 404", failures=1)) == "Feed: HTTP 404; it is tried again"
    assert line_of(FeedResult(feed, error="HTTP 404", failures=2)) is None
    assert "not read for a day" in str(line_of(FeedResult(feed, error="e", failures=30, has_died=True)))
    assert "polled no more" in str(line_of(FeedResult(feed, error="HTTP 410", failures=1, is_gone=True)))
    assert line_of(FeedResult(feed, has_recovered=True)) == "Feed: is read again"


def test_many_feeds_that_fail_alike_are_few_lines() -> None:
    """Without a network the first few are told by name, then how many they are."""
    lines = PollLines()
    told = [
        lines.of(
            FeedResult(Feed(id=str(n), url="u", name=f"Feed {n}", family="f"), error="no address", failures=1)
        )
        for n in range(100)
    ]
    said = [line for line in told if line]
    assert [line.partition(":")[0] for line in said] == [
        "Feed 0",
        "Feed 1",
        "Feed 2",
        "10 feeds so far",
        "30 feeds so far",
        "100 feeds so far",
    ]
