"""Which addresses are asked at all; in private networks none, however they are written or reached."""

import asyncio
import socket
from collections.abc import Iterator

import pytest
from aiohttp import web
from feed_site import Site, rss, serving

from pipeline.fetching import Fetcher, FetchError
from pipeline.fetching.guard import checked_url, is_public


@pytest.fixture
def site() -> Iterator[Site]:
    """A site that is up for the length of a test."""
    with serving(Site()) as up:
        yield up


def _fetch(url: str) -> bytes | None:
    async def fetch() -> bytes | None:
        async with Fetcher() as fetcher:
            return (await fetcher.fetch(url)).content

    return asyncio.run(fetch())


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "127.0.0.1.",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "0",
        "１２７.0.0.1",
        "127。0。0。1",
        "localhost",
        "LOCALHOST.",
        "localhost.localdomain",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1%25eth0]",
        "[fd00:ec2::254]",
        "169.254.169.254",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.100.100.200",
        "0.0.0.0",  # noqa: S104 - refused, not bound
        "255.255.255.255",
        "224.0.0.1",
    ],
)
def test_private_addresses_are_refused_before_a_connection(host: str, site: Site) -> None:
    """Loopback, link-local, private and special addresses are refused in every spelling; the server sees nothing."""
    port = site.url.rpartition(":")[2]
    with pytest.raises(FetchError, match=r"not on the public Internet|its name has no address"):
        _fetch(f"http://{host}:{port}/feed")
    assert not site.requests


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::5db8:d822", True),
        ("2002:5db8:d822::1", True),
        ("0.0.0.0", False),  # noqa: S104 - refused, not bound
        ("100.64.0.1", False),
        ("192.168.1.1", False),
        ("198.18.0.1", False),
        ("203.0.113.1", False),
        ("240.0.0.1", False),
        ("224.0.0.1", False),
        ("ff0e::1", False),
        ("fe80::1%eth0", False),
        ("fec0::1", False),
        ("fd00::1", False),
        ("2001:db8::1", False),
        ("::ffff:10.0.0.1", False),
        ("::10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b:1::a00:1", False),
        ("2002:7f00:1::", False),
        ("2001:0:4136:e378:8000:63bf:f5ff:fffe", False),  # Teredo, for 10.0.0.1
        ("4000::1", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    """An address in an address counts as what it carries; what nobody was given is not public."""
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://example.org/feed", "only http and https"),
        ("file:///etc/hostname", "only http and https"),
        ("javascript:alert(1)", "only http and https"),
        ("example.org/feed", "only http and https"),
        ("", "only http and https"),
        ("http:///feed", "without a host"),
        ("http://user:secret@example.org/feed", "user name or password"),
        ("http://user@example.org/feed", "user name or password"),
        ("http://example.org:25/feed", "port 25"),
        ("http://example.org:6667/feed", "port 6667"),
        ("http://example.org:99999/feed", "no web address"),
        ("http://[::1/feed", "no web address"),
        ("http://.example.org/feed", "no web address"),
        ("http://.../feed", "no web address"),
        ("http://exa mple.org/feed", "no web address"),
        (f"http://{'a.' * 5000}org/feed", "no web address"),
        ("http://example.org\r\nX: y/feed", "no web address|without a host"),
        ("http://\udc80.org/", "no web address"),
    ],
)
def test_addresses_that_are_never_asked(url: str, why: str) -> None:
    """Other schemes, passwords, foreign ports and broken addresses are refused without telling the password."""
    with pytest.raises(FetchError, match=why) as raised:
        checked_url(url, allow_private=False)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        (" HTTP://EXAMPLE.org:80/a?b=c#d ", "http://example.org/a?b=c"),
        (
            "http://пример.рф/новости?тема=1",
            "http://xn--e1afmkfd.xn--p1ai/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8?%D1%82%D0%B5%D0%BC%D0%B0=1",
        ),
        ("https://例え.jp/a b", "https://xn--r8jz45g.jp/a%20b"),
        ("http://example.org:8080/", "http://example.org:8080/"),
        ("https://www.example.org./a", "https://www.example.org/a"),
        ("http://[2606:2800:220:1::1]/", "http://[2606:2800:220:1::1]/"),
    ],
)
def test_addresses_as_they_are_asked(written: str, asked: str) -> None:
    """Names and paths in any script are asked in the form that the net understands, without what follows a #."""
    assert str(checked_url(written, allow_private=False)) == asked


def _resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Have names resolve to one list of addresses after the other; return the list of what is looked up."""
    asked: list[str] = []

    def look_up(host: str, *_: object) -> list[tuple[socket.AddressFamily, int, str]]:
        asked.append(host)
        return [(socket.AF_INET, 6, address) for address in answers[min(len(asked), len(answers)) - 1]]

    monkeypatch.setattr("pipeline.fetching.guard._look_up", look_up)
    return asked


def test_a_name_with_any_private_address_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """One private address among public ones is enough."""
    _resolving(monkeypatch, ["93.184.216.34", "127.0.0.1"])
    with pytest.raises(
        FetchError, match=r"trap\.example is 127\.0\.0\.1, which is not on the public Internet"
    ):
        _fetch(f"http://trap.example:{site.url.rpartition(':')[2]}/feed")
    assert not site.requests


def test_what_is_connected_to_is_what_was_checked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is resolved once for the check and the connection, so that it cannot change in between."""
    site.pages["/feed"] = rss("a")
    checked: list[str] = []

    def check(address: str) -> bool:
        checked.append(address)
        return True

    monkeypatch.setattr("pipeline.fetching.guard.is_public", check)
    looked_up = _resolving(monkeypatch, ["127.0.0.1"], ["169.254.169.254"])
    assert _fetch(f"http://rebind.example:{site.url.rpartition(':')[2]}/feed")
    assert (looked_up, checked) == (["rebind.example"], ["127.0.0.1"])


@pytest.mark.parametrize("target", ["http://127.0.0.1:{port}/secret", "http://inside.example:{port}/secret"])
def test_a_redirect_to_a_private_address_is_refused(
    target: str, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A public server cannot send the fetcher into a private network, by number or by name."""
    port = site.url.rpartition(":")[2]

    async def moved(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": target.format(port=port)})

    site.pages |= {"/feed": moved, "/secret": rss("a")}
    _resolving(monkeypatch, ["127.0.0.1"])
    public = iter([True])  # the first server counts as public, what it points to does not
    monkeypatch.setattr("pipeline.fetching.guard.is_public", lambda _: next(public, False))
    with pytest.raises(FetchError, match="not on the public Internet"):
        _fetch(f"http://outside.example:{port}/feed")
    assert list(site.requests) == ["/feed"]
