"""Why a server could not be asked, in words that a person can act on; nothing that a server wrote is repeated."""

import os
import socket
import ssl

import aiohttp


def reason(error: Exception) -> str:
    """Return why an exchange with a server failed."""
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return f"its certificate is not valid: {_certificate_problem(error.certificate_error)}"
        case aiohttp.ClientConnectorSSLError() | ssl.SSLError():
            return "no secure connection could be agreed on"
        case aiohttp.ClientConnectorDNSError() | socket.gaierror():
            return "its name has no address"
        case aiohttp.ServerDisconnectedError():
            return "the server hung up before it answered"
        case aiohttp.ClientPayloadError():
            return "the answer broke off or is damaged"
        case aiohttp.ClientResponseError():
            return "what the server answered is not HTTP, or its headers are too large"
        case aiohttp.InvalidURL() | ValueError():
            return "no address that can be asked"
        case OSError():
            return _system_problem(error)
        case _:
            return f"the exchange with the server failed: {type(error).__name__}"


def _certificate_problem(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return type(error).__name__


def _system_problem(error: OSError) -> str:
    """Return the system's word for what happened ("connection refused")."""
    return (
        os.strerror(error.errno).lower() if error.errno else f"the connection failed: {type(error).__name__}"
    )
