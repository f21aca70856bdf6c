"""Statements and commentaries put out as a text: the whole article says what they are about."""

from pipeline.core.events.context import Context
from pipeline.core.events.draft import Draft
from pipeline.core.events.frames.sides import country_of, is_leisure, is_media, is_official
from pipeline.core.events.names import Name
from pipeline.core.events.scene import Scene, Word
from pipeline.core.vocabulary import EventEntry

_ENOUGH = 2  # sentences besides the lead that must speak of the ally


def read_release(context: Context, scene: Scene, trigger: Word, entry: EventEntry) -> Draft | None:
    """Read who put the text out; it must be about the ally or its war, here or in the article's body."""
    if scene.index > 2 or is_leisure(scene):
        return None
    speaker = _speaker(context, scene)
    if speaker is None or speaker.country not in context.parties or _is_of_others(context, scene, trigger):
        return None
    ally = context.ally(speaker.country)
    if ally is None or not _is_about(context, scene, ally):
        return None
    return Draft(
        entry,
        scene,
        trigger,
        "release",
        actors=(speaker.head.id,),
        recipients=country_of(context, ally),
    )


def _speaker(context: Context, scene: Scene) -> Name | None:
    own = [n for n in scene.names if n.country in context.parties and n.head.kind != "place"]
    officials = [n for n in own if is_official(n)]
    speaking = [n for n in officials if n.speaks]
    if speaking:
        return speaking[0]
    if context.is_state_media:
        of_source = [n for n in officials if n.country == context.article.source.country]
        outlets = [n for n in own if n.head.role == "MED"]
        return next(iter(of_source or outlets or officials), None)
    return next(iter(officials or own), None)


def _is_of_others(context: Context, scene: Scene, trigger: Word) -> bool:
    """Tell whether a third country is the subject: "Tokyo condemned the plan of … in a joint statement"."""
    if scene.grammar.marks_after:
        return False
    before = [n for n in scene.names if n.country is not None and n.end <= trigger.start and not n.owns]
    first = next(iter(before), None)
    return (
        first is not None
        and first.country not in context.parties
        and first.part in {"", "subject"}
        and not is_media(first)
        and any(first.end <= word.start < trigger.start for word in scene.words("event"))
    )


def _is_about(context: Context, scene: Scene, ally: str) -> bool:
    if ally in context.countries_of(scene):
        return True
    told = sum(ally in context.countries_of(other) for other in context.scenes if other is not scene)
    return told >= _ENOUGH
