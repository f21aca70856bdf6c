"""What servers do wrong, by mistake or on purpose: each is a reason in words, soon and in little memory."""

import asyncio
import gzip
import shutil
import socket
import ssl
import subprocess
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from raw_site import RawSite, ok, reset, saying

from pipeline.fetching import Answer, Fetcher, FetchError, Validators

_LIMIT = 256 * 1024


def _fetch(url: str, validators: Validators = Validators(), *, timeout_seconds: float = 10.0) -> Answer:  # noqa: B008
    async def fetch() -> Answer:
        async with Fetcher(allow_private=True, timeout_seconds=timeout_seconds) as fetcher:
            return await fetcher.fetch(url, validators, max_bytes=_LIMIT)

    return asyncio.run(fetch())


def _reset_in_the_middle(connection: socket.socket) -> None:
    connection.sendall(ok(b"half", length=99))
    reset(connection)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"", "hung up"),
        (reset, "connection reset|hung up"),
        (_reset_in_the_middle, "connection reset|broke off"),
        (ok(b"half of it", length=1000), "broke off"),
        (ok(b"more than was announced", length=4), "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf ", "broke off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n", "broke off|not HTTP"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 50_000 + b"\r\n\r\n", "headers are too large"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 5_000 + b"\r\n", "headers are too large"),
        (ok(gzip.compress(b"feed " * 99)[:-20], "Content-Encoding: gzip"), "broke off|damaged"),
        (ok(b"\x1f\x8bthis is not gzip", "Content-Encoding: gzip"), "damaged"),
        (ok(b"this is not brotli", "Content-Encoding: br"), "damaged"),
        (ok(b"", status="204 No Content"), "HTTP 204 No Content"),
        (ok(b"", status="304 Not Modified"), "HTTP 304 Not Modified"),
        (ok(b"", status="301 Moved"), "HTTP 301 Moved Permanently"),
        (ok(b"", status="599 \x1b[31mred"), "HTTP 599$|not HTTP"),
    ],
)
def test_what_is_no_answer_is_a_reason_in_words(
    answer: bytes | Callable[[socket.socket], None], why: str
) -> None:
    """Hung up, reset, broken off, garbled or no HTTP at all: one line says which, without the server's own words."""
    with saying(answer) as site, pytest.raises(FetchError, match=why) as raised:
        _fetch(site.url)
    assert str(raised.value).isprintable()


def _deflate_without_header(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


@pytest.mark.parametrize(
    ("header", "pack"),
    [
        ("Content-Encoding: gzip", gzip.compress),
        ("Content-Encoding: x-gzip", gzip.compress),
        ("Content-Type: application/gzip", gzip.compress),
        ("Content-Encoding: deflate", zlib.compress),
        ("Content-Encoding: deflate", _deflate_without_header),
        ("Content-Encoding: br", brotli.compress),
        ("Content-Encoding: utf-8", bytes),
    ],
)
def test_packed_answers_are_unpacked_within_the_limit(header: str, pack: Callable[[bytes], bytes]) -> None:
    """gzip, deflate and br are read, also where only the bytes tell; the size limit is for what comes out."""
    with saying(ok(pack(b"feed " * 1000), header)) as site:
        assert _fetch(site.url).content == b"feed " * 1000
    with (
        saying(ok(pack(b"\0" * 20_000_000), header)) as site,
        pytest.raises(FetchError, match=r"more than 0\.25 MB"),
    ):
        _fetch(site.url)


def test_a_bomb_in_a_bomb_is_unpacked_once() -> None:
    """What is packed several times over is unpacked once."""
    packed = gzip.compress(gzip.compress(gzip.compress(b"\0" * 2_000_000)))
    with saying(ok(packed, "Content-Encoding: gzip")) as site:
        assert _fetch(site.url).content == gzip.decompress(packed)


def test_gzip_files_that_follow_one_another_are_one_answer() -> None:
    """Several gzip members are read as one, what is behind them is left, and endless empty ones are refused."""
    with saying(ok(gzip.compress(b"fe") + gzip.compress(b"") + gzip.compress(b"ed") + b"trailer")) as site:
        assert _fetch(site.url).content == b"feed"
    with saying(ok(gzip.compress(b"") * 5_000)) as site, pytest.raises(FetchError, match="damaged"):
        _fetch(site.url)


def _sends_until_hung_up(block: bytes, pause: float) -> Callable[[socket.socket], None]:
    def send(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(block)
            if pause:
                connection.settimeout(pause)
                try:
                    if not connection.recv(1):
                        return
                except TimeoutError:
                    continue

    return send


@pytest.mark.parametrize("block", [b"X: y\r\n", b"\r\n ", b"Content-Type: a"])
def test_headers_that_dribble_are_given_up(block: bytes) -> None:
    """A header line now and then does not hold a fetch beyond its time limit."""
    with saying(_sends_until_hung_up(block, 0.02)) as site, pytest.raises(FetchError, match=r"within 0\.3 s"):
        _fetch(site.url, timeout_seconds=0.3)


@pytest.mark.parametrize("block", [b"X: y\r\n" * 1000, b"x" * 65_536])
def test_headers_without_end_are_cut_off(block: bytes) -> None:
    """A server that never ends its headers is left long before it fills the memory."""
    with (
        saying(_sends_until_hung_up(block, 0)) as site,
        pytest.raises(FetchError, match="headers are too large"),
    ):
        _fetch(site.url)


def test_the_time_limit_is_for_all_redirects_together() -> None:
    """Servers that each take their time do not add up beyond the limit."""
    count = iter(range(99))

    def slowly(connection: socket.socket) -> None:
        threading.Event().wait(0.15)
        connection.sendall(ok(b"", f"Location: /{next(count)}", status="302 Found"))

    with saying(slowly) as site, pytest.raises(FetchError, match=r"within 0\.4 s"):
        _fetch(site.url, timeout_seconds=0.4)
    assert len(site.heads) < 5


def _certificate(folder: Path) -> ssl.SSLContext:
    """Return a server's side of TLS with a certificate that nobody has signed."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl to make a certificate with")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*new, *files, "-days", "2", "-subj", "/CN=localhost"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def test_a_certificate_that_nobody_signed_is_said(tmp_path: Path) -> None:
    """A server that cannot prove who it is is not believed, and the reason names its certificate."""
    with (
        saying(ok(b"feed"), tls=_certificate(tmp_path)) as site,
        pytest.raises(FetchError, match="certificate is not valid: self-signed"),
    ):
        _fetch(site.url)
    assert not site.heads


def test_a_port_without_tls_is_said() -> None:
    """A server that speaks no TLS where https is asked is told in words."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)

        async def fetch() -> None:
            async with Fetcher(allow_private=True) as fetcher:
                asked = asyncio.create_task(fetcher.fetch(f"https://127.0.0.1:{listener.getsockname()[1]}/"))
                connection, _ = await asyncio.to_thread(listener.accept)
                with connection:
                    connection.sendall(ok(b"feed"))
                    await asked

        with pytest.raises(FetchError, match="no secure connection"):
            asyncio.run(fetch())


def test_a_name_without_an_address_is_said() -> None:
    """A host that does not exist is told in words."""
    with pytest.raises(FetchError, match="its name has no address"):
        _fetch("http://nowhere.invalid/feed")


def test_nothing_but_what_is_needed_is_told_to_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request says who asks and what for: no cookies, no language, and no proxy of the environment sees it."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with saying(ok(b"", "Set-Cookie: id=1", "Location: /there", status="302 Found"), ok(b"feed")) as site:

        async def fetch() -> None:
            async with Fetcher(allow_private=True, contact="watch@example.org") as fetcher:
                await fetcher.fetch(site.url, accept="text/html")

        asyncio.run(fetch())
    first, second = _headers(site)
    assert first == second
    assert set(first) == {"host", "user-agent", "accept", "accept-encoding"}
    assert first["user-agent"].startswith("Pactwatch/")
    assert first["user-agent"].endswith("(+watch@example.org)")
    assert first["accept"] == "text/html"


def _headers(site: RawSite) -> list[dict[str, str]]:
    """Return the headers of each request, names in lower case."""
    lines = [head.split("\r\n")[1:-2] for head in site.heads]
    return [
        {name.lower(): value for name, _, value in (line.partition(": ") for line in own)} for own in lines
    ]


def test_validators_that_no_header_can_hold_are_dropped() -> None:
    """An ETag of strange bytes or endless length is not kept, so that it cannot spoil later requests."""
    odd = ok(b"feed", 'ETag: "\xff"', "Last-Modified: " + "x" * 20_000)
    with saying(odd) as site:
        assert _fetch(site.url).validators == Validators()


def test_few_large_answers_are_read_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """While one large answer hangs, another waits for it with little in memory, and small ones pass by."""
    monkeypatch.setattr("pipeline.fetching.fetch._LARGE_AT_ONCE", 1)
    monkeypatch.setattr("pipeline.fetching.fetch._LARGE_BYTES", _LIMIT // 8)
    go_on, half = threading.Event(), b"x" * (_LIMIT // 4)

    def hangs(connection: socket.socket) -> None:
        connection.sendall(ok(half, length=2 * len(half)))
        go_on.wait(10)
        connection.sendall(half)

    loopback = [(socket.AF_INET, 6, "127.0.0.1")]
    monkeypatch.setattr("pipeline.fetching.guard._look_up", lambda *_: loopback)

    async def fetch(large: str, other: str, small: str) -> list[int]:
        async with Fetcher(allow_private=True) as fetcher:
            first = asyncio.create_task(fetcher.fetch(large))
            while not fetcher._large.locked():  # noqa: ASYNC110 - nothing tells when it is full
                await asyncio.sleep(0.01)
            second = asyncio.create_task(fetcher.fetch(other))
            await fetcher.fetch(small)
            done, _ = await asyncio.wait({second}, timeout=0.2)
            assert not done
            go_on.set()
            return [len(answer.content or b"") for answer in await asyncio.gather(first, second)]

    with saying(hangs) as large, saying(ok(half)) as other, saying(ok(b"feed")) as small:
        urls = (
            f"http://{name}.example:{site.url.rpartition(':')[2]}"
            for name, site in zip("abc", (large, other, small), strict=True)
        )
        assert asyncio.run(fetch(*urls)) == [2 * len(half), len(half)]
