"""Polls a profile's feeds, politely and for ever, and publishes each entry once."""

from pipeline.poller.polling import FeedPoller, FeedResult

__all__ = ["FeedPoller", "FeedResult"]
