"""What went wrong with a request, as problem details (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from aiohttp import web


class ProblemError(Exception):
    """A request cannot be answered as asked; `extra` goes into the answer beside status and reason."""

    def __init__(
        self, status: int, detail: str, *, headers: Mapping[str, str] | None = None, **extra: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers, self.extra = status, detail, headers or {}, extra

    def response(self) -> web.Response:
        """Return the answer that says so."""
        problem = {"status": self.status, "title": HTTPStatus(self.status).phrase, "detail": self.detail}
        return web.Response(
            status=self.status,
            body=orjson.dumps(problem | self.extra),
            content_type="application/problem+json",
            headers=self.headers,
        )
