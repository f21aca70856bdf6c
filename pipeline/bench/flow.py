"""The whole flow through a real Kafka: one worker process, from its first output to its last."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec

from pipeline.core.errors import PactwatchError

_POLL_SECONDS = 0.05
_START_SECONDS = 60.0
_STALL_SECONDS = 60.0


class BenchError(PactwatchError):
    """The measurement could not be made."""


@dataclass(frozen=True, slots=True)
class FlowSpeed:
    """What one worker did: articles a second, its CPU in milliseconds an article, its largest memory in MB."""

    per_second: float
    cpu_ms: float
    peak_rss_mb: float


@contextmanager
def worker(arguments: Sequence[str], environment: Mapping[str, str]) -> Iterator[psutil.Process]:
    """Run `python -m …` as a child for the length of the block; end it with SIGTERM."""
    command = [sys.executable, "-m", *arguments]
    process = psutil.Popen(command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except psutil.TimeoutExpired:
            process.kill()


def flow_speed(
    admin: KafkaAdminClient, process: psutil.Process, topic: str, records: int, tell: Callable[[int], None]
) -> FlowSpeed:
    """Watch the end of a topic grow to `records`, and the worker that writes it.

    The clock and the CPU count from the first output seen to the last, so start-up is left out. Raises BenchError
    where the worker ends or writes nothing for a minute.
    """
    first: tuple[float, float, int] | None = None
    peak = 0.0
    seen, moved = 0, time.monotonic() + _START_SECONDS - _STALL_SECONDS
    while seen < records:
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            raise BenchError("the worker ended before the measurement did")
        end = _end(admin, topic)
        now, cpu = time.monotonic(), sum(process.cpu_times()[:2])
        peak = max(peak, process.memory_info().rss / 1e6)
        if end > seen:
            seen, moved = end, now
            first = first or (now, cpu, end)
            tell(seen)
        elif now - moved > _STALL_SECONDS:
            raise BenchError(f"the worker wrote nothing for {_STALL_SECONDS:.0f} s, at {seen} of {records}")
        time.sleep(_POLL_SECONDS)
    if first is None or first[2] >= records:
        raise BenchError("too few records to measure: all were written at once")
    done = records - first[2]
    return FlowSpeed(done / (now - first[0]), (cpu - first[1]) / done * 1000, peak)


def _end(admin: KafkaAdminClient, topic: str) -> int:
    partitions = [
        TopicPartition(topic, p["partition_index"]) for p in admin.describe_topics([topic])[0]["partitions"]
    ]
    ends = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
    return sum(end.offset for end in ends.values())
