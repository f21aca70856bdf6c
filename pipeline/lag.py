"""How far each consumer group is behind the end of what it reads (its lag, in records)."""

import time
from collections.abc import Callable, Mapping, Sequence

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError

from pipeline.settings import Settings
from pipeline.topology import ALERTS, STAGES, chained


def reading(settings: Settings, sinks: Sequence[str] = ()) -> dict[str, str]:
    """Return consumer group -> topic of a worker that runs every stage, and of the sinks, upstream first."""
    groups = {
        f"{settings.app_id}.{chain[0].name}": settings.topic_prefix + chain[0].reads.name
        for chain in chained(STAGES)
    }
    alerts = settings.topic_prefix + ALERTS.name
    return groups | {f"{settings.app_id}.sink.{sink}": alerts for sink in sinks}


def lags(admin: KafkaAdminClient, groups: Mapping[str, str]) -> dict[str, int]:
    """Return each group's lag on its topic; a partition with no commit yet counts from its start."""
    behind = {}
    for group, topic in groups.items():
        partitions = [
            TopicPartition(topic, p["partition_index"])
            for p in admin.describe_topics([topic])[0]["partitions"]
        ]
        committed = admin.list_group_offsets({group: partitions})[group]
        ends = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
        starts = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
        behind[group] = sum(
            ends[p].offset - max(committed[p].offset if p in committed else -1, starts[p].offset)
            for p in partitions
        )
    return behind


def wait_until_drained(
    admin: KafkaAdminClient, groups: Mapping[str, str], *, is_stopped: Callable[[], bool], pause: float = 0.25
) -> bool:
    """Wait until no group has anything left to read; False if stopped before.

    The groups are read upstream first and a stage commits only what it has passed on, so one reading
    with no lag anywhere means that nothing is under way.
    """
    while not is_stopped():
        try:
            if not any(lags(admin, groups).values()):
                return True
        except KafkaError as error:  # a group's coordinator may still be coming up
            if not error.retriable:
                raise
        time.sleep(pause)
    return False
