"""How long an article takes from its producer to the enriched topic, at a steady rate well below the limit."""

import time
from collections.abc import Sequence

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

RATE = 200  # articles a second
_PATIENCE_SECONDS = 30.0


def p99_ms(brokers: str, raw: str, tagged: str, records: Sequence[tuple[bytes, bytes]]) -> float:
    """Produce the records one by one at RATE and return the 99th percentile, in ms, of their way to `tagged`.

    The clock runs from the call that sends an article to its arrival in a consumer of the enriched topic.
    """
    consumer = KafkaConsumer(
        bootstrap_servers=brokers.split(","), fetch_max_wait_ms=5, enable_auto_commit=False
    )
    consumer.assign([TopicPartition(tagged, p) for p in consumer.partitions_for_topic(tagged) or {0}])
    consumer.seek_to_end()
    for partition in consumer.assignment():
        consumer.position(partition)  # the seek is lazy: settle it before anything is sent
    producer = KafkaProducer(bootstrap_servers=brokers.split(","), acks="all", linger_ms=0)
    sent: dict[bytes, float] = {}
    took: list[float] = []
    begin = time.monotonic()
    try:
        while len(took) < len(records) and time.monotonic() - begin < len(records) / RATE + _PATIENCE_SECONDS:
            while len(sent) < len(records) and time.monotonic() >= begin + len(sent) / RATE:
                key, value = records[len(sent)]
                sent[key] = time.monotonic()
                producer.send(raw, key=key, value=value)
            for found in consumer.poll(timeout_ms=2).values():
                now = time.monotonic()
                took += [(now - sent[record.key]) * 1000 for record in found if record.key in sent]
    finally:
        producer.close()
        consumer.close()
    if not took:
        return float("nan")
    return sorted(took)[int(len(took) * 0.99) - 1]
