"""A plain text file: one article."""

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from resiliparse.parse.encoding import bytes_to_str, detect_encoding

from pipeline.core.articles import article_from_text
from pipeline.core.errors import RecordError
from pipeline.sources.item import Item, SourceError

# Text has none of these; every picture, archive and program has some in its first bytes.
_CONTROLS = frozenset(range(9)) | frozenset(range(14, 27)) | frozenset(range(28, 32))
_LOOKED_AT = 4096
_MOST_CONTROLS = 0.02


def read_text_file(stream: BinaryIO, name: str, fetched_at: datetime) -> Iterator[Item]:
    """Yield the file as one article, whatever its encoding; an empty file holds none."""
    content = stream.read()
    if not content.strip():
        return
    text = decode_text(content)
    if _is_binary(text):
        yield Item(name, content, SourceError("neither text nor any other form of article"))
        return
    try:
        yield Item(name, content, article_from_text(text, name, fetched_at))
    except RecordError as error:
        yield Item(name, content, error)


def decode_text(content: bytes) -> str:
    """Return the text in these bytes: UTF-8 where it is, else as a browser would guess; no byte order mark."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return str(bytes_to_str(content, detect_encoding(content) or "cp1252", errors="replace"))


def _is_binary(text: str) -> bool:
    beginning = text[:_LOOKED_AT]
    odd = sum(ord(character) in _CONTROLS or character == "\ufffd" for character in beginning)
    return odd > _MOST_CONTROLS * len(beginning) + 1
