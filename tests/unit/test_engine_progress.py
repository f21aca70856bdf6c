"""Chunks of a partition: handed out in order, without holes, and committed only as far as all is done."""

from typing import NamedTuple

import pytest

from pipeline.dead_letters import KafkaRecord
from pipeline.engine.chunks import Partition, Progress, slices

HERE = Partition("articles.raw", 0)


class At(NamedTuple):
    """A record of which only the offset matters."""

    offset: int
    topic: str = HERE.topic
    partition: int = 0
    key: bytes | None = None
    value: bytes | None = b""
    headers: tuple[tuple[str, bytes], ...] = ()


def records(*offsets: int) -> list[KafkaRecord]:
    """Return records at these offsets."""
    return [At(offset) for offset in offsets]


@pytest.fixture
def progress() -> Progress:
    """A partition that goes on at offset 10."""
    progress = Progress()
    progress.restart({HERE: 10})
    return progress


def offsets(found: object) -> list[int] | None:
    """Return the offsets of what was found."""
    return [record.offset for record in found] if isinstance(found, list) else None


@pytest.mark.parametrize(
    ("fetched", "following"),
    [
        ((10, 11, 12), [10, 11, 12]),
        ((8, 9, 10, 11), [10, 11]),
        ((9, 12, 13), [12, 13]),
        ((12, 13), None),
        ((7, 8, 9), None),
    ],
)
def test_only_what_comes_next_is_handed_out(
    progress: Progress, fetched: tuple[int, ...], following: list[int] | None
) -> None:
    """Records seen before are left out; a hole, or nothing new at all, asks to seek back."""
    assert offsets(progress.following(HERE, records(*fetched))) == following


@pytest.mark.parametrize("fetched", [(12, 13), (0, 1, 2)])
def test_a_hole_is_believed_at_second_sight(progress: Progress, fetched: tuple[int, ...]) -> None:
    """A log that was compacted, or made anew, shows the same after a seek; then it is taken as it is."""
    assert progress.following(HERE, records(*fetched)) is None
    assert offsets(progress.following(HERE, records(*fetched))) == list(fetched)
    progress.hand_out(HERE, records(*fetched))
    assert progress.expected(HERE) == fetched[-1] + 1


def test_a_hole_that_a_seek_closes_leaves_no_doubt(progress: Progress) -> None:
    """After a seek that brought what was expected, the next hole is doubted again."""
    assert progress.following(HERE, records(12)) is None
    progress.hand_out(HERE, list(progress.following(HERE, records(10, 11)) or ()))
    assert progress.following(HERE, records(20)) is None


def test_what_is_done_counts_only_behind_what_is_done(progress: Progress) -> None:
    """A chunk that is done waits for those before it."""
    first, second, third = (
        progress.hand_out(HERE, records(*pair)) for pair in ((10, 11), (12, 13), (14, 15))
    )
    assert progress.finish(HERE) is None
    second.is_done = True
    assert progress.finish(HERE) is None
    first.is_done = True
    assert progress.finish(HERE) == 14
    assert progress.finish(HERE) is None
    third.is_done = True
    assert progress.finish(HERE) == 16


def test_chunks_from_before_a_restart_count_no_more(progress: Progress) -> None:
    """After a rebalance only chunks handed out since can move the commit."""
    before = progress.hand_out(HERE, records(10, 11))
    progress.restart({HERE: 10})
    before.is_done = True
    assert progress.finish(HERE) is None
    assert progress.expected(HERE) == 10


def test_a_partition_that_is_not_ours_has_nothing_to_commit(progress: Progress) -> None:
    """Nothing is expected of, or finished for, a partition that was revoked."""
    progress.restart({})
    assert (progress.expected(HERE), progress.finish(HERE)) == (None, None)


def test_slices_hold_every_record_once_in_order() -> None:
    """A fetch is cut into slices of at most the size asked for."""
    assert [offsets(list(part)) for part in slices(records(1, 2, 3, 4, 5), 2)] == [[1, 2], [3, 4], [5]]
