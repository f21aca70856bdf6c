"""One feed or page over HTTP: conditional, limited in size, time and redirects, and never from a private network."""

import asyncio
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from http import HTTPStatus
from importlib.metadata import version
from types import TracebackType
from typing import NamedTuple, Self, TypeVar

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from pipeline.fetching.answers import (
    Answer,
    FetchError,
    Validators,
    fresh_seconds,
    plain_header,
    retry_after,
    status_in_words,
    validators_of,
)
from pipeline.fetching.guard import GuardedResolver
from pipeline.fetching.reasons import reason
from pipeline.fetching.redirects import Trail
from pipeline.fetching.turns import Turns
from pipeline.fetching.unpacking import Body

PRODUCT = "Pactwatch"
FEEDS = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, "
    "application/json;q=0.8, text/html;q=0.5, */*;q=0.1"
)
PAGES = "text/html, application/xhtml+xml, application/xml;q=0.8, */*;q=0.1"
MAX_BYTES = 10 * 1024 * 1024
_FOUND = frozenset({200, 203})
_PERMANENT = frozenset({301, 308})
_REDIRECTS = _PERMANENT | {302, 303, 307}
_LARGE_BYTES = 1024 * 1024
_LARGE_AT_ONCE = 4
_CHUNK_BYTES = 64 * 1024
_HEADER_BYTES = 32 * 1024  # a content security policy alone can be longer than what aiohttp allows by itself
_CONNECT_SECONDS = 10.0
_IDLE_SECONDS = 2.0  # enough for a redirect, or a host's next feed; longer would heap up open sockets


class _Redirect(NamedTuple):
    location: str
    is_permanent: bool


_Got = TypeVar("_Got")


class Fetcher:
    """Fetches feeds and pages, one at a time from each host and `at_once` in all.

    It keeps no cookies, names no language, asks no proxy, and says who it is. `allow_private` lets it into private
    networks, for tests; `resolver` looks up names in another way, for measurements.
    """

    def __init__(
        self,
        *,
        contact: str = "",
        allow_private: bool = False,
        timeout_seconds: float = 30.0,
        at_once: int = 50,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self.allow_private = allow_private
        self._timeout_seconds = timeout_seconds
        self._headers = {"User-Agent": user_agent(contact), "Accept-Encoding": "gzip, deflate, br"}
        self._hosts = Turns()
        self._slots = asyncio.Semaphore(at_once)
        self._large = asyncio.Semaphore(_LARGE_AT_ONCE)
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=self._resolver or GuardedResolver(allow_private=self.allow_private),
                limit=0,  # turns and slots are taken before a connection is wanted
                keepalive_timeout=_IDLE_SECONDS,
            ),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS),
            headers=self._headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            max_field_size=_HEADER_BYTES,
            auto_decompress=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def fetch(
        self,
        url: str,
        validators: Validators = Validators(),  # noqa: B008 - immutable
        *,
        accept: str = FEEDS,
        max_bytes: int = MAX_BYTES,
    ) -> Answer:
        """Return what is at a URL, or that it has not changed. Raises FetchError.

        Redirects are followed one by one, each address checked like the first and asked when its host's turn comes.
        """
        trail = Trail(url, allow_private=self.allow_private)
        left = self._timeout_seconds
        clock = asyncio.get_running_loop().time
        while True:
            async with self._hosts.turn(trail.end.host or ""), self._slots:
                begun = clock()
                got = await self._within(left, self._ask(trail.end, validators, accept, max_bytes))
                left -= clock() - begun
            if isinstance(got, Answer):
                return got._replace(moved_to=trail.moved_to)
            trail.follow(got.location, is_permanent=got.is_permanent)

    async def _within(self, seconds: float, asking: Awaitable[_Got]) -> _Got:
        """Await an exchange with a server; whatever goes wrong with it is a FetchError."""
        try:
            async with asyncio.timeout(seconds):
                return await asking
        except TimeoutError as error:
            raise FetchError(f"no whole answer within {self._timeout_seconds:g} s") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise FetchError(reason(error)) from error

    async def _ask(
        self, url: URL, validators: Validators, accept: str, max_bytes: int
    ) -> "Answer | _Redirect":
        if self._session is None:
            raise RuntimeError("fetch outside of the fetcher's `async with`")
        conditions = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
        headers = {"Accept": accept} | {name: value for name, value in conditions.items() if value}
        async with self._session.get(url, headers=headers, allow_redirects=False) as response:
            status, said = response.status, response.headers
            if status in _REDIRECTS and (location := said.get("Location")):
                return _Redirect(location, status in _PERMANENT)
            if status == HTTPStatus.NOT_MODIFIED and any(validators):
                known = validators_of(said, validators)
                return Answer(str(url), None, "", known, fresh_seconds=fresh_seconds(said))
            if status not in _FOUND:
                raise FetchError(status_in_words(status), status=status, retry_after=retry_after(said))
            return Answer(
                str(url),
                await self._read(response, max_bytes),
                plain_header(said, "Content-Type"),
                validators_of(said, Validators()),
                fresh_seconds=fresh_seconds(said),
            )

    async def _read(self, response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
        """Return the body, unpacked. Raises FetchError as soon as it is larger than it may be.

        Of bodies that are large only a few are read at a time, so that many servers together cannot fill the memory.
        """
        body = Body(response.headers.get("Content-Encoding", ""), max_bytes)
        async with AsyncExitStack() as held:
            is_large = False
            async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
                body.add(chunk)
                if body.size > _LARGE_BYTES and not is_large:
                    is_large = True
                    await held.enter_async_context(self._large)
        return body.whole()


def user_agent(contact: str) -> str:
    """Return who asks, and whom to write to."""
    return f"{PRODUCT}/{version('pactwatch')}" + (f" (+{contact})" if contact else "")
