"""Labelled articles: JSON lines, each an article with `expect`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from pipeline.codec import parse
from pipeline.core.articles import read_article
from pipeline.core.errors import PactwatchError, RecordError
from pipeline.core.profile import Profile
from pipeline.core.records import AlertStatus, EventType, RawArticle


class GoldError(PactwatchError):
    """A line of a labelled file cannot be read; the message names it."""


class Expectation(msgspec.Struct, frozen=True, kw_only=True):
    """What must come of an article; further labels are ignored.

    `types` must be tagged as current, `optional` ones are neither right nor wrong. `alerts` are the kinds
    that must be raised when the file is read in order; `status` is theirs, or says it for each kind.
    Articles with the same `story` tell one event. `pair` names the hard case that an article belongs to.
    """

    id: str
    types: frozenset[EventType] = frozenset()
    optional: frozenset[EventType] = frozenset()
    alerts: tuple[EventType, ...] = ()
    status: AlertStatus | dict[EventType, AlertStatus] | None = None
    story: str | None = None
    pair: str | None = None
    actors: tuple[str, ...] = ()

    def status_of(self, kind: EventType) -> AlertStatus | None:
        """Return which status an alert of this kind must have; None where any is right."""
        return self.status.get(kind) if isinstance(self.status, dict) else self.status


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """An article and what is expected of it; None where it was not labelled: then it must raise nothing."""

    article: RawArticle
    expect: Expectation | None

    @property
    def name(self) -> str:
        """What to call the article when it is listed."""
        return self.expect.id if self.expect is not None else self.article.url or self.article.article_id[:12]


def read_gold(lines: Iterable[bytes], *, fetched_at: datetime) -> Iterator[GoldArticle]:
    """Yield the articles of a labelled file; blank lines count for nothing. Raises GoldError.

    The file is read as it came in: an article that says neither when it was published nor when it was fetched
    counts as fetched with the newest before it; `fetched_at` stands in where there is none.
    """
    newest = None
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                gold = _gold(parse(line), fetched_at, newest)
            except (RecordError, msgspec.ValidationError) as error:
                raise GoldError(f"line {number}: {error}") from error
            newest = max(filter(None, (newest, gold.article.published_at)), default=None)
            yield gold


def ids_by_name(profile: Profile) -> dict[str, set[str]]:
    """Return which entities each name of a profile can mean; names in lower case."""
    ids: dict[str, set[str]] = {}
    for entity in profile.entities:
        forms = (entity.aliases, entity.exact, entity.short, entity.metonyms)
        for name in (entity.name, *(name for form in forms for names in form.values() for name in names)):
            ids.setdefault(name.casefold(), set()).add(entity.id)
    return ids


def _gold(fields: Any, fetched_at: datetime, newest: datetime | None) -> GoldArticle:
    article = read_article(fields, fetched_at=fetched_at)
    if newest is not None and article.published_at is None and "fetched_at" not in fields:
        article = replace(article, fetched_at=min(newest, fetched_at))
    expect = fields.get("expect")
    return GoldArticle(article, None if expect is None else msgspec.convert(expect, Expectation))
