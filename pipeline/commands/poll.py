"""`pactwatch poll`: feeds from the network."""

import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.options import AllowPrivate, Brokers, Config, DataDir, ProfileName

if TYPE_CHECKING:
    from pipeline.core.profile import Profile
    from pipeline.poller import FeedPoller, FeedResult
    from pipeline.settings import Settings

EXIT_SOME_BAD = 1
_SAID_ALIKE = 3
_COUNTS = (10, 30, 100, 300, 1000, 3000, 10_000)


def poll(
    brokers: Brokers = None,
    data_dir: DataDir = None,
    profile: ProfileName = None,
    config: Config = None,
    *,
    once: Annotated[bool, typer.Option("--once", help="Poll each feed once, then end.")] = False,
    allow_private: AllowPrivate = False,
) -> None:
    r"""Poll the feeds on the list and publish each new entry to `articles.raw`, until Ctrl-C or SIGTERM.

    The list is brought in line with the profile first. Several pollers share it: start one more wherever you like.
    A feed that cannot be read is said once and tried again, after a minute at first, then ever more rarely.
    With --once each feed is polled now, whoever else polls it, and the exit code is 1 if any could not be read.

    \b
    Examples:
      pactwatch poll --brokers kafka.example.org:9092
      pactwatch poll --once --profile ./my-profile
    """
    from pipeline.broker.address import bootstrap_servers
    from pipeline.broker.topics import ensure_topics
    from pipeline.logs import set_up_logging
    from pipeline.profiles import load_profile
    from pipeline.settings import load_settings

    settings = load_settings(config, brokers=brokers, data_dir=data_dir, profile=profile)
    set_up_logging(settings.log_level)
    settings = settings.model_copy(update={"brokers": bootstrap_servers(settings)})
    ensure_topics(settings, tell=_say)
    with poller_of(
        settings, load_profile(settings.profile), allow_private=allow_private, tell=_say
    ) as poller:
        if not once:
            _say(f"polling the feed list about every {settings.poll_seconds} s; Ctrl-C ends it")
            _poll_until_told(poller)
        elif any(result.error for result in poller.poll_once()):
            raise typer.Exit(EXIT_SOME_BAD)


@contextmanager
def poller_of(
    settings: "Settings", watched: "Profile", *, tell: Callable[[str], None], allow_private: bool = False
) -> Iterator["FeedPoller"]:
    """Yield a poller of the list, brought in line with the profile; the settings must name the brokers.

    What is new and what goes wrong is told, a line a poll.
    """
    from pipeline.feed_list import FeedList
    from pipeline.fetching import Fetcher
    from pipeline.poller import FeedPoller, Metrics
    from pipeline.poller.polling import Place
    from pipeline.publish import ArticlePublisher

    bootstrap = settings.brokers or ""
    with FeedList(bootstrap, topic_prefix=settings.topic_prefix) as listed:
        listed.sync(watched.feeds)
    metrics = Metrics()
    if settings.metrics_port:
        tell(f"metrics at {metrics.serve(settings.metrics_port)}")

    lines = PollLines()

    def report(result: "FeedResult") -> None:
        metrics.note(result)
        if line := lines.of(result):
            tell(line)

    with ArticlePublisher(
        bootstrap, topic_prefix=settings.topic_prefix, source="pactwatch/poll", tell=tell
    ) as publisher:
        yield FeedPoller(
            Place(
                bootstrap,
                f"{settings.app_id}.poller",
                settings.topic_prefix,
                settings.session_timeout_seconds,
            ),
            publisher,
            lambda: Fetcher(contact=settings.user_agent_contact, allow_private=allow_private),
            poll_seconds=settings.poll_seconds,
            report=report,
        )


class PollLines:
    """Says of each poll what a person wants to know; where many feeds fail alike, of a few and then how many."""

    def __init__(self) -> None:
        self._alike: Counter[str] = Counter()

    def of(self, result: "FeedResult") -> str | None:
        """Return the line for a poll, None where it is worth none."""
        if result.failures != 1 or result.is_gone:
            return line_of(result)
        self._alike[result.error] += 1
        count = self._alike[result.error]
        if count <= _SAID_ALIKE:
            return line_of(result)
        if count in _COUNTS:
            return f"{count} feeds so far: {result.error}; `pactwatch feeds list --failing` shows them"
        return None


def line_of(result: "FeedResult") -> str | None:
    """Return what a person wants to know of a poll: what is new, the first of a row of failures, the end of a feed."""
    name = result.feed.name
    if result.is_gone:
        return f"{name}: {result.error}: it has ended and is polled no more; `pactwatch feeds add` takes a new address"
    if result.has_died:
        return f"{name}: not read for a day, lately: {result.error}; see `pactwatch feeds list --failing`"
    if result.error:
        return f"{name}: {result.error}; it is tried again" if result.failures == 1 else None
    bad = f", {result.bad} bad" if result.bad else ""
    news = f"{result.published} new of {result.entries}{bad}" if result.published or result.bad else ""
    if result.has_recovered:
        return f"{name}: is read again" + (f", {news}" if news else "")
    return f"{name}: {news}" if news else None


def _poll_until_told(poller: "FeedPoller") -> None:
    before = {
        number: signal.signal(number, lambda *_: poller.stop()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        poller.poll_forever()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(line: str) -> None:
    typer.echo(line, err=True)
