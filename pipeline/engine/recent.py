"""The stories read or written last, so that one told by many reports is not decoded for each."""

from collections import OrderedDict

from pipeline.core.records import Story

# As JSON; as objects they take about four times as much.
_HELD_BYTES = 4_000_000


class RecentStories:
    """Stories by id, as many as fit; the one longest unused goes first."""

    def __init__(self, held_bytes: int = _HELD_BYTES) -> None:
        self._room = held_bytes
        self._held: OrderedDict[str, tuple[Story, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, story_id: str) -> Story | None:
        """Return a story, if it is held."""
        held = self._held.get(story_id)
        if held is None:
            return None
        self._held.move_to_end(story_id)
        return held[0]

    def put(self, story: Story, size: int) -> None:
        """Hold a story that takes so many bytes as JSON."""
        self.drop(story.story_id)
        self._held[story.story_id] = (story, size)
        self._room -= size
        while self._room < 0:
            self._room += self._held.popitem(last=False)[1][1]

    def drop(self, story_id: str) -> None:
        """Hold a story no longer."""
        held = self._held.pop(story_id, None)
        if held is not None:
            self._room += held[1]

    def clear(self) -> None:
        """Hold nothing."""
        for story_id in list(self._held):
            self.drop(story_id)
