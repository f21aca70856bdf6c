"""docs/feeds.md says what there is."""

import re
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.commands.feeds_app import app as feeds_app
from pipeline.feed_list.health import CONDITIONS

GUIDE = (Path(__file__).parents[2] / "docs" / "feeds.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"pactwatch (feeds [a-z]+|publish)\b", GUIDE)))


def test_every_command_on_feeds_is_explained() -> None:
    """Each command of `pactwatch feeds`, and each state of a feed, stands in the guide."""
    listed = get_command(feeds_app).list_commands(None)  # type: ignore[attr-defined]
    assert {f"feeds {name}" for name in listed} <= set(COMMANDS)
    for condition in CONDITIONS:
        assert f"| `{condition}` |" in GUIDE


@pytest.mark.parametrize("command", COMMANDS)
def test_what_the_guide_names_is_there(command: str) -> None:
    """Each command of the guide has a help with examples, and an option named on its line is one of its own."""
    shown = CliRunner().invoke(app, [*command.split(), "--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    assert "Examples:" in shown.stdout
    for line in GUIDE.splitlines():
        if f"pactwatch {command}" in line:
            for option in re.findall(r"`(--[a-z-]+)", line):
                assert option in shown.stdout, (command, option)
