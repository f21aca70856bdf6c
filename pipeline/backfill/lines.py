"""What stands on a line of the sorted archive: when it was published, and the article or why it is none."""

import base64
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

from pipeline import codec
from pipeline.core.errors import RecordError
from pipeline.core.records import RawArticle
from pipeline.sources import SourceError

MOMENT_SIZE = 20
KEY_SIZE = 40
_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_BAD = "0" * MOMENT_SIZE  # sent first: what is wrong is told before the long work begins
_UNDATED = "9" * MOMENT_SIZE


class Line(NamedTuple):
    """A line as read again: its number, which is no other line's, and the article, or why `raw` at `position` is none."""

    number: int
    result: RawArticle | RecordError
    raw: bytes = b""
    position: str = ""


class _Bad(msgspec.Struct):
    position: str
    error: str
    raw: str


def article_line(number: int, article: RawArticle, moment: datetime | None) -> bytes:
    """Return the line of an article: the lines' order is that of their moments, then of their numbers."""
    key = _UNDATED if moment is None else f"{(moment - _BEGINNING) // _MICROSECOND + 1:020d}"
    return f"{key}{number:020d}".encode() + codec.encode(article) + b"\n"


def bad_line(number: int, raw: bytes, position: str, error: RecordError) -> bytes:
    """Return the line of what is no article, to be a dead letter."""
    bad = _Bad(position, str(error), base64.b64encode(raw).decode())
    return f"{_BAD}{number:020d}".encode() + msgspec.json.encode(bad) + b"\n"


def read_line(line: bytes) -> Line:
    """Return what a line says."""
    moment, number, value = line[:MOMENT_SIZE], int(line[MOMENT_SIZE:KEY_SIZE]), line[KEY_SIZE:]
    if moment != _BAD.encode():
        return Line(number, codec.decode(value, RawArticle))
    bad = msgspec.json.decode(value, type=_Bad)
    return Line(number, SourceError(bad.error), base64.b64decode(bad.raw), bad.position)
