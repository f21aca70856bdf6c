"""`pactwatch evaluate` on files: what it prints where, and how it ends."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from pipeline.commands.evaluate import evaluate
from pipeline.evaluation import GoldError

GOLD: list[dict[str, Any]] = [
    {
        "title": "Putin sends letter to Kim Jong Un",
        "body": "Vladimir Putin sent a letter to Kim Jong Un on Thursday, KCNA reported.",
        "url": "https://example.org/1",
        "published_at": "2026-01-09T08:00:00Z",
        "expect": {
            "id": "e1",
            "types": ["statement"],
            "alerts": ["statement"],
            "status": "new",
            "story": "letter",
        },
    },
    {
        "title": "Letter from Putin to Kim Jong Un",
        "body": "Kim Jong Un has received a letter from Vladimir Putin, state media said.",
        "url": "https://example.org/2",
        "published_at": "2026-01-09T11:00:00Z",
        "expect": {"id": "e2", "types": ["statement"], "alerts": [], "story": "letter"},
    },
    {
        "title": "Rain in the north",
        "body": "It rained.",
        "url": "https://example.org/3",
        "published_at": "2026-01-09T12:00:00Z",
        "expect": {"id": "e3", "types": ["meeting"], "alerts": []},
    },
]


def run(*arguments: str | Path) -> Result:
    """Run the command as the program does."""
    app = typer.Typer()
    app.command()(evaluate)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """A small labelled file; its third article is labelled wrongly on purpose."""
    path = tmp_path / "gold.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in GOLD), encoding="utf-8")
    return path


def test_json_is_one_object_on_stdout(gold: Path) -> None:
    """With --json stdout holds one object with the figures, and the command ends well."""
    result = run(gold, "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (found["articles"], found["labelled"]) == (3, 3)
    assert found["types"]["statement"]["right"] == 2
    assert found["types"]["meeting"]["missed"] == 1
    assert found["alerts"]["statement"]["right"] == 1
    assert found["repeats_silenced"] == {"right": 1, "of": 1, "share": 1.0}
    assert found["stories"]["b_cubed_f1"] == 1.0
    assert "errors" not in found


def test_a_compressed_file_is_read(gold: Path) -> None:
    """A .gz of the same lines gives the same figures."""
    packed = gold.with_suffix(".jsonl.gz")
    packed.write_bytes(gzip.compress(gold.read_bytes()))
    assert json.loads(run(packed, "--json").stdout) == json.loads(run(gold, "--json").stdout)


def test_errors_are_listed_with_id_and_title(gold: Path) -> None:
    """--errors lists what is not as labelled, in the table's output and in the object."""
    assert "type missed: meeting (1)\n  e3: Rain in the north" in run(gold, "--errors").stdout
    (miss,) = json.loads(run(gold, "--errors", "--json").stdout)["errors"]
    assert (miss["what"], miss["kind"], miss["id"]) == ("type missed", "meeting", "e3")


def test_alerts_alone_are_scored_on_demand(gold: Path) -> None:
    """With --alerts nothing is said of types."""
    output = run(gold, "--alerts").stdout
    assert "repeats silenced: 1 of 1" in output
    assert "meeting" not in output


UNREADABLE: dict[str, tuple[bytes | None, str]] = {
    "no such file": (None, "cannot be read"),
    "not JSON": (b'{"title"\n', "line 1: not JSON"),
    "compressed in name only": (b"plain", "cannot be read"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_unreadable_file_ends_the_command(tmp_path: Path, name: str) -> None:
    """A file that cannot be read is an error that names it; the program ends with 2 on it."""
    content, message = UNREADABLE[name]
    path = tmp_path / ("gold.jsonl.gz" if name == "compressed in name only" else "gold.jsonl")
    if content is not None:
        path.write_bytes(content)
    result = run(path)
    assert isinstance(result.exception, GoldError)
    assert str(result.exception).startswith(f"{path}: ")
    assert message in str(result.exception)
