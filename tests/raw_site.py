"""A server on loopback that answers with whatever bytes a test wants, right or wrong."""

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Talk = Callable[[socket.socket], None]
_WAIT_SECONDS = 10


class RawSite:
    """`url` is where it is; `heads` are the requests' heads, in order."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.heads: list[str] = []
        self.is_over = threading.Event()


@contextmanager
def saying(*answers: bytes | Talk, tls: ssl.SSLContext | None = None) -> Iterator[RawSite]:
    """Have a server up that gives the n-th request the n-th answer, or the last; one that is bytes ends the connection."""
    listener = socket.create_server(("127.0.0.1", 0))
    site = RawSite(f"http{'s' if tls else ''}://127.0.0.1:{listener.getsockname()[1]}")
    threads: list[threading.Thread] = []

    def serve() -> None:
        with contextlib.suppress(OSError):  # the listener is closed: the test is over
            while not site.is_over.is_set():
                connection, _ = listener.accept()
                connection.settimeout(_WAIT_SECONDS)
                threads.append(threading.Thread(target=talk, args=(connection,)))
                threads[-1].start()

    def talk(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):  # the client hung up, as it should on some
            if tls:
                connection = tls.wrap_socket(connection, server_side=True)
            while head := _head(connection):
                site.heads.append(head)
                answer = answers[min(len(site.heads), len(answers)) - 1]
                if callable(answer):
                    answer(connection)
                else:
                    connection.sendall(answer)
                    break
        connection.close()

    threads.append(threading.Thread(target=serve))
    threads[0].start()
    try:
        yield site
    finally:
        site.is_over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in threads:
            thread.join(_WAIT_SECONDS)


def ok(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """Return an answer; `length` is what it says of its own length, where that is not true."""
    own = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join([*own, "", ""]).encode("latin-1") + body


def reset(connection: socket.socket) -> None:
    """End a connection with a reset instead of a farewell."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _head(connection: socket.socket) -> str:
    received = b""
    while b"\r\n\r\n" not in received:
        chunk = connection.recv(4096)
        if not chunk:
            return ""
        received += chunk
    return received.decode("latin-1")
