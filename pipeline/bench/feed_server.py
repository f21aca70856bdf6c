"""Simulates the servers of many feeds, each under a host name of its own: run as a program, it prints its port.

In the first round every feed is new. Later a feed, by its number, has not changed and says so (60 of 100), has not
changed and does not say so (25), or has one more entry (15).
"""

import asyncio
import socket

from aiohttp import web

ENTRIES = 20
_WORDS = [
    "envoy",
    "harbour",
    "ministry",
    "talks",
    "accord",
    "convoy",
    "border",
    "bridge",
    "cargo",
    "rail",
    "visit",
    "letter",
    "council",
    "staff",
]
_SAYS_UNCHANGED, _UNCHANGED = 60, 85


class FeedServer:
    """Answers for all hosts; `GET /round/N` begins a round."""

    def __init__(self) -> None:
        self._round = 1

    async def answer(self, request: web.Request) -> web.Response:
        """Answer for a feed, or begin a round."""
        if request.path.startswith("/round/"):
            self._round = int(request.path.removeprefix("/round/"))
            return web.Response()
        number = int(request.path.removeprefix("/feed/"))
        kind = number % 100
        etag = f'"{self._round if kind >= _UNCHANGED else 1}"'
        if kind < _SAYS_UNCHANGED and request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        headers = {"ETag": etag} if kind < _SAYS_UNCHANGED else {}
        newest = ENTRIES + (self._round - 1 if kind >= _UNCHANGED else 0)
        return web.Response(text=_feed(number, newest), content_type="application/rss+xml", headers=headers)


def _feed(number: int, newest: int) -> str:
    items = "".join(_item(number, item) for item in range(newest, newest - ENTRIES, -1))
    return f"<rss version='2.0'><channel><title>Feed {number}</title>{items}</channel></rss>"


def _item(number: int, item: int) -> str:
    words = " ".join(_WORDS[(number + item * 7 + at * at) % len(_WORDS)] for at in range(60))
    return (
        f"<item><title>{words[:60]} {number}-{item}</title><link>http://feed-{number}.example/{item}</link>"
        f"<guid isPermaLink='false'>{number}-{item}</guid><pubDate>Fri, 09 Jan 2026 {item % 24:02d}:00:00 GMT</pubDate>"
        f"<description>&lt;p&gt;{words}&lt;/p&gt;</description></item>"
    )


async def _serve() -> None:
    app = web.Application()
    app.router.add_get("/{path:.*}", FeedServer().answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    await web.SockSite(runner, listener).start()
    print(listener.getsockname()[1], flush=True)  # noqa: T201 - who started it reads this
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
