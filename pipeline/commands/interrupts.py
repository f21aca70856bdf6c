"""Ctrl-C between two steps, never within one."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self


class InterruptBetween:
    """While entered, a Ctrl-C that comes within `step()` raises KeyboardInterrupt at the step's end.

    Anywhere else, and at a second Ctrl-C, it raises at once. For the main thread.
    """

    def __init__(self) -> None:
        self._in_step = False
        self._is_asked = False
        self._before: Any = None

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGINT, self._before)

    @contextmanager
    def step(self) -> Iterator[None]:
        """Run the block to its end before a Ctrl-C counts."""
        self._in_step = True
        try:
            yield
        finally:
            self._in_step = False
        if self._is_asked:
            raise KeyboardInterrupt

    def _on_signal(self, _: int, __: FrameType | None) -> None:
        if not self._in_step or self._is_asked:
            raise KeyboardInterrupt
        self._is_asked = True
