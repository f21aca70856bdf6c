"""How long to wait after a failure: longer each time, until something works."""


class Pause:
    """Pauses in seconds: the first, then each twice the one before, up to the longest."""

    def __init__(self, first: float, longest: float) -> None:
        self._first = first
        self._longest = longest
        self._seconds = first

    def next(self) -> float:
        """Return how long to wait this time."""
        seconds = self._seconds
        self._seconds = min(seconds * 2, self._longest)
        return seconds

    def reset(self) -> None:
        """Say that something has worked."""
        self._seconds = self._first
