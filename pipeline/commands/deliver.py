"""`pactwatch deliver`: alerts to sinks, for ever."""

import signal
import threading
from typing import Annotated

import typer

from pipeline.commands.options import Brokers, Config, DataDir, ProfileName

Sinks = Annotated[
    list[str] | None,
    typer.Option(
        "--sink",
        metavar="[NAME=]SCHEME:…",
        help="console: or jsonl:PATH, again for more (default: both). The name tells apart two of one scheme.",
    ),
]

_LOOK_SECONDS = 0.5


def deliver(
    *,
    sink: Sinks = None,
    brokers: Brokers = None,
    data_dir: DataDir = None,
    profile: ProfileName = None,
    config: Config = None,
) -> None:
    r"""Deliver alerts to the sinks as they are raised, each alert once, until Ctrl-C.

    A sink goes on where it stopped; one that fails is tried again and holds back no other.

    \b
    Examples:
      pactwatch deliver
      pactwatch deliver --brokers kafka.example.org:9092 --sink jsonl:/var/lib/pactwatch/alerts.jsonl
      pactwatch deliver --sink console: --sink archive=jsonl:/archive/alerts.jsonl
    """
    from pipeline.broker.address import bootstrap_servers
    from pipeline.broker.topics import ensure_topics
    from pipeline.delivery import Delivery
    from pipeline.logs import set_up_logging
    from pipeline.profiles import load_profile
    from pipeline.settings import load_settings
    from pipeline.sinks import default_sinks, open_sinks

    settings = load_settings(config, brokers=brokers, data_dir=data_dir, profile=profile)
    set_up_logging(settings.log_level)
    settings = settings.model_copy(update={"brokers": bootstrap_servers(settings)})
    ensure_topics(settings, tell=lambda line: typer.echo(line, err=True))
    names = load_profile(settings.profile).names
    specs = sink or default_sinks(settings)
    delivery = Delivery(settings, open_sinks(specs, names))
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    delivery.start()
    typer.echo(f"delivering alerts from {settings.brokers} to {', '.join(specs)}", err=True)
    while not stopped.wait(_LOOK_SECONDS) and not delivery.dead:
        pass
    dead = delivery.dead
    delivery.stop()
    if dead:
        typer.echo(f"delivery to {', '.join(dead)} ended unasked", err=True)
        raise typer.Exit(1)
