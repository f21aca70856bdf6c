"""Watches: what a subscriber wants to be told, when, and where."""

from pipeline.core.watches.parsing import WatchList, parse_watches
from pipeline.core.watches.watch import Notice, Watch

__all__ = ["Notice", "Watch", "WatchList", "parse_watches"]
