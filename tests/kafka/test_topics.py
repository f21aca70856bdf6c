from collections.abc import Callable

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from pipeline.broker.admin import admin_client
from pipeline.broker.topics import ensure_topics
from pipeline.core.errors import BrokerError
from pipeline.settings import Settings
from pipeline.topology import DEAD_LETTERS, FLOW_TOPICS, POLLER_TOPICS, STORIES, TOPICS

SettingsFactory = Callable[..., Settings]


def _configs_of(bootstrap: str, topic: str) -> dict[str, str]:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        found = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    finally:
        admin.close()
    return {name: entry["value"] for name, entry in found["topic"][topic].items()}


def test_every_topic_is_made_with_the_partitions_set(settings: SettingsFactory) -> None:
    """Every topic exists afterwards: those of the flow and the dead letters, and the poller's, as many as each is to have."""
    own = settings(partitions=3, feed_partitions=5)
    ensure_topics(own)
    admin = KafkaAdminClient(bootstrap_servers=own.brokers)
    names = [own.topic_prefix + name for name in (*(topic.name for topic in TOPICS), DEAD_LETTERS)]
    partitions = {topic["name"]: len(topic["partitions"]) for topic in admin.describe_topics(names)}
    admin.close()
    pollers = [own.topic_prefix + topic.name for topic in POLLER_TOPICS]
    assert partitions == dict.fromkeys(names, 3) | dict.fromkeys(pollers, 5)


def test_stories_are_compacted_and_articles_kept_for_the_retention(settings: SettingsFactory) -> None:
    """The stories topic is compacted; the others keep records as long as a story is remembered."""
    own = settings(retention_days=7)
    ensure_topics(own)
    assert own.brokers
    stories = _configs_of(own.brokers, own.topic_prefix + STORIES.name)
    raw = _configs_of(own.brokers, own.topic_prefix + "articles.raw")
    assert stories["cleanup.policy"] == "compact"
    assert raw["retention.ms"] == str(7 * 24 * 3600 * 1000)
    assert raw["max.message.bytes"] == str(16 * 1024 * 1024)


def test_topics_that_are_there_are_left_as_they_are(settings: SettingsFactory) -> None:
    """A second call changes nothing, and says which topics have other partitions than are set."""
    ensure_topics(settings(partitions=2))
    told: list[str] = []
    ensure_topics(settings(partitions=2), told.append)
    assert told == []
    ensure_topics(settings(partitions=5, feed_partitions=9), told.append)
    assert len(told) == len(TOPICS) + 1
    assert sum("has 2 partitions, the setting says 5" in line for line in told) == len(FLOW_TOPICS) + 1


def test_a_broker_that_does_not_answer_is_named() -> None:
    """Where nobody listens the error names the address and how to mend it."""
    with (
        pytest.raises(BrokerError, match=r"cannot reach Kafka at 127\.0\.0\.1:1: .*leave --brokers out"),
        admin_client("127.0.0.1:1", timeout_seconds=0.3),
    ):
        pass


def test_a_refused_replication_factor_is_told_in_words(settings: SettingsFactory) -> None:
    """What the broker refuses is told with the topic's name and the broker's reason."""
    with pytest.raises(BrokerError, match=r"cannot create topic .*InvalidReplicationFactorError"):
        ensure_topics(settings(replication=3))
