"""What sites let robots read (RFC 9309): asked once a site, remembered for hours, and kept to. For pages only."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from protego import Protego

from pipeline.fetching.answers import FetchError
from pipeline.fetching.fetch import PRODUCT, Fetcher
from pipeline.fetching.guard import checked_url
from pipeline.fetching.redirects import LostError
from pipeline.fetching.turns import Turns
from pipeline.fetching.unpacking import TooLargeError

_ACCEPT = "text/plain, */*;q=0.1"
_MAX_BYTES = 500 * 1024  # what RFC 9309 wants read at least; the rest is left
_SHORTEST, _USUAL, _LONGEST = 3_600.0, 6 * 3_600.0, 24 * 3_600.0
_UNREACHABLE_SECONDS = 600.0
_LONGEST_DELAY = 30.0
_REMEMBERED_BYTES = 2 * 1024 * 1024
_SITE_BYTES = 1024  # what a site costs to remember, even where it says nothing


@dataclass
class _Site:
    """What a site's robots.txt says; `rules` None: nothing may be read, for it cannot be asked."""

    rules: Protego | None
    size: int
    until: float
    next_page: float = 0.0

    def allows(self, url: str) -> bool:
        return self.rules is not None and self.rules.can_fetch(url, PRODUCT)

    def pause(self, now: float) -> float:
        """Return how long the next page has to wait, and take its place."""
        stated = self.rules.crawl_delay(PRODUCT) if self.rules else None
        at = max(now, self.next_page)
        self.next_page = at + min(stated or 0.0, _LONGEST_DELAY)
        return at - now


class Robots:
    """Says of each page whether its site lets this program read it, and keeps to the pause between pages it wants.

    The sites that were not asked about for longest are forgotten first.
    """

    def __init__(self, fetcher: Fetcher, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetcher = fetcher
        self._clock = clock
        self._asking = Turns()
        self._sites: OrderedDict[str, _Site] = OrderedDict()
        self._size = 0

    async def allows(self, url: str) -> bool:
        """Whether a page may be read now: where its site wants a pause between pages, that is waited for, up to 30 s.

        Raises FetchError where the address is none that is asked.
        """
        address = checked_url(url, allow_private=self._fetcher.allow_private)
        origin = str(address.origin())
        async with self._asking.turn(origin):
            site = await self._site(origin)
        if not site.allows(str(address)):
            return False
        if pause := site.pause(self._clock()):
            await asyncio.sleep(pause)
        return True

    async def _site(self, origin: str) -> _Site:
        known = self._sites.pop(origin, None)
        if known and known.until > self._clock():
            self._sites[origin] = known
            return known
        site = await self._ask(origin)
        if known:
            site.next_page = known.next_page
            self._size -= known.size
        self._sites[origin] = site
        self._size += site.size
        while self._size > _REMEMBERED_BYTES and len(self._sites) > 1:
            self._size -= self._sites.popitem(last=False)[1].size
        return site

    async def _ask(self, origin: str) -> _Site:
        """Return what a site says. Nothing is forbidden where it has no rules, all where it cannot be asked."""
        try:
            answer = await self._fetcher.fetch(f"{origin}/robots.txt", accept=_ACCEPT, max_bytes=_MAX_BYTES)
        except TooLargeError as error:
            return await self._read(error.beginning, None)
        except LostError:
            return await self._read(b"", None)
        except FetchError as error:
            if _has_none(error.status):
                return await self._read(b"", None)
            pause = min(max(error.retry_after or 0.0, _UNREACHABLE_SECONDS), _LONGEST)
            return _Site(None, _SITE_BYTES, self._clock() + pause)
        return await self._read(answer.content or b"", answer.fresh_seconds)

    async def _read(self, content: bytes, fresh_seconds: int | None) -> _Site:
        text = content.decode("utf-8-sig", "replace")
        rules = await asyncio.to_thread(Protego.parse, text)
        lifetime = min(max(_USUAL if fresh_seconds is None else fresh_seconds, _SHORTEST), _LONGEST)
        return _Site(rules, _SITE_BYTES + len(content), self._clock() + lifetime)


def _has_none(status: int | None) -> bool:
    """Whether a status says that a site has no robots.txt; that it is asked too often is not that."""
    return status is not None and 400 <= status < 500 and status != HTTPStatus.TOO_MANY_REQUESTS
