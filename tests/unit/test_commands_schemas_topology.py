import json
from pathlib import Path

import typer
from typer.testing import CliRunner

from pipeline.commands import schemas, topology
from pipeline.topology import STAGES, TOPICS


def test_export_writes_what_check_accepts(tmp_path: Path) -> None:
    """`schemas export` makes the folder, and `schemas check` then finds nothing."""
    folder = str(tmp_path / "new")
    exported = CliRunner().invoke(schemas.app, ["export", "--dir", folder])
    assert exported.exit_code == 0
    assert f"{folder}/asyncapi.yaml" in exported.stdout.splitlines()
    checked = CliRunner().invoke(schemas.app, ["check", "--dir", folder])
    assert (checked.exit_code, checked.stdout) == (0, "")


def test_check_names_the_file_that_drifted(tmp_path: Path) -> None:
    """An edited file is named, with the command that mends it, and the exit code is 1."""
    CliRunner().invoke(schemas.app, ["export", "--dir", str(tmp_path)])
    (tmp_path / "story.v1.schema.json").write_text("{}")
    checked = CliRunner().invoke(schemas.app, ["check", "--dir", str(tmp_path)])
    assert checked.exit_code == 1
    assert f"{tmp_path}/story.v1.schema.json: differs from the record types" in checked.stderr
    assert "schemas export" in checked.stderr


def test_check_fails_where_a_release_is_broken(tmp_path: Path) -> None:
    """A released record that is no more is an incompatible change: exit code 1."""
    CliRunner().invoke(schemas.app, ["export", "--dir", str(tmp_path)])
    (tmp_path / "released" / "v1").mkdir(parents=True)
    (tmp_path / "released" / "v1" / "rumour.v1.schema.json").write_text("{}")
    checked = CliRunner().invoke(schemas.app, ["check", "--dir", str(tmp_path)])
    assert checked.exit_code == 1
    assert (
        checked.stderr == "incompatible with the release: rumour.v1.schema.json: was released and is gone\n"
    )


def test_topology_names_every_topic_and_stage() -> None:
    """Both the table and --json show each topic with its key and each stage with what it reads and writes."""
    app = typer.Typer()
    app.command()(topology.topology)
    shown = CliRunner().invoke(app, env={"COLUMNS": "200"}).stdout
    described = json.loads(CliRunner().invoke(app, ["--json"]).stdout)
    assert [entry["topic"] for entry in described["topics"]] == [*(t.name for t in TOPICS), "dead-letters"]
    assert [entry["stage"] for entry in described["stages"]] == [stage.name for stage in STAGES]
    for topic in TOPICS:
        assert topic.name in shown
        assert topic.purpose in shown
    for stage in STAGES:
        assert stage.name in shown
