"""An archive's files to sorted lines: what is within the bounds, and which of it may raise alerts."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import msgspec

from pipeline.backfill.archive import ArchiveFile
from pipeline.backfill.job import Bounds, Sorted
from pipeline.backfill.lines import article_line, bad_line
from pipeline.backfill.runs import Runs
from pipeline.core.errors import RecordError, SettingsError
from pipeline.core.records import RawArticle
from pipeline.sources import Item, SourceError, read_source

OnRead = Callable[[int], None]


def sort_archive(
    files: Iterable[ArchiveFile], runs: Runs, bounds: Bounds, started: datetime, on_read: OnRead
) -> Sorted:
    """Read the files into the runs, and return what there was; `on_read` is told the bytes that were read so far.

    An article counts by when it was published, else by when the archive says that it was fetched. Where neither is
    said it comes last, and raises nothing. What cannot be read is a bad line, and the rest goes on.
    """
    found = Sorted()
    for number, item in enumerate(_items(files, started, on_read)):
        if isinstance(item.result, RecordError):
            runs.add(bad_line(number, item.raw, item.position, item.result))
            found.bad += 1
        else:
            _take(item.result, number, runs, bounds, started, found)
    runs.finish()
    found.lines += found.bad
    return found


def _take(
    article: RawArticle, number: int, runs: Runs, bounds: Bounds, started: datetime, found: Sorted
) -> None:
    moment = _moment(article, started)
    if moment is None:
        found.undated += 1
    elif not _is_within(moment, bounds):
        found.outside += 1
        return
    else:
        found.first = min(moment, found.first or moment)
        found.last = max(moment, found.last or moment)
    if moment is None or bounds.alerts_since is None or moment < bounds.alerts_since:
        article = msgspec.structs.replace(article, backfill=True)
        found.silent += 1
    runs.add(article_line(number, article, moment))
    found.lines += 1


def _moment(article: RawArticle, started: datetime) -> datetime | None:
    stated = article.fetched_at if article.fetched_at != started else None
    return article.published_at or stated


def _is_within(moment: datetime, bounds: Bounds) -> bool:
    return (bounds.since is None or bounds.since <= moment) and (
        bounds.until is None or moment < bounds.until
    )


def _items(files: Iterable[ArchiveFile], started: datetime, on_read: OnRead) -> Iterator[Item]:
    before = 0

    def on_position(position: int) -> None:
        on_read(before + position)

    for file in files:
        try:
            yield from read_source(file.path, started, on_position)
        except (OSError, SettingsError) as error:
            yield Item(file.path, b"", SourceError(str(error)))
        before += file.size
        on_read(before)
