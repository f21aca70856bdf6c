"""Alerts to sinks: each sink reads `alerts` with a position of its own, so none waits for another.

A position is committed only after the sink has taken the alert, so a crash misses nothing. What it may repeat is
dropped by `alert_id`: the topic itself says which alerts lie before the committed position.
"""

import logging
import threading
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime

import msgspec
from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.errors import KafkaError

from pipeline import codec
from pipeline.core.errors import BrokerError, RecordError, SettingsError
from pipeline.core.records import Alert
from pipeline.dead_letters import KafkaRecord, dead_letter
from pipeline.pauses import Pause
from pipeline.reading import TopicReader
from pipeline.sending import RecordSender
from pipeline.settings import Settings
from pipeline.sinks.sink import Sink, SinkError
from pipeline.topology import ALERTS, DEAD_LETTERS

log = logging.getLogger(__name__)

_FIRST_PAUSE = 0.5  # seconds before a failed delivery is tried again; doubled each time
_LONGEST_PAUSE = 30.0
REMEMBERED = 10_000  # alerts whose ids are kept, to drop doubles
_POLL_MS = 200
_POLL_RECORDS = 50
_METADATA_MS = 5_000  # how soon a partition that was added is seen
_STOP_SECONDS = 10.0


class Delivery:
    """Delivers to several sinks at once, each in a thread of its own.

    The settings must name the brokers. `dead` names the sinks whose thread ended unasked.
    """

    def __init__(self, settings: Settings, sinks: Sequence[Sink]) -> None:
        if settings.brokers is None:
            raise SettingsError("delivery needs 'brokers' to be set")
        self._couriers = [_Courier(settings, settings.brokers, sink) for sink in sinks]

    def start(self) -> None:
        """Start delivering."""
        for courier in self._couriers:
            courier.thread.start()

    def stop(self) -> None:
        """Stop between two alerts, commit what the sinks have taken, and close the sinks."""
        for courier in self._couriers:
            courier.stopping.set()
        for courier in self._couriers:
            courier.thread.join(_STOP_SECONDS)

    @property
    def dead(self) -> list[str]:
        """Names of the sinks that nothing is delivered to any more."""
        return [c.sink.name for c in self._couriers if not (c.thread.is_alive() or c.stopping.is_set())]


class _Courier:
    """Carries alerts to one sink, until stopped; starts over where Kafka fails."""

    def __init__(self, settings: Settings, bootstrap: str, sink: Sink) -> None:
        self.sink = sink
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, name=f"sink-{sink.name}", daemon=True)
        self._settings = settings
        self._bootstrap = bootstrap
        self._topic = settings.topic_prefix + ALERTS.name
        self._seen = _Seen(REMEMBERED)
        self._pause = Pause(_FIRST_PAUSE, _LONGEST_PAUSE)

    def _run(self) -> None:
        with closing(self.sink):
            while not self.stopping.is_set():
                try:
                    with closing(self._consumer()) as consumer:
                        self._deliver_from(consumer)
                except (KafkaError, BrokerError) as error:
                    log.warning("sink %s: %s; trying again", self.sink.name, error)
                    self.stopping.wait(self._pause.next())

    def _consumer(self) -> KafkaConsumer:
        return KafkaConsumer(
            bootstrap_servers=self._bootstrap.split(","),
            group_id=f"{self._settings.app_id}.sink.{self.sink.name}",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_records=_POLL_RECORDS,
            metadata_max_age_ms=_METADATA_MS,
            allow_auto_create_topics=False,
        )

    def _deliver_from(self, consumer: KafkaConsumer) -> None:
        known: set[TopicPartition] = set()
        while not self.stopping.is_set():
            if not self._has_all_partitions(consumer):
                self.stopping.wait(_POLL_MS / 1000)
                continue
            batch = consumer.poll(timeout_ms=_POLL_MS)
            for partition, records in batch.items():
                if partition not in known:
                    self._remember(partition.partition, before=records[0].offset)
                    known.add(partition)
                self._deliver_batch(consumer, partition, records)

    def _has_all_partitions(self, consumer: KafkaConsumer) -> bool:
        """Take every partition of the topic, also those added later; False where none is known yet.

        The group holds the sink's position only. One process delivers to a sink, so there is nobody to share with,
        and no membership that could be lost over a slow sink.
        """
        numbers = consumer.partitions_for_topic(self._topic) or ()
        partitions = {TopicPartition(self._topic, number) for number in numbers}
        if partitions != consumer.assignment():
            consumer.assign(sorted(partitions))
        return bool(partitions)

    def _deliver_batch(
        self, consumer: KafkaConsumer, partition: TopicPartition, records: Sequence[KafkaRecord]
    ) -> None:
        """Deliver records of one partition in order and commit as far as they were taken; go back for the rest."""
        position = records[0].offset
        for record in records:
            if self.stopping.is_set() or not self._is_done(record):
                break
            position = record.offset + 1
        if position > records[0].offset:
            consumer.commit({partition: OffsetAndMetadata(position, "", -1)})
        if position <= records[-1].offset:
            consumer.seek(partition, position)

    def _is_done(self, record: KafkaRecord) -> bool:
        """Deliver one record, or put it aside for good; False where the sink will be offered it again."""
        try:
            alert = codec.decode(record.value, Alert)
            if alert.alert_id not in self._seen:
                self.sink.deliver(alert)
                self._seen.add(alert.alert_id)
        except RecordError as error:
            self._bury(record, error)
        except SinkError as error:
            pause = self._pause.next()
            log.warning("sink %s: %s; trying again in %.1f s", self.sink.name, error, pause)
            self.stopping.wait(pause)
            return False
        self._pause.reset()
        return True

    def _bury(self, record: KafkaRecord, error: RecordError) -> None:
        log.warning("sink %s: %s is no alert: %s", self.sink.name, record.offset, error)
        letter = dead_letter(record, stage=f"sink.{self.sink.name}", error=error, time=datetime.now(UTC))
        with RecordSender(self._bootstrap) as sender:
            sender.send(self._settings.topic_prefix + DEAD_LETTERS, letter)

    def _remember(self, partition: int, *, before: int) -> None:
        """Note the alerts before an offset as delivered: a stage that is killed writes some of them again."""
        earlier = TopicReader(self._bootstrap, self._topic).between(partition, before - REMEMBERED, before)
        self._seen.update(alert_id for record in earlier if (alert_id := _alert_id(record)))


class _Id(msgspec.Struct, frozen=True):
    alert_id: str


def _alert_id(record: KafkaRecord) -> str:
    try:
        return msgspec.json.decode(record.value or b"", type=_Id).alert_id
    except msgspec.DecodeError:
        return ""  # it went to the dead letters


class _Seen:
    """The last so many ids."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._order: deque[str] = deque()
        self._ids: set[str] = set()

    def __contains__(self, alert_id: str) -> bool:
        return alert_id in self._ids

    def add(self, alert_id: str) -> None:
        if alert_id in self._ids:
            return
        self._ids.add(alert_id)
        self._order.append(alert_id)
        if len(self._order) > self._size:
            self._ids.discard(self._order.popleft())

    def update(self, alert_ids: Iterable[str]) -> None:
        for alert_id in alert_ids:
            self.add(alert_id)
