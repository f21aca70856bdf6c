"""The real Kafka the tests run on, and names of their own for everything they make on it."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.settings import Settings

pytest_plugins = ("commands_plugin", "faults_plugin")
_REPOSITORY = Path(__file__).parent.parent
_kafka = pytest.StashKey[str]()

SettingsFactory = Callable[..., Settings]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which Kafka the tests used, where any did."""
    if _kafka in config.stash:
        terminalreporter.write_line(f"kafka: {config.stash[_kafka]}")


@pytest.fixture(scope="session")
def brokers(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Bootstrap servers of a real Kafka, one for the whole session."""
    from kafka_for_tests import choose_kafka, start_kafka  # unit tests need neither Docker nor Java

    kafka = choose_kafka(os.environ)
    pytestconfig.stash[_kafka] = kafka.description
    with start_kafka(kafka, tmp_path_factory.mktemp("broker")) as bootstrap:
        yield bootstrap


@pytest.fixture
def topic_prefix() -> str:
    """A prefix no other test's topics have."""
    return f"t{uuid.uuid4().hex[:12]}."


@pytest.fixture
def settings(brokers: str, topic_prefix: str, tmp_path: Path) -> SettingsFactory:
    """Make settings for this test alone: the session's Kafka, fresh topic and group names, an empty data folder."""

    def make(**options: Any) -> Settings:
        own: dict[str, Any] = {
            "brokers": brokers,
            "topic_prefix": topic_prefix,
            "app_id": f"app-{topic_prefix.rstrip('.')}",
            "data_dir": tmp_path / "data",
            "feeds": False,
            "samples": False,
        }
        return Settings(**(own | options))

    return make


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real text to measure on, which is no part of the project."""
    folder = Path(os.environ.get("PACTWATCH_CORPUS", _REPOSITORY.parent / "shared" / "corpus"))
    if not folder.is_dir():
        pytest.skip(f"no corpus at {folder} (set PACTWATCH_CORPUS)")
    return folder
