"""A real HTTP server on loopback for the poller to ask."""

import asyncio
import socket
import threading
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def rss(*titles: str) -> str:
    """Return an RSS feed with an entry of each title, whose link is made of it."""
    entries = "".join(
        f"<item><title>{title}</title><link>https://example.org/{title}</link><description>b</description></item>"
        for title in titles
    )
    return f"<rss version='2.0'><channel><title>Somebody else</title>{entries}</channel></rss>"


class Site:
    """Serves what it is told to, from a thread of its own, and keeps what it was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, str | bytes | Handler] = {}
        self.requests: defaultdict[str, list[web.Request]] = defaultdict(list)
        self.url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        self.requests[request.path].append(request)
        page = self.pages.get(request.path)
        if page is None:
            return web.Response(status=404)
        if callable(page):
            return await page(request)
        body = page.encode() if isinstance(page, str) else page
        return web.Response(body=body, content_type="application/rss+xml")


@contextmanager
def serving(site: Site, host: str = "127.0.0.1") -> Iterator[Site]:
    """Have the site up for the length of the block, at an address of this machine."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", site.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    listener = socket.create_server((host, 0))
    site.url = f"http://{host}:{listener.getsockname()[1]}"
    loop = asyncio.new_event_loop()

    async def start() -> None:
        await runner.setup()
        await web.SockSite(runner, listener).start()

    loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield site
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
