"""Keeps the poller out of private networks: what a feed list or a redirect names need not be on the Internet."""

import ipaddress
import socket

from aiohttp import ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL


class RefusedAddressError(OSError):
    """An address that is not on the public Internet."""


class PublicResolver(AbstractResolver):
    """Resolves a host's name, and refuses it if any address it has is not public.

    aiohttp connects to the very addresses returned, so no second resolution can slip another one in.
    """

    def __init__(self) -> None:
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a host. Raises RefusedAddressError."""
        found = await self._resolver.resolve(host, port, family)
        for result in found:
            if not is_public(result["host"]):
                raise RefusedAddressError(f"{host} is {result['host']}, which is not on the public Internet")
        return found

    async def close(self) -> None:
        """Release what the resolver holds."""
        await self._resolver.close()


def check_literal_address(url: URL) -> None:
    """Raise RefusedAddressError where a URL names a non-public address itself, which is never resolved."""
    host = url.host or ""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return
    if not is_public(host):
        raise RefusedAddressError(f"{host} is not on the public Internet")


def is_public(address: str) -> bool:
    """Whether an address is one of the public Internet; an IPv6 address that carries an IPv4 one counts as that."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else ip)
    return ip.is_global and not ip.is_multicast
