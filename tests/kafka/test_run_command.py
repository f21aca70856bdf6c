"""`pactwatch run`, as a person starts it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import psutil
from conftest import SettingsFactory
from stream_for_tests import wait_until

from pipeline.profiles import sample_articles
from pipeline.settings import Settings, as_environment

_STREAM = Path(__file__).parents[1] / "streams" / "small.jsonl"
_PACTWATCH = (sys.executable, "-m", "pipeline")


def environment(settings: Settings) -> dict[str, str]:
    """This process's environment with the settings in it."""
    return dict(os.environ) | as_environment(settings)


def told(settings: Settings) -> list[dict[str, Any]]:
    """Return what the JSON-lines sink holds, without the time it was raised."""
    path = settings.data_dir / "alerts.jsonl"
    lines = path.read_bytes().splitlines() if path.exists() else []
    return [{k: v for k, v in orjson.loads(line).items() if k != "raised_at"} for line in lines]


def simulated(path: Path) -> list[dict[str, Any]]:
    """Return what `pactwatch simulate` prints for a file, without the time it was raised."""
    done = subprocess.run([*_PACTWATCH, "simulate", str(path)], capture_output=True, check=True)
    return [
        {k: v for k, v in orjson.loads(line).items() if k != "raised_at"} for line in done.stdout.splitlines()
    ]


def run_once(settings: Settings, *options: str) -> subprocess.CompletedProcess[bytes]:
    """Run `pactwatch run --once` to its end."""
    command = [*_PACTWATCH, "run", "--once", *options]
    return subprocess.run(command, env=environment(settings), capture_output=True, check=True, timeout=120)


def test_the_flow_on_kafka_raises_what_the_flow_in_memory_raises(settings: SettingsFactory) -> None:
    """`run --once` over articles on the topic gives the alerts of `simulate`, in the same order, with the same ids."""
    here = settings()
    publish = [*_PACTWATCH, "publish", str(_STREAM)]
    subprocess.run(publish, env=environment(here), capture_output=True, check=True)
    run_once(here)
    assert told(here) == simulated(_STREAM)
    assert len(told(here)) > 5


def test_a_second_start_raises_nothing_twice(settings: SettingsFactory) -> None:
    """The sample articles are published once, and starting again tells nobody anything twice."""
    here = settings()
    first = run_once(here, "--samples")
    assert b"sample articles" in first.stderr
    before = told(here)
    assert len(before) >= 3
    assert [a["alert_id"] for a in before] == [
        a["alert_id"] for a in simulated(sample_articles(here.profile))
    ]
    second = run_once(here, "--samples")
    assert b"sample articles" not in second.stderr
    assert second.stdout == b""
    assert told(here) == before


@contextmanager
def everything(settings: Settings, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Yield `pactwatch run` with its embedded broker; whatever is left of it in the end is killed."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*_PACTWATCH, "run"],
            env=environment(settings),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            for child in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]:
                child.kill()


def test_one_command_runs_it_all_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    """With nothing set, `run` brings up its own Kafka and shows alerts; Ctrl-C leaves no process behind."""
    here = Settings(data_dir=tmp_path / "data", feeds=False)
    log = tmp_path / "run.log"
    with everything(here, log) as process:
        wait_until(lambda: len(told(here)) >= 3 or process.poll() is not None, 90)
        assert process.poll() is None, log.read_text(encoding="utf-8")
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert [
            child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE
        ] == []
    text = log.read_text(encoding="utf-8")
    assert str(here.data_dir) in text
    assert "Traceback" not in text
