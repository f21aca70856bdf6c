"""`pactwatch alerts`: what the alerts topic holds."""

import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.choices import checked_kinds, time_given
from pipeline.commands.options import Brokers, Config, DataDir, Json, ProfileName

if TYPE_CHECKING:
    from pipeline.core.records import Alert
    from pipeline.reading import TopicRecord
    from pipeline.settings import Settings

Follow = Annotated[bool, typer.Option("--follow", "-f", help="Go on with new alerts as they are raised.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Only the last so many of those that are there.")]
Kinds = Annotated[list[str] | None, typer.Option("--kind", help="Only this event type; again for more.")]
Since = Annotated[str | None, typer.Option(metavar="TIME", help="Only raised at or after, ISO 8601, UTC.")]


def alerts(
    *,
    follow: Follow = False,
    as_json: Json = False,
    limit: Limit = None,
    kind: Kinds = None,
    since: Since = None,
    brokers: Brokers = None,
    data_dir: DataDir = None,
    profile: ProfileName = None,
    config: Config = None,
) -> None:
    r"""Show the alerts that were raised, oldest first, each once; nobody's position is moved.

    \b
    Examples:
      pactwatch alerts --limit 20
      pactwatch alerts --follow --kind deployment
      pactwatch alerts --json --since 2026-01-09 | jq .headline
    """
    from pipeline.broker.address import bootstrap_servers
    from pipeline.reading import TopicReader
    from pipeline.settings import load_settings
    from pipeline.topology import ALERTS

    earliest = time_given(since)
    settings = load_settings(config, brokers=brokers, data_dir=data_dir, profile=profile)
    reader = TopicReader(bootstrap_servers(settings), settings.topic_prefix + ALERTS.name)
    wanted = Wanted(frozenset(checked_kinds(kind or ())), earliest)
    show = _printer(settings, as_json=as_json)
    there = wanted.among(reader.history())
    for alert in there if limit is None else deque(there, maxlen=limit):
        show(alert)
    if follow:
        for alert in wanted.among(reader.follow(_interrupted().is_set)):
            show(alert)


class Wanted:
    """Which alerts are shown: each id once, of some kinds, from some time on."""

    def __init__(self, kinds: frozenset[str], earliest: datetime | None) -> None:
        self._kinds = kinds
        self._earliest = earliest
        self._shown: set[str] = set()

    def among(self, records: Iterable["TopicRecord"]) -> Iterator["Alert"]:
        """Yield the alerts to show; a record that is none is named on stderr."""
        from pipeline import codec
        from pipeline.core.errors import RecordError
        from pipeline.core.records import Alert

        for record in records:
            try:
                alert = codec.decode(record.value, Alert)
            except RecordError as error:
                typer.echo(f"record {record.partition}:{record.offset} is no alert: {error}", err=True)
                continue
            if alert.alert_id not in self._shown and self._is_wanted(alert):
                self._shown.add(alert.alert_id)
                yield alert

    def _is_wanted(self, alert: "Alert") -> bool:
        of_kind = not self._kinds or alert.kind in self._kinds
        return of_kind and (self._earliest is None or alert.raised_at >= self._earliest)


def _printer(settings: "Settings", *, as_json: bool) -> "Callable[[Alert], None]":
    """Return what shows one alert."""
    if as_json:
        from pipeline import codec

        return lambda alert: typer.echo(codec.encode(alert).decode())
    from rich.console import Console

    from pipeline.profiles import load_profile
    from pipeline.sinks.layout import print_alert

    names = load_profile(settings.profile).names
    return partial(print_alert, Console(highlight=False), names=names)


def _interrupted() -> threading.Event:
    """Return what is set once Ctrl-C or SIGTERM has come."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    return stopped
