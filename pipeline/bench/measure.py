"""One run of all measurements, side by side."""

import asyncio
import logging
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.bench import ceiling
from pipeline.bench.articles import Mix, articles
from pipeline.bench.flow import flow_speed, worker
from pipeline.bench.latency import RATE, p99_ms
from pipeline.bench.stages import stage_speeds
from pipeline.bench.stories import story_speeds
from pipeline.broker.admin import admin_client
from pipeline.broker.embedded import EmbeddedBroker
from pipeline.broker.topics import ensure_topics
from pipeline.codec import encode
from pipeline.core.records import RawArticle
from pipeline.profiles import load_profile, sample_articles
from pipeline.settings import Settings, as_environment
from pipeline.sources import read_source
from pipeline.topology import RAW, TAGGED, Context, context_for

Tell = Callable[[str], None]
_STAGE_ARTICLES = 5_000
_LATENCY_SECONDS = 10


def measure(settings: Settings, count: int, on_subject: float, *, tell: Tell) -> dict[str, Any]:
    """Return all figures: articles a second, milliseconds of CPU an article, MB. Raises BenchError, BrokerError."""
    # It warns of each retry while a fresh topic finds its leader.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    made = _articles(settings, count, on_subject)
    tell("each stage alone, in memory …")
    context = _context(settings)
    stages = asdict(stage_speeds(made[:_STAGE_ARTICLES], context))
    subject = stage_speeds(_articles(settings, _STAGE_ARTICLES // 5, 1.0), _context(settings))
    tell("the stories stage with 100,000 stories …")
    stories = story_speeds(load_profile(settings.profile))
    late = _articles(settings, RATE * _LATENCY_SECONDS, on_subject, seed=2)
    load = _Load(_records(made), _records(late))
    with on_kafka(settings, tell) as ready:
        engine = _through_kafka(ready, "bench-engine.", ["pipeline.bench.engine_only"], load, tell)
        flow = _through_kafka(ready, "bench-flow.", ["pipeline", "worker"], load, tell)
    return {
        "stages": {name: stages[name] for name in ("entities", "events")} | {"stories": stories["mixed"]},
        "stories_by_load": stories,
        "entities_events_one_core": stages["entities_events_one_core"],
        "entities_events_on_subject": subject.entities_events_one_core,
        "articles": count,
        "on_subject": on_subject,
        **flow,
        "engine": engine["flow"],
        "engine_cpu_ms": engine["flow_cpu_ms"],
    }


class _Load(NamedTuple):
    """Keys and values: those that wait when the worker starts, and those that come at a steady rate afterwards."""

    waiting: list[tuple[bytes, bytes]]
    late: list[tuple[bytes, bytes]]


def _records(articles: Sequence[RawArticle]) -> list[tuple[bytes, bytes]]:
    return [(article.article_id.encode(), encode(article)) for article in articles]


def _articles(settings: Settings, count: int, on_subject: float, *, seed: int = 1) -> list[RawArticle]:
    found = read_source(str(sample_articles(settings.profile)), datetime.now(UTC))
    samples = [item.result for item in found if isinstance(item.result, RawArticle)]
    filler = files("pipeline.bench").joinpath("filler.txt").read_text(encoding="utf-8").splitlines()
    return list(islice(articles(samples, filler, Mix(on_subject), seed=seed), count))


def _context(settings: Settings) -> Context:
    return context_for(settings, load_profile(settings.profile), stories={}, now=lambda: datetime.now(UTC))


@contextmanager
def on_kafka(settings: Settings, tell: Tell) -> Iterator[Settings]:
    """Yield settings with brokers and a data folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="pactwatch-bench-") as folder:
        here = settings.model_copy(update={"data_dir": Path(folder), "partitions": 1})
        if settings.brokers:
            yield here
            return
        with EmbeddedBroker(here.data_dir, tell=tell) as broker:
            yield here.model_copy(update={"brokers": broker.bootstrap})


def _tenths(total: int, tell: Tell) -> Callable[[int], None]:
    """Return a listener that says how far it is at every tenth of the way."""
    said = 0

    def listen(done: int) -> None:
        nonlocal said
        tenth = done * 10 // total
        if tenth > said:
            said = tenth
            tell(f"  {done:,} of {total:,}")

    return listen


def _through_kafka(
    settings: Settings, prefix: str, command: list[str], load: _Load, tell: Tell
) -> dict[str, float]:
    """Fill fresh topics, which shows the broker's ceiling, and let one worker run through them."""
    name = f"{prefix}{datetime.now(UTC):%H%M%S}."
    here = settings.model_copy(
        update={"topic_prefix": name, "app_id": name.strip("."), "data_dir": settings.data_dir / prefix}
    )
    brokers = here.brokers or ""
    raw, tagged = name + RAW.name, name + TAGGED.name
    ensure_topics(here, tell=tell)
    tell(f"the broker alone: {len(load.waiting):,} articles in and out …")
    produced = asyncio.run(ceiling.produce(brokers, raw, load.waiting))
    consumed = asyncio.run(ceiling.consume(brokers, raw, len(load.waiting)))
    tell(f"{len(load.waiting):,} articles through {' '.join(command)} …")
    with admin_client(brokers) as admin, worker(command, as_environment(here)) as process:
        speed = flow_speed(admin, process, tagged, len(load.waiting), _tenths(len(load.waiting), tell))
        latency = p99_ms(brokers, raw, tagged, load.late)
    return {
        "flow": speed.per_second,
        "flow_cpu_ms": speed.cpu_ms,
        "peak_rss_mb": speed.peak_rss_mb,
        "p99_ms": latency,
        "broker_produce": produced,
        "broker_consume": consumed,
    }
