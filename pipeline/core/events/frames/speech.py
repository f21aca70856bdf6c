"""What an official of one party says to, of or for the ally."""

from pipeline.core.events.context import Context
from pipeline.core.events.draft import Draft
from pipeline.core.events.frames.sides import (
    acts,
    country_of,
    is_leisure,
    is_media,
    is_official,
    is_passive,
    marked,
    speaking,
    subject,
    who,
)
from pipeline.core.events.names import Name
from pipeline.core.events.scene import Scene, Word
from pipeline.core.vocabulary import EventEntry

_NO_SPEAKERS = frozenset(
    {"troops", "workers", "weapons", "shells", "munitions", "missiles", "launchers", "food", "energy"}
)


def read_speech(context: Context, scene: Scene, trigger: Word, entry: EventEntry) -> Draft | None:
    """Read who of one party says it, and that it is about the ally or the ally's war."""
    if is_leisure(scene):
        return None
    speaker = _speaker(context, scene, trigger, entry)
    if speaker is None or speaker.country not in context.parties:
        return None
    ally = context.ally(speaker.country)
    if ally is None or not _is_about(context, scene, trigger, speaker, ally, entry):
        return None
    addressee = _addressee(scene, speaker, ally)
    return Draft(
        entry,
        scene,
        trigger,
        "speech",
        actors=(speaker.head.id,),
        recipients=who(context, addressee, ally) if addressee else country_of(context, ally),
        sureness=1.0 if addressee is not None else 0.8,
    )


def _speaker(context: Context, scene: Scene, trigger: Word, entry: EventEntry) -> Name | None:
    found = speaking(scene, trigger)
    if is_passive(scene, trigger):
        found = next(iter(marked(scene, trigger, "from")), None)
        return found if found is not None and is_official(found) else None
    if found is None or found.country not in context.parties:
        found = subject(scene, trigger) or found
    elif found.start > trigger.end and not entry.plain:
        found = _whose(subject(scene, trigger), found)
    if found is None:
        after = [n for n in scene.names if trigger.end <= n.start <= trigger.end + 3]
        found = after[0] if after and scene.cues("say") else None
    if found is None or not is_official(found) or is_media(found) or not acts(scene, found):
        return None
    if entry.plain and not found.speaks:
        return None
    if found.owns and found.head.kind == "person":
        return None
    return None if _is_of_people(scene, trigger) else found


def _is_of_people(scene: Scene, trigger: Word) -> bool:
    """Tell whether soldiers or goods stand before the verb: they speak for nobody, or it says which ("troops promised")."""
    return any(word.end == trigger.start - 1 and word.value in _NO_SPEAKERS for word in scene.words("thing"))


def _whose(subject: Name | None, speaker: Name) -> Name:
    """Return who takes the stance that a speaker named behind it tells: he himself where it is his country's."""
    if subject is None or (subject.head.kind == "country" and subject.country == speaker.country):
        return speaker
    return subject


def _is_about(
    context: Context, scene: Scene, trigger: Word, speaker: Name, ally: str, entry: EventEntry
) -> bool:
    others = [n for n in scene.names if n is not speaker and n.country == ally and not n.speaks]
    told = context.is_in(ally, context.countries_of(scene)) and (
        others or scene.words("war") or scene.words("pair")
    )
    if entry.plain:
        topical = [w for w in scene.words("thing") if w.value == "bond" and w.start > trigger.start - 200]
        return bool(told and (topical or scene.words("war") or scene.cues("topic")))
    return bool(told)


def _addressee(scene: Scene, speaker: Name, ally: str) -> Name | None:
    names = [n for n in scene.names if n is not speaker and n.country == ally and is_official(n)]
    persons = [n for n in names if n.head.kind == "person"]
    return next(iter(persons or names), None)
