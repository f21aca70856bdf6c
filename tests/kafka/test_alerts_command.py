import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import typer
from alerts_by_hand import an_alert, sha
from kafka import KafkaProducer
from typer.testing import Result

from pipeline import codec
from pipeline.commands import alerts
from pipeline.core.errors import SettingsError
from pipeline.core.records import Alert
from pipeline.settings import Settings
from pipeline.topology import ALERTS

Command = Callable[..., Result]


@pytest.fixture
def pactwatch(on_own_topics: Callable[..., Command]) -> Command:
    """Run `alerts …` on this test's topics."""
    app = typer.Typer()
    app.command()(alerts.alerts)
    return on_own_topics(app)


def _raise(own: Settings, *values: Alert | bytes) -> None:
    """Write alerts, in turn to both partitions, at rising times."""
    producer = KafkaProducer(bootstrap_servers=own.brokers)
    for number, value in enumerate(values):
        encoded = value if isinstance(value, bytes) else codec.encode(value)
        producer.send(
            own.topic_prefix + ALERTS.name,
            encoded,
            partition=number % 2,
            timestamp_ms=1_767_900_000_000 + number,
        )
    producer.flush()
    producer.close()


def _numbers(result: Result) -> list[int]:
    ids = [codec.decode(line.encode(), Alert).alert_id for line in result.stdout.splitlines()]
    return [next(n for n in range(10) if sha(f"alert {n}") == alert_id) for alert_id in ids]


def test_json_is_one_alert_a_line_in_order_and_each_once(own: Settings, pactwatch: Command) -> None:
    """All partitions are read from the beginning in order of time; an alert that lies there twice is shown once."""
    _raise(own, an_alert(1), an_alert(2), an_alert(1), an_alert(3))
    for _ in range(2):  # looking moves nobody's position
        shown = pactwatch("--json")
        assert _numbers(shown) == [1, 2, 3]
        assert shown.stderr == ""


def test_what_is_no_alert_is_named_on_stderr(own: Settings, pactwatch: Command) -> None:
    """A record that cannot be read does not end the list, and stdout holds records only."""
    _raise(own, b"{", an_alert(1))
    shown = pactwatch("--json")
    assert _numbers(shown) == [1]
    assert "record 0:0 is no alert: not JSON" in shown.stderr


def test_limit_kind_and_since_choose(own: Settings, pactwatch: Command) -> None:
    """The last N, one kind, and what was raised from a time on."""
    late = datetime(2026, 2, 1, tzinfo=UTC)
    _raise(own, an_alert(1), an_alert(2, kind="statement"), an_alert(3, raised_at=late), an_alert(4))
    assert _numbers(pactwatch("--json", "--limit", "2")) == [3, 4]
    assert _numbers(pactwatch("--json", "--kind", "statement")) == [2]
    assert _numbers(pactwatch("--json", "--kind", "statement", "--kind", "deployment")) == [1, 2, 3, 4]
    assert _numbers(pactwatch("--json", "--since", "2026-01-10")) == [3]


@pytest.mark.parametrize("arguments", [("--kind", "rumour"), ("--since", "soon")])
def test_a_choice_that_is_none_is_told(pactwatch: Command, arguments: tuple[str, str]) -> None:
    """An unknown kind and a malformed time are errors that name the option."""
    result = pactwatch(*arguments)
    assert isinstance(result.exception, SettingsError)
    assert str(result.exception).startswith(" ".join(arguments))


def test_people_see_names_and_evidence(own: Settings, pactwatch: Command) -> None:
    """Without --json each alert is laid out, with the profile's names for entities."""
    _raise(own, an_alert(1))
    shown = pactwatch().stdout
    assert " NEW  North Korea → Russia" in shown
    assert " evidence  About 15,000 North Korean troops" in shown
    assert "Q423" not in shown


def test_follow_goes_on_with_what_is_raised_later(own: Settings) -> None:
    """--follow prints what is there, then each new alert once, until SIGINT, and then ends well."""
    program = (
        "import sys, typer\nfrom pipeline.commands import alerts\n"
        "app = typer.Typer()\napp.command()(alerts.alerts)\napp()\n"
    )
    _raise(own, an_alert(1))
    with subprocess.Popen(
        [sys.executable, "-c", program, "--follow", "--json", "--brokers", own.brokers or ""],
        env=os.environ | {"PACTWATCH_TOPIC_PREFIX": own.topic_prefix, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        watchdog = threading.Timer(60, process.kill)
        watchdog.start()
        assert sha("alert 1") in process.stdout.readline()
        _raise(own, an_alert(1), an_alert(2))
        assert sha("alert 2") in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == ""
        assert process.wait() == 0
        watchdog.cancel()
