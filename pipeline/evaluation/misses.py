"""What is not as labelled, so that it can be listed."""

from dataclasses import dataclass

from pipeline.core.records import AllianceEvent
from pipeline.evaluation.outcome import Outcome


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
