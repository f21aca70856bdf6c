"""The options that commands share."""

from pathlib import Path
from typing import Annotated

import typer

Brokers = Annotated[
    str | None,
    typer.Option(metavar="HOST:PORT[,…]", help="Kafka to use; without it, the embedded one."),
]
Config = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Settings; without it, ./pactwatch.toml if it is there.")
]
DataDir = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="What is kept between runs (default: .pactwatch).")
]
ProfileName = Annotated[
    str | None,
    typer.Option("--profile", metavar="NAME|FOLDER", help="The watch profile (default: dprk-russia)."),
]
Json = Annotated[bool, typer.Option("--json", help="JSON on stdout, one record a line, for programs.")]
Files = Annotated[
    list[str],
    typer.Argument(metavar="FILE…", help="JSON lines, RSS/Atom, HTML or text, also .gz; - for stdin."),
]
AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Also ask servers on this machine and in private networks.")
]
