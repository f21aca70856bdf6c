"""The files of an archive read on all cores: each process sorts some of them, and the runs of all are merged."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from pipeline.backfill.archive import ArchiveFile
from pipeline.backfill.job import Bounds, Sorted
from pipeline.backfill.runs import merge_down
from pipeline.backfill.sorting import Portion, sort_portion

_PORTION_BYTES = 32 * 1024 * 1024
_PORTION_FILES = 500
_LOOK_SECONDS = 0.2

OnRead = Callable[[int], None]


def sort_archive(
    files: Sequence[ArchiveFile], folder: Path, bounds: Bounds, started: datetime, on_read: OnRead
) -> Sorted:
    """Read the files into sorted runs of the folder, and return what there was; `on_read` is told the bytes so far.

    What comes out is the same on however many cores.
    """
    portions = list(_portions(files, folder, bounds, started))
    processes = min(os.cpu_count() or 1, len(portions))
    found = Sorted()
    for part in _here(portions, on_read) if processes <= 1 else _on(processes, portions, on_read):
        found.take(part)
    merge_down(folder)
    return found


def _portions(
    files: Sequence[ArchiveFile], folder: Path, bounds: Bounds, started: datetime
) -> Iterator[Portion]:
    first, size = 0, 0
    for number, file in enumerate(files):
        if size and (size + file.size > _PORTION_BYTES or number - first >= _PORTION_FILES):
            yield Portion(first, tuple(files[first:number]), folder, bounds, started)
            first, size = number, 0
        size += max(file.size, 1)
    if files:
        yield Portion(first, tuple(files[first:]), folder, bounds, started)


def _here(portions: list[Portion], on_read: OnRead) -> Iterator[Sorted]:
    read = 0

    def more(size: int) -> None:
        nonlocal read
        read += size
        on_read(read)

    for portion in portions:
        yield sort_portion(portion, more)


def _on(processes: int, portions: list[Portion], on_read: OnRead) -> Iterator[Sorted]:
    """Sort in processes of their own, which end with this one; a fork would share the threads of Kafka's clients."""
    context = multiprocessing.get_context("spawn")
    read: Synchronized[int] = context.Value("q", 0)
    with context.Pool(processes, _begin, (read,)) as pool:
        results = pool.imap_unordered(_sort, portions)
        left = len(portions)
        while left:
            try:
                part = results.next(timeout=_LOOK_SECONDS)
            except multiprocessing.TimeoutError:
                on_read(read.value)
                continue
            left -= 1
            on_read(read.value)
            yield part


_read: "Synchronized[int] | None" = None  # in a process that reads


def _begin(read: "Synchronized[int]") -> None:
    global _read  # noqa: PLW0603 - a pool hands what is shared to its processes in no other way
    _read = read
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one who waits for us is told, and ends us


def _sort(portion: Portion) -> Sorted:
    return sort_portion(portion, _count)


def _count(size: int) -> None:
    """Count what was read; without anybody to read for, end at once."""
    parent = multiprocessing.parent_process()
    if parent is not None and not parent.is_alive():
        os._exit(1)
    if _read is not None:
        with _read.get_lock():
            _read.value += size
