"""More lines than fit into memory, sorted: runs that do fit are sorted and put on disk, then merged."""

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

_BUFFER_BYTES = 64 * 1024 * 1024
_OF_A_LINE = 48  # what Python keeps of each besides its bytes
_AT_ONCE = 64  # files that are read at the same time
_READ_BYTES = 256 * 1024


class Runs:
    """Takes lines in any order and writes them to a folder in sorted runs, with `buffer_bytes` in memory at most.

    Each line ends with a newline and has no other. Several may write to one folder, each under a name of its own.
    """

    def __init__(self, folder: Path, name: str, *, buffer_bytes: int = _BUFFER_BYTES) -> None:
        self._files = (folder / f"{name}-{number:06d}" for number in count())
        self._buffer_bytes = buffer_bytes
        self._lines: list[bytes] = []
        self._bytes = 0

    def add(self, line: bytes) -> None:
        """Take a line."""
        self._lines.append(line)
        self._bytes += len(line) + _OF_A_LINE
        if self._bytes >= self._buffer_bytes:
            self.finish()

    def finish(self) -> None:
        """Put on disk what is in memory."""
        if self._lines:
            self._lines.sort()
            _write(next(self._files), self._lines)
            self._lines, self._bytes = [], 0


def merge_down(folder: Path) -> None:
    """Merge the runs of a folder until there are few enough to be read all at once."""
    for number in count():
        some = sorted(folder.iterdir())[: _AT_ONCE + 1]
        if len(some) <= _AT_ONCE:
            return
        # Its name puts it behind all others, so that each run is merged equally often.
        _write(folder / f"~merged-{number:06d}", _merged(some[:_AT_ONCE]))
        for file in some[:_AT_ONCE]:
            file.unlink()


def merged(folder: Path) -> Iterator[bytes]:
    """Yield the lines of all runs of a folder in the order of their bytes, as often as wanted."""
    yield from _merged(sorted(folder.iterdir()))


def _write(file: Path, lines: Iterable[bytes]) -> None:
    with file.open("wb", buffering=_READ_BYTES) as stream:
        stream.writelines(lines)


def _merged(files: list[Path]) -> Iterator[bytes]:
    with ExitStack() as opened:
        streams = [opened.enter_context(file.open("rb", buffering=_READ_BYTES)) for file in files]
        yield from heapq.merge(*streams)
