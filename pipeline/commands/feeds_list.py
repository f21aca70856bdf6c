"""`pactwatch feeds list`, `add` and `remove`: the list of feeds on Kafka."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.options import Brokers, Config, DataDir, Json

if TYPE_CHECKING:
    from pipeline.commands.feeds_view import Row
    from pipeline.feed_list import FeedList
    from pipeline.settings import Settings

Failing = Annotated[
    bool, typer.Option("--failing", help="Only those not read at their last poll, dead, or gone.")
]
Off = Annotated[bool, typer.Option("--off", help="Only those that were taken off the list.")]
OfKinds = Annotated[
    list[str] | None, typer.Option("--kind", help="Only this kind of publisher; again for more.")
]
InLanguages = Annotated[
    list[str] | None, typer.Option("--language", help="Only in this language (en, ko, …); again for more.")
]
Ids = Annotated[list[str], typer.Argument(metavar="ID…", help="As `feeds list` shows it.")]


def list_feeds(
    *,
    as_json: Json = False,
    failing: Failing = False,
    off: Off = False,
    kind: OfKinds = None,
    language: InLanguages = None,
    brokers: Brokers = None,
    data_dir: DataDir = None,
    config: Config = None,
) -> None:
    r"""List the feeds that are polled: when each was read last, what went wrong, and when it is polled next.

    States: ok, new (not polled yet), failing, dead (not read for a day or more), gone (its server ended it: polled no
    more), off (somebody took it off).

    \b
    Examples:
      pactwatch feeds list
      pactwatch feeds list --failing
      pactwatch feeds list --kind state_media --language ko
      pactwatch feeds list --json | jq -r 'select(.failures > 3) | [.id, .error] | @tsv'
    """
    from pipeline.commands.feeds_view import Row
    from pipeline.settings import load_settings

    settings = load_settings(config, brokers=brokers, data_dir=data_dir)
    with open_list(settings) as feeds:
        rows = [Row(listed, state) for listed, state in feeds.listed_with_states()]
    chosen = [
        row
        for row in rows
        if (not failing or row.condition in {"failing", "dead", "gone"})
        and (not off or row.condition == "off")
        and (not kind or row.listed.feed.kind in kind)
        and (not language or row.listed.feed.language in language)
    ]
    _show(chosen, of=len(rows), as_json=as_json)


def remove(
    feed_ids: Ids,
    brokers: Brokers = None,
    data_dir: DataDir = None,
    config: Config = None,
) -> None:
    r"""Take feeds off the list: they are polled no more, and stay off when Pactwatch starts again.

    \b
    Examples:
      pactwatch feeds remove rt-en
    """
    from pipeline.settings import load_settings

    settings = load_settings(config, brokers=brokers, data_dir=data_dir)
    with open_list(settings) as feeds:
        removed = feeds.remove(*feed_ids)
    for feed in removed:
        typer.echo(f"off the list: {feed.id}  {feed.url}")


def open_list(settings: "Settings") -> "FeedList":
    """Return the feed list of these settings. Raises BrokerError where there is no Kafka."""
    from pipeline.broker.address import bootstrap_servers
    from pipeline.feed_list import FeedList

    return FeedList(bootstrap_servers(settings), topic_prefix=settings.topic_prefix)


def _show(rows: "list[Row]", *, of: int, as_json: bool) -> None:
    from rich.console import Console

    from pipeline.commands.feeds_view import as_fields, counts_in_words, print_list

    if as_json:
        import orjson

        for row in rows:
            typer.echo(orjson.dumps(as_fields(row)).decode())
        return
    if not rows:
        nothing = "the list is empty; `pactwatch run` or `pactwatch poll` fills it with the profile's feeds"
        typer.echo(f"none of the {of} feeds" if of else nothing, err=True)
        return
    print_list(Console(highlight=False), rows, datetime.now(UTC))
    typer.echo(counts_in_words(rows), err=True)
