"""What `enrich` and `simulate` share: files through the topology in memory, records to stdout."""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from pipeline.codec import encode
from pipeline.core.errors import RecordError
from pipeline.core.records import RawArticle, Record, Story
from pipeline.memory import flow
from pipeline.profiles import load_profile
from pipeline.settings import load_settings
from pipeline.sources import Item, read_source
from pipeline.topology import STAGES, Stage, Topic, context_for

EXIT_SOME_BAD = 1


class ArticleClock:
    """A clock that stands at the article being read: its publication, else when it was fetched."""

    def __init__(self) -> None:
        self._at = datetime.min.replace(tzinfo=UTC)

    def move_to(self, article: RawArticle) -> None:
        """Set the clock."""
        self._at = article.published_at or article.fetched_at

    def __call__(self) -> datetime:
        """Return the time it is."""
        return self._at


def print_records(
    files: Sequence[str],
    topic: Topic,
    *,
    config: Path | None,
    profile: str | None,
    stages: Sequence[Stage] = STAGES,
    stories_too: bool = False,
) -> None:
    """Print what the stages write to `topic` for the files' articles, in order, one record a line.

    With `stories_too` the stories known in the end follow, each as it is last, in the order they were first told. An item that is no article is named on stderr and the run goes on. Exits with 1 if there was one.
    """
    settings = load_settings(config, profile=profile)
    clock = ArticleClock()
    stories: dict[str, Story] = {}
    context = context_for(settings, load_profile(settings.profile), stories=stories, now=clock)
    bad = 0
    for item in with_progress(files):
        try:
            if isinstance(item.result, RecordError):
                raise item.result
            clock.move_to(item.result)
            for output in flow(item.result, context, stages=stages):
                if output.topic is topic:
                    _print(output.record)
        except RecordError as error:
            bad += 1
            typer.echo(f"{item.position}: {error}", err=True)
    for story in stories.values() if stories_too else ():
        _print(story)
    sys.stdout.buffer.flush()
    if bad:
        typer.echo(f"{bad} could not be read", err=True)
        raise typer.Exit(EXIT_SOME_BAD)


def _print(record: Record) -> None:
    sys.stdout.buffer.write(encode(record) + b"\n")


def with_progress(files: Sequence[str]) -> Iterator[Item]:
    """Yield the files' items; on a terminal, where stdout goes elsewhere, show how far it is."""
    fetched_at = datetime.now(UTC)
    shown = sys.stderr.isatty() and not sys.stdout.isatty()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed} articles"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), disable=not shown) as progress:
        for file in files:
            task = progress.add_task(file, total=None)
            for item in read_source(file, fetched_at):
                yield item
                progress.advance(task)
