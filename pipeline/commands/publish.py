"""`pactwatch publish`: files of articles to Kafka."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.choices import time_given
from pipeline.commands.options import Brokers, Config, DataDir, Files, Json

if TYPE_CHECKING:
    from rich.progress import Progress

    from pipeline.commands.interrupts import InterruptBetween
    from pipeline.publish import ArticlePublisher
    from pipeline.settings import Settings

EXIT_SOME_BAD = 1
EXIT_INTERRUPTED = 130


Since = Annotated[
    str | None, typer.Option(metavar="TIME", help="Archives: only published at or after, ISO 8601, UTC.")
]
Until = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="With --since or --all: only published up to; a day counts whole."),
]
All = Annotated[bool, typer.Option("--all", help="Archives: articles of any date.")]
AlertsSince = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="With --since or --all: only what was published since may alert."),
]
Resume = Annotated[
    bool | None,
    typer.Option("--resume/--no-resume", help="Go on with a run that was interrupted, or begin anew."),
]


def publish(
    files: Files,
    *,
    since: Since = None,
    until: Until = None,
    every: All = False,
    alerts_since: AlertsSince = None,
    resume: Resume = None,
    as_json: Json = False,
    brokers: Brokers = None,
    data_dir: DataDir = None,
    config: Config = None,
) -> None:
    r"""Publish articles to `articles.raw`; each counts as published once Kafka has acknowledged it.

    What is no article is named on stderr, with file and line, and goes to the dead letters; the run goes on.
    Exit code 1 if there was any, 2 if a file or Kafka could not be reached, 130 after Ctrl-C.

    With --since or --all the paths are archives: files and folders with all that is below them, sorted by when the
    articles were published and sent in that order. What is older than --alerts-since (without it: all) tells the
    stories what happened and raises no alert. An interrupted run goes on with --resume: what Kafka has is not sent
    again.

    \b
    Examples:
      pactwatch publish news.jsonl feed.xml page.html
      zcat archive.jsonl.gz | pactwatch publish -
      pactwatch publish --brokers kafka.example.org:9092 --json week.jsonl.gz
      pactwatch publish --since 2024-10-01 --alerts-since 2026-01-09 archive/ more.jsonl.gz
      pactwatch publish --all --resume archive/
    """
    from pipeline.settings import load_settings

    settings = load_settings(config, brokers=brokers, data_dir=data_dir)
    if since is None and not every:
        _refuse({"--until": until, "--alerts-since": alerts_since, "--resume": resume})
        _check(files)
        published, bad = _publish_files(files, settings)
        _report(published, bad, as_json=as_json)
    else:
        from pipeline.backfill import Bounds
        from pipeline.commands.backfill import publish_archive

        bounds = Bounds(
            since=time_given(since),
            until=time_given(until, "--until", is_end=True),
            alerts_since=time_given(alerts_since, "--alerts-since"),
        )
        bad = publish_archive(files, settings, bounds, resume=resume, as_json=as_json)
    if bad:
        raise typer.Exit(EXIT_SOME_BAD)


def _refuse(options: Mapping[str, object]) -> None:
    """Raise SettingsError for an option that is for archives alone."""
    from pipeline.core.errors import SettingsError

    for name, value in options.items():
        if value is not None:
            raise SettingsError(f"{name} is for archives: give --since TIME or --all too")


def _publish_files(files: Sequence[str], settings: "Settings") -> tuple[int, int]:
    """Publish files in the order in which they are named; return how many articles there were, and how many bad."""
    from pipeline.broker.address import bootstrap_servers
    from pipeline.broker.topics import ensure_topics
    from pipeline.publish import ArticlePublisher

    bootstrap = bootstrap_servers(settings)
    ensure_topics(settings, tell=_say)
    with _progress() as progress:
        say = partial(progress.console.print, markup=False, highlight=False, soft_wrap=True)  # above the bars
        with ArticlePublisher(bootstrap, topic_prefix=settings.topic_prefix, tell=say) as publisher:
            _publish(files, publisher, progress)
            return publisher.published, publisher.buried


def _check(files: Sequence[str]) -> None:
    """Raise SettingsError for a file that is not there, before anything is published."""
    from pipeline.core.errors import SettingsError
    from pipeline.sources import STDIN

    for file in files:
        if file != STDIN and not Path(file).exists():
            raise SettingsError(f"cannot read {file}: no such file")
        if file != STDIN and Path(file).is_dir():
            raise SettingsError(
                f"cannot read {file}: it is a folder; name its files, or give --since TIME or --all"
            )


def _publish(files: Sequence[str], publisher: "ArticlePublisher", progress: "Progress") -> None:
    """Publish the files' items; at Ctrl-C what is under way still arrives, and it is said how far that is."""
    from pipeline.commands.interrupts import InterruptBetween
    from pipeline.core.errors import BrokerError

    try:
        with InterruptBetween() as interrupts:
            for file in files:
                _publish_file(file, publisher, progress, interrupts)
        publisher.settle()
    except KeyboardInterrupt as interrupt:
        publisher.settle()
        _say(f"stopped after {_how_far(publisher)}")
        raise typer.Exit(EXIT_INTERRUPTED) from interrupt
    except BrokerError as error:
        raise BrokerError(f"{error}; sent up to {_how_far(publisher)}") from error


def _publish_file(
    file: str, publisher: "ArticlePublisher", progress: "Progress", interrupts: "InterruptBetween"
) -> None:
    from pipeline.sources import STDIN, read_source

    total = None if file == STDIN else Path(file).stat().st_size or None
    task = progress.add_task(Path(file).name, total=total, articles=0)
    items = read_source(file, datetime.now(UTC), lambda read: progress.update(task, completed=read))
    for count, item in enumerate(items, start=1):
        with interrupts.step():
            publisher.put(item)
            progress.update(task, articles=count)


def _how_far(publisher: "ArticlePublisher") -> str:
    return f"{publisher.position or 'nothing'}: {publisher.published} published, {publisher.buried} bad"


@contextmanager
def _progress() -> Iterator["Progress"]:
    """Show a bar for each file on stderr, where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[articles]} articles"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield progress


def _report(published: int, bad: int, *, as_json: bool) -> None:
    if as_json:
        import orjson

        typer.echo(orjson.dumps({"published": published, "bad": bad}).decode())
        return
    tail = f", {bad} bad (see `pactwatch dead-letters list`)" if bad else ""
    typer.echo(f"published {published} article{'' if published == 1 else 's'}{tail}")


def _say(line: str) -> None:
    typer.echo(line, err=True)
