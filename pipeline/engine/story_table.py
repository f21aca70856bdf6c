"""The stories a worker knows: in memory, in a Faust table on disk, and in the table's changelog on Kafka."""

from collections.abc import Iterator, MutableMapping
from typing import Any, NamedTuple

from pipeline import codec
from pipeline.core.records import Story
from pipeline.dead_letters import KafkaRecord
from pipeline.engine.outbox import Outbox, Outgoing
from pipeline.engine.partitions import partition_of


class Change(NamedTuple):
    """A story as it is to be kept (None: no longer), and the block by whose key its reports come."""

    block: str
    story: Story | None


class StoryTable(MutableMapping[str, Story]):
    """A mapping that buffers its writes until `save`: a chunk's alerts are safe before its stories are.

    So a crash between the two repeats alerts under the ids they had, and none is lost.
    """

    def __init__(self, table: Any, *, partitions: int) -> None:
        self._table = table
        self._partitions = partitions
        self._stories: dict[str, Story] = {}
        self._changed: dict[str, Change] = {}

    def reload(self) -> None:
        """Take up what the table holds, after its recovery from the changelog."""
        self._stories = {key.decode(): codec.decode(value, Story) for key, value in self._table.data.items()}
        self._changed.clear()

    async def save(self, outbox: Outbox, origin: KafkaRecord) -> None:
        """Write the changes to the changelog, and once they are acknowledged to the disk.

        Must run inside the iteration over the stream of the chunk that `origin` ends: the table belongs to it.
        """
        changed, self._changed = self._changed, {}
        if not changed:
            return
        entries = [self._entry(key, change, origin) for key, change in changed.items()]
        written = await outbox.write(entries)
        if written.refused:
            refused = written.refused[0]
            raise ValueError(f"story {refused.key!r} is larger than {refused.topic} takes")
        store = self._table.data
        for entry in entries:
            if entry.value is None:
                del store[entry.key]  # in whichever partition it is; `pop` looks in the chunk's alone
            else:
                store[entry.key] = entry.value
        for partition, offset in written.ends.items():
            store.set_persisted_offset(partition, offset)

    def _entry(self, key: str, change: Change, origin: KafkaRecord) -> Outgoing:
        value = None if change.story is None else codec.encode(change.story)
        partition = partition_of(change.block.encode(), self._partitions)
        topic = self._table.changelog_topic_name
        return Outgoing(topic, key.encode(), value, [], origin, "stories", partition=partition)

    def __getitem__(self, key: str) -> Story:
        return self._stories[key]

    def __setitem__(self, key: str, story: Story) -> None:
        self._stories[key] = story
        self._changed[key] = Change(story.block, story)

    def __delitem__(self, key: str) -> None:
        story = self._stories.pop(key)
        self._changed[key] = Change(story.block, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._stories)

    def __len__(self) -> int:
        return len(self._stories)
