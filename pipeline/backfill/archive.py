"""Which files an archive has."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from pipeline.core.errors import SettingsError
from pipeline.sources.opening import is_article_file


class ArchiveFile(NamedTuple):
    """A file of an archive and its size in bytes."""

    path: str
    size: int


def archive_files(paths: Iterable[str]) -> tuple[list[ArchiveFile], int]:
    """Return the files below these paths, in the order of their names, and how many were passed over.

    A file that is named itself is taken whatever it is called; in a folder those whose name says a form of article,
    also .gz. Hidden files and links to folders are not looked at. Raises SettingsError where a path is not there.
    """
    taken: dict[str, int] = {}
    passed_over = 0
    for path in paths:
        if not Path(path).exists():
            raise SettingsError(f"cannot read {path}: no such file or folder")
        for file, is_named in _below(path):
            if is_named or is_article_file(file):
                taken.setdefault(file, _size(file))
            else:
                passed_over += 1
    return [ArchiveFile(*item) for item in taken.items()], passed_over


def _below(path: str) -> Iterator[tuple[str, bool]]:
    """Yield the files at and below a path, and whether the path names them itself."""
    if not Path(path).is_dir():
        yield path, True
        return
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from ((str(Path(folder, name)), False) for name in sorted(files) if not name.startswith("."))


def _size(file: str) -> int:
    try:
        return Path(file).stat().st_size
    except OSError:  # it went away, or is a link to nothing: told when it is read
        return 0
