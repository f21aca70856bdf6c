"""One feed over HTTP: conditional, limited in size, time and redirects, and never from a private network."""

import asyncio
from collections import defaultdict
from importlib.metadata import version
from types import TracebackType
from typing import NamedTuple, Self

import aiohttp
from yarl import URL

from pipeline.core.errors import PactwatchError
from pipeline.fetching.guard import PublicResolver, RefusedAddressError, check_literal_address

MAX_BYTES = 10 * 1024 * 1024
MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK_BYTES = 64 * 1024
_AT_ONCE = 20
_ACCEPT = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1"


class FetchError(PactwatchError):
    """A feed could not be had; says why in a few words."""


class Validators(NamedTuple):
    """What a server gave to ask later whether anything has changed."""

    etag: str = ""
    last_modified: str = ""


class Answer(NamedTuple):
    """What a server sent; `content` is None where nothing has changed. `url` is where it was found in the end."""

    url: str
    content: bytes | None
    content_type: str
    validators: Validators


class FeedFetcher:
    """Fetches feeds, one at a time from each host. `allow_private` lets it into private networks, for tests."""

    def __init__(
        self, *, contact: str = "", allow_private: bool = False, timeout_seconds: float = 30.0
    ) -> None:
        self._allow_private = allow_private
        self._timeout_seconds = timeout_seconds
        self._headers = {"User-Agent": user_agent(contact), "Accept": _ACCEPT}
        self._hosts: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        resolver = aiohttp.ThreadedResolver() if self._allow_private else PublicResolver()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=resolver, limit=_AT_ONCE, limit_per_host=1),
            timeout=aiohttp.ClientTimeout(total=self._timeout_seconds, connect=10),
            headers=self._headers,
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def fetch(self, url: str, validators: Validators) -> Answer:
        """Return what is at a URL, or that it has not changed. Raises FetchError."""
        async with self._hosts[URL(url).host or ""], self._slots:
            try:
                async with asyncio.timeout(self._timeout_seconds):
                    return await self._follow(URL(url), validators)
            except TimeoutError as error:
                raise FetchError(f"no whole answer within {self._timeout_seconds:g} s") from error
            except aiohttp.ClientConnectorError as error:
                raise FetchError(error.os_error.strerror or str(error.os_error)) from error
            except (aiohttp.ClientError, RefusedAddressError, ValueError) as error:
                raise FetchError(str(error) or type(error).__name__) from error

    async def _follow(self, url: URL, validators: Validators) -> Answer:
        """Ask, and follow redirects one by one, each checked like the first."""
        for _ in range(MAX_REDIRECTS + 1):
            answer = await self._ask(url, validators)
            if isinstance(answer, Answer):
                return answer
            url = answer
        raise FetchError(f"more than {MAX_REDIRECTS} redirects")

    async def _ask(self, url: URL, validators: Validators) -> Answer | URL:
        if url.scheme not in {"http", "https"}:
            raise FetchError(f"{url.scheme or 'no'} address: only http and https are polled")
        if not self._allow_private:
            check_literal_address(url)
        if self._session is None:
            raise RuntimeError("fetch outside of the fetcher's `async with`")
        headers = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
        asked = {name: value for name, value in headers.items() if value}
        async with self._session.get(url, headers=asked, allow_redirects=False) as response:
            if response.status in _REDIRECTS and (target := response.headers.get("Location")):
                return url.join(URL(target))
            if response.status == 304:
                return Answer(str(url), None, "", validators)
            if response.status != 200:
                raise FetchError(f"HTTP {response.status} {response.reason or ''}".rstrip())
            new = Validators(response.headers.get("ETag", ""), response.headers.get("Last-Modified", ""))
            content_type = response.headers.get("Content-Type", "")
            return Answer(str(url), await _read(response), content_type, new)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Return the body, unpacked. Raises FetchError where it is larger than a feed may be."""
    content = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
        content += chunk
        if len(content) > MAX_BYTES:
            raise FetchError(f"more than {MAX_BYTES // 1024**2} MB")
    return bytes(content)


def user_agent(contact: str) -> str:
    """Return who asks, and whom to write to."""
    return f"Pactwatch/{version('pactwatch')}" + (f" (+{contact})" if contact else "")
