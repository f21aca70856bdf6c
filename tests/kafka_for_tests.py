"""Which Kafka the tests use: one that is given, else a container, else the embedded broker."""

import contextlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

import docker
from docker.errors import DockerException, ImageNotFound
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from pipeline.broker.embedded import EmbeddedBroker

IMAGE = "apache/kafka:4.3.1"
_PORT = 9092
_START_SCRIPT = "/tmp/start-kafka.sh"  # noqa: S108 - inside the container


class KafkaForTests(NamedTuple):
    """The choice: `bootstrap` is set only where a Kafka is given."""

    kind: Literal["given", "testcontainers", "embedded"]
    description: str
    bootstrap: str = ""


def choose_kafka(environment: Mapping[str, str]) -> KafkaForTests:
    """Return the Kafka to use: PACTWATCH_TEST_BROKERS, else what PACTWATCH_TEST_KAFKA forces, else what there is."""
    if given := environment.get("PACTWATCH_TEST_BROKERS"):
        return KafkaForTests("given", f"{given} (PACTWATCH_TEST_BROKERS)", given)
    forced = environment.get("PACTWATCH_TEST_KAFKA")
    container = KafkaForTests("testcontainers", f"container of {IMAGE} (testcontainers)")
    if forced == "testcontainers":
        return container
    if forced == "embedded":
        return KafkaForTests("embedded", "embedded broker (PACTWATCH_TEST_KAFKA)")
    if forced:
        raise ValueError(f"PACTWATCH_TEST_KAFKA={forced}: embedded or testcontainers")
    why_not = _why_no_container()
    return KafkaForTests("embedded", f"embedded broker ({why_not})") if why_not else container


@contextmanager
def start_kafka(kafka: KafkaForTests, folder: Path) -> Iterator[str]:
    """Yield the bootstrap servers of the chosen Kafka, and stop what was started."""
    if kafka.kind == "given":
        yield kafka.bootstrap
    elif kafka.kind == "embedded":
        with EmbeddedBroker(folder) as broker:
            yield broker.bootstrap
    else:
        with KafkaContainer() as container:
            yield container.bootstrap


class KafkaContainer(DockerContainer):  # type: ignore[misc] # its types are not followed (pyproject)
    """A single Kafka node that advertises the port it is mapped to.

    The mapped port is known only once the container runs; so it waits for a script that is put into it.
    """

    def __init__(self) -> None:
        super().__init__(IMAGE)
        self.with_exposed_ports(_PORT)
        self.with_kwargs(entrypoint=["sh", "-c"])
        wait = f"until [ -f {_START_SCRIPT} ]; do sleep 0.1; done; exec sh {_START_SCRIPT}"
        self.with_command([wait])
        self.with_envs(
            KAFKA_NODE_ID="1",
            KAFKA_PROCESS_ROLES="broker,controller",
            KAFKA_LISTENERS="PLAINTEXT://0.0.0.0:9092,INSIDE://localhost:9094,CONTROLLER://localhost:9093",
            KAFKA_LISTENER_SECURITY_PROTOCOL_MAP="PLAINTEXT:PLAINTEXT,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT",
            KAFKA_INTER_BROKER_LISTENER_NAME="INSIDE",
            KAFKA_CONTROLLER_LISTENER_NAMES="CONTROLLER",
            KAFKA_CONTROLLER_QUORUM_VOTERS="1@localhost:9093",
            KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR="1",
            KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS="4",
            KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR="1",
            KAFKA_TRANSACTION_STATE_LOG_MIN_ISR="1",
            KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR="1",
            KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR="1",
            KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS="0",
            KAFKA_AUTO_CREATE_TOPICS_ENABLE="false",
            KAFKA_MESSAGE_MAX_BYTES=str(16 * 1024 * 1024),
        )

    @property
    def bootstrap(self) -> str:
        """HOST:PORT as seen from here."""
        return f"{self.get_container_host_ip()}:{self.get_exposed_port(_PORT)}"

    def start(self) -> "KafkaContainer":
        """Start it and return when Kafka says that it is up."""
        super().start()
        script = (
            f"export KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://{self.bootstrap},INSIDE://localhost:9094\n"
            "exec /etc/kafka/docker/run\n"
        )
        self.copy_into_container(script.encode(), _START_SCRIPT)
        LogMessageWaitStrategy("Kafka Server started").with_startup_timeout(60).wait_until_ready(self)
        return self


def _why_no_container() -> str:
    """Return why no container can be had; empty where an engine answers and each image is there or to be pulled."""
    images = [IMAGE] if testcontainers_config.ryuk_disabled else [IMAGE, testcontainers_config.ryuk_image]
    try:
        client = docker.from_env(timeout=5)
    except DockerException:
        return "no Docker engine answers"
    with contextlib.closing(client):
        for image in images:
            if not _is_to_be_had(client, image):
                return f"Docker answers, but {image} is neither here nor to be pulled"
    return ""


def _is_to_be_had(client: docker.DockerClient, image: str) -> bool:
    try:
        client.images.get(image)
    except ImageNotFound:
        try:
            client.api.inspect_distribution(image)
        except DockerException:
            return False
    return True
