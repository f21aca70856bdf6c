"""Which partition a key belongs to: the same answer as Kafka's default partitioner gives in every client."""

from functools import lru_cache
from struct import unpack_from

_MASK = 0xFFFFFFFF
_M = 0x5BD1E995
_SEED = 0x9747B28C


def partition_of(key: bytes | None, partitions: int) -> int:
    """Return the partition of a key; a record without a key goes to the first, where order is kept."""
    if partitions == 1 or key is None:
        return 0
    return (murmur2(key) & 0x7FFFFFFF) % partitions


@lru_cache(maxsize=4096)  # each article's key is asked for once for every topic it goes to
def murmur2(key: bytes) -> int:
    """Return the 32-bit murmur2 hash, unsigned, as org.apache.kafka.common.utils.Utils.murmur2 computes it."""
    length = len(key)
    h = _SEED ^ length
    words = length >> 2
    for k in unpack_from(f"<{words}I", key):
        mixed = k * _M & _MASK
        h = (h * _M & _MASK) ^ ((mixed ^ mixed >> 24) * _M & _MASK)
    tail = key[words << 2 :]
    if tail:
        h = (h ^ int.from_bytes(tail, "little")) * _M & _MASK
    h = (h ^ h >> 13) * _M & _MASK
    return h ^ h >> 15
