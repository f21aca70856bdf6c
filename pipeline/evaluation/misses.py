"""What is not as labelled, so that it can be listed."""

from dataclasses import dataclass

from pipeline.core.records import AllianceEvent
from pipeline.evaluation.outcome import Outcome

_AROUND = 60  # characters on either side of a name


@dataclass(frozen=True, slots=True)
class Miss:
    """One thing that is not as labelled: `what` (such as "type missed"), which type, where, and the sentence.

    `instead` says what was done in its place, where that tells more.
    """

    what: str
    kind: str
    id: str
    title: str
    sentence: str = ""
    instead: str = ""


def miss(
    what: str, kind: str, outcome: Outcome, event: AllianceEvent | None = None, instead: str = ""
) -> Miss:
    """What a missed type has for a sentence is what was read of it after all, as background or denied."""
    if event is None:
        event = next((event for event in outcome.events if event.type == kind), None)
    sentence = event.evidence.text if event else ""
    return Miss(what, kind, outcome.gold.name, outcome.gold.article.title, sentence, instead)


def about(what: str, outcome: Outcome, span: tuple[int, int], instead: str) -> Miss:
    """Return what is wrong with a name, with the words around it."""
    start, end = max(0, span[0] - _AROUND), span[1] + _AROUND
    said = " ".join(outcome.text[start:end].split())
    return Miss(what, "entity", outcome.gold.name, outcome.gold.article.title, said, instead)
