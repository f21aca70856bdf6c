"""`pactwatch publish --since`: archives to Kafka, with progress and resume."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

    from pipeline.backfill import Backfill, Bounds, Job, Progress
    from pipeline.settings import Settings

EXIT_INTERRUPTED = 130


def publish_archive(
    paths: Sequence[str], settings: "Settings", bounds: "Bounds", *, resume: bool | None, as_json: bool
) -> int:
    """Publish archives and say what came of it; return how much of them was no article."""
    from pipeline.backfill import Backfill, Job, RawTopic
    from pipeline.broker.address import bootstrap_servers
    from pipeline.broker.topics import ensure_topics
    from pipeline.publish import ArticlePublisher
    from pipeline.topology import RAW

    _check(paths)
    bootstrap = bootstrap_servers(settings)
    ensure_topics(settings, tell=_say)
    topic = settings.topic_prefix + RAW.name
    with Job(settings.data_dir, paths, bounds, topic) as job, _bars() as bars:
        say = partial(bars.console.print, markup=False, highlight=False, soft_wrap=True)  # above the bars
        begun = _begun(job, resume=resume)
        with ArticlePublisher(
            bootstrap, topic_prefix=settings.topic_prefix, source="pactwatch/backfill", tell=say
        ) as publisher:
            backfill = Backfill(job, publisher, RawTopic(bootstrap, topic))
            progress = begun or _sorted(paths, bounds, backfill, bars)
            _send(backfill, progress, bars)
        job.finish()
    _report(progress, as_json=as_json)
    return progress.sorted.bad


def _check(paths: Sequence[str]) -> None:
    from pipeline.core.errors import SettingsError
    from pipeline.sources import STDIN

    if STDIN in paths:
        raise SettingsError(
            "an archive is read from files, which stdin is not; without --since it can be published"
        )


def _begun(job: "Job", *, resume: bool | None) -> "Progress | None":
    """Return how far an interrupted run is, where it is to go on. Raises JobError where that is not said."""
    from pipeline.backfill import JobError

    progress = job.progress()
    if progress is None or resume is False:
        return None
    if resume is None:
        raise JobError(
            f"a run of this archive was interrupted after {progress.sent:,} of {progress.sorted.lines:,};"
            " --resume goes on with it, --no-resume begins anew"
        )
    _say(f"going on after {progress.sent:,} of {progress.sorted.lines:,}")
    return progress


def _sorted(paths: Sequence[str], bounds: "Bounds", backfill: "Backfill", bars: "Bars") -> "Progress":
    from pipeline.backfill import archive_files

    files, passed_over = archive_files(paths)
    if passed_over:
        _say(f"{passed_over} files passed over: their names say no form of article")
    task = bars.add_task("reading", total=sum(file.size for file in files), shown="")

    def on_read(read: int) -> None:
        bars.update(task, completed=read, shown=f"{read / 1e6:,.0f} MB")

    progress = backfill.sort(files, bounds, datetime.now(UTC), on_read)
    if progress.sorted.undated:
        _say(f"{progress.sorted.undated} articles without a date come last, and raise no alert")
    return progress


def _send(backfill: "Backfill", progress: "Progress", bars: "Bars") -> None:
    """Send all that is left; after Ctrl-C say how far it is and how to go on."""
    from pipeline.commands.interrupts import InterruptBetween

    task = bars.add_task("sending", total=progress.sorted.lines, shown="")

    @contextmanager
    def step() -> Iterator[None]:
        with interrupts.step():
            yield
        bars.update(task, completed=progress.sent, shown=f"{progress.sent:,} articles")

    try:
        with InterruptBetween() as interrupts:
            backfill.send(progress, step)
    except KeyboardInterrupt as interrupt:
        _say(f"stopped after {progress.sent:,} of {progress.sorted.lines:,}; --resume goes on")
        raise typer.Exit(EXIT_INTERRUPTED) from interrupt


@contextmanager
def _bars() -> Iterator["Bars"]:
    """Show a bar for each phase on stderr, where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[shown]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        yield bars


def _report(progress: "Progress", *, as_json: bool) -> None:
    import msgspec
    import orjson

    found = progress.sorted
    published = found.lines - found.bad - progress.repeats
    if as_json:
        counts = msgspec.structs.asdict(found) | {"published": published, "repeats": progress.repeats}
        typer.echo(orjson.dumps({name: counts[name] for name in counts if name != "lines"}).decode())
        return
    dates = (
        f", published {found.first:%Y-%m-%d} to {found.last:%Y-%m-%d}" if found.first and found.last else ""
    )
    parts = {
        "that raise no alert": found.silent,
        "outside the dates left out": found.outside,
        "repeated word for word left out": progress.repeats,
        "bad (see `pactwatch dead-letters list`)": found.bad,
    }
    tail = "".join(f"; {count:,} {what}" for what, count in parts.items() if count)
    typer.echo(f"published {published:,} article{'' if published == 1 else 's'}{dates}{tail}")


def _say(line: str) -> None:
    typer.echo(line, err=True)
