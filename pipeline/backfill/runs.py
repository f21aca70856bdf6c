"""More lines than fit into memory, sorted: runs that do fit are sorted and put on disk, then merged."""

import heapq
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

_BUFFER_BYTES = 64 * 1024 * 1024
_OF_A_LINE = 48  # what Python keeps of each besides its bytes
_AT_ONCE = 64  # files that are read at the same time
_READ_BYTES = 256 * 1024


class Runs:
    """Lines in the order of their bytes, in files of a folder. Each line ends with a newline and has no other.

    Add lines, `finish`, then read them with `merged`, as often as wanted and also in another process. In memory are
    `buffer_bytes` at most, and a little of each of at most 64 files.
    """

    def __init__(self, folder: Path, *, buffer_bytes: int = _BUFFER_BYTES) -> None:
        self._folder = folder
        self._buffer_bytes = buffer_bytes
        self._lines: list[bytes] = []
        self._bytes = 0
        self._made = 0

    def add(self, line: bytes) -> None:
        """Take a line."""
        self._lines.append(line)
        self._bytes += len(line) + _OF_A_LINE
        if self._bytes >= self._buffer_bytes:
            self._spill()

    def finish(self) -> None:
        """Put the rest on disk, and merge runs until they can be read all at once."""
        if self._lines:
            self._spill()
        while len(some := list(islice(self._files(), _AT_ONCE + 1))) > _AT_ONCE:
            self._write(_merged(some[:_AT_ONCE]))
            for file in some[:_AT_ONCE]:
                file.unlink()

    def merged(self) -> Iterator[bytes]:
        """Yield all lines in order."""
        yield from _merged(list(self._files()))

    def _files(self) -> Iterator[Path]:
        yield from sorted(self._folder.glob("run-*"))

    def _spill(self) -> None:
        self._lines.sort()
        self._write(iter(self._lines))
        self._lines, self._bytes = [], 0

    def _write(self, lines: Iterator[bytes]) -> None:
        with (self._folder / f"run-{self._made:08d}").open("wb", buffering=_READ_BYTES) as file:
            file.writelines(lines)
        self._made += 1


def _merged(files: list[Path]) -> Iterator[bytes]:
    with ExitStack() as opened:
        streams = [opened.enter_context(file.open("rb", buffering=_READ_BYTES)) for file in files]
        yield from heapq.merge(*streams)
