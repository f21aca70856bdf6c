"""The stories a worker knows: in a Faust table on disk, in the table's changelog on Kafka, a few in memory."""

from collections import Counter
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Any, NamedTuple

import msgspec

from pipeline import codec
from pipeline.core.records import Story
from pipeline.dead_letters import KafkaRecord
from pipeline.engine.chain import Encoded
from pipeline.engine.chunks import Partition
from pipeline.engine.outbox import Outbox, Outgoing
from pipeline.engine.partitions import partition_of
from pipeline.engine.recent import RecentStories


class Change(NamedTuple):
    """A story as it is to be kept (None: no longer), and the partition that its reports come in."""

    partition: int
    story: Story | None


class _Block(msgspec.Struct):
    """The one field of a story that says where it belongs; the others are passed over."""

    block: str


_read_block = msgspec.json.Decoder(_Block).decode


class StoryTable(MutableMapping[str, Story]):
    """A mapping that buffers its writes until `save`: a chunk's alerts are safe before its stories are.

    So a crash between the two repeats alerts under the ids they had, and none is lost. In memory are the ids, what
    is not saved yet, and the stories used last.
    """

    def __init__(self, table: Any, *, partitions: int, topic: str) -> None:
        self._table = table
        self._partitions = partitions
        self._topic = topic
        self._where: dict[str, int] = {}
        self._recent = RecentStories()
        self._changed: dict[str, Change] = {}

    def reload(self) -> None:
        """Take up what the table holds, after its recovery from the changelog."""
        self._changed.clear()
        self._recent.clear()
        self._where = {
            key.decode(): self._partition(_read_block(value).block) for key, value in self._table.data.items()
        }

    async def save(self, outbox: Outbox, origin: KafkaRecord, encoded: Sequence[Encoded] = ()) -> None:
        """Tell the topic of stories what is forgotten, write the changes to the changelog, and then to the disk.

        What is `encoded` already for the topic of stories is not encoded again.

        Each is acknowledged before the next, so that whatever the disk has not is done again. Must run inside the
        iteration over the stream of the chunk that `origin` ends: the table belongs to it.

        The disk says that it has the changelog up to an offset only where it has all before: what another worker wrote
        in between, while this one was expelled and did not know it, is to be read in the next recovery.
        """
        changed, self._changed = self._changed, {}
        if not changed:
            return
        await outbox.write(
            Outgoing(self._topic, key.encode(), None, [], origin, "stories")
            for key, change in changed.items()
            if change.story is None
        )
        values = {id(one.record): one.outgoing.value for one in encoded}
        entries = [
            self._entry(key, change, _value(change.story, values), origin) for key, change in changed.items()
        ]
        written = await outbox.write(entries)
        if written.refused:
            refused = written.refused[0]
            raise ValueError(f"story {refused.key!r} is larger than {refused.topic} takes")
        store = self._table.data
        for entry, change in zip(entries, changed.values(), strict=True):
            if entry.value is None or change.story is None:
                del store[entry.key]  # in whichever partition it is; `pop` looks in the chunk's alone
            else:
                store[entry.key] = entry.value
                self._recent.put(change.story, len(entry.value))
        counts = Counter(change.partition for change in changed.values())
        for partition, offset in written.ends.items():
            if offset - counts[partition.partition] == _persisted(store, partition):
                store.set_persisted_offset(partition, offset)

    def _entry(self, key: str, change: Change, value: bytes | None, origin: KafkaRecord) -> Outgoing:
        topic = self._table.changelog_topic_name
        return Outgoing(topic, key.encode(), value, [], origin, "stories", partition=change.partition)

    def _partition(self, block: str) -> int:
        return partition_of(block.encode(), self._partitions)

    def __getitem__(self, key: str) -> Story:
        if key not in self._where:
            raise KeyError(key)
        change = self._changed.get(key)
        if change is not None and change.story is not None:
            return change.story
        story = self._recent.get(key)
        if story is None:
            value = self._table.data[key.encode()]
            story = codec.decode(value, Story)
            self._recent.put(story, len(value))
        return story

    def __setitem__(self, key: str, story: Story) -> None:
        partition = self._where.get(key)
        if partition is None:
            partition = self._where[key] = self._partition(story.block)
        self._recent.drop(key)
        self._changed[key] = Change(partition, story)

    def __delitem__(self, key: str) -> None:
        self._changed[key] = Change(self._where.pop(key), None)
        self._recent.drop(key)

    def __contains__(self, key: object) -> bool:
        return key in self._where

    def __iter__(self) -> Iterator[str]:
        return iter(self._where)

    def __len__(self) -> int:
        return len(self._where)


def _persisted(store: Any, partition: Partition) -> int:
    """Return up to which offset the disk has the changelog; -1 where it has nothing of it."""
    offset = store.persisted_offset(partition)
    return -1 if offset is None else offset


def _value(story: Story | None, values: Mapping[int, bytes | None]) -> bytes | None:
    """Return a story as it is written; `values` are by the identity of records that are held elsewhere."""
    return None if story is None else values.get(id(story)) or codec.encode(story)
