"""The topology's stages as Faust apps: one app, and so one consumer group, for each chain of stages."""

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.core.errors import SettingsError
from pipeline.core.records import Story
from pipeline.engine.chain import Chain
from pipeline.engine.consumer import ChunkApp, Undecoded
from pipeline.engine.outbox import Outbox
from pipeline.engine.service import EndProcessOnError, serve
from pipeline.engine.story_table import StoryTable
from pipeline.engine.work import ChunkWork
from pipeline.settings import Settings
from pipeline.topology import STAGES, STORIES, Context, Stage, chained

ContextOf = Callable[[MutableMapping[str, Story]], Context]
Tell = Callable[[str], None]

ALIASES = {"alerts": "stories"}
_FETCH_BYTES = 8 * 1024 * 1024
_LARGEST_RECORD = 16 * 1024 * 1024
_COMMIT_SECONDS = 0.25
# For each partition. Faust's own (three buffers of 64 MB, a cache of 2 GB) are for tables much larger than this.
_ROCKSDB = {
    "write_buffer_size": 4 * 1024 * 1024,
    "max_write_buffer_number": 2,
    "block_cache_size": 8 * 1024 * 1024,
    "bloom_filter_size": 10,
}
_QUEUED_CHUNKS = 2  # one in work, one ready


@dataclass(frozen=True, slots=True)
class Worker:
    """What one process runs: which stages, over which brokers, with what around them.

    `partitions` is the number that the events topic has; the table of stories has as many.
    """

    settings: Settings
    stages: Sequence[Stage]
    bootstrap: str
    partitions: int
    context_of: ContextOf

    async def run(self, tell: Tell) -> int:
        """Run until SIGTERM or SIGINT and return the exit code; `tell` hears when all is ready."""
        outbox = Outbox(self.bootstrap, client_id=self.settings.app_id)
        await outbox.start()
        apps = self.apps(outbox)
        names = ",".join(stage.name for stage in self.stages)
        groups = ", ".join(app.conf.id for app in apps)
        code = await serve(apps, lambda: tell(f"worker ready: stages {names}; group {groups}"))
        await outbox.stop()
        return code

    def apps(self, outbox: Outbox) -> list[ChunkApp]:
        """Return an app for each chain of stages, wired to write through the outbox."""
        chains = chained(self.stages)
        apps = [self._app(f"{self.settings.app_id}.{stages[0].name}") for stages in chains]
        table: StoryTable | None = None
        for app, stages in zip(apps, chains, strict=True):
            if stages[0].keeps_stories:
                table = self._story_table(app)
        context = self.context_of({} if table is None else table)
        for app, stages in zip(apps, chains, strict=True):
            stories = table if stages[0].keeps_stories else None
            if stories is not None:
                app.tables["stories"].on_recover(_take_up(stories, context))
            chain = Chain(stages, context, topic_prefix=self.settings.topic_prefix)
            self._add_agent(app, ChunkWork(chain, outbox, stories), stages[0])
        return apps

    def _app(self, group: str) -> ChunkApp:
        session = self.settings.session_timeout_seconds
        folder = self.settings.data_dir.absolute() / "tables" / group
        folder.mkdir(parents=True, exist_ok=True)
        return ChunkApp(
            group,
            chunk_records=self.settings.chunk_records,
            broker=";".join(f"kafka://{server}" for server in self.bootstrap.split(",")),
            autodiscover=False,
            broker_client_id=group,
            broker_commit_interval=_COMMIT_SECONDS,
            broker_heartbeat_interval=session / 4,
            broker_max_poll_records=4 * self.settings.chunk_records,
            broker_rebalance_timeout=max(60.0, session),
            broker_request_timeout=max(40.0, session),
            broker_session_timeout=session,
            consumer_auto_offset_reset="earliest",
            consumer_max_fetch_size=_FETCH_BYTES,
            datadir=str(folder),
            store="rocksdb://",
            stream_recovery_delay=0.0,
            stream_wait_empty=True,
            table_standby_replicas=0,
            topic_disable_leader=True,
            topic_partitions=self.partitions,
            topic_replication_factor=self.settings.replication,
            web_enabled=False,
        )

    def _story_table(self, app: ChunkApp) -> StoryTable:
        table = app.Table(
            "stories",
            key_type=bytes,
            value_type=bytes,
            partitions=self.partitions,
            options=dict(_ROCKSDB),  # Faust changes what it is given
            extra_topic_configs={"max.message.bytes": str(_LARGEST_RECORD)},
        )
        topic = self.settings.topic_prefix + STORIES.name
        return StoryTable(table, partitions=self.partitions, topic=topic)

    def _add_agent(self, app: ChunkApp, work: ChunkWork, stage: Stage) -> None:
        topic = app.topic(
            self.settings.topic_prefix + stage.reads.name, schema=Undecoded(), maxsize=_QUEUED_CHUNKS
        )

        async def agent(stream: Any) -> None:
            async for event in stream.noack().events():
                await work.do(event.value)
                event.ack()

        app.agent(topic, name=f"{app.conf.id}.agent")(agent)


def stages_named(names: str, stages: Sequence[Stage] = STAGES) -> list[Stage]:
    """Return the stages of a comma list, in the order of the flow. Raises SettingsError for an unknown one."""
    wanted = {ALIASES.get(name.strip(), name.strip()) for name in names.split(",")}
    known = [stage.name for stage in stages]
    if unknown := sorted(wanted - set(known)):
        raise SettingsError(f"no stage {', '.join(unknown)!r} (known: {', '.join(known)}; alerts is stories)")
    return [stage for stage in stages if stage.name in wanted]


def _take_up(stories: StoryTable, context: Context) -> Callable[[], Any]:
    async def after_recovery() -> None:
        with EndProcessOnError(lambda: "taking up the stories after a recovery"):
            stories.reload()
            context.stories.rebuild()

    return after_recovery
