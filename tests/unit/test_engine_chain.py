"""The shell's one shape: decode, run, encode; what can never succeed is a dead letter."""

from typing import NamedTuple

import pytest
from stages_for_tests import FATAL, UNREADABLE, UNTAGGABLE, article, context
from stream_for_tests import as_raw

from pipeline import codec
from pipeline.app import stages_named
from pipeline.core.records import Story
from pipeline.dead_letters import MAX_BYTES, TRUNCATED
from pipeline.engine.chain import CHAINED, Chain, Latest
from pipeline.engine.outbox import Outgoing
from pipeline.headers import trace_id_of


class Consumed(NamedTuple):
    """A record as a consumer hands it out."""

    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]
    topic: str = "p.articles.raw"
    partition: int = 3
    offset: int = 17


def chain(names: str) -> Chain:
    """Return a chain of these stages."""
    return Chain(stages_named(names), context({}), topic_prefix="p.")


def topics(outgoing: list[Outgoing]) -> list[str]:
    """Return where the records go."""
    return [record.topic for record in outgoing]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("", ["p.articles.entities", "p.articles.tagged", "p.events"]),
        (UNREADABLE, ["p.dead-letters"]),
        (UNTAGGABLE, ["p.articles.entities", "p.dead-letters"]),
    ],
)
def test_a_stage_puts_out_all_or_a_dead_letter(title: str, expected: list[str]) -> None:
    """What an earlier stage put out stays; the one that failed puts out its dead letter alone."""
    assert (
        topics(chain("entities,events").run(Consumed(*as_raw(article(1, title=title))), Latest())) == expected
    )


def test_a_dead_letter_is_of_the_record_that_was_read() -> None:
    """Also where a chained stage failed, so that a retry goes through the whole chain again."""
    raw = as_raw(article(1, title=UNTAGGABLE))
    letter = chain("entities,events").run(Consumed(*raw), Latest())[-1]
    assert (letter.key, letter.value, letter.stage) == (raw.key, raw.value, "events")
    assert dict(letter.headers)["dl-topic"] == b"p.articles.raw"


def test_only_records_that_were_passed_on_say_so() -> None:
    """A stage alone marks nothing: its records are for the worker of the next stage."""
    record = Consumed(*as_raw(article(1)))
    assert [CHAINED in out.headers for out in chain("entities,events").run(record, Latest())] == [
        True,
        False,
        False,
    ]
    assert [CHAINED in out.headers for out in chain("entities").run(record, Latest())] == [False]


def test_what_was_chained_is_skipped() -> None:
    """A worker that runs events alone leaves what another has done."""
    entities = chain("entities,events").run(Consumed(*as_raw(article(1))), Latest())[0]
    assert chain("events").run(Consumed(entities.key, entities.value, entities.headers), Latest()) == []


def test_a_record_without_a_trace_gets_one_for_all_that_comes_of_it() -> None:
    """A foreign producer's record has no trace id; its outputs share a new one."""
    raw = as_raw(article(1))._replace(headers=[])
    traces = {trace_id_of(out.headers) for out in chain("entities,events").run(Consumed(*raw), Latest())}
    assert len(traces) == 1
    assert None not in traces


def test_an_unforeseen_error_goes_up() -> None:
    """Nothing but a RecordError makes a dead letter."""
    with pytest.raises(ZeroDivisionError):
        chain("entities").run(Consumed(*as_raw(article(1, title=FATAL))), Latest())


def test_what_is_too_large_is_replaced_by_a_dead_letter_and_that_by_a_cut_one() -> None:
    """The broker refuses an output: its origin becomes a dead letter, whole; refused again, it is cut."""
    worker = chain("entities")
    raw = as_raw(article(1, body="x" * 3_000_000))
    refused = worker.run(Consumed(*raw), Latest())[0]
    letter = worker.instead_of(refused)
    assert (letter.topic, letter.value) == ("p.dead-letters", raw.value)
    assert "p.articles.entities" in str(letter.error)
    cut = worker.instead_of(letter)
    assert cut.value is not None
    assert len(cut.value) < MAX_BYTES
    assert dict(cut.headers)[TRUNCATED] == str(len(raw.value or b"")).encode()
    assert cut.error is letter.error


def test_of_each_story_a_chunk_leaves_the_last_state() -> None:
    """Fifteen reports of two stories leave one record of each for the compacted topic, made once all are followed."""
    events, stories = chain("entities,events"), chain("stories")
    latest = Latest()
    alerts = []
    for number in range(15):
        event = events.run(Consumed(*as_raw(article(number))), Latest())[-1]
        alerts += stories.run(Consumed(event.key, event.value, event.headers, "p.events"), latest)
    last = stories.last(latest)
    assert topics(alerts) == ["p.alerts", "p.alerts"]
    assert topics([one.outgoing for one in last]) == ["p.stories", "p.stories"]
    assert [len(codec.decode(one.outgoing.value, Story).reports) for one in last] == [10, 5]
    assert [one.record for one in last] == [codec.decode(one.outgoing.value, Story) for one in last]
