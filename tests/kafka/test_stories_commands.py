"""`pactwatch stories` and `pactwatch story` on a real topic."""

from collections.abc import Callable
from typing import Any

import pytest
import typer
from kafka import KafkaProducer
from reports_by_hand import RAISED, report, story_book
from typer.testing import Result

from pipeline import codec
from pipeline.commands import stories
from pipeline.core.records import Story
from pipeline.settings import Settings
from pipeline.topology import STORIES

Command = Callable[..., Result]


@pytest.fixture
def pactwatch(on_own_topics: Callable[..., Command]) -> Command:
    """Run either command on this test's topics."""
    app = typer.Typer()
    app.command()(stories.stories)
    app.command()(stories.story)
    return on_own_topics(app, terminal_width=80)


def versions() -> tuple[list[Story], Story]:
    """Return the versions of a deployment that grew, and a letter told earlier."""
    book = story_book()
    deployed: dict[str, Any] = {"event": "deployment arrival", "who": "dprk -> russia", "location": "kursk"}
    told = [
        report("letter", "statement letter", hours=0),
        report("first", **deployed, count_="troops 800", hours=1, family="hostile\x1b[31mred\x1b[2J"),
        report("more", **deployed, count_="troops 3000", hours=2, family="daily"),
    ]
    known = [book.follow(one, raised_at=RAISED).story for one in told]
    kept = [story for story in known if story is not None]
    return kept[1:], kept[0]


def write(own: Settings, *records: tuple[Story, bool]) -> None:
    """Write stories, or where the flag says so their tombstones."""
    producer = KafkaProducer(bootstrap_servers=own.brokers)
    for story, is_there in records:
        value = codec.encode(story) if is_there else None
        producer.send(own.topic_prefix + STORIES.name, value, key=story.story_id.encode())
    producer.flush()
    producer.close()


def test_each_story_is_listed_as_it_is_last_and_newest_first(own: Settings, pactwatch: Command) -> None:
    """Of two versions the later counts; --kind, --since and --limit choose among the stories."""
    (first, second), letter = versions()
    write(own, (first, True), (letter, True), (second, True))
    shown = pactwatch("stories", "--json").stdout.splitlines()
    assert [codec.decode(line.encode(), Story) for line in shown] == [second, letter]
    for choice in (("--kind", "deployment"), ("--limit", "1"), ("--since", "2026-01-09T09:30Z")):
        assert len(pactwatch("stories", "--json", *choice).stdout.splitlines()) == 1


def test_a_tombstone_takes_a_story_off_the_list(own: Settings, pactwatch: Command) -> None:
    """What was forgotten is not listed, and its id is unknown."""
    (first, _), letter = versions()
    write(own, (first, True), (letter, True), (first, False))
    assert len(pactwatch("stories", "--json").stdout.splitlines()) == 1
    unknown = pactwatch("story", first.story_id)
    assert (unknown.exit_code, "pactwatch stories" in unknown.stderr) == (1, True)


def test_the_table_fits_eighty_columns(
    own: Settings, pactwatch: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row has the beginning of the id, figures, place and counts, and no line is longer than the terminal."""
    monkeypatch.setenv("COLUMNS", "80")
    (_, second), _ = versions()
    write(own, (second, True))
    shown = pactwatch("stories").stdout
    assert max(map(len, shown.splitlines())) <= 80
    assert all(part in shown for part in (second.story_id[:8], "3,000", "2 by 2"))


def test_the_history_says_what_each_report_changed(own: Settings, pactwatch: Command) -> None:
    """The beginning of an id is enough; reports come in order, and hostile names are printed without escapes."""
    (_, second), _ = versions()
    write(own, (second, True))
    shown = pactwatch("story", second.story_id[:12]).stdout
    assert "troops: 800 → 3,000" in shown
    assert shown.index("https://example.org/first") < shown.index("https://example.org/more")
    assert "\x1b" not in shown


def test_an_ambiguous_beginning_lists_the_candidates(own: Settings, pactwatch: Command) -> None:
    """Where several stories begin so, none is shown and all are named."""
    (_, second), letter = versions()
    write(own, (second, True), (letter, True))
    result = pactwatch("story", "")
    assert result.exit_code == 1
    assert second.story_id in result.stderr
    assert letter.story_id in result.stderr
