"""What a backfill keeps in the data folder until it is done: its sorted articles, and how far Kafka has them."""

import fcntl
import os
import shutil
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from pipeline.backfill.runs import Runs
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


class Progress(msgspec.Struct, kw_only=True):
    """How far Kafka has the lines: the first `sent` for sure; later ones stand at `offsets` or after them, if at all."""

    sorted: Sorted
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

    def runs(self) -> Runs:
        """Return its sorted articles."""
        return Runs(self.folder)

    def begin_anew(self) -> None:
        """Forget what was sorted and sent."""
        for file in [self.folder / "progress.json", *self.folder.glob("run-*")]:
            file.unlink(missing_ok=True)

    def finish(self) -> None:
        """Take the folder away: all has been sent."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._lock)
