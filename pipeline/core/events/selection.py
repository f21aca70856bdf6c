"""Chooses among the readings of one sentence."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.core.events.readings import Reading
from pipeline.core.records import When

_OCCASIONS = frozenset({"deployment", "arms_transfer", "sanction"})
_SANCTIONED = frozenset({"deployment", "arms_transfer", "technology_transfer", "economic_aid"})
_RESPONSES = frozenset(
    {"thanks", "praise", "condemnation", "greetings", "message", "letter", "press_statement"}
)
_TOLD = frozenset({"arms_transfer", "technology_transfer", "economic_aid", "casualties"})
_NEAR_LEAD = 6
_HEADLINED = frozenset({"deployment", "meeting", "exercise"})
_UNREAL = frozenset({"conditional", "denied"})


def selected(readings: Sequence[Reading]) -> list[Reading]:
    """Return the readings that stand, without those a better reading of the same sentence makes idle."""
    by_scene: dict[int, list[Reading]] = {}
    for reading in readings:
        by_scene.setdefault(reading.draft.scene.start, []).append(reading)
    standing = [
        _as_occasion(reading, here)
        for here in by_scene.values()
        for reading in here
        if not _is_idle(reading, here)
    ]
    return _acknowledged(_continued(_headline_yields(standing)))


def _headline_yields(readings: list[Reading]) -> list[Reading]:
    """Take a headline's bare noun or present tense for the plan that the text says it is."""
    body = [it for it in readings if it.draft.scene.index and it.type in _HEADLINED]
    plans = {_who_does(it) for it in body if it.modality == "planned" and it.time_frame == "current"}
    done = {_who_does(it) for it in body if it.modality != "planned" and it.time_frame == "current"}
    return [
        replace(it, modality="planned", when=When())
        if not it.draft.scene.index and it.modality == "asserted" and _who_does(it) in plans - done
        else it
        for it in readings
    ]


def _who_does(reading: Reading) -> tuple[str, frozenset[str]]:
    """Return what kind of thing it is, and who does it."""
    return reading.type, frozenset(reading.draft.actors)


def _acknowledged(readings: list[Reading]) -> list[Reading]:
    """Take thanks for a message that the same article tells as its news for part of that news."""
    messages = [
        it
        for it in readings
        if it.type == "statement" and it.draft.entry.frame == "message" and it.time_frame == "current"
    ]
    return [
        replace(it, time_frame="background")
        if it.draft.entry.mode == "thanks" and any(_answers(it, message) for message in messages)
        else it
        for it in readings
    ]


def _answers(thanks: Reading, message: Reading) -> bool:
    return thanks.draft.scene.index > message.draft.scene.index and not _countries(
        message, message.draft.recipients
    ).isdisjoint(_countries(thanks, thanks.draft.actors))


def _countries(reading: Reading, ids: Sequence[str]) -> set[str | None]:
    context = reading.facts.context
    found: set[str | None] = {entity.country for entity in context.article.entities if entity.id in ids}
    return found | {country for country, entity in context.country_entities.items() if entity in ids}


def _continued(readings: list[Reading]) -> list[Reading]:
    """Take an undated word of somebody whose statement is the news as part of it, not as a recap."""
    news = {it.draft.actors for it in readings if it.type == "statement" and it.time_frame == "current"}
    return [
        replace(it, time_frame="current") if it.draft.actors in news and _goes_on(it) else it
        for it in readings
    ]


def _goes_on(reading: Reading) -> bool:
    scene = reading.draft.scene
    return (
        reading.type == "statement"
        and reading.when.start is None
        and not reading.draft.is_background
        and scene.index <= _NEAR_LEAD
        and not (scene.cues("recap") or scene.cues("recap_weak"))
    )


def _as_occasion(reading: Reading, here: Sequence[Reading]) -> Reading:
    """What somebody is thanked, praised, condemned or sanctioned for is not the news."""
    if reading.type not in _OCCASIONS | _SANCTIONED or reading.time_frame == "background":
        return reading
    at = reading.draft.trigger.start
    in_any_order = reading.draft.scene.grammar.marks_after  # the main verb stands last
    before = [
        other
        for other in here
        if in_any_order or other.draft.trigger.start < at or _is_judged(reading, other)
    ]
    if reading.type in _SANCTIONED and any(other.type == "sanction" for other in before):
        return replace(reading, time_frame="background")
    if reading.type in _OCCASIONS and any(other.draft.entry.mode in _RESPONSES for other in before):
        return replace(reading, time_frame="background")
    return reading


def _is_judged(reading: Reading, other: Reading) -> bool:
    """Tell whether a judgement follows, in its clause, what it is passed on ("назвал отправку … враждебным шагом")."""
    scene = reading.draft.scene
    return (
        scene.grammar.language == "ru"
        and scene.clause(reading.draft.trigger.start)[0] == scene.clause(other.draft.trigger.start)[0]
    )


def _is_idle(reading: Reading, here: Sequence[Reading]) -> bool:
    """A plain "said", a mere presence, a "receives" of a letter add nothing where the sentence tells more."""
    entry = reading.draft.entry
    others = [other for other in here if other is not reading]
    if any(_speaks_for(other, reading) for other in others):
        return True
    if entry.plain:
        return any(_outweighs_saying(other) for other in others)
    if reading.type == "deployment" and entry.mode == "presence":
        return any(_outweighs_presence(reading, other) for other in others)
    if entry.mode == "use":
        return any(other.type == "arms_transfer" and other.draft.entry.mode != "use" for other in others)
    if entry.mode == "labour":
        return any(other.type == "deployment" and other.modality not in _UNREAL for other in others)
    if reading.type == "meeting" and any(_outweighs_meeting(reading, other) for other in others):
        return True
    return any(_is_twin(reading, other) or _is_its_object(reading, other) for other in others)


def _speaks_for(other: Reading, reading: Reading) -> bool:
    """Tell whether another entry reads the same word instead."""
    return (
        reading.type in other.draft.entry.instead_of
        and other.draft.trigger.start == reading.draft.trigger.start
    )


def _is_its_object(reading: Reading, other: Reading) -> bool:
    """Tell whether the trigger is but what another word of the same entry moves ("may send additional troops")."""
    one, two = reading.draft, other.draft
    return (
        two.entry is one.entry
        and two.trigger.start < one.trigger.start
        and one.theme is not None
        and one.trigger.start <= one.theme.start < one.trigger.end
        and (two.actors, two.recipients, two.theme) == (one.actors, one.recipients, one.theme)
    )


def _is_twin(reading: Reading, other: Reading) -> bool:
    """Tell whether an earlier word of the same entry says the very same ("sent … a letter": one letter)."""
    one, two = reading.draft, other.draft
    return (
        two.entry is one.entry
        and two.trigger.start < one.trigger.start
        and (other.modality, other.time_frame, other.when)
        == (reading.modality, reading.time_frame, reading.when)
        and (two.actors, two.recipients, two.location, two.theme)
        == (one.actors, one.recipients, one.location, one.theme)
    )


def _outweighs_saying(other: Reading) -> bool:
    if other.type == "deployment":
        return other.modality not in _UNREAL and other.time_frame == "current"
    if other.type in _TOLD:
        return other.modality == "asserted" and other.time_frame == "current"
    return other.type == "statement" and not other.draft.entry.plain


def _outweighs_meeting(reading: Reading, other: Reading) -> bool:
    """Tell whether it is a letter that is received, or soldiers who arrive, and no guest."""
    if other.draft.entry.frame == "message":
        return reading.draft.entry.mode == "reception"
    if other.type != "deployment" or other.draft.entry.mode == "presence":
        return False
    nations = set(reading.facts.context.country_entities.values())
    return (
        bool(nations & {*reading.draft.actors, *reading.draft.recipients})
        or other.draft.trigger == reading.draft.trigger
    )


def _outweighs_presence(reading: Reading, other: Reading) -> bool:
    if other.type == "deployment":
        is_purpose = reading.draft.scene.text.endswith(
            "to ", 0, reading.draft.trigger.start
        )  # "sent to fight"
        is_recalled = (other.time_frame, reading.time_frame) == ("background", "current") and not is_purpose
        return other.draft.entry.mode != "presence" and other.modality not in _UNREAL and not is_recalled
    return other.type in {"casualties", "commemoration"}
