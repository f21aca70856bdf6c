"""Whose word a denial or a confirmation is."""

from collections.abc import Sequence

from msgspec.structs import replace

from pipeline.core.records import AllianceEvent, Attribution

# The mode of a statement, and how what it answers is told.
_ANSWERS = {"denial": "denied", "confirmation": "asserted"}


def with_answers(events: Sequence[AllianceEvent]) -> tuple[AllianceEvent, ...]:
    """Return the events, those that are nobody's word attributed to who denies or confirms them in the article.

    What is said in the same sentence comes first: "The Kremlin denied that soldiers had arrived" tells both.
    """
    for mode, modality in _ANSWERS.items():
        answers = [event for event in events if event.type == "statement" and event.mode == mode]
        if answers:
            events = [_attributed(event, answers, modality) for event in events]
    return tuple(events)


def _attributed(event: AllianceEvent, answers: Sequence[AllianceEvent], modality: str) -> AllianceEvent:
    if event.type == "statement" or event.modality != modality or event.attribution:
        return event
    own = [answer for answer in answers if answer.evidence.start == event.evidence.start]
    who = (own or answers)[0].actors
    return replace(event, attribution=tuple(Attribution(entity_id=id_) for id_ in who))
