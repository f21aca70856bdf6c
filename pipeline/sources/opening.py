"""Which form a file has: said by its name, else seen in its first bytes; .gz is opened on the way."""

import gzip
import io
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from pipeline.core.errors import SettingsError
from pipeline.sources.feeds import read_feed
from pipeline.sources.html_page import read_html_page
from pipeline.sources.item import Item, SourceError
from pipeline.sources.json_lines import read_json, read_json_lines
from pipeline.sources.text_file import read_text_file

Reader = Callable[[BinaryIO, str, datetime], Iterator[Item]]

STDIN = "-"
_BY_SUFFIX: dict[str, Reader] = {
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".json": read_json,
    ".rss": read_feed,
    ".atom": read_feed,
    ".rdf": read_feed,
    ".xml": read_feed,
    ".html": read_html_page,
    ".htm": read_html_page,
    ".xhtml": read_html_page,
    ".txt": read_text_file,
    ".md": read_text_file,
}
_FEED_ROOTS = (b"<rss", b"<feed", b"<rdf:rdf", b"<atom:feed", b"<channel")
_GZIP = b"\x1f\x8b"
_LOOKED_AT = 4096


def is_article_file(path: str) -> bool:
    """Whether a file's name says that it holds articles."""
    return _ending(path) in _BY_SUFFIX


def read_source(
    path: str, fetched_at: datetime, on_position: Callable[[int], None] = lambda _: None
) -> Iterator[Item]:
    """Yield the articles of a file, or of stdin where the path is `-`, as items.

    `on_position` is told how many bytes of the file were read so far. Raises SettingsError where there is no such file. A file that breaks off in the middle (a damaged archive)
    ends with an item that says so.
    """
    name = "stdin" if path == STDIN else path
    with _opened(path) as raw:
        stream = _gunzipped(raw)
        try:
            reader = _BY_SUFFIX.get(_ending(path)) or _reader_for(stream.peek(_LOOKED_AT))
            for item in reader(cast("BinaryIO", stream), name, fetched_at):
                if raw.seekable():
                    on_position(raw.tell())
                yield item
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            yield Item(name, b"", SourceError(f"a damaged gzip file: {error}"))


@contextmanager
def _opened(path: str) -> Iterator[io.BufferedReader]:
    if path == STDIN:
        stdin = sys.stdin.buffer
        yield (
            stdin if isinstance(stdin, io.BufferedReader) else io.BufferedReader(cast("io.RawIOBase", stdin))
        )
        return
    try:
        file = Path(path).open("rb")  # noqa: SIM115 - closed below; an error while it is read is not one of opening
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror}") from error
    with file:
        yield file


def _gunzipped(stream: io.BufferedReader) -> io.BufferedReader:
    if stream.peek(len(_GZIP)).startswith(_GZIP):
        return io.BufferedReader(cast("io.RawIOBase", gzip.GzipFile(fileobj=stream)))
    return stream


def _ending(path: str) -> str:
    """Return how a file's name ends, before any .gz."""
    suffixes = [suffix.lower() for suffix in Path(path).suffixes if suffix.lower() != ".gz"]
    return suffixes[-1] if suffixes else ""


def _reader_for(beginning: bytes) -> Reader:
    """Return the reader for what a file begins with."""
    seen = beginning.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if seen.startswith(b"["):
        return read_json
    if seen.startswith(b"{"):
        return read_json_lines
    if seen.startswith(b"<"):
        return read_feed if any(root in seen for root in _FEED_ROOTS) else read_html_page
    return read_text_file
