"""Keeps the program out of private networks: what a feed list or a redirect names need not be on the Internet."""

import asyncio
import ipaddress
import re
import socket
from concurrent.futures import ThreadPoolExecutor

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from pipeline.fetching.answers import FetchError

_LOOKUPS_AT_ONCE = 32
_NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
# Ports of other services (mail, printers, chat, …), which a web address has no business with: the "bad ports" of the
# Fetch standard, as browsers refuse them.
# https://fetch.spec.whatwg.org/#port-blocking
# fmt: off
_FOREIGN_PORTS = frozenset({
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
    111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
    540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
    6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
})
# fmt: on
# All that is assigned of IPv6 so far; and the prefix by which an IPv6-only network reaches an IPv4 address (RFC 6052).
_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NAME = re.compile(r"(?:[a-z0-9_-]{1,63}\.){0,125}[a-z0-9_-]{1,63}\.?", re.IGNORECASE)
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+", re.IGNORECASE)


class RefusedAddressError(FetchError):
    """An address that is not asked, wherever it comes from."""


class GuardedResolver(AbstractResolver):
    """Resolves a host's name, and refuses it if any address it has is not public (unless `allow_private`).

    aiohttp connects to the very addresses returned, so no second resolution can slip another one in. Names are looked up
    in threads of their own, so that slow name servers hold up nothing but other lookups.
    """

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._threads = ThreadPoolExecutor(_LOOKUPS_AT_ONCE, thread_name_prefix="resolve")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a host. Raises RefusedAddressError, or OSError where it has none."""
        infos = await asyncio.get_running_loop().run_in_executor(self._threads, _look_up, host, port, family)
        for *_, address in infos:
            if not self._allow_private and not is_public(address):
                raise RefusedAddressError(f"{host} is {address}, which is not on the public Internet")
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=proto, flags=_NUMERIC)
            for kind, proto, address in infos
        ]

    async def close(self) -> None:
        """Give up what is still being looked up."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(
    host: str, port: int, family: socket.AddressFamily
) -> list[tuple[socket.AddressFamily, int, str]]:
    infos = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [(kind, proto, str(address[0])) for kind, _, proto, _, address in infos]


def checked_url(text: str, *, allow_private: bool) -> URL:
    """Return an address that may be asked. Raises RefusedAddressError, saying why it may not."""
    try:
        url = URL(text.strip())
        if (url.raw_host or "").endswith("."):
            # The same host, in a form that certificates do not know.
            url = url.with_host((url.raw_host or "").rstrip("."))
        host = url.raw_host
    except ValueError as error:
        raise RefusedAddressError("no web address") from error
    if url.scheme not in {"http", "https"}:
        raise RefusedAddressError(f"{url.scheme or 'no'} address: only http and https are asked")
    if not host:
        raise RefusedAddressError("a web address without a host")
    if not _is_address(host) and not _NAME.fullmatch(host):
        raise RefusedAddressError("no web address: its host is no name")
    if url.user is not None or url.password is not None:
        raise RefusedAddressError("an address with a user name or password in it is not asked")
    if url.port in _FOREIGN_PORTS:
        raise RefusedAddressError(f"port {url.port} is not one of web servers")
    if not allow_private:
        _check_literal(host)
    return url.with_fragment(None)


def _check_literal(host: str) -> None:
    """Raise RefusedAddressError where a host is a non-public address itself, or a number that some would take for one."""
    if _is_address(host):
        if not is_public(host):
            raise RefusedAddressError(f"{host} is not on the public Internet")
    elif _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        raise RefusedAddressError(
            f"{host} is a number for a name, and taken to be not on the public Internet"
        )


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """Whether an address is one of the public Internet; an IPv6 address that carries an IPv4 one counts as that."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not ip.is_multicast
    if carried := _carried(ip):
        return is_public(str(carried))
    return ip in _GLOBAL_IPV6 and ip.is_global


def _carried(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address to which packets for an IPv6 address go in the end, where there is one."""
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
