import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from alerts_by_hand import an_alert
from kafka import KafkaProducer

from pipeline import codec
from pipeline.broker.topics import ensure_topics
from pipeline.core.records import Alert
from pipeline.settings import Settings
from pipeline.topology import ALERTS

SettingsFactory = Callable[..., Settings]
PROGRAM = (
    "import typer\nfrom pipeline.commands import deliver\n"
    "app = typer.Typer()\napp.command()(deliver.deliver)\napp()\n"
)


def _run_until_delivered(own: Settings, title: str) -> list[str]:
    """Run the command until it has printed an alert with this headline and stop it; return all it printed."""
    command = [sys.executable, "-c", PROGRAM, "--brokers", own.brokers or "", "--data-dir", str(own.data_dir)]
    names = {"PACTWATCH_TOPIC_PREFIX": own.topic_prefix, "PACTWATCH_APP_ID": own.app_id}
    with subprocess.Popen(
        command, env=os.environ | names | {"PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        watchdog = threading.Timer(60, process.kill)
        watchdog.start()
        printed = []
        for line in process.stdout:
            printed.append(line)
            if title in line:
                break
        _until_written(Path(own.data_dir) / "alerts.jsonl", title)
        process.send_signal(signal.SIGTERM)
        printed += process.stdout
        assert process.wait() == 0
        watchdog.cancel()
    return [line for line in printed if line.startswith(" NEW ")]


def _until_written(path: Path, title: str) -> None:
    """Wait for the file sink, which has a pace of its own."""
    end = time.monotonic() + 30
    while not (path.exists() and title in path.read_text()):
        assert time.monotonic() < end, f"{title} is not in {path}"
        threading.Event().wait(0.05)


def _raise(own: Settings, alert: Alert) -> None:
    producer = KafkaProducer(bootstrap_servers=own.brokers)
    producer.send(own.topic_prefix + ALERTS.name, codec.encode(alert))
    producer.flush()
    producer.close()


def test_a_restart_shows_nothing_twice_and_the_file_has_all(settings: SettingsFactory) -> None:
    """`deliver` prints each alert once over two runs, ends well at SIGTERM, and keeps all in alerts.jsonl."""
    own = settings()
    ensure_topics(own)
    _raise(own, an_alert(1, headline="the first"))
    assert _run_until_delivered(own, "the first") == [" NEW  the first\n"]
    _raise(own, an_alert(2, headline="the second"))
    assert _run_until_delivered(own, "the second") == [" NEW  the second\n"]
    kept = (Path(own.data_dir) / "alerts.jsonl").read_bytes().splitlines()
    assert [codec.decode(line, Alert).headline for line in kept] == ["the first", "the second"]
