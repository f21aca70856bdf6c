"""Labelled articles: JSON lines, each an article with `expect`."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from pipeline.codec import parse
from pipeline.core.articles import read_article
from pipeline.core.errors import PactwatchError, RecordError
from pipeline.core.records import AlertStatus, EventType, RawArticle
from pipeline.evaluation.labels import GoldEvent


class GoldError(PactwatchError):
    """A line of a labelled file cannot be read; the message names it."""


class Expectation(msgspec.Struct, frozen=True, kw_only=True):
    """What must come of an article; further labels are ignored.

    `types` must be tagged as current (None: those of the `events` that are news), `optional` ones are neither
    right nor wrong. `events` are all that the text tells, slot by slot; `mentions` all names of the profile's
    entities in the order of the text, as they stand and whom they mean. `alerts` are the kinds
    that must be raised when the file is read in order (None: not judged); `status` is theirs, or says it for each kind.
    Articles with the same `story` tell one event. `pair` names the hard case that an article belongs to.
    """

    id: str
    types: frozenset[EventType] | None = None
    events: tuple[GoldEvent, ...] | None = None
    mentions: tuple[tuple[str, str], ...] | None = None
    optional: frozenset[EventType] = frozenset()
    alerts: tuple[EventType, ...] | None = None
    status: AlertStatus | dict[EventType, AlertStatus] | None = None
    story: str | None = None
    pair: str | None = None
    actors: tuple[str, ...] = ()

    @property
    def news(self) -> frozenset[EventType] | None:
        """The types that must be tagged as current; None where only mentions are labelled."""
        if self.types is None and self.events is None and self.mentions is not None:
            return None
        if self.types is not None:
            return self.types
        return frozenset(event.type for event in self.events or () if event.is_news)

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


def read_labels(lines: Iterable[bytes]) -> dict[str, dict[str, Any]]:
    """Return labels kept apart from their articles, by the `id` of the label they add to. Raises GoldError."""
    labels: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                fields = parse(line)
                id_ = fields.pop("id")
                is_second = id_ in labels
                labels[id_] = fields
            except (RecordError, KeyError, AttributeError, TypeError) as error:
                raise GoldError(f"line {number}: no label with an id: {error}") from error
            if is_second:
                raise GoldError(f"line {number}: a second label for {id_!r}: put both into one line")
    return labels


def read_gold(
    lines: Iterable[bytes], *, fetched_at: datetime, labels: Mapping[str, dict[str, Any]] | None = None
) -> Iterator[GoldArticle]:
    """Yield the articles of a labelled file; blank lines count for nothing. Raises GoldError.

    The file is read as it came in: an article that says neither when it was published nor when it was fetched
    counts as fetched with the newest before it; `fetched_at` stands in where there is none. `labels` add to those of the file, by id; one whose id is not there is an error.
    """
    newest = None
    added = dict(labels or {})
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                gold = _gold(parse(line), fetched_at, newest, added)
            except (RecordError, msgspec.ValidationError) as error:
                raise GoldError(f"line {number}: {error}") from error
            newest = max(filter(None, (newest, gold.article.published_at)), default=None)
            yield gold
    if added:
        raise GoldError(f"labels of no article in the file: {', '.join(sorted(added)[:5])}")


def _gold(
    fields: Any, fetched_at: datetime, newest: datetime | None, added: dict[str, dict[str, Any]]
) -> GoldArticle:
    article = read_article(fields, fetched_at=fetched_at)
    if newest is not None and article.published_at is None and "fetched_at" not in fields:
        article = replace(article, fetched_at=min(newest, fetched_at))
    expect = fields.get("expect")
    if expect is None:
        return GoldArticle(article, None)
    return GoldArticle(article, msgspec.convert({**expect, **added.pop(expect.get("id"), {})}, Expectation))
