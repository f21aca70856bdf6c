"""Labelled articles: JSON lines, each an article with `expect`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

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
    that must be raised when the file is read in order. Articles with the same `story` tell one event.
    """

    id: str
    types: frozenset[EventType] = frozenset()
    optional: frozenset[EventType] = frozenset()
    alerts: tuple[EventType, ...] = ()
    status: AlertStatus | None = None
    story: str | None = None
    actors: tuple[str, ...] = ()


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
    """Yield the articles of a labelled file; blank lines count for nothing. Raises GoldError."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield _gold(parse(line), fetched_at)
            except (RecordError, msgspec.ValidationError) as error:
                raise GoldError(f"line {number}: {error}") from error


def ids_by_name(profile: Profile) -> dict[str, set[str]]:
    """Return which entities each name of a profile can mean; names in lower case."""
    ids: dict[str, set[str]] = {}
    for entity in profile.entities:
        forms = (entity.aliases, entity.exact, entity.short, entity.metonyms)
        for name in (entity.name, *(name for form in forms for names in form.values() for name in names)):
            ids.setdefault(name.casefold(), set()).add(entity.id)
    return ids


def _gold(fields: Any, fetched_at: datetime) -> GoldArticle:
    article = read_article(fields, fetched_at=fetched_at)
    expect = fields.get("expect")
    return GoldArticle(article, None if expect is None else msgspec.convert(expect, Expectation))
