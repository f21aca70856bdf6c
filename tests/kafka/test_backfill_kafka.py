"""`pactwatch publish --since` on a real Kafka: killed, gone on with, and quiet about what is old."""

import gzip
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from stream_for_tests import count, read_all, wait_until
from typer.testing import CliRunner

from pipeline import codec
from pipeline.backfill import JobError
from pipeline.broker.topics import ensure_topics
from pipeline.commands.publish import publish
from pipeline.core.errors import SettingsError
from pipeline.core.records import Alert, RawArticle
from pipeline.settings import Settings, as_environment
from pipeline.topology import ALERTS, DEAD_LETTERS, RAW

SettingsFactory = Callable[..., Settings]
_PACTWATCH = (sys.executable, "-m", "pipeline")
_STREAM = Path(__file__).parents[1] / "streams" / "small.jsonl"
_ARTICLES = 12_000

app = typer.Typer()
app.command()(publish)


def environment(settings: Settings) -> dict[str, str]:
    """This process's environment with the settings in it."""
    return dict(os.environ) | as_environment(settings)


def start(settings: Settings, *arguments: str) -> subprocess.Popen[str]:
    """Start `pactwatch publish`."""
    command = [*_PACTWATCH, "publish", *arguments]
    return subprocess.Popen(
        command, env=environment(settings), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def articles(settings: Settings) -> list[RawArticle]:
    """Return what the topic holds."""
    return [codec.decode(record.value, RawArticle) for record in read_all(settings, RAW.name)]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A folder of files in no order of dates, one of them packed, with a bad line."""
    folder = tmp_path / "archive"
    (folder / "more").mkdir(parents=True)
    lines = [
        json.dumps({"title": f"n{number}", "body": "word " * 100, "published_at": 1_700_000_000 + number})
        for number in range(_ARTICLES)
    ]
    random.Random(7).shuffle(lines)
    (folder / "a.jsonl").write_text("\n".join([*lines[::2], "{broken"]))
    (folder / "more" / "b.jsonl.gz").write_bytes(gzip.compress("\n".join(lines[1::2]).encode(), 1))
    return folder


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_archive_goes_on_and_nothing_is_sent_twice(
    number: signal.Signals, settings: SettingsFactory, archive: Path
) -> None:
    """Killed, or stopped by Ctrl-C, in the middle, then resumed: each article is there once, in the order of dates."""
    own = settings()
    ensure_topics(own)
    process = start(own, "--all", str(archive))
    wait_until(lambda: count(own, RAW.name) > 0)
    process.send_signal(number)
    output = process.communicate(timeout=30)[1]
    assert process.returncode == (-9 if number == signal.SIGKILL else 130)
    before = count(own, RAW.name)
    assert 0 < before < _ARTICLES
    if number == signal.SIGINT:
        assert f"stopped after {before + 1:,} of {_ARTICLES + 1:,}; --resume goes on" in output
    unsaid = CliRunner().invoke(app, ["--all", str(archive)], env=environment(own))
    assert isinstance(unsaid.exception, JobError)
    resumed = CliRunner().invoke(app, ["--all", "--resume", "--json", str(archive)], env=environment(own))
    assert resumed.exit_code == 1  # for the broken line
    said = json.loads(resumed.stdout)
    assert (said["published"], said["bad"], said["silent"]) == (_ARTICLES, 1, _ARTICLES)
    there = articles(own)
    assert [one.title for one in there] == [f"n{n}" for n in range(_ARTICLES)]
    assert all(one.backfill for one in there)
    assert count(own, DEAD_LETTERS) == 1
    assert list((own.data_dir / "backfill").iterdir()) == []


def test_what_is_old_raises_no_alert_and_what_it_told_is_known(
    settings: SettingsFactory, tmp_path: Path
) -> None:
    """No alert is of a report before --alerts-since; what changed a story of that time later does alert, as an update."""
    own = settings()
    lines = _STREAM.read_text().splitlines()
    (tmp_path / "late.jsonl").write_text("\n".join(lines[::-1]))
    published = start(
        own, "--since", "2023-01-01", "--alerts-since", "2025-06-10", str(tmp_path / "late.jsonl")
    )
    assert published.communicate(timeout=60)[0].startswith(
        f"published {len(lines)} articles, published 2023-07-26 to "
    )
    command = [*_PACTWATCH, "run", "--once", "--no-feeds"]
    subprocess.run(command, env=environment(own), capture_output=True, check=True, timeout=120)
    alerts = [codec.decode(record.value, Alert) for record in read_all(own, ALERTS.name)]
    assert [(alert.status, f"{alert.first_published_at:%Y-%m-%d}") for alert in alerts] == [
        ("update", "2025-05-30"),
        ("update", "2025-05-30"),
        ("retraction", "2025-05-30"),
        ("new", "2025-07-02"),
        ("new", "2025-07-03"),
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{folder}"], "--since TIME or --all"),
        (["--until", "2026-01-01", "{folder}"], "--until is for archives"),
        (["--resume", "{folder}"], "--resume is for archives"),
        (["--since", "yesterday", "{folder}"], "--since yesterday: not a time"),
        (["--all", "-"], "stdin"),
        (["--all", "{folder}/nonesuch"], "nonesuch: no such file or folder"),
    ],
)
def test_what_contradicts_itself_says_how_to_mend(
    arguments: list[str], said: str, settings: SettingsFactory, tmp_path: Path
) -> None:
    """A folder without dates, or dates without an archive, stop before anything is read."""
    given: list[Any] = [argument.format(folder=tmp_path) for argument in arguments]
    done = CliRunner().invoke(app, given, env=environment(settings()))
    assert isinstance(done.exception, SettingsError)
    assert said in str(done.exception)
