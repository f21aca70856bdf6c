"""What a server answers, and what its headers say of when to ask again."""

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import NamedTuple

from pipeline.core.errors import PactwatchError

_MOST_HEADER_CHARS = 512
_MOST_SECONDS = 30 * 86_400.0


class FetchError(PactwatchError):
    """Something could not be had; says why in a few words.

    `status` is the server's, where it gave one; `retry_after` how many seconds it wants to be left alone.
    """

    def __init__(self, why: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.retry_after = retry_after

    @property
    def is_gone(self) -> bool:
        """Whether the server says that this is over for ever."""
        return self.status == HTTPStatus.GONE


class Validators(NamedTuple):
    """What a server gave to ask later whether anything has changed."""

    etag: str = ""
    last_modified: str = ""


class Answer(NamedTuple):
    """What a server sent; `content` is None where nothing has changed.

    `url` is where it was found in the end; `moved_to` where permanent redirects, and only those, lead from the address
    that was asked ("" where none do): a page that is no feed may stand there, so read it before you believe it.
    `fresh_seconds`: how long the server says that this stays as it is.
    """

    url: str
    content: bytes | None
    content_type: str
    validators: Validators
    moved_to: str = ""
    fresh_seconds: int | None = None


def status_in_words(status: int) -> str:
    """Return a status by its standard name; what the server calls it is the server's to choose."""
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"


def validators_of(headers: Mapping[str, str], known: Validators) -> Validators:
    """Return the validators in a server's headers, each as known where the server does not name it."""
    return Validators(
        plain_header(headers, "ETag") or known.etag,
        plain_header(headers, "Last-Modified") or known.last_modified,
    )


def plain_header(headers: Mapping[str, str], name: str) -> str:
    """Return a header that can be kept and sent back: not long, and of printable ASCII; "" where it is not."""
    value = headers.get(name, "").strip()
    return value if len(value) <= _MOST_HEADER_CHARS and value.isascii() and value.isprintable() else ""


def fresh_seconds(headers: Mapping[str, str]) -> int | None:
    """Return for how long an answer is fresh: its max-age, else until it expires, less its age; None: not said."""
    directives = plain_header(headers, "Cache-Control").lower().replace(" ", "").split(",")
    if not {"no-cache", "no-store"}.isdisjoint(directives):
        return 0
    stated = dict(directive.partition("=")[::2] for directive in directives)
    lifetime = _seconds(stated.get("max-age", "").strip('"'))
    if lifetime is None:
        expires, date = _moment(plain_header(headers, "Expires")), _moment(plain_header(headers, "Date"))
        lifetime = None if expires is None else expires - (time.time() if date is None else date)
    if lifetime is None:
        return None
    return int(_bounded(lifetime - (_seconds(plain_header(headers, "Age")) or 0)))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return for how many seconds a server wants to be left alone, whether it says so in seconds or by a date."""
    value = plain_header(headers, "Retry-After")
    if (seconds := _seconds(value)) is not None:
        return _bounded(seconds)
    moment = _moment(value)
    return None if moment is None else _bounded(moment - time.time())


def _seconds(value: str) -> float | None:
    return float(value) if value.isdecimal() and len(value) < 20 else None


def _moment(value: str) -> float | None:
    try:
        return parsedate_to_datetime(value).timestamp()
    except (ValueError, OverflowError, IndexError):
        return None


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), _MOST_SECONDS)
