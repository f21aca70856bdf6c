"""What servers say of their answers, and where their redirects lead."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web
from feed_site import Site, rss, serving

from pipeline.fetching import Answer, Fetcher, FetchError, Validators
from pipeline.fetching.answers import fresh_seconds
from pipeline.fetching.redirects import Trail
from pipeline.fetching.turns import Turns

Page = Callable[[web.Request], Awaitable[web.Response]]
_HTTP_DATE = "Thu, 08 Jan 2026 10:00:00 GMT"


@pytest.fixture
def site() -> Iterator[Site]:
    """A site that is up for the length of a test."""
    with serving(Site()) as up:
        yield up


def _fetch(url: str, validators: Validators = Validators()) -> Answer:  # noqa: B008
    async def fetch() -> Answer:
        async with Fetcher(allow_private=True) as fetcher:
            return await fetcher.fetch(url, validators)

    return asyncio.run(fetch())


def _says(status: int, **headers: str) -> Page:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(
            status=status, headers={name.replace("_", "-"): headers[name] for name in headers}
        )

    return answer


def _moved(status: int, to: str) -> Page:
    return _says(status, Location=to)


def test_what_has_not_changed_is_not_sent_again(site: Site) -> None:
    """The validators of an answer, given back, bring a 304; what that says anew of them is kept."""

    async def feed(request: web.Request) -> web.Response:
        if request.headers.get("If-None-Match") == '"1"':
            assert request.headers["If-Modified-Since"] == _HTTP_DATE
            return web.Response(status=304, headers={"Cache-Control": "max-age=60"})
        return web.Response(text="feed", headers={"ETag": '"1"', "Last-Modified": _HTTP_DATE})

    site.pages["/feed"] = feed
    first = _fetch(site.url + "/feed")
    assert (first.content, first.validators) == (b"feed", Validators('"1"', _HTTP_DATE))
    again = _fetch(site.url + "/feed", first.validators)
    assert (again.content, again.validators, again.fresh_seconds) == (None, first.validators, 60)


def test_validators_that_are_no_longer_given_are_forgotten(site: Site) -> None:
    """A whole answer without validators leaves none of an earlier one."""
    site.pages["/feed"] = "feed"
    assert _fetch(site.url + "/feed", Validators('"old"')).validators == Validators()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Cache-Control": "max-age=600"}, 600),
        ({"Cache-Control": 'public, MAX-AGE="600"', "Age": "100"}, 500),
        ({"Cache-Control": "max-age=60", "Age": "100"}, 0),
        ({"Cache-Control": "max-age=600", "Expires": _HTTP_DATE}, 600),
        ({"Cache-Control": "no-cache"}, 0),
        ({"Cache-Control": "max-age=-1"}, None),
        ({"Cache-Control": "max-age=99999999999999999999999"}, None),
        ({"Cache-Control": "max-age=9999999999"}, 30 * 86_400),
        ({"Expires": "Thu, 08 Jan 2026 10:10:00 GMT", "Date": _HTTP_DATE}, 600),
        ({"Expires": _HTTP_DATE}, 0),
        ({"Expires": "0"}, None),
        ({"Expires": "\udcff" * 9, "Cache-Control": "x" * 9999}, None),
    ],
)
def test_how_long_an_answer_is_fresh(headers: dict[str, str], seconds: int | None) -> None:
    """max-age wins over Expires, the time spent in caches is taken off, and nonsense says nothing."""
    assert fresh_seconds(headers) == seconds


def test_a_server_that_wants_to_be_left_alone_is_heard(site: Site) -> None:
    """Retry-After is told in seconds, whether it is given in seconds or as a date; nonsense and the past are nothing."""
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    wanted = {"120": 120, later: 3600, _HTTP_DATE: 0, "soon": None, "-5": None, "9" * 15: 30 * 86_400}
    for value, seconds in wanted.items():
        for status in (429, 503):
            site.pages["/feed"] = _says(status, Retry_After=value)
            with pytest.raises(FetchError, match=f"HTTP {status} ") as raised:
                _fetch(site.url + "/feed")
            assert (raised.value.status, raised.value.is_gone) == (status, False)
            assert raised.value.retry_after == (
                seconds if seconds is None else pytest.approx(seconds, abs=60)
            )


def test_a_feed_that_has_ended_says_so(site: Site) -> None:
    """410 is for ever, 404 may be a mistake."""
    site.pages["/gone"] = _says(410)
    with pytest.raises(FetchError, match="HTTP 410 Gone") as gone:
        _fetch(site.url + "/gone")
    with pytest.raises(FetchError, match="HTTP 404 Not Found") as missing:
        _fetch(site.url + "/missing")
    assert (gone.value.is_gone, missing.value.is_gone) == (True, False)


@pytest.mark.parametrize(
    ("chain", "moved_to"),
    [
        ([301], "/1"),
        ([308, 301, 301], "/3"),
        ([302], ""),
        ([302, 301], ""),
        ([301, 307, 301], "/1"),
        ([303], ""),
    ],
)
def test_permanent_redirects_are_told_as_far_as_they_reach(
    chain: list[int], moved_to: str, site: Site
) -> None:
    """Where every redirect from the first on is permanent the address has moved; a temporary one ends that."""
    for number, status in enumerate(chain):
        site.pages[f"/{number}"] = _moved(status, f"/{number + 1}#part")
    site.pages[f"/{len(chain)}"] = rss("a")
    answer = _fetch(site.url + "/0")
    assert answer.url == f"{site.url}/{len(chain)}"
    assert answer.moved_to == (site.url + moved_to if moved_to else "")


def test_a_redirect_from_https_to_http_is_never_for_ever() -> None:
    """It is followed, but the safe address stays the one to ask; the other way round is remembered."""
    trail = Trail("https://example.org/feed", allow_private=False)
    trail.follow("http://example.org/feed", is_permanent=True)
    trail.follow("https://www.example.org/feed", is_permanent=True)
    assert (str(trail.end), trail.moved_to) == ("https://www.example.org/feed", "")
    trail = Trail("http://example.org/feed", allow_private=False)
    trail.follow("https://example.org/feed", is_permanent=True)
    assert trail.moved_to == "https://example.org/feed"


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("/feed", "circle"),
        ("", "HTTP 302"),
        ("http://user:secret@example.org/", "user name or password"),
        ("http://example.org:22/", "port 22"),
        ("http://[::1/", "no web address"),
        ("http://\x80\xff/", "no web address"),
        ("file:///etc/hostname", "only http and https"),
        ("gopher://example.org/", "only http and https"),
    ],
)
def test_a_redirect_is_checked_like_a_first_address(target: str, why: str, site: Site) -> None:
    """Circles, other schemes, passwords, foreign ports and broken targets are refused."""
    site.pages["/feed"] = _moved(302, target)
    with pytest.raises(FetchError, match=why):
        _fetch(site.url + "/feed")
    assert list(site.requests) == ["/feed"]


def test_redirects_do_not_go_on_for_ever(site: Site) -> None:
    """Five are followed, and no sixth."""
    for number in range(9):
        site.pages[f"/{number}"] = _moved(302, f"/{number + 1}")
    with pytest.raises(FetchError, match="more than 5 redirects"):
        _fetch(site.url + "/0")
    assert len(site.requests) == 6


def test_one_request_at_a_time_also_where_a_redirect_leads(site: Site) -> None:
    """A host is asked one thing at a time, whether an address or a redirect names it; other hosts do not wait for it."""
    under_way: dict[str, int] = {}
    most: dict[str, int] = {}
    elsewhere = site.url.replace("127.0.0.1", "localhost")
    both = asyncio.Event()

    async def feed(request: web.Request) -> web.Response:
        under_way[request.host] = under_way.get(request.host, 0) + 1
        most[request.host] = max(most.get(request.host, 0), under_way[request.host])
        if all(under_way.get(url.removeprefix("http://")) for url in (site.url, elsewhere)):
            both.set()
        await asyncio.wait({asyncio.ensure_future(both.wait())}, timeout=5)
        await asyncio.sleep(0)
        under_way[request.host] -= 1
        return web.Response(text="feed")

    site.pages |= {"/old": _moved(301, f"{elsewhere}/feed"), "/feed": feed}

    async def fetch_all() -> int:
        async with Fetcher(allow_private=True) as fetcher:
            urls = [f"{site.url}/old", f"{elsewhere}/feed", f"{site.url}/old?2", f"{site.url}/feed"]
            return len(await asyncio.gather(*(fetcher.fetch(url) for url in urls)))

    assert asyncio.run(fetch_all()) == 4
    assert both.is_set()
    assert set(most.values()) == {1}


def test_turns_are_forgotten_when_nobody_wants_them() -> None:
    """Locks of hosts do not heap up, also where who waited was cancelled."""

    async def take() -> list[int]:
        turns, order = Turns(), list[int]()

        async def one(number: int) -> None:
            async with turns.turn("host"):
                order.append(number)
                await asyncio.sleep(0)

        tasks = [asyncio.create_task(one(number)) for number in range(3)]
        await asyncio.sleep(0)
        assert len(turns) == 1
        tasks[1].cancel()
        await asyncio.wait(tasks)
        assert len(turns) == 0
        return order

    assert asyncio.run(take()) == [0, 2]
