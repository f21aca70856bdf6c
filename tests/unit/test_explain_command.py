"""`pactwatch explain` on files: what it prints where, and how it ends."""

import json
from pathlib import Path

import typer
from typer.testing import CliRunner, Result

from pipeline.commands.explain import explain
from pipeline.core.errors import PactwatchError

LETTER = "Putin sends letter to Kim Jong Un\n\nVladimir Putin sent a letter to Kim Jong Un, KCNA reported.\n"


def run(*arguments: str | Path, stdin: str = "") -> Result:
    """Run the command as the program does."""
    app = typer.Typer()
    app.command()(explain)
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)


def test_standard_input_is_explained() -> None:
    """A dash reads the standard input, and the command ends well."""
    line = json.dumps({"title": "Letter", "body": "Vladimir Putin sent a letter to Kim Jong Un."})
    result = run("-", stdin=line)
    assert result.exit_code == 0
    assert "[Vladimir Putin] sent a letter to [Kim Jong Un]" in result.stdout
    assert "statement: letter" in result.stdout


def test_json_is_one_object_an_article(tmp_path: Path) -> None:
    """With --json stdout holds one object for each article."""
    path = tmp_path / "letter.txt"
    path.write_text(LETTER, encoding="utf-8")
    found = [json.loads(line) for line in run(path, path, "--json").stdout.splitlines()]
    assert [[told["entry"] for told in one["events"]] for one in found] == [["letter"], ["letter"]]


def test_a_bad_line_is_named_and_the_rest_explained(tmp_path: Path) -> None:
    """What cannot be read is said with its position; the page has the rest; the exit code tells."""
    path, page = tmp_path / "news.jsonl", tmp_path / "why.html"
    path.write_text('{"title": "no body"}\n{"title": "Rain", "body": "It rained."}\n', encoding="utf-8")
    result = run(path, "--html", page)
    assert result.exit_code == 1
    assert f"{path}:1: " in result.stderr
    assert "1 could not be read" in result.stderr
    assert page.read_text(encoding="utf-8").count("<article") == 1


def test_a_page_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """The error names the file; the program ends with 2 on it."""
    path = tmp_path / "letter.txt"
    path.write_text(LETTER, encoding="utf-8")
    result = run(path, "--html", tmp_path / "none" / "why.html")
    assert isinstance(result.exception, PactwatchError)
    assert "why.html" in str(result.exception)
