"""Linked mentions against their labels: the same entity in the same place.

Spans that overlap are the same place: whether "the" or a title belongs to a name is a matter of taste
(a partial match in the sense of SemEval-2013 task 9).
"""

from collections.abc import Iterator, Sequence

from pipeline.core.records import Mention
from pipeline.evaluation.names import Names

Span = tuple[int, int]


class LabelError(ValueError):
    """A labelled mention does not stand in the text."""


def gold_spans(labels: Sequence[tuple[str, str]], text: str) -> Iterator[tuple[Span, str]]:
    """Yield where each labelled mention stands and whom it names. Raises LabelError.

    Labels are in the order of the text: each is looked for behind the one before it.
    """
    at = 0
    for surface, name in labels:
        start = text.find(surface, at)
        if start < 0:
            raise LabelError(f"the mention {surface!r} ({name}) is not in the text behind the one before it")
        at = start + len(surface)
        yield (start, at), name


def compared(
    labels: Sequence[tuple[str, str]], mentions: Sequence[Mention], text: str, names: Names
) -> tuple[list[Mention], list[Mention], list[tuple[Span, str]]]:
    """Return the mentions that are right, those that are wrong, and the labels that were missed. Raises LabelError."""
    left = list(mentions)
    right: list[Mention] = []
    missed: list[tuple[Span, str]] = []
    for span, name in gold_spans(labels, text):
        ids = names.ids(name)
        match = next((it for it in left if it.entity_id in ids and _overlap(it, span)), None)
        if match is None:
            missed.append((span, name))
        else:
            right.append(match)
            left.remove(match)
    return right, left, missed


def _overlap(mention: Mention, span: Span) -> bool:
    return mention.start < span[1] and span[0] < mention.end
