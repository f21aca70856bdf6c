"""`pactwatch worker`: one Faust worker, for scaling out."""

from typing import Annotated

import typer

from pipeline.commands.options import Brokers, Config, DataDir

Stages = Annotated[
    str,
    typer.Option("--stage", metavar="STAGE[,…]", help="Which stages: entities, events, stories (or alerts)."),
]


def worker(
    stage: Stages = "entities,events,stories",
    brokers: Brokers = None,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    r"""Run stages as one more worker of their consumer groups, until SIGTERM or Ctrl-C.

    Exit codes: 0 stopped as asked, 1 an error that would lose records (start it again: it goes on where it was),
    2 it cannot start.

    \b
    Examples:
      pactwatch worker
      pactwatch worker --brokers kafka.example.org:9092 --stage entities,events
    """
    from pipeline.app import stages_named
    from pipeline.running import run_worker
    from pipeline.settings import load_settings

    settings = load_settings(config, brokers=brokers, data_dir=data_dir)
    raise typer.Exit(run_worker(settings, stages_named(stage), tell=lambda text: typer.echo(text, err=True)))
