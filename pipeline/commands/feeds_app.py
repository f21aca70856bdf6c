"""`pactwatch feeds`: the commands on the list of feeds."""

import typer

from pipeline.commands.feeds_add import add
from pipeline.commands.feeds_check import check
from pipeline.commands.feeds_exchange import export, import_feeds
from pipeline.commands.feeds_list import list_feeds, remove
from pipeline.commands.help import add_command

app = typer.Typer(help="Look at the feeds that are polled, and change the list.", no_args_is_help=True)
add_command(app, list_feeds, "list")
add_command(app, check)
add_command(app, add)
add_command(app, remove)
add_command(app, import_feeds, "import")
add_command(app, export)
