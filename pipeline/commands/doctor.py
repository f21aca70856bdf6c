"""`pactwatch doctor`: is everything there that Pactwatch needs, and how to mend what is not."""

import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

import orjson
import typer
from rich.console import Console
from rich.table import Table

from pipeline.commands.options import Brokers, Config, DataDir, Json, ProfileName
from pipeline.core.errors import PactwatchError
from pipeline.settings import Settings, load_settings


class Finding(NamedTuple):
    """What was looked at, whether it is right, and what was seen or how to mend it."""

    subject: str
    ok: bool
    says: str


def doctor(
    brokers: Brokers = None,
    data_dir: DataDir = None,
    profile: ProfileName = None,
    config: Config = None,
    *,
    as_json: Json = False,
) -> None:
    r"""Look whether settings, profile, data folder, broker, topics and consumers are right; say how to mend.

    Exit code 1 if something is not right.

    \b
    Examples:
      pactwatch doctor
      pactwatch doctor --brokers kafka:9092 --json
    """
    settings = load_settings(config, brokers=brokers, data_dir=data_dir, profile=profile)
    findings = [finding for look in LOOKS for finding in _looked(look, settings)]
    if as_json:
        for finding in findings:
            typer.echo(orjson.dumps(finding._asdict()))
    else:
        Console().print(_table(findings))
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def _looked(look: Callable[[Settings], Iterator[Finding]], settings: Settings) -> Iterator[Finding]:
    try:
        yield from look(settings)
    except (PactwatchError, OSError) as error:
        yield Finding(look.__name__.strip("_"), ok=False, says=str(error))


def _profile(settings: Settings) -> Iterator[Finding]:
    from pipeline.core.events import EventTagger
    from pipeline.profiles import load_profile

    profile = load_profile(settings.profile)
    EventTagger(profile)  # compiles the vocabulary, and so checks it
    says = f"{profile.name}: {len(profile.entities)} entities, {len(profile.feeds)} feeds"
    yield Finding("profile", ok=True, says=says)


def _data_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir.absolute()
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if os.access(nearest, os.W_OK):
        yield Finding("data folder", ok=True, says=str(folder))
    else:
        mend = f"{nearest} cannot be written to; use another --data-dir or change its owner"
        yield Finding("data folder", ok=False, says=mend)


def _broker(settings: Settings) -> Iterator[Finding]:
    from kafka.errors import KafkaError

    from pipeline.broker.address import bootstrap_servers
    from pipeline.broker.admin import admin_client
    from pipeline.lag import lags, reading
    from pipeline.topology import DEAD_LETTERS, TOPICS

    bootstrap = bootstrap_servers(settings)
    with admin_client(bootstrap) as admin:
        yield Finding("broker", ok=True, says=f"Kafka answers at {bootstrap}")
        there = set(admin.list_topics())
        wanted = [settings.topic_prefix + name for name in (*(topic.name for topic in TOPICS), DEAD_LETTERS)]
        missing = [name for name in wanted if name not in there]
        if missing:
            mend = f"missing: {', '.join(missing)}; `pactwatch run` or `pactwatch worker` creates them"
            yield Finding("topics", ok=False, says=mend)
            return
        yield Finding("topics", ok=True, says=f"all {len(wanted)} are there")
        try:
            behind = lags(admin, reading(settings))
        except KafkaError as error:
            if not error.retriable:
                raise
            yield Finding("consumers", ok=True, says="none has read yet")
            return
        for group, records in behind.items():
            yield Finding(group, ok=True, says=f"{records:,} records behind")


LOOKS = (_profile, _data_folder, _broker)


def _table(findings: list[Finding]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for finding in findings:
        mark = "[green]ok[/]" if finding.ok else "[bold red]not right[/]"
        table.add_row(mark, finding.subject, finding.says)
    return table
