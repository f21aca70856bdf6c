"""Chooses among the readings of one sentence."""

from collections.abc import Iterable

from pipeline.core.events.draft import Draft


def selected(drafts: Iterable[Draft]) -> list[Draft]:
    """Return the drafts that stand, without those a better reading of the same sentence makes idle."""
    by_scene: dict[int, list[Draft]] = {}
    for draft in drafts:
        by_scene.setdefault(draft.scene.start, []).append(draft)
    return [draft for here in by_scene.values() for draft in here if not _is_idle(draft, here)]


def _is_idle(draft: Draft, here: list[Draft]) -> bool:
    """A plain "said", a mere presence, a meeting in passing add nothing where the sentence tells more."""
    if draft.entry.plain:
        return any(other.entry.type == "statement" and not other.entry.plain for other in here)
    if draft.entry.mode == "presence":
        return any(other.entry.type == "deployment" and other.entry.mode != "presence" for other in here)
    if draft.entry.mode == "use":
        return any(other.entry.type == "arms_transfer" and other.entry.mode != "use" for other in here)
    return False
