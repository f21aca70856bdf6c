"""One worker on a real Kafka: articles in, every output out, and what cannot be used among the dead letters."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from stages_for_tests import FATAL, SLOW, UNREADABLE, UNTAGGABLE, article, story_of
from stream_for_tests import (
    Raw,
    WorkerProcess,
    as_raw,
    count,
    ids,
    put,
    read_all,
    running,
    wait_for_all,
    wait_until,
)

from pipeline import codec
from pipeline.broker.topics import ensure_topics
from pipeline.dead_letters import read_dead_letter
from pipeline.headers import trace_id_of
from pipeline.settings import Settings
from pipeline.topology import ALERTS, DEAD_LETTERS, ENTITIES, EVENTS, RAW, TAGGED

SettingsFactory = Callable[..., Settings]


@pytest.fixture
def own(settings: SettingsFactory) -> Settings:
    """Settings with two partitions and a short session, so that no test waits long."""
    return settings(partitions=2, session_timeout_seconds=6)


@pytest.fixture
def worker(own: Settings, tmp_path: Path) -> Iterator[WorkerProcess]:
    """A worker with every stage, ready."""
    with running(own, tmp_path) as process:
        yield process


def test_every_article_comes_out_of_every_stage(own: Settings, worker: WorkerProcess) -> None:
    """Articles come out enriched once each, with one alert a story, and keep the trace id they came with."""
    raws = [as_raw(article(number)) for number in range(200)]
    put(own, raws)
    wait_for_all(own, 200)

    wanted = sorted(article(number).article_id for number in range(200))
    assert sorted(ids(own, ENTITIES.name, "article_id")) == wanted
    assert sorted(ids(own, TAGGED.name, "article_id")) == wanted
    assert sorted(ids(own, ALERTS.name, "story_id")) == sorted({story_of(number) for number in range(200)})
    traces = {trace_id_of(raw.headers) for raw in raws}
    for topic in (ENTITIES, TAGGED, EVENTS):
        assert {trace_id_of(record.headers) for record in read_all(own, topic.name)} == traces


def test_headers_say_what_a_record_is(own: Settings, worker: WorkerProcess) -> None:
    """A generic consumer can route by the headers; what was chained says so on the topic between."""
    put(own, [as_raw(article(1))])
    wait_until(lambda: count(own, ALERTS.name) == 1)
    found: dict[str, dict[str, bytes]] = {
        topic.name: dict(read_all(own, topic.name)[0].headers) for topic in (ENTITIES, TAGGED, EVENTS, ALERTS)
    }
    assert found[ENTITIES.name]["schema"] == b"entity-article.v1"
    assert found[ENTITIES.name]["ce_source"] == b"pactwatch/entities"
    assert found[ENTITIES.name]["ce_id"] == article(1).article_id.encode()
    assert [name for name, headers in found.items() if "chained" in headers] == [ENTITIES.name]


BAD_VALUES: list[tuple[str, bytes | None, str, str]] = [
    ("broken JSON", b'{"title": "cut of', "DecodeError", "not JSON"),
    ("not UTF-8", b'{"title": "\xff"}', "DecodeError", "not JSON"),
    ("a lone surrogate", b'{"title": "\\ud800"}', "DecodeError", "not JSON"),
    ("no value", None, "DecodeError", "tombstone"),
    ("empty", b"", "DecodeError", "not JSON"),
    ("not an object", b"[1, 2]", "DecodeError", "not a RawArticle"),
    ("no title", codec.encode(article(1)).replace(b'"title"', b'"titel"'), "DecodeError", "title"),
    ("wrong type", codec.encode(article(1)).replace(b'"Article 1"', b"17"), "DecodeError", "title"),
    ("unreadable", codec.encode(article(2, title=UNREADABLE)), "RecordError", "nobody can read this"),
    ("untaggable", codec.encode(article(3, title=UNTAGGABLE)), "RecordError", "nobody can tag this"),
    (
        "outputs too large",
        codec.encode(article(4, body="x" * 9_000_000)),
        "TooLargeError",
        "more than the broker takes",
    ),
]


def test_what_cannot_be_used_is_a_dead_letter_and_the_next_article_unharmed(
    own: Settings, worker: WorkerProcess
) -> None:
    """Each bad value is found among the dead letters with key, bytes, headers and reason; good ones around it pass."""
    good = [as_raw(article(100 + number)) for number in range(len(BAD_VALUES))]
    for number, (name, value, _, _) in enumerate(BAD_VALUES):
        put(own, [Raw(name.encode(), value, [("from", b"here")]), good[number]])
    wait_until(lambda: count(own, TAGGED.name) >= len(good) and count(own, DEAD_LETTERS) >= len(BAD_VALUES))

    letters = {record.key.decode(): record for record in read_all(own, DEAD_LETTERS)}
    for name, value, error, message in BAD_VALUES:
        letter = read_dead_letter(letters[name])
        assert (letter.error, letter.value, letter.from_topic) == (
            error,
            value,
            own.topic_prefix + RAW.name,
        ), name
        assert message in letter.message, name
        assert letter.headers == (("from", b"here"),), name
        assert letter.truncated is None, name
    assert read_dead_letter(letters["untaggable"]).stage == "events"
    tagged = ids(own, TAGGED.name, "article_id")
    assert {raw.key.decode() for raw in good if raw.key} <= set(tagged)
    assert article(3).article_id in ids(own, ENTITIES.name, "article_id")
    assert worker.process.poll() is None


@pytest.mark.parametrize("character", ["\0", "\u0130", "\U0001f600"])
def test_odd_characters_pass(own: Settings, worker: WorkerProcess, character: str) -> None:
    """NUL bytes, characters that change length, and those outside the first plane come out as they came."""
    put(own, [as_raw(article(1, title=f"a{character}b"))])
    wait_until(lambda: count(own, TAGGED.name) == 1)
    assert ids(own, TAGGED.name, "title") == [f"a{character}b"]


def test_an_unforeseen_error_stops_the_worker_with_nothing_acknowledged(
    own: Settings, tmp_path: Path
) -> None:
    """The worker says what failed where and exits with 1; the next one meets the same record again."""
    ensure_topics(own)
    put(own, [as_raw(article(1)), as_raw(article(2, title=FATAL))])
    for _ in range(2):
        failing = WorkerProcess(own, "entities,events", tmp_path / f"{time.monotonic_ns()}.log")
        assert failing.process.wait(60) == 1
        assert f"{own.topic_prefix}articles.raw partition" in failing.said()
        assert "ZeroDivisionError: nobody foresaw this" in failing.said()


def test_a_stop_before_any_progress_is_quick_and_clean(own: Settings, worker: WorkerProcess) -> None:
    """SIGTERM at an idle worker ends it within seconds, with exit code 0."""
    code, seconds = worker.stop()
    assert code == 0
    assert seconds < 5


def test_a_stop_while_starting_is_clean_too(own: Settings, tmp_path: Path) -> None:
    """SIGTERM before the worker has its partitions ends it within seconds, with exit code 0."""
    ensure_topics(own)
    telling = own.model_copy(update={"log_level": "INFO"})
    starting = WorkerProcess(telling, "entities,events,stories", tmp_path / "starting.log")
    wait_until(lambda: "Starting..." in starting.said(), every=0.02)
    code, seconds = starting.stop()
    assert code == 0
    assert seconds < 8


def test_a_stop_in_the_middle_loses_and_doubles_nothing(own: Settings, tmp_path: Path) -> None:
    """What SIGTERM interrupts is finished and committed; the next worker goes on behind it."""
    small = own.model_copy(update={"chunk_records": 20})
    hurry = tmp_path / "hurry"
    with running(small, tmp_path, "entities,events") as first:
        put(small, [as_raw(article(number, body=f"{SLOW}{hurry}")) for number in range(3000)])
        wait_until(lambda: count(small, TAGGED.name) > 100)
        assert first.stop()[0] == 0
    assert count(small, TAGGED.name) < 3000
    hurry.touch()
    with running(small, tmp_path, "entities,events"):
        wait_until(lambda: count(small, TAGGED.name) >= 3000)
    assert sorted(ids(small, TAGGED.name, "article_id")) == sorted(
        article(number).article_id for number in range(3000)
    )


def test_stages_of_their_own_do_the_same_as_chained_ones(own: Settings, tmp_path: Path) -> None:
    """Three workers with a stage each pass articles on through Kafka; what was chained before is not done again."""
    with running(own, tmp_path) as chained:
        put(own, [as_raw(article(number)) for number in range(10)])
        wait_until(lambda: count(own, ALERTS.name) == 1)
        chained.stop()
    with (
        running(own, tmp_path, "entities"),
        running(own, tmp_path, "events"),
        running(own, tmp_path, "alerts"),
    ):
        put(own, [as_raw(article(number)) for number in range(10, 30)])
        wait_until(lambda: count(own, ALERTS.name) >= 3)
    assert sorted(ids(own, TAGGED.name, "article_id")) == sorted(article(n).article_id for n in range(30))


def test_a_dead_letter_too_large_for_the_broker_is_cut(own: Settings, tmp_path: Path) -> None:
    """Where the topic takes no message that large, the letter holds what fits and says how large it was."""
    ensure_topics(own)
    limit_dead_letters(own, 1_048_588)
    value = b"x" * 3_000_000
    put(own, [Raw(b"large", value, []), as_raw(article(1))])
    with running(own, tmp_path, "entities"):
        wait_until(lambda: count(own, DEAD_LETTERS) == 1 and count(own, ENTITIES.name) == 1)
    letter = read_dead_letter(read_all(own, DEAD_LETTERS)[0])
    assert letter.truncated == len(value)
    assert letter.value is not None
    assert value.startswith(letter.value)
    assert len(letter.value) > 1_000_000


def limit_dead_letters(settings: Settings, largest: int) -> None:
    """Let the topic of dead letters take no larger message than this."""
    resource = ConfigResource(
        ConfigResourceType.TOPIC,
        settings.topic_prefix + DEAD_LETTERS,
        configs={"max.message.bytes": str(largest)},
    )
    admin = KafkaAdminClient(bootstrap_servers=settings.brokers)
    admin.alter_configs([resource])
    admin.close()
