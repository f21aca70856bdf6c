"""Where the embedded broker of a data folder is, and whether it runs: what its folder says."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from pipeline.broker.properties import HOST, Ports
from pipeline.core.errors import BrokerError
from pipeline.settings import Settings

_FIRST_PORT = 19092
_LAST_PORT = 19292


class BrokerAddress(msgspec.Struct, frozen=True):
    """The ports a data folder's broker uses, kept between runs; its process and its owner's, while it runs."""

    clients: int
    controller: int
    pid: int = 0
    owner: int = 0

    @property
    def bootstrap(self) -> str:
        """The address for clients."""
        return f"{HOST}:{self.clients}"


def kafka_folder(data_dir: Path) -> Path:
    """Return where the embedded broker keeps all it has."""
    return (data_dir / "kafka").absolute()


def bootstrap_servers(settings: Settings) -> str:
    """Return the brokers to use: those set, else the embedded broker that runs on the data folder.

    Raises BrokerError where none is set and none runs.
    """
    if settings.brokers:
        return settings.brokers
    address = running_broker(settings.data_dir)
    if address is None:
        raise BrokerError(
            f"no Kafka: --brokers is not given and no embedded broker runs on {settings.data_dir}; "
            "start `pactwatch run` first, or give --brokers HOST:PORT (or --data-dir, where it runs elsewhere)"
        )
    return address.bootstrap


def running_broker(data_dir: Path) -> BrokerAddress | None:
    """Return the address of the broker that runs on this data folder, if one does."""
    folder = kafka_folder(data_dir)
    lock = folder / "lock"
    if not lock.exists():
        return None
    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return read_address(folder)
    return None


@contextmanager
def folder_lock(folder: Path) -> Iterator[int]:
    """Hold the folder's lock, as a descriptor for the broker to inherit: it stays locked while either lives.

    Raises BlockingIOError where somebody else holds it.
    """
    descriptor = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield descriptor
    finally:
        os.close(descriptor)


def read_address(folder: Path) -> BrokerAddress | None:
    """Return what was last written for this folder; None at first, or where the file is not whole."""
    try:
        return msgspec.json.decode((folder / "address.json").read_bytes(), type=BrokerAddress)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def write_address(folder: Path, address: BrokerAddress) -> None:
    """Keep the address; a reader sees the old one or the new one, never half of it."""
    new = folder / "address.json.new"
    new.write_bytes(msgspec.json.encode(address))
    new.replace(folder / "address.json")


def choose_ports(folder: Path) -> Ports:
    """Return the folder's ports of the last run where they are free, else the first free pair.

    Raises BrokerError where none is free.
    """
    last = read_address(folder)
    if last is not None and _is_free(last.clients) and _is_free(last.controller):
        return Ports(last.clients, last.controller)
    for port in range(_FIRST_PORT, _LAST_PORT, 2):
        if _is_free(port) and _is_free(port + 1):
            return Ports(port, port + 1)
    raise BrokerError(f"no free port on {HOST} from {_FIRST_PORT} to {_LAST_PORT}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
