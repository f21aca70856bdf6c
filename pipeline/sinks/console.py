"""Alerts on the terminal, as they come."""

from collections.abc import Mapping

from rich.console import Console

from pipeline.core.records import Alert
from pipeline.sinks.layout import print_alert
from pipeline.sinks.sink import SinkError


class ConsoleSink:
    """Prints alerts for people; colours only where the output is a terminal."""

    def __init__(
        self, *, name: str = "console", names: Mapping[str, str], console: Console | None = None
    ) -> None:
        self.name = name
        self._names = names
        self._console = console or Console(highlight=False)

    def deliver(self, alert: Alert) -> None:
        """Print the alert. Raises SinkError where the output does not take it."""
        try:
            print_alert(self._console, alert, self._names)
        except OSError as error:
            raise SinkError(f"cannot print: {error}") from error

    def close(self) -> None:
        """Nothing is held."""
