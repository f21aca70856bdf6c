"""`pactwatch bench`: how fast it is on this machine."""

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.commands.options import Config, Json, ProfileName

if TYPE_CHECKING:
    from rich.table import Table

    from pipeline.settings import Settings

OnBrokers = Annotated[
    str | None,
    typer.Option(metavar="HOST:PORT[,…]", help="Kafka to measure on; without it, a fresh embedded one."),
]
Articles = Annotated[int, typer.Option(min=1_000, help="Articles that run through the flow.")]
OnSubject = Annotated[
    float, typer.Option(min=0, max=1, help="Share of the articles that are on the subject.")
]
State = Annotated[
    bool, typer.Option("--state", help="Measure instead what a worker's stories take: memory, disk, restart.")
]
Feeds = Annotated[
    int | None,
    typer.Option(
        "--feeds", min=1, metavar="N", help="Measure instead the polling of N feeds that are due at once."
    ),
]
Stories = Annotated[int, typer.Option(min=1_000, help="With --state: first reports that the worker follows.")]


def bench(
    articles: Articles = 20_000,
    on_subject: OnSubject = 0.1,
    brokers: OnBrokers = None,
    profile: ProfileName = None,
    config: Config = None,
    *,
    state: State = False,
    feeds: Feeds = None,
    stories: Stories = 100_000,
    as_json: Json = False,
) -> None:
    r"""Measure articles a second of each stage, of the whole flow through Kafka, and of the broker alone.

    All in one run, so that the ratios hold: each stage by itself in memory; the broker's own ceiling; the engine with
    stages that do nothing; the whole flow in one worker. Articles are 2,500 characters, made of the profile's samples.

    \b
    Examples:
      pactwatch bench
      pactwatch bench --articles 50000 --json
      pactwatch bench --state --stories 100000
      pactwatch bench --feeds 5000
    """
    from pipeline.settings import load_settings

    settings = load_settings(config, brokers=brokers, profile=profile)
    if state:
        _state(settings, stories, as_json=as_json)
        return
    if feeds is not None:
        _feeds(settings, feeds, as_json=as_json)
        return
    from pipeline.bench.measure import measure

    figures = measure(settings, articles, on_subject, tell=_tell)
    if as_json:
        typer.echo(json.dumps(figures))
    else:
        from rich.console import Console

        Console(file=sys.stdout).print(_table(figures))


def _tell(line: str) -> None:
    typer.echo(line, err=True)


def _state(settings: "Settings", stories: int, *, as_json: bool) -> None:
    """Measure what the stories held cost, and print it."""
    from pipeline.bench.state import measure_state

    _show(measure_state(settings, stories, tell=_tell), as_json=as_json)


def _feeds(settings: "Settings", count: int, *, as_json: bool) -> None:
    """Measure what polling many feeds takes, and print it."""
    from pipeline.bench.feeds import measure_feeds

    _show(measure_feeds(settings, count, tell=_tell), as_json=as_json)


def _show(figures: dict[str, float], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for name, figure in figures.items():
        typer.echo(f"{name.replace('_', ' '):>18}  {figure:,.1f}")


def _table(figures: dict[str, Any]) -> "Table":
    from rich.table import Table

    ceiling = figures["broker_produce"]
    table = Table(title="articles a second", title_justify="left", caption_justify="left")
    for column in ("what", "a second", "of the broker's ceiling"):
        table.add_column(column, justify="left" if column == "what" else "right")
    speeds = {f"stage {name}, alone": speed for name, speed in figures["stages"].items()}
    speeds |= {
        f"  of it {load}": speed for load, speed in figures["stories_by_load"].items() if load != "mixed"
    }
    speeds |= {
        "entities and events, bytes to bytes, one core": figures["entities_events_one_core"],
        "the same, every article on the subject": figures["entities_events_on_subject"],
        "whole flow through Kafka, one worker": figures["flow"],
        "engine with stages that do nothing": figures["engine"],
        "broker alone, produce": ceiling,
        "broker alone, consume": figures["broker_consume"],
    }
    for what, speed in speeds.items():
        table.add_row(what, f"{speed:,.0f}", f"{speed / ceiling:.1%}")
    table.caption = (
        f"worker CPU {figures['flow_cpu_ms']:.3f} ms an article, of which the engine {figures['engine_cpu_ms']:.3f} ms; "
        f"largest memory {figures['peak_rss_mb']:.0f} MB; p99 {figures['p99_ms']:.0f} ms at 200 articles a second"
    )
    return table
