"""`pactwatch feeds check`: what would be read from feeds."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from pipeline.commands.feeds_list import open_list
from pipeline.commands.options import AllowPrivate, Brokers, Config, DataDir, Json, ProfileName
from pipeline.core.errors import BrokerError

if TYPE_CHECKING:
    from pipeline.core.feeds import Feed
    from pipeline.core.profile import Profile
    from pipeline.feed_list.looking import Look
    from pipeline.settings import Settings

EXIT_SOME_BAD = 1
_IN_DETAIL = 3  # so many sources are shown with their entries, more of them a line each
Sources = Annotated[
    list[str] | None,
    typer.Argument(metavar="[URL|FILE|FOLDER|ID…]", help="Without any: every feed that is polled."),
]
ViaOption = Annotated[
    str | None, typer.Option(metavar="feed|sitemap|index", help="How to read it; without it: as it looks.")
]
Links = Annotated[
    str | None, typer.Option(metavar="PATTERN", help="With --via index: what a page's links must match.")
]
Text = Annotated[
    str | None,
    typer.Option(metavar="feed|page", help="Where an article's text is: page looks at the first one's."),
]


def check(
    sources: Sources = None,
    *,
    via: ViaOption = None,
    links: Links = None,
    text: Text = None,
    as_json: Json = False,
    allow_private: AllowPrivate = False,
    brokers: Brokers = None,
    data_dir: DataDir = None,
    profile: ProfileName = None,
    config: Config = None,
) -> None:
    r"""Show what would be read from feeds, without publishing anything: form, entries, or what is wrong.

    A feed of the list or the profile (by its id or address) is read as it says there. Exit code 1 if any is no feed or
    cannot be had.

    \b
    Examples:
      pactwatch feeds check https://example.org/rss.xml
      pactwatch feeds check saved.xml --json
      pactwatch feeds check https://example.org/news/ --via index --links '/news/\d+'
      pactwatch feeds check
    """
    from pipeline.commands import feeds_check_view as view
    from pipeline.core.publishers import Publishers
    from pipeline.profiles import load_profile
    from pipeline.settings import load_settings

    settings = load_settings(config, brokers=brokers, data_dir=data_dir, profile=profile)
    watched = load_profile(settings.profile)
    if sources:
        wanted = [
            _meant(source, watched.feeds, settings, via=via, links=links, text=text) for source in sources
        ]
    else:
        wanted = [Wanted(feed.id, feed) for feed in _listed(settings, watched)]
    with view.progress(len(wanted)) as on_done:
        contact = settings.user_agent_contact
        looks = asyncio.run(_look_at_all(wanted, contact, on_done, allow_private=allow_private))
    shown = [(one.source, look) for one, look in zip(wanted, looks, strict=True)]
    if as_json:
        view.print_json(shown, Publishers(watched))
    elif len(shown) <= _IN_DETAIL:
        view.print_in_detail(shown, Publishers(watched))
    else:
        view.print_lines(shown)
    if any(look.error for look in looks):
        raise typer.Exit(EXIT_SOME_BAD)


class Wanted(NamedTuple):
    """What is to be looked at, as it was named, and whether it is said how it is read."""

    source: str
    feed: "Feed"
    is_via_said: bool = True


async def _look_at_all(
    wanted: Sequence[Wanted], contact: str, on_done: Callable[[object], None], *, allow_private: bool
) -> "list[Look]":
    from pipeline.feed_list.looking import look_at
    from pipeline.fetching import Fetcher

    async with Fetcher(contact=contact, allow_private=allow_private) as fetcher, asyncio.TaskGroup() as group:
        looks = [group.create_task(look_at(one.feed, fetcher, is_via_said=one.is_via_said)) for one in wanted]
        for look in looks:
            look.add_done_callback(on_done)
    return [look.result() for look in looks]


def _meant(
    source: str,
    feeds: "Sequence[Feed]",
    settings: "Settings",
    *,
    via: str | None,
    links: str | None,
    text: str | None,
) -> Wanted:
    """Return what a word of the command line means: a feed's address or id, else any address, file or folder."""
    import msgspec

    from pipeline.feed_list.guessing import checked
    from pipeline.feed_list.looking import is_web

    said: dict[str, Any] = {"via": via or ("index" if links else None), "links": links, "text": text}
    said = {name: value for name, value in said.items() if value}
    known = _known(source, feeds)
    if known is None and not is_web(source) and not Path(source).exists():
        with suppress(BrokerError):
            known = _known(source, _on_kafka(settings))
    if known is not None:
        return Wanted(source, checked(msgspec.structs.asdict(known) | said))
    fields = {"id": source, "name": source, "family": "", "url": source} | said
    if Path(source).is_dir():
        fields |= {"url": Path(source).absolute().as_uri(), "via": "directory"}
    return Wanted(source, checked(fields), is_via_said="via" in fields)


def _known(source: str, feeds: "Sequence[Feed]") -> "Feed | None":
    return next((feed for feed in feeds if source in (feed.id, feed.url)), None)


def _listed(settings: "Settings", watched: "Profile") -> "Sequence[Feed]":
    """Return the feeds that are polled; where no Kafka says so, the profile's."""
    try:
        return _on_kafka(settings)
    except BrokerError as error:
        typer.echo(f"{error}\nchecking the feeds of {watched.name} instead", err=True)
        return watched.feeds


def _on_kafka(settings: "Settings") -> "list[Feed]":
    with open_list(settings) as feeds:
        return [one.feed for one in feeds.listed() if not one.is_off]
