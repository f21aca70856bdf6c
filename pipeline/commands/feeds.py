"""`pactwatch poll`: feeds from the network."""

import signal
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.options import AllowPrivate, Brokers, Config, DataDir, ProfileName

if TYPE_CHECKING:
    from pipeline.poller import FeedPoller, FeedResult

EXIT_SOME_BAD = 1


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


def _report(result: "FeedResult") -> None:
    if line := line_of(result):
        _say(line)


def _say(line: str) -> None:
    typer.echo(line, err=True)
