"""What a backfill keeps in the data folder until it is done: its sorted articles, and how far Kafka has them."""

import fcntl
import os
import shutil
import uuid
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from pipeline.core.errors import PactwatchError


class JobError(PactwatchError):
    """This backfill cannot begin or go on now; says why and what to do."""


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """Which articles are wanted, and which may raise alerts: by when they were published; None is no bound.

    `until` is the first moment that is not wanted any more. Without `alerts_since` none raises an alert.
    """

    since: datetime | None = None
    until: datetime | None = None
    alerts_since: datetime | None = None


class Sorted(msgspec.Struct, kw_only=True):
    """What came of reading the archive. `lines` are those that are to be sent, bad ones among them."""

    lines: int = 0
    bad: int = 0
    undated: int = 0
    outside: int = 0
    silent: int = 0
    first: datetime | None = None
    last: datetime | None = None

    def take_date(self, moment: datetime | None) -> None:
        """Count an article by its date."""
        if moment is None:
            self.undated += 1
        else:
            self.first = min(moment, self.first or moment)
            self.last = max(moment, self.last or moment)

    def take(self, other: "Sorted") -> None:
        """Add what came of reading another part."""
        for name in ("lines", "bad", "undated", "outside", "silent"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for moment in filter(None, (other.first, other.last)):
            self.take_date(moment)


class Progress(msgspec.Struct, kw_only=True):
    """How far Kafka has the lines in `folder`: the first `sent` for sure; later ones stand at `offsets` or after them, if at all."""

    sorted: Sorted
    folder: str
    sent: int = 0
    repeats: int = 0
    offsets: dict[int, int] = {}


class Job:
    """The folder of one backfill: of the same files, bounds and topics it is the same folder.

    Held by one process at a time. Raises JobError where another has it.
    """

    def __init__(self, data_dir: Path, files: Sequence[str], bounds: Bounds, topic: str) -> None:
        paths = [str(Path(file).absolute()) for file in files]
        said = msgspec.json.encode([paths, msgspec.to_builtins(bounds), topic])
        self.id = sha256(said).hexdigest()[:16]
        self.folder = data_dir / "backfill" / self.id
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR, 0o644)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._lock)
            raise JobError("another process is publishing this archive; wait for it, or end it") from error

    def progress(self) -> Progress | None:
        """Return how far it is; None where its articles are not sorted yet."""
        try:
            return msgspec.json.decode((self.folder / "progress.json").read_bytes(), type=Progress)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def save(self, progress: Progress) -> None:
        """Keep how far it is; whoever reads it sees this or what was before, never half of it."""
        new = self.folder / "progress.json.new"
        with new.open("wb") as file:
            file.write(msgspec.json.encode(progress))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.folder / "progress.json")

    def begin_anew(self) -> Path:
        """Forget what was sorted and sent; return an empty folder for what is to be sorted now.

        It is another folder each time: a process that a killed run left behind may still write to the old one.
        """
        for folder in self.folder.glob("sorted-*"):
            shutil.rmtree(folder, ignore_errors=True)
        (self.folder / "progress.json").unlink(missing_ok=True)
        fresh = self.folder / f"sorted-{uuid.uuid4().hex}"
        fresh.mkdir()
        return fresh

    def finish(self) -> None:
        """Take the folder away: all has been sent."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._lock)
