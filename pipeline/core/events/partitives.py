"""Numbers of which one is a part of the other: "4,000 of the roughly 11,000", "1만 명 중 4천 명"."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.core.events.cues import words_of
from pipeline.core.events.scene import Scene
from pipeline.core.text.numbers import NumberSpan

_WORDS = 5


def without_wholes(scene: Scene, numbers: Sequence[NumberSpan]) -> list[NumberSpan]:
    """Return the numbers without those that another is a part of: those sent, not those hit.

    A part that stands before its whole reaches over it, to what both count.
    """
    found = list(numbers)
    for whole, part in _partitives(scene, numbers):
        found = [it._replace(end=max(it.end, whole.end)) if it == part else it for it in found if it != whole]
    return found


def without_parts(scene: Scene, numbers: Sequence[NumberSpan]) -> list[NumberSpan]:
    """Return the numbers without those that are a part of another: those hit, not those sent."""
    parts = [part for _, part in _partitives(scene, numbers)]
    return [number for number in numbers if number not in parts]


def _partitives(scene: Scene, numbers: Sequence[NumberSpan]) -> Iterator[tuple[NumberSpan, NumberSpan]]:
    """Yield whole and part of neighbouring numbers that the words between, or before both, make so."""
    for one, two in pairwise(numbers):
        words = _words(scene, one.end, two.start)
        if _all(words, "part_of"):
            yield two, one
        elif _all(words, "among") or _all(_words(scene, scene.start, one.start), "part_of"):
            yield one, two


def _words(scene: Scene, start: int, end: int) -> list[str]:
    words = scene.text[start:end].lower().split()
    return [word for word in words if word not in words_of("counters")]


def _all(words: Sequence[str], kind: str) -> bool:
    return 0 < len(words) <= _WORDS and all(word in words_of(kind) for word in words)
