"""The feed list in Kafka, and what is remembered of each feed: read, brought in line with the profile, changed by hand."""

from pipeline.feed_list.changes import Added, FeedListError
from pipeline.feed_list.feed_list import FeedList
from pipeline.feed_list.partitions import partition_of, site_of

__all__ = ["Added", "FeedList", "FeedListError", "partition_of", "site_of"]
