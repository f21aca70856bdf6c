import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.core.errors import BrokerError, RecordError, SettingsError
from pipeline.receiver.access import Access, Address, check_guarded, read_token
from pipeline.receiver.server import Receiver, openapi, serving
from pipeline.settings import Settings, as_environment, load_settings
from pipeline.sources.item import Item

GOOD = {"title": "Envoy arrives", "body": "The envoy arrived on Friday."}
LINE = json.dumps(GOOD).encode()
TOKEN = "a-token-of-some-length"  # noqa: S105 - a test's own
LINES = {"Content-Type": "application/x-ndjson"}
JSON = {"Content-Type": "application/json"}


class Inbox:
    """Keeps what it is given; refuses or waits where it is told to."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.is_away = False
        self.may_finish = asyncio.Event()
        self.may_finish.set()
        self.has_begun = asyncio.Event()

    async def take(self, items: Sequence[Item]) -> None:
        """Keep the items."""
        self.has_begun.set()
        await self.may_finish.wait()
        if self.is_away:
            raise BrokerError("no broker at example:9092")
        self.items += items

    @property
    def titles(self) -> list[str]:
        """The titles of the articles."""
        return [item.result.title for item in self.items if not isinstance(item.result, RecordError)]


Use = Callable[[aiohttp.ClientSession, Inbox], Awaitable[None]]


def _with_receiver(use: Use, *, token: str | None = None, **limits: Any) -> None:
    async def run() -> None:
        inbox = Inbox()
        receiver = Receiver(inbox, Access(token), **({"max_bytes": 10_000} | limits))
        async with (
            serving(receiver, Address("127.0.0.1:0")) as port,
            aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
        ):
            await use(session, inbox)

    asyncio.run(run())


async def _push(
    session: aiohttp.ClientSession, body: Any, headers: dict[str, str] = JSON
) -> tuple[int, dict[str, Any], aiohttp.ClientResponse]:
    async with session.post("/articles", data=body, headers=headers) as response:
        return response.status, json.loads(await response.read()), response


@pytest.mark.parametrize(
    ("body", "headers", "count"),
    [
        (LINE, JSON, 1),
        (b"[" + LINE + b"," + LINE + b"]", JSON, 2),
        (LINE + b"\n\n" + LINE + b"\n", LINES, 2),
        (gzip.compress(LINE), JSON | {"Content-Encoding": "gzip"}, 1),
        (LINE, {"Content-Type": "application/json; charset=utf-8"}, 1),
    ],
    ids=["one", "list", "lines", "gzip", "charset"],
)
def test_articles_are_accepted_once_they_are_safe(body: bytes, headers: dict[str, str], count: int) -> None:
    """202 says how many were taken, in each form a body may have."""

    async def use(session: aiohttp.ClientSession, inbox: Inbox) -> None:
        assert (await _push(session, body, headers))[:2] == (202, {"accepted": count})
        assert inbox.titles == ["Envoy arrives"] * count

    _with_receiver(use)


def test_bad_lines_are_reported_one_by_one_and_the_others_taken() -> None:
    """400 names each line that is no article and why; all items go to the inbox, which buries the bad."""

    async def use(session: aiohttp.ClientSession, inbox: Inbox) -> None:
        body = LINE + b"\n{broken\n" + LINE + b'\n{"title": "<script>"}\n'
        status, problem, response = await _push(session, body, LINES)
        assert (status, response.content_type) == (400, "application/problem+json")
        assert (problem["accepted"], problem["rejected"]) == (2, 2)
        assert [error["at"] for error in problem["errors"]] == ["body:2", "body:4"]
        assert "'body' is missing" in problem["errors"][1]["detail"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert len(inbox.items) == 4

    _with_receiver(use)


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", JSON, 400),
        (b"{", JSON, 400),
        (b"[" * 100_000, JSON, 413),
        (b"[" * 9_000, JSON, 400),
        (b"x" * 10_001, LINES, 413),
        (gzip.compress(b" " * 1_000_000), JSON | {"Content-Encoding": "gzip"}, 413),
        (gzip.compress(LINE)[:-9], JSON | {"Content-Encoding": "gzip"}, 400),
        (LINE, JSON | {"Content-Encoding": "gzip"}, 400),
        (LINE, JSON | {"Content-Encoding": "br"}, 415),
        (LINE, {"Content-Type": "text/plain"}, 415),
        (LINE, {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(
    body: bytes, headers: dict[str, str], status: int
) -> None:
    """Each refusal is a problem document; a bomb is unpacked no further than the limit."""

    async def use(session: aiohttp.ClientSession, inbox: Inbox) -> None:
        got, problem, response = await _push(session, body, headers)
        assert (got, problem["status"], response.content_type) == (status, status, "application/problem+json")
        assert inbox.titles == []

    _with_receiver(use)


def test_a_body_that_never_ends_is_given_up() -> None:
    """A client that sends a byte now and then gets 408, and an endless one 413."""

    async def drip() -> Any:
        yield b'{"title":'
        await asyncio.Event().wait()

    async def flood() -> Any:
        while True:
            yield b" " * 1000

    async def use(session: aiohttp.ClientSession, inbox: Inbox) -> None:
        assert (await _push(session, drip()))[0] == 408
        assert (await _push(session, flood()))[0] == 413
        assert (await _push(session, LINE))[0] == 202
        assert len(inbox.items) == 1

    _with_receiver(use, body_seconds=0.2)


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"Bearer {TOKEN}", 202),
        (f"bearer {TOKEN}", 202),
        (f"Bearer {TOKEN}x", 401),
        (f"Basic {TOKEN}", 401),
        ("Bearer", 401),
        ("", 401),
        ("Bearer пароль", 401),
    ],
)
def test_only_who_knows_the_token_may_push(header: str, status: int) -> None:
    """Without it nothing of the body is read; health and the description need none."""

    async def use(session: aiohttp.ClientSession, inbox: Inbox) -> None:
        got, _, response = await _push(session, LINE, JSON | {"Authorization": header})
        assert got == status
        assert ("WWW-Authenticate" in response.headers) == (status == 401)
        assert len(inbox.items) == (status == 202)
        async with session.get("/health") as health:
            assert health.status == 200

    _with_receiver(use, token=TOKEN)


def test_without_a_token_only_this_machine_by_its_own_name_may_push() -> None:
    """A page in a browser that has another name resolve to this machine is refused."""

    async def use(session: aiohttp.ClientSession, inbox: Inbox) -> None:
        assert (await _push(session, LINE, JSON | {"Host": "localhost:8460"}))[0] == 202
        for name in ("evil.example.org", "127.0.0.1.example.org", "[", ""):
            assert (await _push(session, LINE, JSON | {"Host": name}))[0] in {400, 403}
        assert len(inbox.items) == 1

    _with_receiver(use)


def test_when_kafka_is_away_the_client_is_asked_to_come_again() -> None:
    """503 with Retry-After until Kafka takes articles again; health says the same, and no reason tells where it is."""

    async def use(session: aiohttp.ClientSession, inbox: Inbox) -> None:
        inbox.is_away = True
        status, problem, response = await _push(session, LINE)
        assert (status, response.headers["Retry-After"]) == (503, "10")
        assert "9092" not in json.dumps(problem)
        async with session.get("/health") as health:
            assert (health.status, (await health.json())["status"]) == (503, "kafka away")
        inbox.is_away = False
        assert (await _push(session, LINE))[0] == 202
        async with session.get("/health") as health:
            assert (health.status, await health.json()) == (200, {"status": "ok", "accepted": 1})

    _with_receiver(use)


def test_more_requests_than_are_taken_at_once_are_asked_to_wait() -> None:
    """Beyond the limit the answer is 503 at once, so that memory is bounded."""

    async def use(session: aiohttp.ClientSession, inbox: Inbox) -> None:
        inbox.may_finish.clear()
        first = asyncio.create_task(_push(session, LINE))
        await inbox.has_begun.wait()
        status, _, response = await _push(session, LINE)
        assert (status, response.headers["Retry-After"]) == (503, "1")
        inbox.may_finish.set()
        assert (await first)[0] == 202

    _with_receiver(use, at_once=1)


def test_a_request_under_way_is_finished_at_the_end() -> None:
    """Who has sent an article before the end gets the answer that it is safe."""

    async def run() -> None:
        inbox = Inbox()
        inbox.may_finish.clear()
        receiver = Receiver(inbox, Access(None), max_bytes=10_000)
        server = serving(receiver, Address("127.0.0.1:0"))
        port = await server.__aenter__()
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            pushed = asyncio.create_task(_push(session, LINE))
            await inbox.has_begun.wait()
            ended = asyncio.create_task(server.__aexit__(None, None, None))
            await asyncio.sleep(0)
            inbox.may_finish.set()
            assert (await pushed)[0] == 202
            await ended

    asyncio.run(run())


def test_the_description_names_every_route_and_answer() -> None:
    """OpenAPI lists the routes there are, and each status that POST /articles gives."""

    async def use(session: aiohttp.ClientSession, inbox: Inbox) -> None:
        async with session.get("/openapi.json") as response:
            assert (response.status, await response.json()) == (200, openapi())
        async with session.get("/articles") as response:
            assert (response.status, response.headers["Allow"]) == (405, "POST")
            assert response.content_type == "application/problem+json"
        async with session.get("/nowhere") as response:
            assert response.status == 404
        assert inbox.items == []

    _with_receiver(use)
    document = openapi()
    routes = Receiver(Inbox(), Access(None), max_bytes=1).app().router.resources()
    assert set(document["paths"]) == {route.canonical for route in routes}
    statuses = {"202", "400", "401", "403", "408", "413", "415", "503"}
    assert set(document["paths"]["/articles"]["post"]["responses"]) == statuses


@pytest.mark.parametrize(
    ("listen", "token", "is_right"),
    [
        ("127.0.0.1:8460", None, True),
        ("[::1]:8460", None, True),
        ("localhost:0", None, True),
        ("0.0.0.0:8460", None, False),
        ("[::]:8460", None, False),
        ("0.0.0.0:8460", TOKEN, True),
    ],
)
def test_without_a_token_only_loopback_is_listened_on(listen: str, token: str | None, is_right: bool) -> None:
    """An endpoint that anybody could push to does not start, and says how to mend it."""
    if is_right:
        check_guarded(Address(listen), token)
    else:
        with pytest.raises(SettingsError, match="PACTWATCH_RECEIVE_TOKEN"):
            check_guarded(Address(listen), token)


@pytest.mark.parametrize("listen", ["8460", "127.0.0.1", "host:port", "", "a:1/b", "127.0.0.1:99999"])
def test_an_address_that_is_none_is_named(listen: str) -> None:
    """A misspelt --listen says what one looks like."""
    with pytest.raises(SettingsError, match="HOST:PORT"):
        Address(listen)


def test_the_token_is_read_from_one_place_and_shown_in_none(tmp_path: Path) -> None:
    """From the environment or a file, not both; neither the settings' text nor a child's environment holds it."""
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    settings = Settings(receive_token=SecretStr(TOKEN))
    assert read_token(settings) == TOKEN
    assert TOKEN not in repr(settings)
    assert TOKEN not in str(as_environment(settings))
    assert "PACTWATCH_RECEIVE_TOKEN" not in as_environment(settings)
    assert read_token(Settings(receive_token_file=file)) == TOKEN
    assert read_token(Settings()) is None
    with pytest.raises(SettingsError, match="both set"):
        read_token(Settings(receive_token=SecretStr(TOKEN), receive_token_file=file))
    file.write_text("short")
    with pytest.raises(SettingsError, match="shorter than 16") as error:
        read_token(Settings(receive_token_file=file))
    assert "short\n" not in str(error.value)
    with pytest.raises(SettingsError, match="no-such"):
        read_token(Settings(receive_token_file=tmp_path / "no-such"))


def test_an_endpoint_open_to_everybody_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond loopback a token is needed, before anything is connected to."""
    monkeypatch.delenv("PACTWATCH_RECEIVE_TOKEN", raising=False)
    done = CliRunner().invoke(app, ["receive", "--listen", "0.0.0.0:0"])
    assert isinstance(done.exception, SettingsError)
    assert "PACTWATCH_RECEIVE_TOKEN" in str(done.exception)


def test_a_secret_of_a_wrong_type_is_not_shown(tmp_path: Path) -> None:
    """An error about the token's setting names it and not its value."""
    (tmp_path / "own.toml").write_text("receive_token = 1234567890123456\n")
    with pytest.raises(SettingsError, match="receive_token") as error:
        load_settings(tmp_path / "own.toml")
    assert "1234567890123456" not in str(error.value)
