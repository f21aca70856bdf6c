"""What the tests of the reading commands share: topics of their own, and a way to run a command on them."""

from collections.abc import Callable
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from pipeline.broker.topics import ensure_topics
from pipeline.settings import Settings

SettingsFactory = Callable[..., Settings]
Command = Callable[..., Result]


@pytest.fixture
def own(settings: SettingsFactory) -> Settings:
    """Settings with all topics made, of two partitions each."""
    made = settings(partitions=2)
    ensure_topics(made)
    return made


@pytest.fixture
def on_own_topics(own: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Command]:
    """Make what runs an app's commands on this test's topics."""
    monkeypatch.setenv("PACTWATCH_TOPIC_PREFIX", own.topic_prefix)

    def of(app: typer.Typer, **extra: Any) -> Command:
        def run(*arguments: str) -> Result:
            return CliRunner().invoke(app, [*arguments, "--brokers", own.brokers or ""], **extra)

        return run

    return of
