"""Sitemaps as search engines read them: of news, of any pages, and indexes of such; by name and date, without text."""

import re
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from xml.parsers import expat

from pipeline.core.feeds import Feed
from pipeline.core.publication_dates import read_date
from pipeline.sources.fields import clean, one_line, publisher_of, without_empty
from pipeline.sources.item import SourceError
from pipeline.sources.links import LinkPattern, absolute
from pipeline.sources.listing import Document, Listing

MAX_SITEMAP_BYTES = 50 * 1024 * 1024  # unpacked, as the protocol has it
MAX_ENTRIES = 1000
MAX_PARTS = 5
# What a sitemap of a whole site holds beside the news is years old.
_RECENT = timedelta(days=7)
_NEVER = datetime.min.replace(tzinfo=UTC)
_GZIP = b"\x1f\x8b"
_BARE_AMPERSAND = re.compile(rb"&(?![a-zA-Z]{1,16};|#[0-9]{1,8};|#x[0-9a-fA-F]{1,8};)")
_FIELDS = {
    "loc": "url",
    "lastmod": "changed_at",
    "title": "title",
    "publication_date": "published_at",
    "language": "language",
    "name": "publication",
}
_MAX_TEXT_CHARS = 4096


class _Dated(NamedTuple):
    date: datetime
    fields: dict[str, str]


def read_sitemap(document: Document, feed: Feed) -> Listing:
    """Return the newest pages that a sitemap names: at most 1,000, none a week older than the newest.

    Pages are chosen by the feed's pattern `links`, where it has one. Of an index, `parts` are the sitemaps that changed
    last, at most five. Raises SourceError where it is no sitemap, or one that declares entities.
    """
    found = _parse(_unpacked(document.content))
    dated = _recent(_absolute(found.entries, document.url))
    if found.root == "sitemapindex":
        parts = tuple(entry.fields["url"] for entry in dated[:MAX_PARTS])
        return Listing("sitemapindex", "", [], parts=parts)
    pattern = LinkPattern(feed.links or "", document.url)
    chosen = [entry.fields for entry in dated if pattern.chooses(entry.fields["url"])]
    return Listing("sitemap", "", [_entry(fields, document.url) for fields in chosen[:MAX_ENTRIES]])


def _entry(fields: dict[str, str], sitemap: str) -> dict[str, Any]:
    """Return an article's fields; when its page changed is not when it was published."""
    found = {
        "url": fields["url"],
        "title": one_line(fields.get("title", "")),
        "published_at": fields.get("published_at"),
        "language": fields.get("language"),
        "source": publisher_of(one_line(fields.get("publication", "")), fields["url"]),
        "feed_url": sitemap,
    }
    return without_empty(found)


def _absolute(entries: list[dict[str, str]], base: str) -> list[dict[str, str]]:
    with_url = (entry | {"url": absolute(base, entry.get("url", ""))} for entry in entries)
    return list({entry["url"]: entry for entry in with_url if entry["url"]}.values())


def _recent(entries: list[dict[str, str]]) -> list[_Dated]:
    """Return the entries, newest first, those without a date last; without those that are old beside the newest."""
    dated = [_Dated(_date(entry), entry) for entry in entries]
    newest = max((entry.date for entry in dated), default=_NEVER)
    oldest = newest - _RECENT if newest > _NEVER + _RECENT else _NEVER
    kept = [entry for entry in dated if entry.date >= oldest or entry.date == _NEVER]
    return sorted(kept, key=lambda entry: entry.date, reverse=True)


def _date(entry: Mapping[str, str]) -> datetime:
    return read_date(entry.get("published_at")) or read_date(entry.get("changed_at")) or _NEVER


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(_GZIP):
        return content
    unpacking = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacking.decompress(content, MAX_SITEMAP_BYTES)
    except zlib.error as error:
        raise SourceError(f"a damaged gzip file: {error}") from error
    if unpacking.unconsumed_tail:
        raise SourceError(f"a sitemap of more than {MAX_SITEMAP_BYTES // 1024**2} MB")
    return unpacked


def _parse(content: bytes) -> "_Reading":
    """Return what a sitemap names, up to where it breaks."""
    reading = _Reading()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    parser.EntityDeclHandler = reading.entity
    try:
        parser.Parse(_BARE_AMPERSAND.sub(b"&amp;", content.lstrip()), True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        if not reading.entries:
            raise SourceError(f"no sitemap: {error}") from error
    return reading


class _Reading:
    """What was seen so far of a sitemap that is being parsed. Namespaces are not looked at: sites misspell them."""

    def __init__(self) -> None:
        self.root = ""
        self.entries: list[dict[str, str]] = []
        self._entry: dict[str, str] | None = None
        self._path: list[str] = []
        self._text = ""

    def start(self, name: str, _: Mapping[str, str]) -> None:
        """Take the beginning of an element."""
        local = name.rpartition(" ")[2].lower()
        if not self.root:
            if local not in {"urlset", "sitemapindex"}:
                raise SourceError(f"no sitemap: it begins with <{local[:40]}>")
            self.root = local
        elif local in {"url", "sitemap"} and len(self._path) == 1:
            self._entry = {}
        self._path.append(local)
        self._text = ""

    def end(self, _: str) -> None:
        """Take the end of an element: the first text of each field counts; those of pictures and videos do not."""
        local, *parents = reversed(self._path)
        self._path.pop()
        if self._entry is None:
            return
        if len(self._path) == 1:
            self.entries.append(self._entry)
            self._entry = None
        elif local in _FIELDS and not {"image", "video"} & set(parents):
            self._entry.setdefault(_FIELDS[local], clean(self._text))

    def text(self, text: str) -> None:
        """Take a piece of text, as long as it is short enough to be one of ours."""
        if len(self._text) < _MAX_TEXT_CHARS:
            self._text += text

    def entity(self, *_: Any) -> None:
        """Refuse a file that declares entities: a sitemap needs none."""
        raise SourceError("it declares entities, which a sitemap has no use for; it is not read")
