"""The body of a request: read within limits of size and time, unpacked, and its articles."""

import asyncio
import io
import zlib
from collections.abc import Iterator
from datetime import datetime

from aiohttp import web

from pipeline.receiver.problems import ProblemError
from pipeline.sources.item import Item
from pipeline.sources.json_lines import read_json, read_json_lines

JSON = frozenset({"application/json"})
LINES = frozenset(
    {"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"}
)
_CHUNK_BYTES = 64 * 1024
_GZIP_WINDOW = 31


def check_form(request: web.Request) -> None:
    """Raise ProblemError where the body is of a form that is not taken."""
    if request.content_type not in JSON | LINES:
        raise ProblemError(
            415, f"{request.content_type} is not taken: application/json or application/x-ndjson"
        )
    if _encoding(request) not in {"identity", "gzip"}:
        raise ProblemError(415, f"Content-Encoding {_encoding(request)} is not taken: gzip or none")


async def read_body(request: web.Request, *, max_bytes: int, seconds: float) -> bytes:
    """Return the body, unpacked. Raises ProblemError where it is too large, too slow or damaged."""
    if (request.content_length or 0) > max_bytes:
        raise _too_large(max_bytes)
    try:
        async with asyncio.timeout(seconds):
            return await _unpacked(request, max_bytes)
    except TimeoutError as error:
        raise ProblemError(408, f"the body was not there within {seconds:g} s") from error
    except zlib.error as error:
        raise ProblemError(400, f"damaged gzip: {error}") from error


def read_items(body: bytes, content_type: str, now: datetime) -> Iterator[Item]:
    """Yield the articles of a body, or why something in it is none, by line or item."""
    read = read_json if content_type in JSON else read_json_lines
    yield from read(io.BytesIO(body), "body", now)


async def _unpacked(request: web.Request, max_bytes: int) -> bytes:
    unpacking = zlib.decompressobj(_GZIP_WINDOW) if _encoding(request) == "gzip" else None
    body = bytearray()
    async for chunk in request.content.iter_chunked(_CHUNK_BYTES):
        body += unpacking.decompress(chunk, max_bytes + 1 - len(body)) if unpacking else chunk
        if len(body) > max_bytes or (unpacking and unpacking.unconsumed_tail):
            raise _too_large(max_bytes)
    if unpacking and not unpacking.eof:
        raise ProblemError(400, "damaged gzip: it breaks off")
    return bytes(body)


def _too_large(max_bytes: int) -> ProblemError:
    return ProblemError(413, f"more than {max_bytes} bytes, unpacked: send it in parts")


def _encoding(request: web.Request) -> str:
    return request.headers.get("Content-Encoding", "identity").strip().lower()
