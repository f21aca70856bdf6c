"""The command line, as a person or a program calls it."""

import json
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from pipeline.cli import app

_PACTWATCH = (sys.executable, "-m", "pipeline")
_STREAM = Path(__file__).parents[1] / "streams" / "small.jsonl"
_README = Path(__file__).parents[2] / "README.md"
_GROUPS = {
    "feeds": ("check",),
    "dead-letters": ("list", "show", "retry"),
    "schemas": ("export", "check"),
    "profile": ("check", "list", "show"),
}
_NAMES = [
    (info.name or info.callback.__name__,) for info in app.registered_commands if info.callback is not None
]
_COMMANDS = [*_NAMES, *((group, name) for group, names in _GROUPS.items() for name in names)]


def pactwatch(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end."""
    return subprocess.run(
        [*_PACTWATCH, *arguments],
        input=given,
        capture_output=True,
        check=False,
        timeout=60,
        cwd=_README.parent,
    )


@pytest.mark.parametrize("command", _COMMANDS, ids="-".join)
def test_every_command_says_how_it_is_used(command: tuple[str, ...]) -> None:
    """--help explains the command and gives examples."""
    shown = pactwatch(*command, "--help")
    assert shown.returncode == 0
    assert f"  pactwatch {' '.join(command)}".encode() in shown.stdout.split(b"Examples:")[1]


def test_the_readme_names_commands_that_exist() -> None:
    """Each `pactwatch …` in the README is a command."""
    named = {line.split("`pactwatch ")[1].split("`")[0].split()[0] for line in _readme_rows()}
    assert named
    assert named <= {command[0] for command in _COMMANDS}


_GUIDE = _README.parent / "docs" / "profiles.md"


def _guide_commands() -> list[str]:
    """The commands that the guide to profiles shows, without what it says of them."""
    lines = _GUIDE.read_text(encoding="utf-8").splitlines()
    return [line.partition("  #")[0] for line in lines if line.startswith("pactwatch ")]


@pytest.mark.parametrize("command", _guide_commands())
def test_the_guide_to_profiles_shows_what_works(command: str) -> None:
    """Every command in docs/profiles.md ends well and prints something."""
    done = pactwatch(*command.split()[1:])
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout


def _readme_rows() -> list[str]:
    return [
        line for line in _README.read_text(encoding="utf-8").splitlines() if line.startswith("| `pactwatch ")
    ]


def test_enrich_prints_one_tagged_article_a_line_in_order() -> None:
    """Stdout of enrich holds records and nothing else, in input order."""
    done = pactwatch("enrich", str(_STREAM))
    titles = [orjson.loads(line)["title"] for line in done.stdout.splitlines()]
    assert titles == [json.loads(line)["title"] for line in _STREAM.read_text(encoding="utf-8").splitlines()]
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_bad_line_is_named_and_the_run_goes_on() -> None:
    """A line that is no article is reported with its number, the others are printed, and the exit code tells."""
    given = b'{"title": "One", "body": "a"}\n{"title": broken\n{"body": "no title"}\n{"title": "Two", "body": "b"}\n'
    done = pactwatch("enrich", "-", given=given)
    assert [orjson.loads(line)["title"] for line in done.stdout.splitlines()] == ["One", "Two"]
    assert b"stdin:2" in done.stderr
    assert b"stdin:3" in done.stderr
    assert done.returncode == 1


def test_an_undated_article_stays_undated() -> None:
    """No date is never taken as now: it is null, and it is said why."""
    done = pactwatch("enrich", "-", given=b'{"title": "One", "body": "a"}\n')
    article = orjson.loads(done.stdout)
    assert article["published_at"] is None
    assert article["date_issue"] == "missing"


def test_an_alert_on_an_undated_article_says_what_its_date_is_based_on() -> None:
    """The time it was fetched stands in for the date, and the alert says so."""
    article = {
        "title": "Kim Jong Un sends letter to Putin",
        "body": "Kim Jong Un sent a letter to Russian President Vladimir Putin, promising his full support.",
    }
    [alert] = [
        orjson.loads(line)
        for line in pactwatch("simulate", "-", given=orjson.dumps(article)).stdout.splitlines()
    ]
    assert alert["date_basis"] == "fetched"
    assert alert["articles"][0]["published_at"] is None


def test_simulate_gives_the_same_twice() -> None:
    """The same articles give the same alerts, to the byte."""
    assert pactwatch("simulate", str(_STREAM)).stdout == pactwatch("simulate", str(_STREAM)).stdout


def test_simulate_prints_the_stories_in_the_end() -> None:
    """After the alerts comes each story that is not forgotten by then, once, as the last alert on it left it."""
    lines = [
        orjson.loads(line) for line in pactwatch("simulate", "--stories", str(_STREAM)).stdout.splitlines()
    ]
    alerts = [line for line in lines if "alert_id" in line]
    stories = {line["story_id"]: line for line in lines[len(alerts) :]}
    assert alerts == [orjson.loads(line) for line in pactwatch("simulate", str(_STREAM)).stdout.splitlines()]
    assert len(stories) == len(lines) - len(alerts)
    assert alerts[-1]["story_id"] in stories
    for id_, story in stories.items():
        raised = [change["status"] for change in story["history"] if change["status"] is not None]
        assert raised == [alert["status"] for alert in alerts if alert["story_id"] == id_]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("enrich", "no-such-file.jsonl"), b"no-such-file.jsonl"),
        (("enrich", "--profile", "atlantis", "-"), b"atlantis"),
        (("alerts", "--brokers", "127.0.0.1:1"), b"127.0.0.1:1"),
        (("worker", "--stage", "entitties"), b"entitties"),
        (("run", "--config", "no-such.toml"), b"no-such.toml"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(arguments: tuple[str, ...], says: bytes) -> None:
    """An error names what is wrong, without a traceback, and exits with 2."""
    done = pactwatch(*arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""


def test_a_reader_that_has_had_enough_is_no_error() -> None:
    """`pactwatch enrich … | head -1` ends quietly."""
    command = (
        f"{sys.executable} -m pipeline enrich {_STREAM} {_STREAM} {_STREAM} {_STREAM} {_STREAM} | head -n 1"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False, timeout=60)
    assert done.stderr == b""
    assert len(done.stdout.splitlines()) == 1
