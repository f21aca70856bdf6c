"""What an agent does with a chunk, in the order that keeps a crash from losing anything."""

import asyncio
from time import perf_counter

from pipeline.dead_letters import KafkaRecord
from pipeline.engine.chain import Chain, Latest
from pipeline.engine.chunks import Chunk
from pipeline.engine.outbox import Outbox, Outgoing
from pipeline.engine.service import EndProcessOnError, place_of
from pipeline.engine.story_table import StoryTable

# Work that takes longer lets the event loop answer signals, and write, in between.
_BREATHE_SECONDS = 0.01
# The first outputs of a chunk are written while the next are made, so many at a time at least.
_WRITE_AT_LEAST = 200


class ChunkWork:
    """Runs a chain over a chunk: its output is written and acknowledged, then the stories, then it is done.

    Any error but those of single records ends the process, so that nothing is acknowledged.
    """

    def __init__(self, chain: Chain, outbox: Outbox, stories: StoryTable | None) -> None:
        self._chain = chain
        self._outbox = outbox
        self._stories = stories

    async def do(self, chunk: Chunk) -> None:
        """Do all that is to be done with the chunk's records, and mark it as done."""
        record = chunk.records[0]
        latest = Latest()
        outgoing: list[Outgoing] = []
        writing: asyncio.Task[None] | None = None  # never two at a time: they keep their order
        breathe_at = perf_counter() + _BREATHE_SECONDS
        with EndProcessOnError(lambda: f"stage {self._name} at {place_of(record)}"):
            for record in chunk.records:
                outgoing += self._chain.run(record, latest)
                if perf_counter() > breathe_at:
                    if len(outgoing) >= _WRITE_AT_LEAST and (writing is None or writing.done()):
                        writing = asyncio.create_task(self._write(outgoing, record))
                        outgoing = []
                    await asyncio.sleep(0)
                    breathe_at = perf_counter() + _BREATHE_SECONDS
            last = self._chain.last(latest)
        if writing is not None:
            await writing
        await self._write([*outgoing, *(encoded.outgoing for encoded in last)], record)
        with EndProcessOnError(lambda: f"keeping the stories up to {place_of(record)}"):
            if self._stories is not None:
                await self._stories.save(self._outbox, record, last)
        chunk.is_done = True

    async def _write(self, outgoing: list[Outgoing], last: KafkaRecord) -> None:
        """Write the records; what is too large is replaced twice at most: by its dead letter, cut if need be."""
        with EndProcessOnError(lambda: f"writing what stage {self._name} made up to {place_of(last)}"):
            for _ in range(3):
                if not outgoing:
                    return
                written = await self._outbox.write(outgoing)
                outgoing = [self._chain.instead_of(refused) for refused in written.refused]
            if outgoing:
                size = len(outgoing[0].value or b"")
                raise ValueError(f"{outgoing[0].topic} takes not even a dead letter of {size} bytes")

    @property
    def _name(self) -> str:
        return "+".join(stage.name for stage in self._chain.stages)
