from pathlib import Path

import pytest

from pipeline.core.errors import SettingsError
from pipeline.settings import Settings, load_settings

DOCS = Path(__file__).parents[2] / "docs" / "running.md"


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No pactwatch.toml lies about."""
    monkeypatch.chdir(tmp_path)


def test_options_win_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An option wins over the environment, the environment over the file."""
    (tmp_path / "pactwatch.toml").write_text("partitions = 2\nreplication = 2\napp_id = 'file'\n")
    monkeypatch.setenv("PACTWATCH_PARTITIONS", "3")
    monkeypatch.setenv("PACTWATCH_REPLICATION", "3")
    settings = load_settings(partitions=4)
    assert (settings.partitions, settings.replication, settings.app_id) == (4, 3, "file")


def test_an_option_not_given_changes_nothing() -> None:
    """None as an option means that it was not given."""
    assert load_settings(partitions=None).partitions == Settings.model_fields["partitions"].default


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("partitionz = 2", "partitionz"),
        ("partitions = 0", "partitions"),
        ("alert_kinds = 7", "alert_kinds"),
        ("log_level = 'LOUD'", "log_level"),
    ],
)
def test_a_wrong_setting_in_the_file_is_named(tmp_path: Path, text: str, named: str) -> None:
    """An unknown or malformed setting in the file fails at the start and is named."""
    (tmp_path / "other.toml").write_text(text)
    with pytest.raises(SettingsError, match=named):
        load_settings(tmp_path / "other.toml")


def test_an_unknown_setting_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt PACTWATCH_… variable fails at the start and is named."""
    monkeypatch.setenv("PACTWATCH_PARTITION", "3")
    with pytest.raises(SettingsError, match="PACTWATCH_PARTITION"):
        load_settings()


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """--config with no such file says so, rather than using defaults."""
    with pytest.raises(SettingsError, match="no such file"):
        load_settings(tmp_path / "absent.toml")


def test_settings_cannot_be_changed() -> None:
    """Settings are frozen once read."""
    with pytest.raises(ValueError, match="frozen"):
        load_settings().partitions = 2  # type: ignore[misc] # the very thing that must fail


def test_every_setting_is_documented() -> None:
    """docs/running.md has a row for each setting."""
    text = DOCS.read_text(encoding="utf-8")
    assert [name for name in Settings.model_fields if f"| `{name}` |" not in text] == []
