"""The partition of a key is the one every other Kafka client would choose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import murmur2 as murmur2_of_kafka_python

from pipeline.engine.partitions import murmur2, partition_of


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_hashes_are_those_of_the_java_client(key: bytes, expected: int) -> None:
    """The vectors of Apache Kafka's own UtilsTest (signed there) come out the same."""
    assert murmur2(key) == expected & 0xFFFFFFFF


@given(st.binary(max_size=200))
def test_any_key_hashes_as_in_kafka_python(key: bytes) -> None:
    """The client that publishes articles and this engine agree on every key."""
    assert murmur2(key) == murmur2_of_kafka_python(key) & 0xFFFFFFFF


@given(st.binary(min_size=1, max_size=80), st.integers(min_value=1, max_value=50))
def test_a_partition_is_one_there_is(key: bytes, partitions: int) -> None:
    """Every key has a partition, and the same one each time."""
    found = partition_of(key, partitions)
    assert 0 <= found < partitions
    assert found == partition_of(key, partitions)


def test_a_record_without_a_key_goes_to_the_first_partition() -> None:
    """Dead letters of records that had no key stay in order."""
    assert partition_of(None, 7) == 0
