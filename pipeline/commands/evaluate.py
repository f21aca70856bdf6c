"""`pactwatch evaluate`: what is found in a labelled file, against its labels."""

import gzip
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from pipeline.commands.options import Config, ProfileName

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table

    from pipeline.evaluation import Outcome
    from pipeline.topology import Context


def evaluate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD", help="articles with labels, JSON lines (.gz too)")],
    *,
    errors: Annotated[bool, typer.Option("--errors", help="list all that is not as labelled")] = False,
    alerts: Annotated[bool, typer.Option("--alerts", help="score only what is raised")] = False,
    labels: Annotated[
        Path | None, typer.Option(metavar="FILE", help="more labels, by id, for articles kept elsewhere")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
    profile: ProfileName = None,
    config: Config = None,
) -> None:
    r"""Score a labelled file read in order: events by type and slot, entities, alerts, stories. Needs no Kafka.

    A label is an article's `expect`. Exit code 2 if the file or a line of it cannot be read.

    \b
    Examples:
      pactwatch evaluate gold.jsonl
      pactwatch evaluate gold.jsonl.gz --alerts --errors
      pactwatch evaluate articles.jsonl --labels labels.jsonl
      pactwatch evaluate gold.jsonl --json | jq .alerts.all.f1
    """
    from pipeline.evaluation import names_of, score
    from pipeline.evaluation.summary import summary
    from pipeline.profiles import load_profile
    from pipeline.settings import load_settings
    from pipeline.topology import context_for

    settings = load_settings(config, profile=profile)
    watched = load_profile(settings.profile)
    context = context_for(settings, watched, stories={}, now=lambda: datetime.now(UTC))
    scores = score(_outcomes(gold, labels, context), names_of(watched))
    found = summary(scores, alerts_only=alerts, errors=errors)
    if as_json:
        _print_json(found)
    else:
        _print_tables(found)


def _outcomes(path: Path, labels: Path | None, context: "Context") -> Iterator["Outcome"]:
    """Yield what comes of each article; one that can never be enriched is said on stderr and yields nothing."""
    from pipeline.core.errors import RecordError
    from pipeline.evaluation import Outcome, read_gold
    from pipeline.evaluation.running import outcome_of

    added = _labels(labels) if labels is not None else None
    with _lines(path) as lines:
        for gold in read_gold(lines, fetched_at=datetime.now(UTC), labels=added):
            try:
                yield outcome_of(gold, context)
            except RecordError as error:
                typer.echo(f"{gold.name}: {error}", err=True)
                yield Outcome(gold)


def _labels(path: Path) -> dict[str, dict[str, Any]]:
    from pipeline.evaluation import read_labels

    with _lines(path) as lines:
        return read_labels(lines)


@contextmanager
def _lines(path: Path) -> Iterator[Iterator[bytes]]:
    """The lines of a file, with progress on stderr; a file that cannot be read ends the command."""
    from pipeline.evaluation import GoldError

    try:
        with path.open("rb") as file, _progress() as progress:
            task = progress.add_task(path.name, total=path.stat().st_size)
            yield _watched(file, path, lambda at: progress.update(task, completed=at))
    except (OSError, EOFError) as error:
        raise GoldError(f"{path}: cannot be read: {error}") from error
    except GoldError as error:
        raise GoldError(f"{path}: {error}") from error


def _progress() -> "Progress":
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    return Progress(console=console, transient=True, disable=not console.is_terminal)


def _watched(file: IO[bytes], path: Path, on_position: Callable[[int], None]) -> Iterator[bytes]:
    lines = gzip.GzipFile(fileobj=file) if path.suffix == ".gz" else file
    for line in lines:
        on_position(file.tell())
        yield line


def _print_json(found: dict[str, Any]) -> None:
    import orjson

    typer.echo(orjson.dumps(found).decode())


def _print_tables(found: dict[str, Any]) -> None:
    """Print a table for types and one for alerts, the single figures below, then what is not as labelled."""
    from rich.console import Console

    console = Console()
    for name in ("types", "entities", "alerts"):
        if name in found and len(found[name]) > 1:
            console.print(_table(name, found[name]))
    if len(found.get("slots", ())) > 1:
        console.print(_slots(found["slots"]))
    shares = {"actors": "actor right", "status": "status right", "repeats_silenced": "repeats silenced"}
    for key, label in shares.items():
        if key in found:
            console.print(f"{label}: {found[key]['right']} of {found[key]['of']} ({found[key]['share']:.3f})")
    stories = found["stories"]
    console.print(
        f"stories, B-cubed: precision {stories['b_cubed_precision']:.3f}, recall {stories['b_cubed_recall']:.3f},"
        f" F1 {stories['b_cubed_f1']:.3f} over {stories['reports']} reports;"
        f" {stories['merged_within_96_hours']} pairs merged that lie within 96 hours"
    )
    _print_pairs(console, found["pairs"])
    console.print(f"{found['articles']} articles, {found['labelled']} labelled")
    _print_errors(console, found.get("errors", ()))


def _print_errors(console: "Console", errors: Iterable[dict[str, str]]) -> None:
    """List what is not as labelled under a heading for each kind of it."""
    from rich.markup import escape

    from pipeline.sinks.printable import printable

    for (what, kind), group in groupby(errors, key=itemgetter("what", "kind")):
        misses = list(group)
        console.print(f"\n[bold]{escape(what)}: {escape(kind)}[/] ({len(misses)})")
        for miss in misses:
            console.print(
                f"  {printable(miss['id'])}: {printable(miss['title'])}", markup=False, highlight=False
            )
            for mark, said in ((">", miss["sentence"]), ("=", miss["instead"])):
                if said:
                    console.print(f"    {mark} {printable(said)}", markup=False, highlight=False)


def _print_pairs(console: "Console", pairs: dict[str, dict[str, Any]]) -> None:
    """Say which of the hard cases are right in each of their articles, and list those that are not."""
    from pipeline.sinks.printable import printable

    if not pairs:
        return
    wrong = {pair: share for pair, share in pairs.items() if share["right"] < share["of"]}
    console.print(f"hard cases right: {len(pairs) - len(wrong)} of {len(pairs)}")
    for pair, share in wrong.items():
        console.print(
            f"  {printable(pair)}: {share['right']} of {share['of']} articles", markup=False, highlight=False
        )


def _slots(slots: dict[str, dict[str, dict[str, Any]]]) -> "Table":
    """Return how often each slot is right: in all, and for each type."""
    from rich.table import Table

    kinds = [*(kind for kind in slots if kind != "all"), "all"]
    table = Table(title="slots right", title_justify="left")
    for column in ("slot", "right", "of", "share"):
        table.add_column(column, justify="left" if column == "slot" else "right")
    for slot, share in slots["all"].items():
        table.add_row(slot, str(share["right"]), str(share["of"]), f"{share['share']:.3f}")
    for kind in kinds[:-1]:
        for slot, share in slots[kind].items():
            if share["right"] < share["of"]:
                table.add_row(
                    f"  {slot} ({kind})", str(share["right"]), str(share["of"]), f"{share['share']:.3f}"
                )
    return table


def _table(name: str, kinds: dict[str, dict[str, Any]]) -> "Table":
    from rich.table import Table

    table = Table(title=name, title_justify="left", collapse_padding=True, pad_edge=False)
    table.add_column("type")
    columns = list(kinds["all"])
    for column in columns:
        table.add_column(column, justify="right")
    for kind in [*sorted(kinds.keys() - {"all"}), "all"]:
        cells = (kinds[kind][column] for column in columns)
        table.add_row(kind, *(f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in cells))
    return table
