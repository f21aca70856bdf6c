"""`pactwatch watches`: find what is wrong in a file of watches, and see what they would have sent."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.commands.help import add_command
from pipeline.commands.options import Brokers, Config, DataDir, Json, ProfileName

if TYPE_CHECKING:
    from pipeline.core.records import Alert
    from pipeline.core.watches import Notice, Watch, WatchList
    from pipeline.settings import Settings

WatchFile = Annotated[Path, typer.Argument(metavar="FILE", help="Watches in TOML.", show_default=False)]
AlertsFile = Annotated[
    Path | None,
    typer.Option("--alerts", metavar="FILE", help="Alerts as JSON lines, as the alerts file has them."),
]
Days = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="The alerts of the last N days, from Kafka.")
]

app = typer.Typer(help="Check watches; see what they would have sent.", no_args_is_help=True)


def check(
    file: WatchFile, profile: ProfileName = None, config: Config = None, *, as_json: Json = False
) -> None:
    r"""Find what is wrong in a file of watches: unknown keys, names, modes, time zones. Nothing is run.

    Exit code 2 where a watch cannot be read; the message names it and how to mend it.

    \b
    Examples:
      pactwatch watches check watches.toml
      pactwatch watches check watches.toml --profile belarus-russia
    """
    from pipeline.settings import load_settings

    settings = load_settings(config, profile=profile)
    listed = _read(file, settings)
    idle = [line for watch in listed.watches for line in _idle(watch, settings)]
    if as_json:
        import orjson

        told = {"file": str(file), "watches": [watch.id for watch in listed.watches], "warnings": idle}
        typer.echo(orjson.dumps(told).decode())
        return
    for line in idle:
        typer.echo(f"warning: {line}")
    count = len(listed.watches)
    typer.echo(f"{file}: {count} watch{'' if count == 1 else 'es'}, {len(idle)} warnings")


def try_out(
    file: WatchFile,
    *,
    alerts: AlertsFile = None,
    days: Days = None,
    brokers: Brokers = None,
    data_dir: DataDir = None,
    profile: ProfileName = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    r"""Show which alerts each watch would have sent and when, and why not the others. Nothing is sent.

    Without --alerts and --days they are those that the profile's sample articles raise.

    \b
    Examples:
      pactwatch watches test watches.toml
      pactwatch watches test watches.toml --days 7
      pactwatch watches test watches.toml --alerts .pactwatch/alerts.jsonl --json
    """
    from pipeline.core.errors import SettingsError
    from pipeline.settings import load_settings

    if alerts is not None and days is not None:
        raise SettingsError("--alerts and --days are two places to take alerts from; name one")
    settings = load_settings(config, brokers=brokers, data_dir=data_dir, profile=profile)
    listed = _read(file, settings)
    judged = [
        (watch, alert, watch.notice(alert, listed.judge))
        for alert in _alerts(settings, alerts, days)
        for watch in listed.watches
    ]
    if as_json:
        import orjson

        for watch, alert, notice in judged:
            typer.echo(orjson.dumps(_as_object(watch, alert, notice)).decode())
    else:
        _print(listed.watches, judged)


def _read(file: Path, settings: "Settings") -> "WatchList":
    from pipeline.core.errors import WatchError
    from pipeline.core.watches import parse_watches
    from pipeline.profiles import load_profile

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WatchError(f"{file}: cannot be read: {error}") from error
    try:
        return parse_watches(text, load_profile(settings.profile))
    except WatchError as error:
        raise WatchError(f"{file}: {error}") from error


def _idle(watch: "Watch", settings: "Settings") -> Iterator[str]:
    """Yield what a watch asks for and will never get with these settings."""
    never = [kind for kind in watch.terms.kinds if kind not in settings.alert_kinds]
    if never:
        yield (
            f"watch {watch.id!r}: no alert is raised for {', '.join(never)}; the setting alert_kinds has"
            f" {', '.join(settings.alert_kinds)}"
        )


def _alerts(settings: "Settings", file: Path | None, days: int | None) -> Iterator["Alert"]:
    """Yield each alert once, in the order in which they were raised."""
    seen: set[str] = set()
    for alert in _of_file(file) if file else _of_topic(settings, days) if days else _of_samples(settings):
        if alert.alert_id not in seen:
            seen.add(alert.alert_id)
            yield alert


def _of_file(file: Path) -> Iterator["Alert"]:
    from pipeline import codec
    from pipeline.core.errors import RecordError, SettingsError
    from pipeline.core.records import Alert

    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise SettingsError(f"--alerts {file}: {error.strerror}") from error
    for number, line in enumerate(lines, start=1):
        try:
            yield codec.decode(line, Alert)
        except RecordError as error:
            raise SettingsError(f"--alerts {file}:{number}: no alert: {error}") from error


def _of_topic(settings: "Settings", days: int) -> Iterator["Alert"]:
    from pipeline.broker.address import bootstrap_servers
    from pipeline.commands.alerts import Wanted
    from pipeline.reading import TopicReader
    from pipeline.topology import ALERTS

    earliest = datetime.now(UTC) - timedelta(days=days)
    reader = TopicReader(bootstrap_servers(settings), settings.topic_prefix + ALERTS.name)
    return Wanted(frozenset(), earliest).among(reader.history())


def _of_samples(settings: "Settings") -> Iterator["Alert"]:
    from pipeline.commands.offline import ArticleClock
    from pipeline.core.records import RawArticle
    from pipeline.memory import flow
    from pipeline.profiles import load_profile, sample_articles
    from pipeline.sources import read_source
    from pipeline.topology import ALERTS, context_for

    samples, clock = sample_articles(settings.profile), ArticleClock()
    if not samples.exists():
        return
    context = context_for(settings, load_profile(settings.profile), stories={}, now=clock)
    for item in read_source(str(samples), datetime.now(UTC)):
        if isinstance(item.result, RawArticle):
            clock.move_to(item.result)
            outputs = flow(item.result, context)
            yield from (output.record for output in outputs if output.topic is ALERTS)  # type: ignore[misc]


def _as_object(watch: "Watch", alert: "Alert", notice: "Notice") -> dict[str, Any]:
    return {
        "watch": watch.id,
        "alert_id": alert.alert_id,
        "kind": alert.kind,
        "status": alert.status,
        "headline": alert.headline,
        "raised_at": alert.raised_at,
        "sent": notice.due_at is not None,
        "due_at": notice.due_at,
        "reason": notice.reason,
    }


def _print(watches: Iterable["Watch"], judged: list[tuple["Watch", "Alert", "Notice"]]) -> None:
    """Print, watch by watch, what is sent and when, then what is not and why."""
    from rich.console import Console
    from rich.table import Table

    from pipeline.sinks.layout import moment
    from pipeline.sinks.printable import printable

    console = Console(highlight=False)
    for watch in watches:
        own = [(alert, notice) for by, alert, notice in judged if by is watch]
        sent = Counter(notice.due_at is not None for _, notice in own)[True]
        console.print(f"[bold]{printable(watch.name)}[/]: {sent} of {len(own)} alerts", markup=True)
        table = Table(box=None, padding=(0, 2, 0, 2), show_header=False)
        for alert, notice in sorted(own, key=lambda row: row[1].due_at is None):
            when = moment(notice.due_at) if notice.due_at else "not sent"
            table.add_row(
                when,
                printable(alert.headline),
                printable(notice.reason),
                style=None if notice.due_at else "dim",
            )
        console.print(table)


add_command(app, check)
add_command(app, try_out, "test")
