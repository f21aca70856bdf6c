"""`pactwatch schemas`: the published contract, written and checked."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.help import add_command

Folder = Annotated[Path, typer.Option("--dir", metavar="FOLDER", help="Where the contract lies.")]

_DEFAULT = Path("schemas")


def export(folder: Folder = _DEFAULT) -> None:
    r"""Write the JSON Schema files and the AsyncAPI document from the record types and the topology.

    \b
    Examples:
      pactwatch schemas export
      pactwatch schemas export --dir /tmp/schemas
    """
    from pipeline.contract.files import export as write

    for path in write(folder):
        typer.echo(path)


def check(folder: Folder = _DEFAULT) -> None:
    r"""Check that the files are what the record types say, and break nothing of the released ones.

    The released ones lie in released/v1 of the folder. Exit code 1 where anything differs or breaks.

    \b
    Examples:
      pactwatch schemas check
    """
    from pipeline.contract.files import breaks, drift

    drifted, broken = drift(folder), breaks(folder)
    for line in drifted:
        typer.echo(line, err=True)
    for line in broken:
        typer.echo(f"incompatible with the release: {line}", err=True)
    if drifted:
        typer.echo(f"`pactwatch schemas export --dir {folder}` writes them anew", err=True)
    if drifted or broken:
        raise typer.Exit(1)
    typer.echo(f"{folder}: as the record types say", err=True)


app = typer.Typer(help="Write or check the published contract.", no_args_is_help=True)
add_command(app, export, "export")
add_command(app, check, "check")
