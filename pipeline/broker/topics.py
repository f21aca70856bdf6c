"""The topics of the topology on a Kafka cluster: made where they are missing, never changed."""

import logging
from collections.abc import Callable
from datetime import timedelta

from kafka import KafkaAdminClient
from kafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from pipeline.broker.address import bootstrap_servers
from pipeline.broker.admin import admin_client
from pipeline.core.errors import BrokerError
from pipeline.settings import MAX_MESSAGE_BYTES, Settings
from pipeline.topology import DEAD_LETTERS, POLLER_TOPICS, TOPICS

_log = logging.getLogger(__name__)
# A dead letter holds a whole record and, in headers, why it is dead.
_DEAD_LETTER_BYTES = MAX_MESSAGE_BYTES + 256 * 1024


def ensure_topics(settings: Settings, tell: Callable[[str], None] = _log.warning) -> None:
    """Make the topics that are missing; say through `tell` where one that is there has other partitions.

    Raises BrokerError where the broker does not answer or refuses.
    """
    wanted = topic_configs(settings)
    bootstrap = bootstrap_servers(settings)
    with admin_client(bootstrap) as admin:
        missing = sorted(wanted.keys() - admin.list_topics())
        if missing:
            _create(admin, settings, {name: wanted[name] for name in missing})
        for topic in admin.describe_topics(sorted(wanted.keys() - set(missing))):
            found = len(topic["partitions"])
            if found != (said := partitions(settings, topic["name"])):
                tell(
                    f"topic {topic['name']} has {found} partitions, the setting says {said}; it is used as it is"
                )


def topic_configs(settings: Settings) -> dict[str, dict[str, str]]:
    """Return each topic's name on the cluster and its configuration.

    Records are kept as long as a story is remembered, so a replay of all there is raises nothing twice.
    """
    kept = {
        "cleanup.policy": "delete",
        "retention.ms": str(timedelta(days=settings.retention_days) // timedelta(milliseconds=1)),
        "max.message.bytes": str(MAX_MESSAGE_BYTES),
    }
    compacted = {"cleanup.policy": "compact", "max.message.bytes": str(MAX_MESSAGE_BYTES)}
    configs = {settings.topic_prefix + t.name: compacted if t.compacted else kept for t in TOPICS}
    configs[settings.topic_prefix + DEAD_LETTERS] = kept | {"max.message.bytes": str(_DEAD_LETTER_BYTES)}
    return configs


def partitions(settings: Settings, name: str) -> int:
    """Return how many partitions a topic is created with."""
    is_pollers = name.removeprefix(settings.topic_prefix) in {topic.name for topic in POLLER_TOPICS}
    return settings.feed_partitions if is_pollers else settings.partitions


def _create(admin: KafkaAdminClient, settings: Settings, configs: dict[str, dict[str, str]]) -> None:
    answer = admin.create_topics(
        {
            name: {
                "num_partitions": partitions(settings, name),
                "replication_factor": settings.replication,
                "configs": config,
            }
            for name, config in configs.items()
        },
        raise_errors=False,
    )
    for topic in answer["topics"]:
        error: type[KafkaError] = for_code(topic["error_code"])
        # Another worker that starts at the same time may have been first.
        if topic["error_code"] and error is not TopicAlreadyExistsError:
            raise BrokerError(
                f"Kafka cannot create topic {topic['name']}: {error.__name__} {topic['error_message'] or ''}".rstrip()
            )
    admin.wait_for_topics(list(configs))
