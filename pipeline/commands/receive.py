"""`pactwatch receive`: articles that others push, over HTTP."""

import asyncio
import signal
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.options import Brokers, Config, DataDir

if TYPE_CHECKING:
    from pipeline.receiver.access import Address
    from pipeline.receiver.server import Receiver

Listen = Annotated[
    str | None,
    typer.Option("--listen", metavar="HOST:PORT", help="Where to listen (default: 127.0.0.1:8460)."),
]
_DELIVERY_SECONDS = 20.0


def receive(
    *,
    listen: Listen = None,
    brokers: Brokers = None,
    data_dir: DataDir = None,
    config: Config = None,
) -> None:
    r"""Take articles that are pushed over HTTP, until Ctrl-C: POST /articles, as JSON, a list or JSON lines.

    The answer is 202 once Kafka has acknowledged them all. GET /openapi.json says the rest, GET /health whether it works.
    The token is read from PACTWATCH_RECEIVE_TOKEN or the file that `receive_token_file` names; without one only this
    machine is served. Exit code 0 at the end, 2 where it cannot begin.

    \b
    Examples:
      pactwatch receive
      curl -H 'Content-Type: application/json' -d '{"title": "…", "body": "…"}' http://127.0.0.1:8460/articles
      PACTWATCH_RECEIVE_TOKEN=$(cat token) pactwatch receive --listen 0.0.0.0:8460 --brokers kafka.example.org:9092
    """
    from pipeline.broker.address import bootstrap_servers
    from pipeline.broker.topics import ensure_topics
    from pipeline.logs import set_up_logging
    from pipeline.publish import ArticlePublisher
    from pipeline.receiver.access import Access, Address, check_guarded, read_token
    from pipeline.receiver.inbox import KafkaInbox
    from pipeline.receiver.server import Receiver
    from pipeline.settings import load_settings

    settings = load_settings(config, brokers=brokers, data_dir=data_dir, receive_listen=listen)
    set_up_logging(settings.log_level)
    address, token = Address(settings.receive_listen), read_token(settings)
    check_guarded(address, token)
    bootstrap = bootstrap_servers(settings)
    ensure_topics(settings, tell=_say)
    with ArticlePublisher(
        bootstrap,
        topic_prefix=settings.topic_prefix,
        source="pactwatch/receive",
        delivery_seconds=_DELIVERY_SECONDS,
    ) as publisher:
        inbox = KafkaInbox(publisher)
        receiver = Receiver(inbox, Access(token), max_bytes=settings.receive_max_bytes)
        try:
            asyncio.run(_serve(receiver, address, "with a token" if token else "from this machine only"))
        finally:
            inbox.close()
        _say(f"received {publisher.published} articles, {publisher.buried} bad")


async def _serve(receiver: "Receiver", address: "Address", who: str) -> None:
    from pipeline.core.errors import SettingsError
    from pipeline.receiver.server import serving

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        async with serving(receiver, address) as port:
            _say(f"receiving articles at http://{address.in_url}:{port}/articles, {who}")
            await stop.wait()
    except OSError as error:
        raise SettingsError(f"cannot listen on {address.host}:{address.port}: {error.strerror}") from error


def _say(line: str) -> None:
    typer.echo(line, err=True)
