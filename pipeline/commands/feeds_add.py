"""`pactwatch feeds add`: a feed on the list, with what is not said guessed."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.commands.feeds_list import open_list
from pipeline.commands.options import AllowPrivate, Brokers, Config, DataDir, Json, ProfileName

if TYPE_CHECKING:
    from pipeline.core.feeds import Feed
    from pipeline.feed_list import Added, FeedList
    from pipeline.feed_list.looking import Look
    from pipeline.settings import Settings

_LABEL_WIDTH = 9
_TEASERS = "its entries are teasers; with --text page each article is fetched"

Address = Annotated[
    str,
    typer.Argument(
        metavar="URL|FOLDER|ID", help="A feed, a site's page that names one, a folder; or a feed that is off."
    ),
]
Id = Annotated[str | None, typer.Option("--id", help="What the list calls it.")]
Name = Annotated[str | None, typer.Option("--name", help="Who publishes it, for people.")]
Family = Annotated[
    str | None, typer.Option("--family", help="Publisher family: outlets that print one another's copy.")
]
Kind = Annotated[str | None, typer.Option("--kind", help="state_media, news_agency, newspaper, …")]
CountryCode = Annotated[str | None, typer.Option("--country", metavar="CC", help="ISO 3166, as KP.")]
Language = Annotated[str | None, typer.Option("--language", help="As ko.")]
ViaOption = Annotated[str | None, typer.Option("--via", metavar="feed|sitemap|index", help="How it is read.")]
Links = Annotated[str | None, typer.Option("--links", metavar="PATTERN", help="With --via index.")]
Text = Annotated[
    str | None,
    typer.Option("--text", metavar="feed|page", help="Where an article's text is: page fetches it."),
]
Unseen = Annotated[bool, typer.Option("--unseen", help="Add it without asking for it first.")]


def add(
    address: Address,
    *,
    feed_id: Id = None,
    name: Name = None,
    family: Family = None,
    kind: Kind = None,
    country: CountryCode = None,
    language: Language = None,
    via: ViaOption = None,
    links: Links = None,
    text: Text = None,
    unseen: Unseen = False,
    as_json: Json = False,
    allow_private: AllowPrivate = False,
    brokers: Brokers = None,
    data_dir: DataDir = None,
    profile: ProfileName = None,
    config: Config = None,
) -> None:
    r"""Put a feed on the list; a running poller takes it up by itself. What is not said is guessed, and shown.

    Of a site's page the first feed that it names is added. A feed that was taken off is on again by its id or address.

    \b
    Examples:
      pactwatch feeds add https://example.org/
      pactwatch feeds add https://example.org/rss.xml --name "The Example" --kind newspaper --text page
      pactwatch feeds add https://example.org/news/ --via index --links '/news/\d+'
      pactwatch feeds add /srv/incoming --name "Scanned papers"
      pactwatch feeds add rt-en
    """
    from pipeline.broker.topics import ensure_topics
    from pipeline.settings import load_settings

    settings = load_settings(config, brokers=brokers, data_dir=data_dir, profile=profile)
    options = {"id": feed_id, "name": name, "family": family, "kind": kind, "country": country}
    options |= {"language": language, "via": via, "links": links, "text": text}
    said = {option: value for option, value in options.items() if value is not None}
    with open_list(settings) as feeds:
        ensure_topics(settings, tell=_say)
        known = _known(address, feeds)
        look = None
        if known is None:
            said |= {"url": _url(address)} | _folder(address)
            look = None if unseen or said.get("via") == "directory" else _look(said, settings, allow_private)
            known = _guessed(said, look, feeds, settings)
        [added] = feeds.add(known)
    _show(added, said, look, as_json=as_json)


def _known(address: str, feeds: "FeedList") -> "Feed | None":
    """Return the feed of the list that has this id or address."""
    listed = (one.feed for one in feeds.listed())
    return next((feed for feed in listed if address in (feed.id, feed.url)), None)


def _url(address: str) -> str:
    return Path(address).absolute().as_uri() if Path(address).exists() else address


def _folder(address: str) -> dict[str, str]:
    return {"via": "directory"} if Path(address).is_dir() else {}


def _look(said: Mapping[str, str], settings: "Settings", allow_private: bool) -> "Look":
    """Return what is at the address, or at the first feed that its page names. Raises FeedListError."""
    from pipeline.feed_list import FeedListError
    from pipeline.feed_list.guessing import checked

    feed = checked({"id": said["url"], "name": said["url"], "family": ""} | dict(said))
    look = asyncio.run(_looked(feed, settings, is_via_said="via" in said, allow_private=allow_private))
    if look.error:
        more = (
            ""
            if "via" in said
            else "; of a page without a feed the links can be read (--via index --links PATTERN)"
        )
        raise FeedListError(f"{said['url']}: {look.error}{more}; with --unseen it is added all the same")
    return look


async def _looked(feed: "Feed", settings: "Settings", *, is_via_said: bool, allow_private: bool) -> "Look":
    import msgspec

    from pipeline.feed_list.looking import look_at
    from pipeline.fetching import Fetcher

    async with Fetcher(contact=settings.user_agent_contact, allow_private=allow_private) as fetcher:
        look = await look_at(feed, fetcher, is_via_said=is_via_said)
        if not look.error or not look.links or is_via_said:
            return look
        for link in look.links:
            _say(f"the page names the feed {link.url}  {link.title}")
        return await look_at(msgspec.structs.replace(feed, url=look.links[0].url), fetcher)


def _guessed(said: Mapping[str, Any], look: "Look | None", feeds: "FeedList", settings: "Settings") -> "Feed":
    from pipeline.core.publishers import Publishers
    from pipeline.feed_list.guessing import guessed_feed
    from pipeline.profiles import load_profile

    publishers = Publishers(load_profile(settings.profile))
    taken = {one.feed.id for one in feeds.listed()}
    if look is None or look.listing is None:
        return guessed_feed(said, publishers, taken=taken)
    found = {"name": look.listing.title, "language": look.language} | dict(said)
    found |= {"url": look.feed.url, "via": look.feed.via}
    if look.text == "none":  # titles alone are no articles
        found = {"text": "page"} | found
    return guessed_feed(found, publishers, taken=taken)


def _show(added: "Added", said: Mapping[str, str], look: "Look | None", *, as_json: bool) -> None:
    import msgspec

    from pipeline.sinks.printable import printable

    fields = msgspec.structs.asdict(added.feed)
    guessed = sorted(name for name in fields if fields[name] and name not in said) if said else []
    if as_json:
        import orjson

        typer.echo(orjson.dumps({"outcome": added.outcome, "guessed": guessed} | fields).decode())
        return
    typer.echo(f"{added.outcome}: {printable(added.feed.id)}")
    for name, value in fields.items():
        if value and name != "id":
            is_default = name in {"url", "via"} or (name, value) == ("text", "feed")
            mark = "  (guessed)" if name in guessed and not is_default else ""
            typer.echo(f"{name:>{_LABEL_WIDTH}}  {printable(value)}{mark}")
    if look is not None and look.text == "teasers" and added.feed.text == "feed":
        _say(_TEASERS)


def _say(line: str) -> None:
    from pipeline.sinks.printable import printable

    typer.echo(printable(line), err=True)
