"""Brokers that do not take what a worker writes: it waits or ends, and acknowledges nothing that is not safe."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from stages_for_tests import article
from stream_for_tests import WorkerProcess, as_raw, count, ids, put, running, wait_until

from pipeline.broker.embedded import EmbeddedBroker
from pipeline.broker.topics import ensure_topics
from pipeline.settings import Settings
from pipeline.topology import ENTITIES, TAGGED

SettingsFactory = Callable[..., Settings]
ARTICLES = range(3000)


def test_a_refused_write_ends_the_worker_and_nothing_is_lost(settings: SettingsFactory, tmp_path: Path) -> None:
    """Where a topic takes no writes the worker exits with 1; once it does, the next one writes everything."""
    own = settings(session_timeout_seconds=6, chunk_records=100)
    ensure_topics(own)
    _need_replicas(own, "2")  # more in-sync replicas than there are: each write is refused
    put(own, [as_raw(article(number)) for number in ARTICLES])
    failing = WorkerProcess(own, "entities,events", tmp_path / "failing.log")
    assert failing.process.wait(90) == 1
    assert "the worker stops: writing what stage entities+events made" in failing.said()
    assert count(own, TAGGED.name) == 0

    _need_replicas(own, "1")
    with running(own, tmp_path, "entities,events"):
        wait_until(lambda: count(own, TAGGED.name) >= len(ARTICLES))
    wanted = {article(number).article_id for number in ARTICLES}
    assert set(ids(own, ENTITIES.name, "article_id")) == wanted
    assert set(ids(own, TAGGED.name, "article_id")) == wanted


def _need_replicas(own: Settings, number: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=own.brokers)
    name = own.topic_prefix + TAGGED.name
    admin.alter_configs(
        [ConfigResource(ConfigResourceType.TOPIC, name, configs={"min.insync.replicas": number})]
    )
    admin.close()
