"""A worker whose stages do nothing: what is left is the engine's own cost. `python -m pipeline.bench.engine_only`."""

import sys
from collections.abc import Iterator

import typer
from msgspec import structs

from pipeline.core.records import EntityArticle, EventReport, RawArticle, TaggedArticle
from pipeline.running import run_worker
from pipeline.settings import load_settings
from pipeline.topology import ENTITIES, EVENTS, RAW, TAGGED, Context, Output, Stage


def _entities(article: RawArticle, _: Context) -> Iterator[Output]:
    yield Output(ENTITIES, EntityArticle(**structs.asdict(article), text=article.body))


def _events(article: EntityArticle, _: Context) -> Iterator[Output]:
    yield Output(TAGGED, TaggedArticle(**structs.asdict(article)))


def _stories(_: EventReport, __: Context) -> Iterator[Output]:
    yield from ()


IDLE_STAGES = (
    Stage("entities", reads=RAW, run=_entities, writes=(ENTITIES,)),
    Stage("events", reads=ENTITIES, run=_events, writes=(TAGGED, EVENTS)),
    Stage("stories", reads=EVENTS, run=_stories, writes=(), keeps_stories=True),
)

if __name__ == "__main__":
    sys.exit(run_worker(load_settings(), IDLE_STAGES, tell=lambda line: typer.echo(line, err=True)))
