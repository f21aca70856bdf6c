"""Chooses among the readings of one sentence."""

from collections.abc import Sequence

from pipeline.core.events.draft import Draft
from pipeline.core.records import AllianceEvent

Reading = tuple[Draft, AllianceEvent]
_UNREAL = frozenset({"conditional", "denied"})


def selected(readings: Sequence[Reading]) -> list[AllianceEvent]:
    """Return the events that stand, without those a better reading of the same sentence makes idle."""
    by_scene: dict[int, list[Reading]] = {}
    for reading in readings:
        by_scene.setdefault(reading[0].scene.start, []).append(reading)
    return [reading[1] for here in by_scene.values() for reading in here if not _is_idle(reading, here)]


def _is_idle(reading: Reading, here: Sequence[Reading]) -> bool:
    """A plain "said", a mere presence, a "receives" of a letter add nothing where the sentence tells more."""
    draft, event = reading
    others = [other for other in here if other[0] is not draft]
    if draft.entry.plain:
        return any(other.type == "statement" and not it.entry.plain for it, other in others)
    if event.type == "deployment" and draft.entry.mode == "presence":
        return any(_outweighs_presence(it, other) for it, other in others)
    if draft.entry.mode == "use":
        return any(other.type == "arms_transfer" and it.entry.mode != "use" for it, other in others)
    if draft.entry.mode == "reception" and event.type == "meeting":
        return any(it.entry.frame == "message" for it, _ in others)
    return False


def _outweighs_presence(draft: Draft, event: AllianceEvent) -> bool:
    if event.type == "deployment":
        return draft.entry.mode != "presence" and event.modality not in _UNREAL
    return event.type in {"casualties", "commemoration"}
