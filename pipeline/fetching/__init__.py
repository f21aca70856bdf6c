"""Asks web servers for feeds and pages: politely, within limits, and never in a private network."""

from pipeline.fetching.answers import Answer, FetchError, Validators
from pipeline.fetching.fetch import FEEDS, MAX_BYTES, PAGES, Fetcher
from pipeline.fetching.robots import Robots

__all__ = ["FEEDS", "MAX_BYTES", "PAGES", "Answer", "FetchError", "Fetcher", "Robots", "Validators"]
