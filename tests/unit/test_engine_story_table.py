"""The stories a worker knows: buffered until saved, in the changelog before on the disk."""

import asyncio
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from stages_for_tests import CountingBook, article, find_entities, story_of, tag_events

from pipeline import codec
from pipeline.core.events import reports_of
from pipeline.core.records import EventReport, Story
from pipeline.engine.chunks import Partition
from pipeline.engine.outbox import Outgoing, Written
from pipeline.engine.partitions import partition_of
from pipeline.engine.recent import RecentStories
from pipeline.engine.story_table import StoryTable

CHANGELOG = "app.stories-stories-changelog"
PARTITIONS = 4


class Disk(dict[bytes, bytes]):
    """The table's store, with the changelog offsets it says it has."""

    def __init__(self) -> None:
        super().__init__()
        self.persisted: dict[Partition, int] = {}

    def __delitem__(self, key: bytes) -> None:
        """Delete what may not be there, as RocksDB does."""
        self.pop(key, None)

    def persisted_offset(self, partition: Partition) -> int | None:
        """Return how far the disk says that it has the changelog."""
        return self.persisted.get(partition)

    def set_persisted_offset(self, partition: Partition, offset: int) -> None:
        """Note how far the disk has what the changelog has."""
        self.persisted[partition] = offset


class RecordingOutbox:
    """Takes every write, or refuses all with an error, and keeps what was on the disk at that time."""

    def __init__(self, disk: Disk, error: Exception | None = None) -> None:
        self.disk = disk
        self.error = error
        self.written: list[Outgoing] = []
        self.told: list[Outgoing] = []
        self.foreign = 0  # records that another worker has put on each partition of the changelog
        self.disk_then: dict[bytes, bytes] = {}

    async def write(self, records: Iterable[Outgoing]) -> Written:
        """Take the records."""
        self.disk_then = dict(self.disk)
        if self.error is not None:
            raise self.error
        ends: dict[Partition, int] = {}
        for record in records:
            if record.topic == "stories":
                self.told.append(record)
                continue
            assert record.partition is not None
            written = [one for one in self.written if one.partition == record.partition]
            ends[Partition(record.topic, record.partition)] = len(written) + self.foreign
            self.written.append(record)
        return Written(ends, [])


class Setup(NamedTuple):
    """A table, its parts, and the book that follows reports in it."""

    table: StoryTable
    disk: Disk
    outbox: RecordingOutbox
    book: CountingBook

    def save(self) -> None:
        """Save as a chunk's work does."""
        origin: Any = SimpleNamespace(partition=0)
        outbox: Any = self.outbox
        asyncio.run(self.table.save(outbox, origin))

    def follow(self, number: int) -> Story:
        """Let the book follow an article's report and return the story."""
        self.book.follow(report(number), raised_at=article(number).fetched_at)
        return self.table[story_of(number)]


@pytest.fixture
def setup() -> Setup:
    """An empty table."""
    disk = Disk()
    table = StoryTable(
        SimpleNamespace(changelog_topic_name=CHANGELOG, data=disk), partitions=PARTITIONS, topic="stories"
    )
    return Setup(table, disk, RecordingOutbox(disk), CountingBook(table))


def report(number: int) -> EventReport:
    """Return the report of an article's event."""
    return next(iter(reports_of(tag_events(find_entities(article(number))))))


def test_nothing_is_written_before_it_is_saved(setup: Setup) -> None:
    """The book reads what it wrote at once; changelog and disk get it with `save`."""
    setup.follow(1)
    assert (setup.disk, setup.outbox.written) == ({}, [])
    setup.save()
    assert list(setup.disk) == [story_of(1).encode()]


def test_the_changelog_is_acknowledged_before_the_disk_is_written(setup: Setup) -> None:
    """At the time of the write the disk has nothing; afterwards it notes how far the changelog went."""
    story = setup.follow(1)
    setup.save()
    assert setup.outbox.disk_then == {}
    partition = partition_of(story.block.encode(), PARTITIONS)
    assert setup.disk.persisted == {Partition(CHANGELOG, partition): 0}


def test_the_disk_does_not_claim_what_another_worker_wrote(setup: Setup) -> None:
    """Where others wrote to the changelog in between, the next recovery is to begin before that."""
    story = setup.follow(1)
    setup.save()
    setup.outbox.foreign = 3
    setup.follow(2)
    setup.save()
    setup.follow(3)
    setup.save()
    partition = Partition(CHANGELOG, partition_of(story.block.encode(), PARTITIONS))
    assert setup.disk.persisted == {partition: 0}


def test_a_failed_write_leaves_the_disk_alone(setup: Setup) -> None:
    """Where the changelog cannot be written the error goes up, and the disk claims nothing."""
    setup.follow(1)
    setup.outbox.error = OSError("no broker")
    with pytest.raises(OSError, match="no broker"):
        setup.save()
    assert (setup.disk, setup.disk.persisted) == ({}, {})


def test_each_story_is_saved_once_as_it_is_last(setup: Setup) -> None:
    """Many reports of a story in a chunk are one entry in the changelog, with the last state."""
    for number in range(10):
        setup.follow(number)
    setup.save()
    assert [codec.decode(entry.value, Story) for entry in setup.outbox.written] == [setup.table[story_of(1)]]


def test_a_deleted_story_is_a_tombstone(setup: Setup) -> None:
    """Deleting goes to the story's own changelog partition as a record without value, to the topic of stories, and off the disk."""
    story = setup.follow(1)
    setup.save()
    del setup.table[story_of(1)]
    setup.save()
    tombstone = setup.outbox.written[-1]
    assert (tombstone.key, tombstone.value) == (story_of(1).encode(), None)
    assert tombstone.partition == partition_of(story.block.encode(), PARTITIONS)
    assert setup.disk == {}
    assert [(told.key, told.value) for told in setup.outbox.told] == [(story_of(1).encode(), None)]


def test_a_story_deleted_before_it_was_ever_saved_is_no_error(setup: Setup) -> None:
    """A story that came and went within a chunk leaves a tombstone at most."""
    setup.follow(1)
    del setup.table[story_of(1)]
    setup.save()
    assert (setup.disk, len(setup.table)) == ({}, 0)


def test_what_the_disk_holds_is_taken_up_after_a_recovery(setup: Setup) -> None:
    """`reload` gives back every saved story and drops what was not saved."""
    saved = setup.follow(1)
    setup.save()
    setup.follow(50)
    setup.table.reload()
    assert dict(setup.table) == {story_of(1): saved}
    setup.save()
    assert len(setup.outbox.written) == 1


def test_what_is_kept_in_memory_is_bounded(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    """Saved stories beyond the room in memory are read from the disk again, equal to what was saved."""
    monkeypatch.setattr(setup.table, "_recent", RecentStories(2000))
    stories = [setup.follow(number) for number in range(0, 100, 10)]
    setup.save()
    assert [setup.table[story.story_id] for story in stories] == stories
    assert len(setup.table._recent) < len(stories)
