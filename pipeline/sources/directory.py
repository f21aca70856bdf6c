"""A folder that is watched: each new or changed file gives its articles, once it is whole."""

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import msgspec

from pipeline.core.errors import RecordError, SettingsError
from pipeline.core.feeds import Feed
from pipeline.core.records import RawArticle, Source
from pipeline.sources.item import Item, SourceError
from pipeline.sources.links import searched_by
from pipeline.sources.listing import Listing
from pipeline.sources.opening import read_source

# A file that was written to within this time may still grow; one that is moved in keeps its older time.
SETTLE_SECONDS = 5.0
MAX_FILES = 20_000
_MAX_ENTRIES = 1000
_UNFINISHED = (".tmp", ".temp", ".part", ".partial", ".crdownload", ".swp", "~")


class FoundFile(NamedTuple):
    """A file of a watched folder.

    `key` and `version` are what the feed's state remembers of it (`FeedState.seen`): 16 hex digits of its path below the
    folder, and 8 of its size and when it was last changed.
    """

    path: Path
    changed_at: float
    key: str
    version: str


def new_files(feed: Feed, seen: Mapping[str, str], now: datetime) -> list[FoundFile]:
    """Return the files that are not seen in the version they have now, the longest unchanged first.

    Files that were written to within the last seconds wait for the next time, as do those that are named as unfinished
    or hidden. Sub-folders are read; `links` of the feed chooses by the path below the folder. Links to other places
    and what is no regular file are left out. Raises SourceError where there is no such folder, or it holds too much.
    """
    newest = now.timestamp() - SETTLE_SECONDS
    return [
        file for file in files_of(feed) if seen.get(file.key) != file.version and file.changed_at <= newest
    ]


def files_of(feed: Feed) -> list[FoundFile]:
    """Return all files of the folder that may hold articles, the longest unchanged first. Raises SourceError."""
    root = _folder(feed.url)
    is_chosen = searched_by(feed.links or "")
    found: list[FoundFile] = []
    for path, state in _walk(root):
        below = path.relative_to(root).as_posix()
        if is_chosen(below):
            version = f"{state.st_size} {state.st_mtime_ns}"
            found.append(FoundFile(path, state.st_mtime, _digest(below)[:16], _digest(version)[:8]))
    if len(found) > MAX_FILES:
        raise SourceError(
            f"{len(found)} files, more than {MAX_FILES}: move away what has been read, or publish an archive with "
            "`pactwatch publish --since`"
        )
    return sorted(found, key=lambda file: (file.changed_at, file.path))


def read_file(file: FoundFile, feed: Feed, fetched_at: datetime) -> Iterator[Item]:
    """Yield the articles of a file, by the feed's publisher where they name none, or why something in it is none.

    A file that is gone gives nothing. A file that was changed while it was read is another version at the next time.
    """
    try:
        for item in read_source(str(file.path), fetched_at):
            yield item._replace(result=_published_by(item.result, feed))
    except (SettingsError, OSError):  # taken away in between
        return


def read_directory(feed: Feed, now: datetime) -> Listing:
    """Return what a folder holds now, newest files first, at most 1,000 articles: for a look, not for polling."""
    items = (item for file in reversed(files_of(feed)) for item in read_file(file, feed, now))
    articles = (item.result for item in items if isinstance(item.result, RawArticle))
    entries = [msgspec.to_builtins(article) for article in islice(articles, _MAX_ENTRIES)]
    return Listing("directory", feed.name, entries)


def _published_by(result: RawArticle | RecordError, feed: Feed) -> RawArticle | RecordError:
    if isinstance(result, RecordError):
        return result
    own = Source(id=feed.id, name=feed.name, family=feed.family, kind=feed.kind, country=feed.country)
    return msgspec.structs.replace(
        result,
        source=own if result.source.id == "unknown" else result.source,
        language=result.language or feed.language,
        feed_url=result.feed_url or feed.url,
    )


def _walk(root: Path) -> Iterator[tuple[Path, os.stat_result]]:
    folders = [root]
    while folders:
        try:
            entries = list(os.scandir(folders.pop()))
        except OSError:  # a sub-folder that was taken away, or may not be read
            continue
        for entry in entries:
            if entry.name.startswith(".") or entry.name.lower().endswith(_UNFINISHED):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(Path(entry.path))
            elif entry.is_file(follow_symlinks=False) and (state := _state(entry)):
                yield Path(entry.path), state


def _state(entry: "os.DirEntry[str]") -> os.stat_result | None:
    try:
        return entry.stat(follow_symlinks=False)
    except OSError:  # taken away in between
        return None


def _folder(url: str) -> Path:
    parts = urlsplit(url)
    folder = Path(unquote(parts.path))
    if parts.scheme != "file" or parts.netloc not in {"", "localhost"}:
        raise SourceError(f"{url}: a folder's address is file:///…")
    if not folder.is_dir():
        raise SourceError(f"{folder}: no such folder")
    return folder


def _digest(text: str) -> str:
    return sha256(text.encode(errors="surrogateescape")).hexdigest()
