"""The endpoint: POST /articles, GET /health, GET /openapi.json."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib import resources
from importlib.metadata import version
from typing import Any

import orjson
from aiohttp import web

from pipeline.core.errors import BrokerError, RecordError
from pipeline.receiver.access import Access, Address
from pipeline.receiver.bodies import check_form, read_body, read_items
from pipeline.receiver.inbox import Inbox
from pipeline.receiver.problems import ProblemError
from pipeline.sources.item import Item

_log = logging.getLogger(__name__)

_RETRY_SECONDS = "10"
_REPORTED = 100
_FINISH_SECONDS = 60.0
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Receiver:
    """Takes pushed articles from those who may, a bounded number of requests at once.

    What is read of a body is bounded in bytes, unpacked, and in seconds.
    """

    def __init__(
        self, inbox: Inbox, access: Access, *, max_bytes: int, body_seconds: float = 30.0, at_once: int = 16
    ) -> None:
        self._inbox = inbox
        self._access = access
        self._max_bytes = max_bytes
        self._body_seconds = body_seconds
        self._free = at_once
        self._accepted = 0
        self._is_kafka_away = False

    def app(self) -> web.Application:
        """Return the routes."""
        app = web.Application(middlewares=[_told])
        app.router.add_post("/articles", self._articles)
        app.router.add_get("/health", self._health)
        app.router.add_get("/openapi.json", self._openapi)
        return app

    async def _articles(self, request: web.Request) -> web.Response:
        if status := self._access.refusal(request.headers, request.host):
            raise _refused(status)
        check_form(request)
        if self._free == 0:
            raise ProblemError(503, "too many requests at once", headers={"Retry-After": "1"})
        self._free -= 1
        try:
            body = await read_body(request, max_bytes=self._max_bytes, seconds=self._body_seconds)
            items = await asyncio.to_thread(_items, body, request.content_type)
            await self._take(items)
        finally:
            self._free += 1
        return _report(items)

    async def _take(self, items: list[Item]) -> None:
        try:
            await self._inbox.take(items)
        except BrokerError as error:
            self._is_kafka_away = True
            _log.warning("%s", error)
            raise ProblemError(
                503, "Kafka does not answer; send it again", headers={"Retry-After": _RETRY_SECONDS}
            ) from error
        self._is_kafka_away = False
        self._accepted += sum(not isinstance(item.result, RecordError) for item in items)

    async def _health(self, _: web.Request) -> web.Response:
        state = {"status": "kafka away" if self._is_kafka_away else "ok", "accepted": self._accepted}
        return _json(state, status=503 if self._is_kafka_away else 200)

    async def _openapi(self, _: web.Request) -> web.Response:
        return _json(openapi())


def openapi() -> dict[str, Any]:
    """Return the OpenAPI document of the endpoint."""
    document: dict[str, Any] = orjson.loads(
        resources.files(__package__).joinpath("openapi.json").read_bytes()
    )
    document["info"]["version"] = version("pactwatch")
    return document


@asynccontextmanager
async def serving(receiver: Receiver, address: Address) -> AsyncIterator[int]:
    """Serve for the length of the block, and yield the port; requests under way are finished after it.

    Raises OSError where the address cannot be listened on.
    """
    runner = web.AppRunner(
        receiver.app(), access_log=None, auto_decompress=False, shutdown_timeout=_FINISH_SECONDS
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, address.host, address.port).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@web.middleware
async def _told(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Answer what goes wrong as problem details; nothing that was sent is taken for a page by a browser."""
    try:
        response = await handler(request)
    except ProblemError as problem:
        response = problem.response()
    except web.HTTPException as error:
        allowed = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        response = ProblemError(error.status, error.reason, headers=allowed).response()
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _refused(status: int) -> ProblemError:
    if status == 401:
        return ProblemError(
            401, "a token is needed", headers={"WWW-Authenticate": 'Bearer realm="pactwatch"'}
        )
    return ProblemError(403, "without a token only requests to this machine by its own name are served")


def _items(body: bytes, content_type: str) -> list[Item]:
    return list(read_items(body, content_type, datetime.now(UTC)))


def _report(items: list[Item]) -> web.Response:
    """Return 202 where all of it was taken, else what was not, line by line."""
    bad = [item for item in items if isinstance(item.result, RecordError)]
    accepted = len(items) - len(bad)
    if not items:
        raise ProblemError(400, "no article in it")
    if bad:
        raise ProblemError(
            400,
            f"{len(bad)} of {len(items)} are no articles; they are among the dead letters, the others were taken",
            accepted=accepted,
            rejected=len(bad),
            errors=[{"at": item.position, "detail": str(item.result)} for item in bad[:_REPORTED]],
        )
    return _json({"accepted": accepted}, status=202)


def _json(value: object, *, status: int = 200) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(value), content_type="application/json")
