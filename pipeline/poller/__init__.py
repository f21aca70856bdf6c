"""Polls the feeds on the list, politely and for ever, and publishes each entry once."""

from pipeline.poller.metrics import Metrics
from pipeline.poller.polling import FeedPoller
from pipeline.poller.progress import FeedResult

__all__ = ["FeedPoller", "FeedResult", "Metrics"]
