"""Whether there is any use in asking feeds: not while Kafka does not take what they hold."""

import logging
import time
from collections.abc import Callable

from pipeline.core.errors import BrokerError

log = logging.getLogger(__name__)
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 60.0


class Gate:
    """Shut for a while after Kafka has failed, for longer each time; said once, and once when it takes records again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pause = 0.0
        self._until = 0.0

    def is_open(self) -> bool:
        """Whether feeds may be asked."""
        return self._clock() >= self._until

    def close(self, error: BrokerError) -> None:
        """Shut it; of the polls under way that fail together only the first counts."""
        if not self.is_open():
            return
        if not self._pause:
            log.warning("%s; no feed is asked until it does", error)
        self._pause = min(self._pause * 2 or _FIRST_PAUSE, _LONGEST_PAUSE)
        self._until = self._clock() + self._pause

    def open(self) -> None:
        """Say that Kafka has taken something."""
        if self._pause and self.is_open():
            log.warning("Kafka takes articles again: feeds are asked as before")
            self._pause = 0.0
