"""Alerts in a file, one JSON object a line, each exactly once."""

import contextlib
import fcntl
import os
from pathlib import Path

import msgspec

from pipeline import codec
from pipeline.core.records import Alert
from pipeline.sinks.sink import SinkError


class _Id(msgspec.Struct, frozen=True):
    alert_id: str


class JsonLinesSink:
    """Appends alerts to a file; an alert whose id is in the file is not written again.

    A line is on the disk before `deliver` returns. A last line torn by a crash is cut off at the next opening.
    One process at a time has the file. Raises SinkError where it cannot be opened or another process has it.
    """

    def __init__(self, path: str | Path, *, name: str = "jsonl") -> None:
        self.name = name
        self._path = Path(path)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            raise SinkError(f"cannot write alerts to {path}: {error}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            raise SinkError(f"{path} is in use by another Pactwatch; stop it or name another file") from error
        self._written = self._mend()
        _sync_folder(self._path.parent)

    def deliver(self, alert: Alert) -> None:
        """Append the alert unless it is there. Raises SinkError, with the file as it was, where it cannot."""
        if alert.alert_id in self._written:
            return
        size = os.fstat(self._file).st_size
        try:
            _write(self._file, codec.encode(alert) + b"\n")
            os.fsync(self._file)
        except OSError as error:
            with contextlib.suppress(OSError):  # else the next opening cuts the torn line off
                os.ftruncate(self._file, size)
            raise SinkError(f"cannot write to {self._path}: {error}") from error
        self._written.add(alert.alert_id)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _mend(self) -> set[str]:
        """Return the ids in the file, after ending its last line or cutting it off, if a crash tore it."""
        ids = set()
        whole = 0
        with self._path.open("rb") as lines:
            for line in lines:
                found = _id_in(line)
                ids.add(found)
                if not line.endswith(b"\n") and found:
                    _write(self._file, b"\n")
                elif not line.endswith(b"\n"):
                    os.ftruncate(self._file, whole)
                whole += len(line)
        return ids


def _id_in(line: bytes) -> str:
    """Return the alert's id; empty where the line is none: somebody else's, or torn."""
    try:
        return msgspec.json.decode(line, type=_Id).alert_id
    except msgspec.DecodeError:
        return ""


def _write(file: int, line: bytes) -> None:
    while line:
        line = line[os.write(file, line) :]


def _sync_folder(folder: Path) -> None:
    """Make a new file's name as lasting as its content."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
