"""Brokers that do not take what a worker writes: it waits or ends, and acknowledges nothing that is not safe."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from faults_for_tests import Faults
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from stages_for_tests import article
from stream_for_tests import WorkerProcess, as_raw, count, ids, put, running, wait_until

from pipeline.broker.address import running_broker
from pipeline.broker.embedded import EmbeddedBroker
from pipeline.broker.topics import ensure_topics
from pipeline.settings import Settings
from pipeline.topology import ENTITIES, TAGGED

SettingsFactory = Callable[..., Settings]
ARTICLES = range(3000)
PAUSE_SECONDS = 8.0  # longer than the session time-out: the workers are strangers to the broker afterwards


def test_a_refused_write_ends_the_worker_and_nothing_is_lost(
    settings: SettingsFactory, tmp_path: Path, faults: Faults
) -> None:
    """Where a topic takes no writes the worker exits with 1; once it does, the next one writes everything."""
    own = settings(session_timeout_seconds=6, chunk_records=100)
    ensure_topics(own)
    _take_no_older_than(own, "0")  # every record is older than that when it arrives
    put(own, [as_raw(article(number)) for number in ARTICLES])
    for name in ("first", "second"):
        failing = WorkerProcess(own, "entities,events", tmp_path / f"{name}.log")
        assert failing.process.wait(60) == 1
        assert "the worker stops: writing what stage entities+events made" in failing.said()
        assert "InvalidTimestampError" in failing.said()
        faults.injected += 1

    _take_no_older_than(own, "9223372036854775807")
    with running(own, tmp_path, "entities,events"):
        wait_until(lambda: count(own, TAGGED.name) >= len(ARTICLES))
    _check(own, faults)


def test_a_paused_broker_is_waited_for(settings: SettingsFactory, tmp_path: Path, faults: Faults) -> None:
    """A broker that does not answer for some seconds in the middle of a stream loses nothing."""
    with EmbeddedBroker(tmp_path) as broker:
        address = running_broker(tmp_path)
        assert address is not None
        own = settings(brokers=broker.bootstrap, session_timeout_seconds=6, chunk_records=50)
        with running(own, tmp_path, "entities,events"):
            put(own, [as_raw(article(number)) for number in ARTICLES])
            wait_until(lambda: count(own, TAGGED.name) > 0, every=0.01)
            os.kill(address.pid, signal.SIGSTOP)
            time.sleep(PAUSE_SECONDS)  # how long it is away is the point
            os.kill(address.pid, signal.SIGCONT)
            faults.injected += 1
            wait_until(lambda: count(own, TAGGED.name) >= len(ARTICLES), 120)
        _check(own, faults)


def _check(own: Settings, faults: Faults) -> None:
    wanted = {article(number).article_id for number in ARTICLES}
    for topic in (ENTITIES, TAGGED):
        found = ids(own, topic.name, "article_id")
        faults.lost += len(wanted - set(found))
        faults.doubled += len(found) - len(set(found))
        assert set(found) == wanted


def _take_no_older_than(own: Settings, milliseconds: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=own.brokers)
    configs = {"message.timestamp.before.max.ms": milliseconds}
    admin.alter_configs(
        [ConfigResource(ConfigResourceType.TOPIC, own.topic_prefix + TAGGED.name, configs=configs)]
    )
    admin.close()
