"""The command line: thin, over the library."""

import os
import sys
from typing import NoReturn

import typer

from pipeline.commands import (
    alerts,
    bench,
    dead_letters,
    deliver,
    doctor,
    enrich,
    evaluate,
    explain,
    feeds_app,
    poll,
    profile,
    publish,
    receive,
    run,
    schemas,
    simulate,
    stories,
    topology,
    watches,
    worker,
)
from pipeline.commands.help import add_command
from pipeline.core.errors import PactwatchError

EXIT_CANNOT = 2
EXIT_INTERRUPTED = 130

app = typer.Typer(
    name="pactwatch",
    help="Watches news feeds for what happens between two allies and tells people the moment something new does.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    run.run,
    worker.worker,
    poll.poll,
    publish.publish,
    receive.receive,
    deliver.deliver,
    alerts.alerts,
    stories.stories,
    stories.story,
    enrich.enrich,
    simulate.simulate,
    explain.explain,
    evaluate.evaluate,
    bench.bench,
    topology.topology,
    doctor.doctor,
):
    add_command(app, command)
app.add_typer(feeds_app.app, name="feeds")
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(schemas.app, name="schemas")
app.add_typer(profile.app, name="profile")
app.add_typer(watches.app, name="watches")


def main() -> NoReturn:
    """Run one command. Exit codes: 0 done, 1 done in part, 2 cannot be done as asked, 130 interrupted."""
    try:
        app()
    except PactwatchError as error:
        typer.echo(f"pactwatch: {error}", err=True)
        sys.exit(EXIT_CANNOT)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:  # whoever read our output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)
