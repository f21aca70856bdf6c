"""One frozen Settings; the only reader of the environment and of pactwatch.toml."""

import json
import os
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from pipeline.core.errors import SettingsError

PREFIX = "PACTWATCH_"
MAX_MESSAGE_BYTES = 16 * 1024 * 1024  # of one record on a topic: set when topics are made, so no setting
# Read by the tests, CI and deploy/, not by the program; so they are no unknown settings.
_NO_SETTINGS = tuple(
    f"{PREFIX}{name}" for name in ("CORPUS", "TEST_", "FAULT_", "CI_", "IMAGE", "KAFKA_PORT")
)

_SECRETS = {"receive_token"}  # shown nowhere, and handed to no child process


class Settings(BaseSettings):
    """What can be set, by `pactwatch.toml` (or --config FILE), by PACTWATCH_… in the environment, or by an option.

    An option wins over the environment, the environment over the file.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    brokers: str | None = Field(
        None, description="bootstrap servers, host:port[,host:port]; none: start the embedded broker"
    )
    data_dir: Path = Field(Path(".pactwatch"), description="everything kept between runs")
    profile: str = Field("dprk-russia", description="a shipped profile's name, or a folder")
    app_id: str = Field("pactwatch", description="prefix of the consumer groups and of the changelog topics")
    topic_prefix: str = Field("", description="put before every topic's name, to share a cluster")
    partitions: int = Field(
        1, ge=1, le=1000, description="partitions of topics that are created; 1 keeps the order of arrival"
    )
    replication: int = Field(1, ge=1, le=10, description="replication factor of topics that are created")
    retention_days: int = Field(
        30, ge=1, le=3650, description="how long a story is remembered, in event time"
    )
    alert_kinds: tuple[str, ...] = Field(
        ("statement", "deployment"), description="event types that raise alerts"
    )
    alerts_file: Path | None = Field(
        None, description="JSON lines sink; none: alerts.jsonl in the data folder"
    )
    feeds: bool = Field(True, description="poll the profile's feeds")
    samples: bool = Field(True, description="publish the profile's sample articles at the first start")
    feed_partitions: int = Field(
        8, ge=1, le=1000, description="partitions of the feed list: how many pollers can share it"
    )
    poll_seconds: int = Field(900, ge=10, description="time between two polls of a feed")
    metrics_port: int | None = Field(
        None, ge=1, le=65535, description="port on loopback where the poller shows its metrics; none: nowhere"
    )
    user_agent_contact: str = Field("", description="address or URL named in the poller's User-Agent")
    receive_listen: str = Field("127.0.0.1:8460", description="where `pactwatch receive` listens, HOST:PORT")
    receive_token: SecretStr | None = Field(
        None, description="token of those who push articles; none: only this machine"
    )
    receive_token_file: Path | None = Field(None, description="file that holds the token")
    receive_max_bytes: int = Field(
        8 * 1024 * 1024, ge=1024, le=64 * 1024 * 1024, description="of one push, unpacked"
    )
    max_article_chars: int = Field(
        1_000_000, ge=1000, description="an article with a longer body is a dead letter"
    )
    session_timeout_seconds: float = Field(
        10.0, ge=1, description="how long a dead worker keeps its partitions"
    )
    chunk_records: int = Field(500, ge=1, le=10_000, description="records a stage takes at a time")
    log_level: str = Field("WARNING", pattern="^(DEBUG|INFO|WARNING|ERROR)$")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Options first, then the environment, then the file."""
        del dotenv_settings, file_secret_settings  # two more places to look in would be two too many
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(config: Path | None = None, **options: Any) -> Settings:
    """Return the settings; an option that is None counts as not given.

    Raises SettingsError, naming every setting that is unknown or malformed.
    """
    if config is not None and not config.is_file():
        raise SettingsError(f"--config {config}: no such file")

    class FromFile(Settings):
        model_config = SettingsConfigDict(toml_file=config or "pactwatch.toml")

    unknown = [
        name
        for name in os.environ
        if name.startswith(PREFIX)
        and not name.startswith(_NO_SETTINGS)
        and name.removeprefix(PREFIX).lower() not in Settings.model_fields
    ]
    if unknown:
        raise SettingsError(f"unknown setting in the environment: {', '.join(sorted(unknown))}")
    try:
        return FromFile(**{name: value for name, value in options.items() if value is not None})
    except ValidationError as error:
        raise SettingsError("; ".join(_in_words(problem) for problem in error.errors())) from error


def as_environment(settings: Settings) -> dict[str, str]:
    """Return the settings as environment variables, to hand them to a child process; it needs no secret."""
    fields = settings.model_dump(mode="json", exclude_none=True, exclude=_SECRETS)
    return {
        f"{PREFIX}{name}".upper(): value if isinstance(value, str) else json.dumps(value)
        for name, value in fields.items()
    }


def _in_words(problem: Any) -> str:
    name = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"unknown setting {name!r} (known: {', '.join(sorted(Settings.model_fields))})"
    got = "" if name in _SECRETS else f" (got {problem['input']!r})"
    return f"setting {name!r}: {problem['msg']}{got}"
