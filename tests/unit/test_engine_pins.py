"""The private attributes the engine leans on are there, in the releases it is pinned to."""

import inspect
from importlib.metadata import version

import aiokafka
import pytest
from faust.tables.recovery import Recovery
from faust.transport import consumer as base
from faust.transport.drivers import aiokafka as driver

from pipeline.engine.consumer import ChunkConsumer


def test_the_pinned_releases_are_installed() -> None:
    """A newer release must be looked at before it is let in."""
    assert (version("faust-streaming"), version("aiokafka")) == ("0.15.3", "0.14.0")


@pytest.mark.parametrize(
    "name",
    [
        "perform_seek",
        "on_partitions_revoked",
        "getmany",
        "on_buffer_full",
        "on_buffer_drop",
        "_new_consumer_thread",
        "_new_offset",
        "_add_gap",
    ],
)
def test_what_the_consumer_overrides_is_there_and_takes_the_same(name: str) -> None:
    """Each overridden method exists above, with the same parameters."""
    above = inspect.signature(getattr(driver.Consumer, name))
    ours = inspect.signature(getattr(ChunkConsumer, name))
    assert list(ours.parameters) == list(above.parameters)


@pytest.mark.parametrize(
    ("where", "needed"),
    [
        (base.Consumer.__init__, ["_acked", "_acked_index", "_read_offset", "_committed_offset"]),
        (base.Consumer.perform_seek, ["seek_to_committed", "_committed_offset.update"]),
        (base.Consumer.force_commit, ["_filter_tps_with_pending_acks", "_commit_tps"]),
        (base.Consumer._filter_committable_offsets, ["self._new_offset(tp)"]),
        (base.Consumer._drain_messages, ["getmany(timeout=1.0)", "r_offset is None or offset >= r_offset"]),
        (base.Consumer._wait_next_records, ["return records, active_partitions"]),
        (base.ThreadDelegateConsumer.__init__, ["self._new_consumer_thread()"]),
        (driver.AIOKafkaConsumerThread.on_start, ["_create_consumer", "self._consumer.start()"]),
        (driver.AIOKafkaConsumerThread._create_consumer, ["_create_worker_consumer"]),
        (Recovery.on_recovery_completed, ["table.on_recovery_completed", "consumer.perform_seek()"]),
        (aiokafka.AIOKafkaConsumer.start, ["fetch_max_wait_ms=self._fetch_max_wait_ms"]),
    ],
    ids=lambda value: getattr(value, "__qualname__", ""),
)
def test_faust_works_as_the_engine_takes_it_to(where: object, needed: list[str]) -> None:
    """The lines of Faust and aiokafka that the engine counts on are still written so."""
    source = inspect.getsource(where)  # type: ignore[arg-type]
    assert [line for line in needed if line not in source] == []


def test_stories_are_taken_up_before_records_are_handed_out() -> None:
    """After a recovery Faust calls the table's callbacks before it seeks to the committed offsets."""
    source = inspect.getsource(Recovery.on_recovery_completed)
    assert source.index("table.on_recovery_completed") < source.index("consumer.perform_seek()")
