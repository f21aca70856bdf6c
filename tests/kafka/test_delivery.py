import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alerts_by_hand import an_alert, sha
from kafka import KafkaAdminClient, KafkaProducer

from pipeline import codec
from pipeline.broker.topics import ensure_topics
from pipeline.core.errors import RecordError, SettingsError
from pipeline.core.records import Alert
from pipeline.dead_letters import DeadLetter
from pipeline.delivery import Delivery
from pipeline.letter_box import LetterBox
from pipeline.settings import Settings
from pipeline.sinks.jsonl import JsonLinesSink
from pipeline.sinks.sink import SinkError
from pipeline.topology import ALERTS, DEAD_LETTERS

SettingsFactory = Callable[..., Settings]
WITHIN = 30.0  # seconds


class ListSink:
    """Keeps the ids of what it was given; refuses while told to."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.ids: list[str] = []
        self.refusals = 0
        self.refusing = threading.Event()
        self.closed = False

    def deliver(self, alert: Alert) -> None:
        """Note the alert's id, or refuse it."""
        if self.refusing.is_set():
            self.refusals += 1
            raise SinkError("not now")
        if alert.why == "never":
            raise RecordError("too strange")
        self.ids.append(alert.alert_id)

    def close(self) -> None:
        """Note that it was closed."""
        self.closed = True


def _until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + WITHIN
    wake = threading.Event()
    while not is_so():
        assert time.monotonic() < end, "not within the time"
        wake.wait(0.05)


@pytest.fixture
def own(settings: SettingsFactory) -> Settings:
    """Settings with all topics made."""
    made = settings(session_timeout_seconds=6)
    ensure_topics(made)
    return made


@pytest.fixture
def raise_alerts(own: Settings) -> Iterator[Callable[..., None]]:
    """Write alerts, or any bytes, to the alerts topic."""
    producer = KafkaProducer(bootstrap_servers=own.brokers)

    def write(*values: Alert | bytes) -> None:
        for value in values:
            encoded = value if isinstance(value, bytes) else codec.encode(value)
            producer.send(own.topic_prefix + ALERTS.name, encoded)
        producer.flush()

    yield write
    producer.close()


def _letters(own: Settings) -> list[DeadLetter]:
    return list(LetterBox(own.brokers or "", own.topic_prefix + DEAD_LETTERS).letters())


def _ids(*numbers: int) -> list[str]:
    return [sha(f"alert {number}") for number in numbers]


def test_each_alert_is_delivered_once_also_after_a_restart(
    own: Settings, raise_alerts: Callable[..., None]
) -> None:
    """What was delivered before a restart, or is raised again after it, is not delivered again."""
    first, second = ListSink("list"), ListSink("list")
    raise_alerts(an_alert(1), an_alert(2), an_alert(1))
    delivery = Delivery(own, [first])
    delivery.start()
    _until(lambda: len(first.ids) == 2)
    delivery.stop()
    assert first.closed
    raise_alerts(an_alert(2), an_alert(3))
    delivery = Delivery(own, [second])
    delivery.start()
    _until(lambda: second.ids == _ids(3))
    assert delivery.dead == []
    delivery.stop()
    assert first.ids == _ids(1, 2)


def test_a_failing_sink_holds_back_no_other_and_misses_nothing(
    own: Settings, raise_alerts: Callable[..., None]
) -> None:
    """While one sink refuses, the other has everything; when it accepts again it gets all, in order."""
    good, bad = ListSink("good"), ListSink("bad")
    bad.refusing.set()
    raise_alerts(*map(an_alert, range(5)))
    delivery = Delivery(own, [bad, good])
    delivery.start()
    _until(lambda: good.ids == _ids(*range(5)))
    _until(lambda: bad.refusals >= 3)
    assert bad.ids == []
    bad.refusing.clear()
    _until(lambda: bad.ids == _ids(*range(5)))
    delivery.stop()


def test_a_refusal_in_mid_batch_commits_what_was_taken(
    own: Settings, raise_alerts: Callable[..., None]
) -> None:
    """A stop while the sink refuses keeps the position: the next run starts at the refused alert."""
    sink = ListSink("list")
    raise_alerts(an_alert(1))
    delivery = Delivery(own, [sink])
    delivery.start()
    _until(lambda: sink.ids == _ids(1))
    sink.refusing.set()
    raise_alerts(an_alert(2))
    _until(lambda: sink.refusals > 0)
    delivery.stop()
    again = ListSink("list")
    delivery = Delivery(own, [again])
    delivery.start()
    _until(lambda: again.ids == _ids(2))
    delivery.stop()


def test_what_is_no_alert_is_a_dead_letter_and_the_next_is_delivered(
    own: Settings, raise_alerts: Callable[..., None]
) -> None:
    """Undecodable bytes, and an alert the sink will never take, are put aside with the reason."""
    sink = ListSink("list")
    never = an_alert(8, why="never")
    raise_alerts(b"\xff{", never, an_alert(9))
    delivery = Delivery(own, [sink])
    delivery.start()
    _until(lambda: sink.ids == _ids(9))
    delivery.stop()
    letters = _letters(own)
    assert [letter.value for letter in letters] == [b"\xff{", codec.encode(never)]
    assert [letter.error for letter in letters] == ["DecodeError", "RecordError"]
    assert {letter.stage for letter in letters} == {"sink.list"}


def test_a_sink_with_a_fault_is_seen_to_be_dead(
    own: Settings, raise_alerts: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sink that fails in a way it should not is named; nothing of it is committed."""
    monkeypatch.setattr(threading, "excepthook", lambda _: None)

    class Faulty(ListSink):
        def deliver(self, alert: Alert) -> None:
            self.ids[7] = alert.alert_id

    raise_alerts(an_alert(1))
    delivery = Delivery(own, [Faulty("faulty")])
    delivery.start()
    _until(lambda: delivery.dead == ["faulty"])
    delivery.stop()
    admin = KafkaAdminClient(bootstrap_servers=own.brokers)
    group = f"{own.app_id}.sink.faulty"
    assert all(found.offset <= 0 for found in admin.list_group_offsets(group)[group].values())
    admin.close()


def test_delivery_needs_brokers() -> None:
    """Delivery without brokers is a SettingsError, not a connection to somewhere."""
    with pytest.raises(SettingsError, match="brokers"):
        Delivery(Settings(), [])


def test_nothing_is_missed_or_doubled_by_kill_9(
    own: Settings, raise_alerts: Callable[..., None], tmp_path: Path
) -> None:
    """Delivery killed again and again in mid-stream: in the end the file has each alert exactly once."""
    path = tmp_path / "alerts.jsonl"
    program = (
        "import os, signal, sys, threading\n"
        "from pathlib import Path\n"
        "from pipeline.delivery import Delivery\n"
        "from pipeline.settings import Settings\n"
        "from pipeline.sinks.jsonl import JsonLinesSink\n"
        "class Mortal(JsonLinesSink):\n"
        "    left = 700\n"
        "    def deliver(self, alert):\n"
        "        super().deliver(alert)\n"
        "        self.left -= 1\n"
        "        if not self.left: os.kill(os.getpid(), signal.SIGKILL)\n"
        "settings = Settings(**dict(pair.split('=', 1) for pair in sys.argv[2:]))\n"
        "Delivery(settings, [Mortal(Path(sys.argv[1]))]).start()\n"
        "threading.Event().wait()\n"
    )
    pairs = [f"{name}={getattr(own, name)}" for name in ("brokers", "topic_prefix", "app_id", "data_dir")]
    command = [sys.executable, "-c", program, str(path), *pairs, "session_timeout_seconds=6"]
    total = 3000
    raise_alerts(*map(an_alert, range(total)))
    for _ in range(3):
        with subprocess.Popen(command) as process:
            assert process.wait(WITHIN) == -signal.SIGKILL
    assert 0 < _count(path) < total
    last = Delivery(own, [JsonLinesSink(path)])
    last.start()
    _until(lambda: _count(path) >= total)
    last.stop()
    ids = [codec.decode(line, Alert).alert_id for line in path.read_bytes().splitlines()]
    assert sorted(ids) == sorted(_ids(*range(total)))


def _count(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0
