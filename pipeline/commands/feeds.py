"""`pactwatch poll` and `pactwatch feeds check`: feeds from the network."""

import signal
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.commands.options import Brokers, Config, DataDir, Json, ProfileName

if TYPE_CHECKING:
    from pipeline.fetching import Fetcher
    from pipeline.poller import FeedPoller, FeedResult
    from pipeline.sources.listing import Listing

EXIT_SOME_BAD = 1
AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Also ask servers on this machine and in private networks.")
]


def poll(
    brokers: Brokers = None,
    data_dir: DataDir = None,
    profile: ProfileName = None,
    config: Config = None,
    *,
    once: Annotated[bool, typer.Option("--once", help="Poll each feed once, then end.")] = False,
    allow_private: AllowPrivate = False,
) -> None:
    r"""Poll the profile's feeds and publish each new entry to `articles.raw`, until Ctrl-C or SIGTERM.

    A feed that cannot be read is said once and tried again, after a minute at first, then ever more rarely.
    With --once the exit code is 1 if any feed could not be read.

    \b
    Examples:
      pactwatch poll --brokers kafka.example.org:9092
      pactwatch poll --once --profile ./my-profile
    """
    from pipeline.broker.address import bootstrap_servers
    from pipeline.broker.topics import ensure_topics
    from pipeline.logs import set_up_logging
    from pipeline.poller import FeedPoller
    from pipeline.poller.state import FeedState, state_file
    from pipeline.profiles import load_profile
    from pipeline.publish import ArticlePublisher
    from pipeline.settings import load_settings

    settings = load_settings(config, brokers=brokers, data_dir=data_dir, profile=profile)
    set_up_logging(settings.log_level)
    feeds = load_profile(settings.profile).feeds
    bootstrap = bootstrap_servers(settings)
    ensure_topics(settings, tell=_say)
    with (
        ArticlePublisher(
            bootstrap, topic_prefix=settings.topic_prefix, source="pactwatch/poll", tell=_say
        ) as publisher,
        FeedState(state_file(settings.data_dir)) as state,
    ):
        poller = FeedPoller(
            feeds,
            publisher,
            state,
            poll_seconds=settings.poll_seconds,
            contact=settings.user_agent_contact,
            report=_report,
            allow_private=allow_private,
        )
        if not once:
            _say(f"polling {len(feeds)} feeds every {settings.poll_seconds} s; Ctrl-C ends it")
            _poll_until_told(poller)
        elif any(result.error for result in poller.poll_once()):
            raise typer.Exit(EXIT_SOME_BAD)


def check(
    sources: Annotated[list[str], typer.Argument(metavar="FILE-OR-URL…", help="RSS or Atom.")],
    config: Config = None,
    *,
    as_json: Json = False,
    allow_private: AllowPrivate = False,
) -> None:
    r"""Show what would be read from feeds, without publishing anything: form, entries, or what is wrong.

    Exit code 1 if any is no feed or cannot be had.

    \b
    Examples:
      pactwatch feeds check https://example.org/rss.xml
      pactwatch feeds check saved.xml --json
    """
    import asyncio

    import orjson

    from pipeline.settings import load_settings

    settings = load_settings(config)
    found = asyncio.run(_check_all(sources, settings.user_agent_contact, allow_private=allow_private))
    for one in found:
        typer.echo(orjson.dumps(one).decode() if as_json else _in_words(one))
    if not all(one["ok"] for one in found):
        raise typer.Exit(EXIT_SOME_BAD)


def line_of(result: "FeedResult") -> str | None:
    """Return what a person wants to know of a poll: what is new, or the first of a row of failures."""
    if result.error:
        return f"{result.feed.name}: {result.error}; it is tried again" if result.failures == 1 else None
    if not result.published and not result.bad:
        return None
    bad = f", {result.bad} bad" if result.bad else ""
    return f"{result.feed.name}: {result.published} new of {result.entries}{bad}"


def _poll_until_told(poller: "FeedPoller") -> None:
    before = {
        number: signal.signal(number, lambda *_: poller.stop()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        poller.poll_forever()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def _check_all(sources: Sequence[str], contact: str, *, allow_private: bool) -> list[dict[str, Any]]:
    import asyncio

    from pipeline.fetching import Fetcher

    async with Fetcher(contact=contact, allow_private=allow_private) as fetcher:
        return await asyncio.gather(*(_check(source, fetcher) for source in sources))


async def _check(source: str, fetcher: "Fetcher") -> dict[str, Any]:
    """Return what a source is: `ok` where it is a feed, else `error`; `format` as feedparser names it."""
    from pipeline.core.errors import PactwatchError

    found: dict[str, Any] = {"source": source, "ok": False, "error": None, "entries": 0, "format": None}
    try:
        feed = await _feed_at(source, fetcher)
    except PactwatchError as error:
        return found | {"error": str(error)}
    except OSError as error:
        return found | {"error": error.strerror or str(error)}
    if not feed.form and not feed.entries:
        return found | {"error": "no feed: neither RSS nor Atom"}
    return found | {"ok": True, "entries": len(feed.entries), "format": feed.form or "unknown"}


async def _feed_at(source: str, fetcher: "Fetcher") -> "Listing":
    import asyncio

    from pipeline.fetching import Validators
    from pipeline.sources.feeds import parse_feed

    if source.startswith(("http://", "https://")):
        answer = await fetcher.fetch(source, Validators())
        return parse_feed(answer.content or b"", url=answer.url, content_type=answer.content_type)
    return parse_feed(await asyncio.to_thread(Path(source).read_bytes))


def _in_words(found: dict[str, Any]) -> str:
    says = f"{found['format']}, {found['entries']} entries" if found["ok"] else found["error"]
    return f"{found['source']}: {says}"


def _report(result: "FeedResult") -> None:
    if line := line_of(result):
        _say(line)


def _say(line: str) -> None:
    typer.echo(line, err=True)
