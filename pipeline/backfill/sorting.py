"""An archive's files to sorted lines: what is within the bounds, and which of it may raise alerts."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from pipeline.backfill.archive import ArchiveFile
from pipeline.backfill.job import Bounds, Sorted
from pipeline.backfill.lines import article_line, bad_line
from pipeline.backfill.runs import Runs
from pipeline.core.errors import RecordError, SettingsError
from pipeline.core.records import RawArticle
from pipeline.sources import Item, SourceError, read_source

_ITEMS_OF_A_FILE = 2**40
_TOLD_BYTES = 256 * 1024


class Portion(NamedTuple):
    """Some files of an archive, to be sorted by themselves; `first` is the number of the first among all files."""

    first: int
    files: tuple[ArchiveFile, ...]
    folder: Path
    bounds: Bounds
    started: datetime


def sort_portion(portion: Portion, on_read: Callable[[int], None]) -> Sorted:
    """Read the files into runs of the folder, and return what there was; `on_read` is told of bytes as they are read.

    An article counts by when it was published, else by when the archive says that it was fetched. Where neither is
    said it comes last, and raises nothing. What cannot be read is a bad line, and the rest goes on.
    """
    found = Sorted()
    runs = Runs(portion.folder, f"run-{portion.first:08d}")
    for number, file in enumerate(portion.files, start=portion.first):
        for item_number, item in enumerate(_items(file, portion.started, on_read)):
            _take(item, number * _ITEMS_OF_A_FILE + item_number, runs, portion, found)
    runs.finish()
    return found


def _take(item: Item, number: int, runs: Runs, portion: Portion, found: Sorted) -> None:
    if isinstance(item.result, RecordError):
        runs.add(bad_line(number, item.raw, item.position, item.result))
        found.bad += 1
        found.lines += 1
        return
    article, bounds = item.result, portion.bounds
    moment = _moment(article, portion.started)
    if moment is not None and not _is_within(moment, bounds):
        found.outside += 1
        return
    if moment is None or bounds.alerts_since is None or moment < bounds.alerts_since:
        article = msgspec.structs.replace(article, backfill=True)
        found.silent += 1
    found.take_date(moment)
    found.lines += 1
    runs.add(article_line(number, article, moment))


def _moment(article: RawArticle, started: datetime) -> datetime | None:
    stated = article.fetched_at if article.fetched_at != started else None
    return article.published_at or stated


def _is_within(moment: datetime, bounds: Bounds) -> bool:
    return (bounds.since is None or bounds.since <= moment) and (
        bounds.until is None or moment < bounds.until
    )


def _items(file: ArchiveFile, started: datetime, on_read: Callable[[int], None]) -> Iterator[Item]:
    """Yield what a file holds; whatever happens to it, all its bytes count as read in the end."""
    before = 0

    def on_position(position: int) -> None:
        nonlocal before
        if position - before >= _TOLD_BYTES:  # telling takes a lock that all processes share
            on_read(position - before)
            before = position

    try:
        yield from read_source(file.path, started, on_position)
    except (OSError, SettingsError) as error:
        yield Item(file.path, b"", SourceError(str(error)))
    on_read(file.size - before)
