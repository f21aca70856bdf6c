"""A body as it arrives, unpacked piece by piece, and never more of it than is allowed."""

import zlib
from typing import Protocol

import brotli

from pipeline.fetching.answers import FetchError

_GZIP_MAGIC = b"\x1f\x8b"
_MOST_MEMBERS = 100
_PIECE_BYTES = 256 * 1024
_BROKEN_OFF = "the answer broke off"
_DAMAGED = "the answer is damaged: it cannot be unpacked"


class TooLargeError(FetchError):
    """More than is allowed; `beginning` is what is within."""

    def __init__(self, beginning: bytes, max_bytes: int) -> None:
        super().__init__(f"more than {max_bytes / 1024**2:g} MB")
        self.beginning = beginning


class _Stage(Protocol):
    def unpack(self, packed: bytes, most: int) -> bytes:
        """Return at most about `most` bytes more; given b"", more of what was given before."""

    @property
    def is_whole(self) -> bool:
        """Whether what came so far may be all."""


class Body:
    """Takes a body's chunks. What gzip has packed is known by its first bytes, whatever the header says.

    Raises TooLargeError as soon as there are more than `max_bytes` unpacked, and FetchError where the packing is damaged.
    """

    def __init__(self, encoding: str, max_bytes: int) -> None:
        self._encoding = encoding.strip().lower()
        self._max_bytes = max_bytes
        self._beginning = b""
        self._stage: _Stage | None = None
        self._arrived = 0
        self._content = bytearray()

    @property
    def size(self) -> int:
        """How many bytes are held so far."""
        return len(self._content)

    def add(self, chunk: bytes) -> None:
        """Take a chunk as it came from the server."""
        self._arrived += len(chunk)
        if self._stage is None:
            self._beginning += chunk
            if len(self._beginning) < len(_GZIP_MAGIC):
                return
            chunk, self._beginning = self._beginning, b""
            self._stage = _stage_for(self._encoding, chunk)
        self._unpack(self._stage, chunk)
        self._check(self._arrived)

    def whole(self) -> bytes:
        """Return the body when all of it has come."""
        if self._stage is None:
            return self._beginning
        if not self._stage.is_whole:
            raise FetchError(_BROKEN_OFF)
        return bytes(self._content)

    def _unpack(self, stage: _Stage, packed: bytes) -> None:
        while True:
            try:
                piece = stage.unpack(packed, _PIECE_BYTES)
            except (zlib.error, brotli.error) as error:
                raise FetchError(_DAMAGED) from error
            if not piece:
                return
            self._content += piece
            self._check(len(self._content))
            packed = b""

    def _check(self, size: int) -> None:
        if size > self._max_bytes:
            raise TooLargeError(bytes(self._content[: self._max_bytes]), self._max_bytes)


def _stage_for(encoding: str, beginning: bytes) -> _Stage:
    if beginning.startswith(_GZIP_MAGIC):
        return _Zlib(16 + zlib.MAX_WBITS)
    if encoding == "br":
        return _Brotli()
    if encoding == "deflate":
        # RFC 1950, section 2.2; many servers send what is inside of it without that header.
        has_header = beginning[0] & 0x0F == 8 and int.from_bytes(beginning[:2], "big") % 31 == 0
        return _Zlib(zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)
    return _Plain()


class _Plain:
    is_whole = True

    def unpack(self, packed: bytes, most: int) -> bytes:
        del most
        return packed


class _Zlib:
    """gzip and deflate; gzip files may follow one another, and what follows that is none is left."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._member = zlib.decompressobj(window)
        self._members = 1

    @property
    def is_whole(self) -> bool:
        return self._member.eof

    def unpack(self, packed: bytes, most: int) -> bytes:
        while True:
            if self._member.eof:
                packed = self._member.unused_data + packed
                if not packed.startswith(_GZIP_MAGIC):
                    return b""
                self._begin_member()
            piece = self._member.decompress(self._member.unconsumed_tail + packed, most)
            if piece or not self._member.eof:
                return piece
            packed = b""

    def _begin_member(self) -> None:
        if self._members == _MOST_MEMBERS:
            raise FetchError(_DAMAGED)
        self._member = zlib.decompressobj(self._window)
        self._members += 1


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def is_whole(self) -> bool:
        return bool(self._stream.is_finished())

    def unpack(self, packed: bytes, most: int) -> bytes:
        if self._stream.is_finished():
            return b""
        return bytes(self._stream.process(packed, output_buffer_limit=most))
