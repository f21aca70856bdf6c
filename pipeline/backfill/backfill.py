"""An archive published in the order of its dates, as often interrupted as it may be."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from hashlib import blake2b
from typing import Protocol

from pipeline.backfill.archive import ArchiveFile
from pipeline.backfill.job import Bounds, Job, JobError, Progress
from pipeline.backfill.lines import KEY_SIZE, MOMENT_SIZE, read_line
from pipeline.backfill.reading import OnRead, sort_archive
from pipeline.backfill.runs import merged
from pipeline.core.errors import RecordError
from pipeline.core.records import RawArticle

_CHECKPOINT_SECONDS = 5.0


class Publisher(Protocol):
    """What a backfill needs of a publisher."""

    def publish(self, article: RawArticle, position: str = ..., /, *, trace_id: str | None = ...) -> object:
        """Send an article."""

    def bury(self, raw: bytes, position: str, error: RecordError, /) -> object:
        """Send what is no article to the dead letters."""

    def settle(self) -> None:
        """Return when Kafka has all that was sent."""


class Topic(Protocol):
    """What a backfill needs to know of the topic that it publishes to."""

    def ends(self) -> dict[int, int]:
        """Return where each partition ends now."""

    def traces_after(self, offsets: dict[int, int]) -> set[str]:
        """Return the trace ids of the records from these offsets on."""


class Backfill:
    """Sorts an archive, and sends it.

    Each article has a trace id that is the same whenever it is sent, so that after an interruption of whatever kind it
    is known which articles Kafka has: those up to the last checkpoint, and those of the topic's records since.
    """

    def __init__(self, job: Job, publisher: Publisher, topic: Topic) -> None:
        self._job = job
        self._publisher = publisher
        self._topic = topic
        self._saved_at = 0.0
        self._arrived: set[str] = set()  # what Kafka has of the lines that are still to come

    def sort(
        self, files: Sequence[ArchiveFile], bounds: Bounds, started: datetime, on_read: OnRead
    ) -> Progress:
        """Return the sorted archive, read afresh; nothing has been sent of it.

        Raises JobError where there is no room to sort it. Whatever ends the sorting, nothing half sorted is left.
        """
        try:
            folder = self._job.begin_anew()
            found = sort_archive(files, folder, bounds, started, on_read)
            progress = Progress(sorted=found, folder=folder.name, offsets=self._topic.ends())
            self._job.save(progress)
        except OSError as error:
            self._job.finish()
            why = f"cannot sort the archive in {self._job.folder}: {error.strerror}"
            raise JobError(f"{why}; make room there, or use another --data-dir") from error
        except BaseException:
            self._job.finish()
            raise
        return progress

    def send(self, progress: Progress, step: Callable[[], AbstractContextManager[None]]) -> None:
        """Send what Kafka does not have yet, each line within a `step`, which may end it by raising.

        However it ends, what was sent has been acknowledged, and `progress` says how far that is.
        """
        traces = self._topic.traces_after(progress.offsets)
        self._arrived = {trace_id for trace_id in traces if trace_id.startswith(self._job.id)}
        self._saved_at = time.monotonic()
        try:
            for line, is_repeat in self._left(progress):
                with step():
                    self._send(line, progress, is_repeat=is_repeat)
        finally:
            self._checkpoint(progress)

    def _left(self, progress: Progress) -> Iterator[tuple[bytes, bool]]:
        """Yield the lines that are still to be sent, and whether the same was said before at the same moment."""
        now, said, sent = b"", set[bytes](), progress.sent
        for number, line in enumerate(merged(self._job.folder / progress.folder)):
            moment, value = line[:MOMENT_SIZE], line[KEY_SIZE:]
            if moment != now:
                now, said = moment, set()
            digest = blake2b(value, digest_size=16).digest()
            if number >= sent:
                yield line, digest in said
            said.add(digest)

    def _send(self, line: bytes, progress: Progress, *, is_repeat: bool) -> None:
        """Send a line unless Kafka has it, and count it."""
        read = read_line(line)
        trace_id = f"{self._job.id}{read.number:016x}"
        if isinstance(read.result, RecordError):
            self._publisher.bury(read.raw, read.position, read.result)
        elif is_repeat:
            progress.repeats += 1
        elif trace_id in self._arrived:
            self._arrived.remove(trace_id)
        else:
            self._publisher.publish(read.result, trace_id=trace_id)
        progress.sent += 1
        is_last_bad = isinstance(read.result, RecordError) and progress.sent == progress.sorted.bad
        if is_last_bad or time.monotonic() - self._saved_at > _CHECKPOINT_SECONDS:
            self._checkpoint(progress)

    def _checkpoint(self, progress: Progress) -> None:
        self._publisher.settle()
        if not self._arrived:  # else lines that are still to come stand before the end
            progress.offsets = self._topic.ends()
        self._job.save(progress)
        self._saved_at = time.monotonic()
