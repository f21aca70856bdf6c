"""The tolerant reading of an article as any producer may hand it over; only title and body are required."""

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import PurePath
from typing import Any

import msgspec

from pipeline.core.errors import RecordError
from pipeline.core.publication_dates import dateline, read_date
from pipeline.core.records import Listed, RawArticle, Source
from pipeline.core.urls import canonical_url, host, publisher

_STRINGS = ("url", "guid", "language", "feed_url", "content_type", "article_id")
_TITLE_CHARS = 200


def read_article(fields: Mapping[str, Any], *, fetched_at: datetime) -> RawArticle:
    """Return the article in these fields; what is missing is filled in, what is unknown is ignored.

    A date that cannot be read counts as missing, never as now. Raises RecordError, naming the field.
    """
    if not isinstance(fields, Mapping):
        raise RecordError(f"an article is an object, not {type(fields).__name__}")
    title, body = _required(fields, "title"), _required(fields, "body")
    if not title.strip():
        raise RecordError("'title' is blank")
    text = {name: _optional(fields, name) for name in _STRINGS}
    source = _source(fields.get("source"), text["url"] or text["feed_url"])
    article = {
        "article_id": text["article_id"]
        or article_id(url=text["url"], source=source.id, guid=text["guid"], title=title, body=body),
        "source": source,
        "title": title,
        "body": body,
        "fetched_at": _date(fields, "fetched_at") or fetched_at,
        "url": text["url"],
        "content_type": "text/html" if "html" in (text["content_type"] or "").lower() else "text/plain",
        "language": (text["language"] or "").replace("_", "-") or None,
        "published_at": _date(fields, "published_at"),
        "feed_url": text["feed_url"],
        "listed": _listed(fields.get("listed")),
    }
    try:
        return msgspec.convert(article, RawArticle)
    except msgspec.ValidationError as error:
        raise RecordError(f"not an article: {error}") from error


def article_from_text(text: str, name: str, fetched_at: datetime) -> RawArticle:
    """Return a text file's article: its first line is the title where it is short and more follows.

    Otherwise the title is made of the file's name. A dateline in the first paragraph dates it.
    """
    first, _, rest = text.strip().partition("\n")
    stem = re.sub(r"[-_\s]+", " ", PurePath(name).stem).strip()
    has_title = 0 < len(first.strip()) <= _TITLE_CHARS and bool(rest.strip())
    title, body = (first.strip(), rest.strip()) if has_title else (stem or "untitled", text.strip())
    fields = {"title": title, "body": body, "published_at": dateline(body)}
    return read_article(fields, fetched_at=fetched_at)


def article_id(*, url: str | None, source: str, guid: str | None, title: str, body: str) -> str:
    """Return the SHA-256 of the canonical URL, else of source and guid, else of title and body, in hex."""
    if url:
        parts: tuple[str, ...] = ("url", canonical_url(url))
    elif guid:
        parts = ("guid", source, guid)
    else:
        parts = ("text", title, body)
    return sha256("\x00".join(parts).encode()).hexdigest()


def _required(fields: Mapping[str, Any], name: str) -> str:
    if fields.get(name) is None:
        raise RecordError(f"{name!r} is missing")
    return _string(name, fields[name])


def _optional(fields: Mapping[str, Any], name: str) -> str | None:
    value = fields.get(name)
    return None if value is None else _string(name, value).strip() or None


def _string(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise RecordError(f"{name!r} is a {type(value).__name__}, not a string")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise RecordError(f"{name!r} holds a lone surrogate at {error.start}") from error
    return value


def _date(fields: Mapping[str, Any], name: str) -> datetime | None:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float | datetime | None):
        raise RecordError(f"{name!r} is a {type(value).__name__}, not a date")
    return read_date(_string(name, value) if isinstance(value, str) else value)


def _listed(value: Any) -> Listed | None:
    """Return what a list said of an article whose text is that of its page."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise RecordError(f"'listed' is a {type(value).__name__}, not an object")
    return Listed(
        title=_required(value, "title"),
        body=_required(value, "body"),
        content_type="text/html" if "html" in (_optional(value, "content_type") or "") else "text/plain",
        published_at=_date(value, "published_at"),
    )


def _source(value: Any, url: str | None) -> Source:
    """Return who published; a string is a name or an address; without one the article's own host says it."""
    if isinstance(value, Source):
        return value
    if isinstance(value, Mapping):
        return _described_source(value)
    name = "" if value is None else _string("source", value).strip()
    address = host(name or url or "")
    name = name or address or "unknown"
    slug = re.sub(r"[\W_]+", "-", address or name.lower()).strip("-") or "unknown"
    return Source(id=slug, name=address or name, family=publisher(address) if address else slug)


def _described_source(value: Mapping[str, Any]) -> Source:
    fields = {name: item for name, item in value.items() if isinstance(name, str) and item is not None}
    for name in ("id", "name", "family", "kind", "country"):
        if name in fields:
            _string(f"source.{name}", fields[name])
    name = fields.get("name") or fields.get("id") or "unknown"
    made = _source(name, None)
    fields = {"id": made.id, "name": made.name, "family": fields.get("id") or made.family} | fields
    try:
        return msgspec.convert(fields, Source)
    except msgspec.ValidationError as error:
        raise RecordError(f"'source': {error}") from error
