"""What a sink is: a place that alerts are delivered to."""

from typing import Protocol

from pipeline.core.errors import PactwatchError
from pipeline.core.records import Alert


class SinkError(PactwatchError):
    """The sink did not take the alert this time; it is offered again later."""


class Sink(Protocol):
    """A place that takes one alert after another; `name` is part of its consumer group's name."""

    @property
    def name(self) -> str:
        """The sink's name, its own among all sinks."""

    def deliver(self, alert: Alert) -> None:
        """Return once the alert is safely there.

        Raises SinkError where it may be accepted later, RecordError where this alert never will be.
        """

    def close(self) -> None:
        """Let go of files and connections."""
