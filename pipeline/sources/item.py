"""What every source yields: an article, or why there is none, and where it stands."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Self

from pipeline.core.articles import read_article
from pipeline.core.errors import RecordError
from pipeline.core.records import RawArticle


class SourceError(RecordError):
    """What stands here in a file is no article."""


class Item(NamedTuple):
    """One article of a source, or why it is none.

    `position` is what a person looks up ("news.jsonl:3"); `raw` is what stands there, for a dead letter.
    """

    position: str
    raw: bytes
    result: RawArticle | RecordError

    @classmethod
    def of_fields(cls, position: str, raw: bytes, fields: Mapping[str, Any], fetched_at: datetime) -> Self:
        """Return the article in these fields, or why they hold none."""
        try:
            return cls(position, raw, read_article(fields, fetched_at=fetched_at))
        except RecordError as error:
            return cls(position, raw, error)
