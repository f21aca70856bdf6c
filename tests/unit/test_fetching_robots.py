"""What sites let robots read is asked once, remembered for a while, and kept to."""

import asyncio
import socket
from collections.abc import Callable, Iterator

import pytest
from aiohttp import web
from feed_site import Site, serving

from pipeline.fetching import Fetcher, FetchError, Robots

_RULES = """
User-agent: *
Disallow: /

User-agent: pactwatch
Disallow: /private/
Allow: /private/press/
Disallow: /*.pdf$
"""


class Clock:
    """A clock that a test sets."""

    now = 1000.0

    def __call__(self) -> float:
        """Return the time it is set to."""
        return self.now


@pytest.fixture
def site() -> Iterator[Site]:
    """A site that is up for the length of a test."""
    with serving(Site()) as up:
        yield up


def _allowed(site: Site, *paths: str, clock: Callable[[], float] = Clock()) -> list[bool]:  # noqa: B008
    async def ask() -> list[bool]:
        async with Fetcher(allow_private=True) as fetcher:
            robots = Robots(fetcher, clock=clock)
            return await asyncio.gather(*(robots.allows(site.url + path) for path in paths))

    return asyncio.run(ask())


def _answers(status: int, **headers: str) -> Callable[[web.Request], "asyncio.Future[web.Response]"]:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, headers=headers)

    return answer  # type: ignore[return-value]


def test_a_site_is_asked_once_and_its_own_word_for_this_program_counts(site: Site) -> None:
    """The group that names this program wins over the one for all, the longest rule over shorter ones."""
    site.pages["/robots.txt"] = _RULES
    paths = ["/news/1", "/private/a", "/private/press/a", "/report.pdf", "/report.pdf?page=1"]
    assert _allowed(site, *paths) == [True, False, True, False, True]
    assert len(site.requests["/robots.txt"]) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_site_without_rules_lets_read_all(status: int, site: Site) -> None:
    """Where there is no robots.txt to be had for this program, nothing is forbidden."""
    site.pages["/robots.txt"] = _answers(status)
    assert _allowed(site, "/news/1") == [True]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_site_that_cannot_answer_lets_read_nothing_for_a_while(status: int, site: Site) -> None:
    """A server in trouble is left alone, asked again ten minutes later, and then believed."""
    site.pages["/robots.txt"] = _answers(status)
    clock = Clock()

    async def ask() -> list[bool]:
        async with Fetcher(allow_private=True) as fetcher:
            robots = Robots(fetcher, clock=clock)
            found = [await robots.allows(site.url + "/a"), await robots.allows(site.url + "/b")]
            assert len(site.requests["/robots.txt"]) == 1
            site.pages["/robots.txt"] = "User-agent: *\nDisallow:"
            clock.now += 601
            return [*found, await robots.allows(site.url + "/a")]

    assert asyncio.run(ask()) == [False, False, True]


def test_what_a_site_lets_read_is_asked_again_within_a_day(site: Site) -> None:
    """Rules are kept for as long as the server says, but never for more than a day nor for less than an hour."""
    clock = Clock()

    async def rules(_: web.Request) -> web.Response:
        return web.Response(text="User-agent: *\nDisallow: /x", headers={"Cache-Control": "max-age=31536000"})

    site.pages["/robots.txt"] = rules

    async def ask() -> None:
        async with Fetcher(allow_private=True) as fetcher:
            robots = Robots(fetcher, clock=clock)
            for later, asked in ((0, 1), (23 * 3600, 1), (2 * 3600, 2)):
                clock.now += later
                assert await robots.allows(site.url + "/a")
                assert not await robots.allows(site.url + "/x")
                assert len(site.requests["/robots.txt"]) == asked

    asyncio.run(ask())


def test_redirects_to_the_rules_are_followed_and_a_circle_means_none(site: Site) -> None:
    """Rules may stand elsewhere; where redirects lead nowhere there are none."""
    site.pages |= {"/robots.txt": _answers(301, Location="/rules"), "/rules": "User-agent: *\nDisallow: /"}
    assert _allowed(site, "/a") == [False]
    site.pages["/robots.txt"] = _answers(302, Location="/robots.txt")
    assert _allowed(site, "/a") == [True]


def test_rules_without_end_are_read_as_far_as_they_must_be(site: Site) -> None:
    """Of a robots.txt that is too large the first 500 KB count."""
    site.pages["/robots.txt"] = (
        "User-agent: *\nDisallow: /early\n" + "# filler\n" * 80_000 + "Disallow: /late\n"
    )
    assert _allowed(site, "/early", "/late") == [False, True]


@pytest.mark.parametrize(
    "content", [b"\x00\xff" * 999, b"<html><body>Welcome</body></html>", b"\xef\xbb\xbf"]
)
def test_what_is_no_rules_forbids_nothing(content: bytes, site: Site) -> None:
    """A page or garbage in the place of the rules is no rule."""
    site.pages["/robots.txt"] = content
    assert _allowed(site, "/a") == [True]


def test_the_pause_that_a_site_wants_is_kept_within_bounds(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages of a site wait for one another as long as it says, 30 s at most, each behind the one before."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("pipeline.fetching.robots.asyncio.sleep", sleep)
    site.pages["/robots.txt"] = "User-agent: *\nCrawl-delay: 5\n"
    assert _allowed(site, "/a", "/b", "/c") == [True, True, True]
    assert waited == [5, 10]
    waited.clear()
    site.pages["/robots.txt"] = "User-agent: *\nCrawl-delay: 86400\n"
    assert _allowed(site, "/a", "/b") == [True, True]
    assert waited == [30]


def test_an_address_that_is_none_is_told() -> None:
    """What can never be asked is an error and not merely forbidden."""

    async def ask() -> None:
        async with Fetcher() as fetcher:
            await Robots(fetcher).allows("ftp://example.org/a")

    with pytest.raises(FetchError, match="only http and https"):
        asyncio.run(ask())


def test_sites_asked_long_ago_are_forgotten(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded however many sites there are: the one not asked about for longest is asked again."""
    monkeypatch.setattr("pipeline.fetching.robots._REMEMBERED_BYTES", 2500)
    site.pages["/robots.txt"] = "User-agent: *\nDisallow:"
    loopback = [(socket.AF_INET, 0, "127.0.0.1")]
    monkeypatch.setattr("pipeline.fetching.guard._look_up", lambda *_: loopback)
    first, second, third = (site.url.replace("127.0.0.1", f"{name}.example") for name in "abc")

    async def ask() -> None:
        async with Fetcher(allow_private=True) as fetcher:
            robots = Robots(fetcher)
            for url, asked in (
                (first, 1),
                (second, 2),
                (first, 2),
                (third, 3),
                (first, 3),
                (second, 4),
            ):
                assert await robots.allows(url)
                assert len(site.requests["/robots.txt"]) == asked

    asyncio.run(ask())
