"""The embedded broker itself, whichever Kafka the other tests use."""

import functools
import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from jgo.maven import MavenContext
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer

from pipeline.broker.address import (
    BrokerAddress,
    bootstrap_servers,
    kafka_folder,
    read_address,
    running_broker,
)
from pipeline.broker.embedded import EmbeddedBroker
from pipeline.broker.jars import kafka_jars
from pipeline.core.errors import BrokerError
from pipeline.settings import load_settings

_OWNER = """
import sys
from pathlib import Path
from pipeline.broker.embedded import EmbeddedBroker
with EmbeddedBroker(Path(sys.argv[1])) as broker:
    print(broker.bootstrap, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for the tests of this file, so that only the first has to format it."""
    return tmp_path_factory.mktemp("own-broker")


def _send(bootstrap: str, topic: str, value: bytes) -> None:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    if topic not in admin.list_topics():
        admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
    admin.close()
    producer = KafkaProducer(bootstrap_servers=bootstrap, max_request_size=16 * 1024 * 1024)
    producer.send(topic, value).get(30)
    producer.close()


def _first(bootstrap: str, topic: str) -> bytes:
    consumer = KafkaConsumer(
        topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=20_000
    )
    value: bytes = next(consumer).value
    consumer.close()
    return value


def _address(folder: Path) -> BrokerAddress:
    address = read_address(kafka_folder(folder))
    assert address is not None
    return address


@pytest.fixture
def owner(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the folder's broker, once it is up."""
    process = subprocess.Popen(
        [sys.executable, "-c", _OWNER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline()
    yield process
    process.stdin.close()
    process.wait(30)
    process.stdout.close()


def test_records_and_address_outlive_a_restart(folder: Path) -> None:
    """The next start has the same address and all that was written, and stopping takes a moment only."""
    with EmbeddedBroker(folder) as broker:
        first = broker.bootstrap
        _send(first, "restart", b"before")
        assert broker.is_alive()
    assert not broker.is_alive()
    with EmbeddedBroker(folder) as broker:
        assert broker.bootstrap == first
        assert _first(first, "restart") == b"before"


def test_it_listens_on_loopback_only(folder: Path) -> None:
    """Nothing of the broker can be reached from another machine."""
    with EmbeddedBroker(folder):
        connections = psutil.Process(_address(folder).pid).net_connections(kind="inet")
        listening = {
            connection.laddr.ip for connection in connections if connection.status == psutil.CONN_LISTEN
        }
    assert listening
    assert {address.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}


def test_a_taken_port_is_left_to_its_holder(folder: Path) -> None:
    """Where somebody else has the last run's port the broker takes another and still has its records."""
    with EmbeddedBroker(folder) as broker:
        before = broker.bootstrap
        _send(before, "ports", b"on the first port")
    with socket.create_server(("127.0.0.1", _address(folder).clients)), EmbeddedBroker(folder) as broker:
        assert broker.bootstrap != before
        assert _first(broker.bootstrap, "ports") == b"on the first port"
        _send(broker.bootstrap, "ports", b"on the second port")


def test_a_record_of_15_megabytes_passes(folder: Path) -> None:
    """A long article is not too long for the broker."""
    with EmbeddedBroker(folder) as broker:
        _send(broker.bootstrap, "large", b"x" * (15 * 1024 * 1024))


def test_a_folder_in_use_is_refused(folder: Path, owner: subprocess.Popen[str]) -> None:
    """A second broker on the same folder is refused, naming the process and address that has it."""
    address = _address(folder)
    with pytest.raises(BrokerError, match=rf"in use .*process {owner.pid}, Kafka at {address.bootstrap}"):
        EmbeddedBroker(folder).start()


def test_other_programs_find_the_running_broker(folder: Path, owner: subprocess.Popen[str]) -> None:
    """The data folder tells its running broker's address; brokers that are set come first."""
    assert bootstrap_servers(load_settings(data_dir=folder)) == _address(folder).bootstrap
    assert (
        bootstrap_servers(load_settings(data_dir=folder, brokers="kafka.example.org:9092"))
        == "kafka.example.org:9092"
    )


def test_a_folder_without_a_running_broker_is_told(folder: Path, tmp_path: Path) -> None:
    """Where none runs the error says how to start one, also where one ran before."""
    for idle in (folder, tmp_path):
        assert running_broker(idle) is None
        with pytest.raises(BrokerError, match="start `pactwatch run` first"):
            bootstrap_servers(load_settings(data_dir=idle))


def test_the_broker_ends_with_a_killed_owner(folder: Path, owner: subprocess.Popen[str]) -> None:
    """After kill -9 of its owner the broker ends by itself, and the next start has all that was written."""
    address = _address(folder)
    _send(address.bootstrap, "killed", b"before the kill")
    broker = psutil.Process(address.pid)
    owner.kill()
    broker.wait(30)
    with EmbeddedBroker(folder) as again:
        assert _first(again.bootstrap, "killed") == b"before the kill"


def test_a_start_right_after_the_kill_waits_for_the_old_broker(
    folder: Path, owner: subprocess.Popen[str]
) -> None:
    """While the broker of a killed owner is still ending the next start waits for it, and is not refused."""
    owner.kill()
    os.waitid(os.P_PID, owner.pid, os.WEXITED | os.WNOWAIT)  # dead, and a zombie, as under a busy parent
    with EmbeddedBroker(folder) as again:
        assert again.is_alive()


def test_a_left_over_broker_is_ended_by_the_next_start(folder: Path, owner: subprocess.Popen[str]) -> None:
    """A broker that could not end with its owner (it hung) is ended before the folder is used again."""
    left_over = psutil.Process(_address(folder).pid)
    left_over.suspend()
    owner.kill()
    owner.wait(10)
    resume = threading.Timer(1.0, left_over.resume)
    resume.start()
    with EmbeddedBroker(folder) as again:
        assert not left_over.is_running()
        assert again.is_alive()
    resume.join()


def test_ctrl_c_does_not_reach_it(folder: Path) -> None:
    """SIGINT to the program's process group, as a terminal sends it, leaves the broker to its owner."""
    process = subprocess.Popen(
        [sys.executable, "-c", _OWNER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline()
    pid = _address(folder).pid
    assert os.getpgid(pid) != os.getpgid(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=30)
    assert not psutil.pid_exists(pid)  # its owner has ended it on the way out


def test_a_broker_that_cannot_start_says_why(tmp_path: Path) -> None:
    """Kafka's own last words are in the error where it does not come up."""
    with EmbeddedBroker(tmp_path):
        pass
    (tmp_path / "kafka" / "logs" / "meta.properties").write_text("version=1\n")
    with pytest.raises(BrokerError, match=r"ended at its start .*meta\.properties.*kafka\.log"):
        EmbeddedBroker(tmp_path).start()
    with pytest.raises(BrokerError, match="ended at its start"):  # and the folder is free again
        EmbeddedBroker(tmp_path).start()


def test_without_a_network_the_first_start_says_what_to_do(tmp_path: Path) -> None:
    """Where the jars cannot be fetched the error names one and the way around."""
    nowhere = MavenContext(repo_cache=tmp_path, remote_repos={"central": "http://127.0.0.1:1"})
    told: list[str] = []
    with pytest.raises(BrokerError, match=r"cannot fetch .* needs the network; or use a running Kafka"):
        kafka_jars(told.append, nowhere)
    assert told == ["fetching Apache Kafka 4.3.1 (46 of 46 jars, 42 MB in all, once) …"]


@pytest.fixture(scope="module")
def repository() -> Iterator[str]:
    """The local Maven repository, served over HTTP as Maven Central is."""
    kafka_jars(lambda _: None)
    root = MavenContext().repo_cache

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(root)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_download_that_was_cut_off_is_fetched_again(repository: str, tmp_path: Path) -> None:
    """A jar of which only a part arrived is replaced; those that are whole are left alone."""
    maven = MavenContext(repo_cache=tmp_path, remote_repos={"central": repository})
    jars = kafka_jars(lambda _: None, maven)
    whole, cut = jars[0], jars[1]
    before, size = whole.stat().st_mtime_ns, cut.stat().st_size
    cut.write_bytes(cut.read_bytes()[: size // 2])
    told: list[str] = []
    assert kafka_jars(told.append, maven) == jars
    assert told == ["fetching Apache Kafka 4.3.1 (1 of 46 jars, 42 MB in all, once) …"]
    assert (cut.stat().st_size, whole.stat().st_mtime_ns) == (size, before)


def test_processes_that_start_together_fetch_once(repository: str, tmp_path: Path) -> None:
    """Where two need the jars at the same time one fetches them and the other waits for it."""
    told: list[str] = []

    def start() -> None:
        kafka_jars(told.append, MavenContext(repo_cache=tmp_path, remote_repos={"central": repository}))

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == ["fetching Apache Kafka 4.3.1 (46 of 46 jars, 42 MB in all, once) …"]


def test_a_jar_that_is_another_is_refused(repository: str, tmp_path: Path) -> None:
    """What comes from the network runs only if its SHA-256 is the one this version was made with."""
    genuine = kafka_jars(
        lambda _: None, MavenContext(repo_cache=tmp_path / "a", remote_repos={"c": repository})
    )[0]
    tampered = tmp_path / "served" / genuine.relative_to(tmp_path / "a")
    tampered.parent.mkdir(parents=True)
    tampered.write_bytes(genuine.read_bytes() + b" ")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path / "served"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        maven = MavenContext(
            repo_cache=tmp_path / "b",
            remote_repos={"c": f"http://127.0.0.1:{server.server_port}", "d": repository},
        )
        with pytest.raises(BrokerError, match="is not the file it was"):
            kafka_jars(lambda _: None, maven)
        server.shutdown()
        thread.join()
