"""Who may push: whoever knows the token; without one only this machine."""

import hmac
import ipaddress
from collections.abc import Mapping

from yarl import URL

from pipeline.core.errors import SettingsError
from pipeline.settings import Settings

_FEWEST_TOKEN_CHARS = 16


class Address:
    """Where to listen, from HOST:PORT or [IPV6]:PORT. Raises SettingsError."""

    def __init__(self, written: str) -> None:
        try:
            url = URL(f"http://{written}")
            host, port = url.host, url.explicit_port
        except ValueError:
            host, port = None, None
        if not host or port is None or url.path != "/":
            raise SettingsError(f"--listen {written!r}: not HOST:PORT, as in 127.0.0.1:8460 or [::1]:8460")
        self.host, self.port = host, port

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return _is_loopback(self.host)

    @property
    def in_url(self) -> str:
        """The host as it stands in an address."""
        return f"[{self.host}]" if ":" in self.host else self.host


class Access:
    """Decides whether a request may push; holds the token, and shows it nowhere."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def refusal(self, headers: Mapping[str, str], host: str) -> int | None:
        """Return the HTTP status that refuses a request, None where it is let in.

        Without a token the request must name this machine: a page in a browser here could ask under another name.
        """
        if self._token is None:
            return None if _is_loopback(_name_in(host)) else 403
        scheme, _, given = headers.get("Authorization", "").partition(" ")
        is_right = hmac.compare_digest(given.strip().encode(errors="surrogateescape"), self._token.encode())
        return None if scheme.lower() == "bearer" and is_right else 401


def read_token(settings: Settings) -> str | None:
    """Return the token that the settings name, in the environment or in a file. Raises SettingsError."""
    if settings.receive_token and settings.receive_token_file:
        raise SettingsError("receive_token and receive_token_file are both set: keep one of them")
    token = settings.receive_token.get_secret_value() if settings.receive_token else None
    if file := settings.receive_token_file:
        try:
            token = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"receive_token_file {file}: {error}") from error
    if token is not None and len(token) < _FEWEST_TOKEN_CHARS:
        raise SettingsError(f"the token to receive with is shorter than {_FEWEST_TOKEN_CHARS} characters")
    return token


def check_guarded(address: Address, token: str | None) -> None:
    """Raise SettingsError where anybody could push."""
    if token is None and not address.is_loopback:
        raise SettingsError(
            f"{address.host} can be reached from other machines, and no token is set: set PACTWATCH_RECEIVE_TOKEN or "
            "receive_token_file (openssl rand -hex 32 makes one), or listen on 127.0.0.1"
        )


def _name_in(host: str) -> str:
    """Return the name in a Host header, without its port."""
    try:
        return URL(f"http://{host}").host or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
