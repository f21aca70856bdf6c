"""What a worker process does around its stages: logs, topics, the profile, the event loop."""

import asyncio
from collections.abc import Callable, MutableMapping, Sequence
from datetime import UTC, datetime

from mode.loop import use as use_event_loop

from pipeline.app import ContextOf, Worker
from pipeline.broker.address import bootstrap_servers
from pipeline.broker.admin import admin_client
from pipeline.broker.topics import ensure_topics
from pipeline.core.records import Story
from pipeline.engine.service import end_process
from pipeline.logs import set_up_logging
from pipeline.profiles import load_profile
from pipeline.settings import Settings
from pipeline.topology import EVENTS, Context, Stage, context_for


def run_worker(
    settings: Settings,
    stages: Sequence[Stage],
    *,
    tell: Callable[[str], None],
    context_of: ContextOf | None = None,
) -> int:
    """Run the stages until a signal and return the exit code. Raises PactwatchError where it cannot start."""
    set_up_logging(settings.log_level)
    ensure_topics(settings, tell)
    bootstrap = bootstrap_servers(settings)
    worker = Worker(
        settings=settings,
        stages=stages,
        bootstrap=bootstrap,
        partitions=_partitions(bootstrap, settings.topic_prefix + EVENTS.name),
        context_of=context_of or _context_of(settings),
    )
    use_event_loop("uvloop")
    code = asyncio.new_event_loop().run_until_complete(worker.run(tell))
    # Not a return through the interpreter: threads of the clients may wait for what never comes.
    end_process(code)
    return code


def _partitions(bootstrap: str, topic: str) -> int:
    with admin_client(bootstrap) as admin:
        return len(admin.describe_topics([topic])[0]["partitions"])


def _context_of(settings: Settings) -> ContextOf:
    profile = load_profile(settings.profile)

    def context(stories: MutableMapping[str, Story]) -> Context:
        return context_for(settings, profile, stories=stories, now=lambda: datetime.now(UTC))

    return context
