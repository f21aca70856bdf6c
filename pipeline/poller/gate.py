"""Whether there is any use in asking feeds: not while Kafka does not take what they hold."""

import logging
import time
from collections.abc import Callable

from pipeline.core.errors import BrokerError
from pipeline.pauses import Pause

log = logging.getLogger(__name__)
PAUSES = 2.0, 60.0  # seconds: the first and the longest wait for Kafka


class Gate:
    """Shut for a while after Kafka has failed, for longer each time; said once, and once when it takes records again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pauses = Pause(*PAUSES)
        self._has_failed = False
        self._until = 0.0

    def is_open(self) -> bool:
        """Whether feeds may be asked."""
        return self._clock() >= self._until

    def close(self, error: BrokerError) -> None:
        """Shut it; of the polls under way that fail together only the first counts."""
        if not self.is_open():
            return
        if not self._has_failed:
            log.warning("%s; no feed is asked until it does", error)
        self._has_failed = True
        self._until = self._clock() + self._pauses.next()

    def open(self) -> None:
        """Say that Kafka has taken something."""
        if self._has_failed and self.is_open():
            log.warning("Kafka takes articles again: feeds are asked as before")
            self._has_failed = False
            self._pauses.reset()
