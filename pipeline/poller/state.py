"""What the poller remembers between runs: which entries Kafka has, and what servers said of each feed."""

import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.core.errors import PactwatchError
from pipeline.fetching import Validators

# An entry that no feed has shown for so long will not come again.
_REMEMBERED = timedelta(days=60)
_TABLES = """
    create table if not exists feeds (
        url text primary key, etag text not null, last_modified text not null, polled_at real not null
    ) without rowid;
    create table if not exists seen (
        id text primary key, feed_url text not null, last_seen real not null
    ) without rowid;
    create index if not exists seen_by_feed on seen (feed_url);
"""


def state_file(data_dir: Path) -> Path:
    """Return where the poller's memory is in a data folder."""
    return data_dir / "feeds.sqlite"


class FeedStateError(PactwatchError):
    """The poller's memory cannot be read or written."""


class FeedState:
    """A small SQLite database, used from any thread. Losing it costs nothing but entries published again."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._lock = threading.Lock()
        try:
            self._database = sqlite3.connect(path, timeout=10, check_same_thread=False)
            self._database.execute("pragma journal_mode = wal")
            self._database.executescript(_TABLES)
        except sqlite3.Error as error:
            raise FeedStateError(f"{path}: {error}; delete it to begin anew") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def unseen(self, ids: Iterable[str]) -> set[str]:
        """Return those of the ids that Kafka does not have yet."""
        with self._lock:
            return {
                id_
                for id_ in ids
                if not self._database.execute("select 1 from seen where id = ?", (id_,)).fetchone()
            }

    def validators(self, url: str) -> Validators:
        """Return what the feed's server said at the last successful poll."""
        query = "select etag, last_modified from feeds where url = ?"
        with self._lock:
            row = self._database.execute(query, (url,)).fetchone()
        return Validators(*row) if row else Validators()

    def polled_at(self, url: str) -> float:
        """Return when the feed was last polled with success, in seconds since 1970; 0: never."""
        with self._lock:
            row = self._database.execute("select polled_at from feeds where url = ?", (url,)).fetchone()
        return float(row[0]) if row else 0.0

    def polled(self, url: str, validators: Validators, ids: Collection[str], at: datetime) -> None:
        """Remember, in one transaction, that Kafka has all that the feed holds, and what its server said."""
        now = at.timestamp()
        with self._transaction() as database:
            database.execute("replace into feeds values (?, ?, ?, ?)", (url, *validators, now))
            database.executemany("replace into seen values (?, ?, ?)", ((id_, url, now) for id_ in ids))
            database.execute("delete from seen where last_seen < ?", (now - _REMEMBERED.total_seconds(),))

    def unchanged(self, url: str, at: datetime) -> None:
        """Remember that the feed still holds what it held."""
        with self._transaction() as database:
            database.execute("update feeds set polled_at = ? where url = ?", (at.timestamp(), url))
            database.execute("update seen set last_seen = ? where feed_url = ?", (at.timestamp(), url))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._lock, self._database:
                yield self._database
        except sqlite3.Error as error:
            raise FeedStateError(f"{self._path}: {error}") from error
