"""Where articles come from: each form of file is read by a module of its own, one item at a time."""

from pipeline.sources.item import Item, SourceError
from pipeline.sources.opening import STDIN, read_source

__all__ = ["STDIN", "Item", "SourceError", "read_source"]
