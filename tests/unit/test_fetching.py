import asyncio
import gzip
import socket
from collections.abc import Iterator

import pytest
from aiohttp import web
from feed_site import Site, rss, serving

from pipeline.fetching import MAX_BYTES, Fetcher, FetchError, Validators


@pytest.fixture
def site() -> Iterator[Site]:
    """A site that is up for the length of a test."""
    with serving(Site()) as up:
        yield up


def _fetch(url: str, *, timeout_seconds: float = 10.0) -> bytes | None:
    async def fetch() -> bytes | None:
        async with Fetcher(allow_private=True, timeout_seconds=timeout_seconds) as fetcher:
            return (await fetcher.fetch(url, Validators())).content

    return asyncio.run(fetch())


def test_nobody_listening_is_told_in_words() -> None:
    """A refused connection is a reason, not a stack trace."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(FetchError, match=r"refused|Connect call failed"):
        _fetch(f"http://127.0.0.1:{port}/feed")


def test_an_endless_answer_is_cut_off(site: Site) -> None:
    """A server that never stops sending is left at the size limit, also where it sends compressed zeros."""

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(1000):
            await response.write(b"x" * 1024 * 1024)
        return response

    async def bomb(_: web.Request) -> web.Response:
        packed = gzip.compress(b"\0" * (3 * MAX_BYTES))
        return web.Response(body=packed, headers={"Content-Encoding": "gzip"})

    site.pages |= {"/endless": endless, "/bomb": bomb}
    for path in ("/endless", "/bomb"):
        with pytest.raises(FetchError, match="more than 10 MB"):
            _fetch(site.url + path)


def test_a_server_that_dribbles_is_given_up(site: Site) -> None:
    """A byte now and then does not hold the poller beyond its time limit."""
    gone = asyncio.Event()

    async def dribble(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while not gone.is_set():
            await response.write(b" ")
            await asyncio.wait({asyncio.ensure_future(gone.wait())}, timeout=0.05)
        return response

    site.pages["/slow"] = dribble
    with pytest.raises(FetchError, match=r"no whole answer within 0\.5 s"):
        _fetch(site.url + "/slow", timeout_seconds=0.5)


def test_redirects_are_followed_but_not_for_ever(site: Site) -> None:
    """A moved feed is found, relative targets included; a loop ends with an error."""

    async def moved(_: web.Request) -> web.Response:
        return web.Response(status=301, headers={"Location": "new/feed"})

    async def loop(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/loop"})

    site.pages |= {"/old": moved, "/new/feed": rss("a"), "/loop": loop}
    assert b"<title>a</title>" in (_fetch(site.url + "/old") or b"")
    with pytest.raises(FetchError, match="circle"):
        _fetch(site.url + "/loop")


@pytest.mark.parametrize(
    "target", ["file:///etc/hostname", "ftp://example.org/feed", "gopher://example.org/"]
)
def test_a_redirect_to_another_scheme_is_refused(target: str, site: Site) -> None:
    """Only http and https are asked, wherever a server points."""

    async def elsewhere(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": target})

    site.pages["/feed"] = elsewhere
    with pytest.raises(FetchError, match="only http and https"):
        _fetch(site.url + "/feed")
