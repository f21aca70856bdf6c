"""One run of all measurements, side by side."""

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.bench import ceiling
from pipeline.bench.articles import Mix, articles
from pipeline.bench.flow import flow_speed, worker
from pipeline.bench.latency import RATE, p99_ms
from pipeline.bench.stages import stage_speeds
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
_Records = list[tuple[bytes, bytes]]


def measure(settings: Settings, count: int, on_subject: float, *, tell: Tell) -> dict[str, Any]:
    """Return all figures: articles a second, milliseconds of CPU an article, MB. Raises BenchError, BrokerError."""
    made = _articles(settings, count, on_subject)
    tell("each stage alone, in memory …")
    context = _context(settings)
    stages = asdict(stage_speeds(made[:_STAGE_ARTICLES], context))
    subject = stage_speeds(_articles(settings, _STAGE_ARTICLES // 5, 1.0), _context(settings))
    records = [(article.article_id.encode(), encode(article)) for article in made]
    with _kafka(settings, tell) as ready:
        engine = _through_kafka(ready, "bench-engine.", ["pipeline.bench.engine_only"], records, tell)
        flow = _through_kafka(ready, "bench-flow.", ["pipeline", "worker"], records, tell)
    return {
        "stages": {name: stages[name] for name in ("entities", "events", "stories")},
        "entities_events_one_core": stages["entities_events_one_core"],
        "entities_events_on_subject": subject.entities_events_one_core,
        "articles": count,
        "on_subject": on_subject,
        **flow,
        "engine": engine["flow"],
        "engine_cpu_ms": engine["flow_cpu_ms"],
    }


def _articles(settings: Settings, count: int, on_subject: float) -> list[RawArticle]:
    found = read_source(str(sample_articles(settings.profile)), datetime.now(UTC))
    samples = [item.result for item in found if isinstance(item.result, RawArticle)]
    filler = files("pipeline.bench").joinpath("filler.txt").read_text(encoding="utf-8").splitlines()
    return list(islice(articles(samples, filler, Mix(on_subject)), count))


def _context(settings: Settings) -> Context:
    return context_for(settings, load_profile(settings.profile), stories={}, now=lambda: datetime.now(UTC))


@contextmanager
def _kafka(settings: Settings, tell: Tell) -> Iterator[Settings]:
    """Yield settings with brokers and a data folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="pactwatch-bench-") as folder:
        here = settings.model_copy(update={"data_dir": Path(folder), "partitions": 1})
        if settings.brokers:
            yield here
            return
        with EmbeddedBroker(here.data_dir, tell=tell) as broker:
            yield here.model_copy(update={"brokers": broker.bootstrap})


def _through_kafka(
    settings: Settings, prefix: str, command: list[str], records: _Records, tell: Tell
) -> dict[str, float]:
    """Fill fresh topics, which shows the broker's ceiling, and let one worker run through them."""
    name = f"{prefix}{datetime.now(UTC):%H%M%S}."
    here = settings.model_copy(
        update={"topic_prefix": name, "app_id": name.strip("."), "data_dir": settings.data_dir / prefix}
    )
    brokers = here.brokers or ""
    raw, tagged = name + RAW.name, name + TAGGED.name
    ensure_topics(here, tell=tell)
    tell(f"the broker alone: {len(records):,} articles in and out …")
    produced = asyncio.run(ceiling.produce(brokers, raw, records))
    consumed = asyncio.run(ceiling.consume(brokers, raw, len(records)))
    tell(f"{len(records):,} articles through {" ".join(command)} …")
    with admin_client(brokers) as admin, worker(command, as_environment(here)) as process:
        speed = flow_speed(admin, process, tagged, len(records), lambda done: tell(f"  {done:,}"))
        late = [(key + b"-late", value) for key, value in records[: RATE * _LATENCY_SECONDS]]
        latency = p99_ms(brokers, raw, tagged, late)
    return {
        "flow": speed.per_second,
        "flow_cpu_ms": speed.cpu_ms,
        "peak_rss_mb": speed.peak_rss_mb,
        "p99_ms": latency,
        "broker_produce": produced,
        "broker_consume": consumed,
    }
