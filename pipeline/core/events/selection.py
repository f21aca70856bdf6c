"""Chooses among the readings of one sentence."""

from collections.abc import Sequence

from pipeline.core.events.readings import Reading

_UNREAL = frozenset({"conditional", "denied"})


def selected(readings: Sequence[Reading]) -> list[Reading]:
    """Return the readings that stand, without those a better reading of the same sentence makes idle."""
    by_scene: dict[int, list[Reading]] = {}
    for reading in readings:
        by_scene.setdefault(reading.draft.scene.start, []).append(reading)
    return [reading for here in by_scene.values() for reading in here if not _is_idle(reading, here)]


def _is_idle(reading: Reading, here: Sequence[Reading]) -> bool:
    """A plain "said", a mere presence, a "receives" of a letter add nothing where the sentence tells more."""
    entry = reading.draft.entry
    others = [other for other in here if other is not reading]
    if entry.plain:
        return any(other.type == "statement" and not other.draft.entry.plain for other in others)
    if reading.type == "deployment" and entry.mode == "presence":
        return any(_outweighs_presence(other) for other in others)
    if entry.mode == "use":
        return any(other.type == "arms_transfer" and other.draft.entry.mode != "use" for other in others)
    if entry.mode == "reception" and reading.type == "meeting":
        return any(other.draft.entry.frame == "message" for other in others)
    return any(_is_twin(reading, other) for other in others)


def _is_twin(reading: Reading, other: Reading) -> bool:
    """Tell whether an earlier word of the same entry says the very same ("sent … a letter": one letter)."""
    one, two = reading.draft, other.draft
    return (
        two.entry is one.entry
        and two.trigger.start < one.trigger.start
        and (other.modality, other.time_frame, other.when) == (reading.modality, reading.time_frame, reading.when)
        and (two.actors, two.recipients, two.location, two.theme) == (one.actors, one.recipients, one.location, one.theme)
    )


def _outweighs_presence(other: Reading) -> bool:
    if other.type == "deployment":
        return other.draft.entry.mode != "presence" and other.modality not in _UNREAL
    return other.type in {"casualties", "commemoration"}
