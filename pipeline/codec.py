"""The only code between bytes and records."""

from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
import orjson

from pipeline.core.errors import RecordError
from pipeline.core.records import Record

R = TypeVar("R", bound=Record)

# Faster to hand over than to be asked about; a date without a time is orjson's own matter.
_NATIVE = (datetime,)


class DecodeError(RecordError):
    """The bytes are not the record they should be; the message says where."""


def encode(record: Record) -> bytes:
    """Return the record as JSON, UTF-8, times in RFC 3339 with a Z.

    Raises RecordError where a text holds what UTF-8 cannot (a lone surrogate).
    """
    try:
        return orjson.dumps(
            msgspec.to_builtins(record, builtin_types=_NATIVE),
            default=_in_utc,
            option=orjson.OPT_PASSTHROUGH_DATETIME,
        )
    except (TypeError, UnicodeEncodeError) as error:
        raise RecordError(f"{type(record).__name__} cannot be written as JSON: {error}") from error


def decode(value: bytes | None, record: type[R]) -> R:
    """Return the record in these bytes, checked against its type. Raises DecodeError."""
    return convert(parse(value), record)


def parse(value: bytes | str | None) -> Any:
    """Return the JSON value in these bytes. Raises DecodeError."""
    if value is None:
        raise DecodeError("no value (a tombstone)")
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise DecodeError(f"not JSON: {error}") from error


def convert(value: Any, record: type[R]) -> R:
    """Return a parsed JSON value as a record. Raises DecodeError."""
    try:
        return msgspec.convert(value, record)
    except (msgspec.ValidationError, ValueError) as error:
        raise DecodeError(f"not a {record.__name__}: {error}") from error


def _in_utc(value: Any) -> str:
    """Return a time as RFC 3339 in UTC, wherever it was written down."""
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} is no JSON value")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
