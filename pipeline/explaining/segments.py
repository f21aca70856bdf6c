"""A text cut where something begins or ends: mentions, the sentences of events, the words that told them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.core.records import Mention, TaggedArticle
from pipeline.explaining.reasons import Reason


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the text: all of it the same mention or none, the same events' sentence, trigger or none.

    `events` are the numbers of the events that its sentence tells, `triggers` of those that its word tells.
    """

    start: int
    end: int
    text: str
    mention: Mention | None = None
    events: tuple[int, ...] = ()
    triggers: tuple[int, ...] = ()


def segments(article: TaggedArticle, found: Sequence[Reason]) -> list[Segment]:
    """Return the pieces of the article's text, in order; together they are the text. One ends where the title does."""
    sentences = [(r.number, r.event.evidence.start, r.event.evidence.end) for r in found]
    triggers = [(r.number, start, end) for r in found for start, end in r.triggers]
    edges = {0, len(article.text), max(0, article.text.find("\n\n"))}
    for mention in article.mentions:
        edges |= {mention.start, mention.end}
    for _, start, end in (*sentences, *triggers):
        edges |= {start, end}
    cuts = sorted(edges)
    pieces = []
    mentions = iter(article.mentions)
    current = next(mentions, None)
    for start, end in pairwise(cuts):
        while current is not None and current.end <= start:
            current = next(mentions, None)
        pieces.append(
            Segment(
                start,
                end,
                article.text[start:end],
                mention=current if current is not None and current.start <= start else None,
                events=tuple(n for n, begin, stop in sentences if begin <= start < stop),
                triggers=tuple(n for n, begin, stop in triggers if begin <= start < stop),
            )
        )
    return pieces
