"""What the embedded broker is told: one node, on loopback, small, and keeping what a restart needs."""

from pathlib import Path
from typing import NamedTuple

from pipeline.settings import MAX_MESSAGE_BYTES

# Of topics that say nothing themselves; Pactwatch's own do.
_RETENTION_HOURS = 30 * 24
# Twice as long, so that a group that stood still for weeks still knows where it was.
_OFFSET_RETENTION_MINUTES = 2 * 60 * _RETENTION_HOURS

HOST = "127.0.0.1"
# The last is what Kafka's use of Unsafe needs to start without a warning on Java 24 and later.
JAVA_OPTIONS = (
    "-Xms128m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    "--sun-misc-unsafe-memory-access=allow",
)
LOGGING = (
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
)


class Ports(NamedTuple):
    """Where clients connect, and where the node's own controller listens."""

    clients: int
    controller: int


def server_properties(log_dir: Path, ports: Ports) -> str:
    """Return the text of server.properties."""
    controller = f"{HOST}:{ports.controller}"
    return "\n".join(
        f"{name}={value}"
        for name, value in {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.bootstrap.servers": controller,
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://{HOST}:{ports.clients},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{HOST}:{ports.clients},CONTROLLER://{controller}",
            "log.dirs": log_dir,
            "auto.create.topics.enable": "false",
            "message.max.bytes": MAX_MESSAGE_BYTES,
            "replica.fetch.max.bytes": MAX_MESSAGE_BYTES,
            "log.retention.hours": _RETENTION_HOURS,
            "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
            "log.cleaner.threads": 1,
            "offsets.retention.minutes": _OFFSET_RETENTION_MINUTES,
            "offsets.topic.num.partitions": 4,
            "offsets.topic.replication.factor": 1,
            "transaction.state.log.num.partitions": 1,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "share.coordinator.state.topic.num.partitions": 1,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0,
        }.items()
    )
