"""JSON lines, one article an object; a file that is one JSON list of articles, or one article, is read too."""

import io
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

import orjson

from pipeline import codec
from pipeline.core.errors import RecordError
from pipeline.sources.item import Item, SourceError
from pipeline.sources.json_feed import is_json_feed, parse_json_feed

# An article of the 16 MB that a topic takes, with every character escaped, is no longer than this.
MAX_LINE_BYTES = 64 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"


def read_json_lines(stream: BinaryIO, name: str, fetched_at: datetime) -> Iterator[Item]:
    """Yield the article of each line; blank lines are passed over, and a bad line is an item that says why."""
    for number, line in _lines(stream):
        position = f"{name}:{number}"
        if len(line) > MAX_LINE_BYTES:
            error = SourceError(f"a line of more than {MAX_LINE_BYTES // 1024**2} MB")
            yield Item(position, line, error)
        elif line.strip():
            yield _read(line.rstrip(b"\r\n"), position, fetched_at)


def read_json(stream: BinaryIO, name: str, fetched_at: datetime) -> Iterator[Item]:
    """Yield the articles of a JSON file: a list of them, a JSON feed, a single one, or JSON lines under another name."""
    content = stream.read().removeprefix(_BOM)
    try:
        whole = codec.parse(content)
    except RecordError:
        yield from read_json_lines(io.BytesIO(content), name, fetched_at)
        return
    if isinstance(whole, list):
        for number, value in enumerate(whole, start=1):
            yield Item.of_fields(f"{name} item {number}", orjson.dumps(value), value, fetched_at)
    elif is_json_feed(whole):
        for number, fields in enumerate(parse_json_feed(content).entries, start=1):
            yield Item.of_fields(f"{name} entry {number}", orjson.dumps(fields), fields, fetched_at)
    else:
        yield Item.of_fields(name, content, whole, fetched_at)


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield each line with its number; of one that is too long only a beginning, longer than a line may be."""
    number = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = stream.readline(MAX_LINE_BYTES)
        yield number, line.removeprefix(_BOM) if number == 1 else line


def _read(line: bytes, position: str, fetched_at: datetime) -> Item:
    try:
        value = codec.parse(line)
    except RecordError as error:
        return Item(position, line, error)
    return Item.of_fields(position, line, value, fetched_at)
