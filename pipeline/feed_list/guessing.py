"""A feed of which not everything is said: what is missing is guessed from its address and from what it holds."""

import re
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import msgspec

from pipeline.core.feeds import Feed, feed_issue
from pipeline.core.publishers import Publishers
from pipeline.core.records import Source
from pipeline.core.text.languages import detect_language
from pipeline.core.urls import host, publisher
from pipeline.feed_list.changes import FeedListError
from pipeline.sinks.printable import printable

_NAME_CHARS = 120
_SLUG_CHARS = 40
_SCHEMES = ("http://", "https://", "file:///")


def guessed_feed(
    said: Mapping[str, Any], publishers: Publishers, *, taken: Collection[str], titles: Sequence[str] = ()
) -> Feed:
    """Return the feed in these fields, with what is missing filled in.

    Family, kind and country are those of the publisher that the profile knows on the host; the language that of the
    titles; the id is none of `taken`. Raises FeedListError where a field is wrong, naming it.
    """
    url = said.get("url")
    if not isinstance(url, str) or not url.startswith(_SCHEMES):
        raise FeedListError(f"{url!r} is no address of a feed: http:, https:, or file:/// for a folder")
    site = host(url)
    known = publishers.described(Source(id=site, name=site, family=publisher(site) or "local"), url)
    name = said.get("name")
    fields = {
        "name": known.name or url,
        "family": known.family,
        "kind": known.kind,
        "country": known.country,
        "language": detect_language("\n".join(titles)) if titles else None,
    } | {key: value for key, value in said.items() if value not in (None, "")}
    if isinstance(name, str):
        fields["name"] = printable(name)[:_NAME_CHARS] or known.name or url
    fields.setdefault("id", _free_id(url, fields["language"], taken))
    return checked(fields)


def checked(fields: Mapping[str, Any]) -> Feed:
    """Return the feed in these fields. Raises FeedListError where one is wrong or unknown."""
    unknown = fields.keys() - set(Feed.__struct_fields__)
    if unknown:
        raise FeedListError(f"unknown key {min(unknown)!r} (known: {', '.join(Feed.__struct_fields__)})")
    try:
        feed = msgspec.convert(dict(fields), Feed)
    except msgspec.ValidationError as error:
        raise FeedListError(f"feed {fields.get('id', fields.get('url'))!r}: {error}") from error
    if issue := feed_issue(feed):
        raise FeedListError(f"feed {feed.id!r}: {issue}")
    return feed


def _free_id(url: str, language: str | None, taken: Collection[str]) -> str:
    """Return the publisher's own part of the host with the language ("yna-ko").

    Where that is taken, the last word of the address joins it, and then a hash of all of it.
    """
    owner = publisher(host(url)).partition(".")[0]
    *_, last = [_slug(part) for part in urlsplit(url).path.split("/") if _slug(part)] or [""]
    digest = sha256(url.encode()).hexdigest()[:6]
    parts = [part for part in (_slug(owner) or last or "feed", language or "") if part]
    longer = [*parts, last] if last and last not in parts else parts
    ids = ("-".join(some) for some in (parts, longer, [*longer, digest]))
    return next((id_ for id_ in ids if id_ not in taken), "-".join([*longer, digest]))


def _slug(text: str) -> str:
    """Return the text in lower-case words with dashes between them, without a file's ending."""
    return re.sub(r"[\W_]+", "-", text.partition(".")[0].lower()).strip("-")[:_SLUG_CHARS]
