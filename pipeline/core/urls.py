"""When two addresses are the same page, and whose it is."""

import ipaddress
from functools import cache, lru_cache
from urllib.parse import SplitResult, urlsplit

from publicsuffixlist import PublicSuffixList

from pipeline.core.lexicon import read_lexicon

_DEFAULT_PORTS = {"http": 80, "https": 443}


def canonical_url(url: str) -> str:
    """Return the address by which a page is known, however a feed or a campaign decorates it.

    Scheme and host in lower case, http taken as https (a host serves one site under both), no default port,
    no fragment, no trailing slash, no tracking parameters; the other parameters keep their order, since a
    site may read them in order. An address that is no web address is returned as it is.
    """
    parts = _split(url)
    if parts is None:
        return url
    address = (parts.hostname or "").rstrip(".")
    if parts.port is not None and parts.port != _DEFAULT_PORTS[parts.scheme]:
        address = f"{address}:{parts.port}"
    query = "&".join(item for item in parts.query.split("&") if item and not _is_tracking(item))
    return f"https://{address}{parts.path.rstrip('/')}" + (f"?{query}" if query else "")


def host(url: str) -> str:
    """Return the host of a web address without `www.`, or "" where the text is none."""
    parts = _split(url)
    return (parts.hostname or "").rstrip(".").removeprefix("www.") if parts else ""


@lru_cache(maxsize=65_536)
def publisher(address: str) -> str:
    """Return the part of a host that its owner registered ("news.example.co.uk" -> "example.co.uk").

    By the list of public suffixes that ships with the program. A number, or a name under no suffix, is all its owner's.
    """
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return _public_suffixes().privatesuffix(address) or address
    return address


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        is_web = parts.scheme in _DEFAULT_PORTS and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:  # a port that is no number, a broken IPv6 address
        return None
    return parts if is_web else None


def _is_tracking(item: str) -> bool:
    name = item.partition("=")[0].lower()
    names, prefixes = _tracking()
    return name in names or name.startswith(prefixes)


@cache
def _tracking() -> tuple[frozenset[str], tuple[str, ...]]:
    lexicon = read_lexicon("urls")
    return frozenset(lexicon["tracking"]), tuple(lexicon["tracking_prefixes"])


@cache
def _public_suffixes() -> PublicSuffixList:
    return PublicSuffixList()
