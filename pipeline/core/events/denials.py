"""Whose word a denial is."""

from collections.abc import Sequence

from msgspec.structs import replace

from pipeline.core.records import AllianceEvent, Attribution


def with_deniers(events: Sequence[AllianceEvent]) -> tuple[AllianceEvent, ...]:
    """Return the events, a denied one that is nobody's word attributed to who makes the article's denial.

    That of its own sentence comes first: "The Kremlin denied that soldiers had arrived" tells both.
    """
    denials = [event for event in events if event.type == "statement" and event.mode == "denial"]
    return tuple(_attributed(event, denials) for event in events)


def _attributed(event: AllianceEvent, denials: Sequence[AllianceEvent]) -> AllianceEvent:
    if event.modality != "denied" or event.attribution or not denials:
        return event
    own = [denial for denial in denials if denial.evidence.start == event.evidence.start]
    who = (own or denials)[0].actors
    return replace(event, attribution=tuple(Attribution(entity_id=id_) for id_ in who))
