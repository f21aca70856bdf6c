"""Things that one party gives the other."""

from pipeline.core.events.context import Context
from pipeline.core.events.draft import Draft
from pipeline.core.events.frames.sides import (
    country_of,
    is_leisure,
    marked,
    owners,
    subject,
    theme_of,
    who,
)
from pipeline.core.events.names import Name
from pipeline.core.events.scene import Scene, Word
from pipeline.core.vocabulary import EventEntry


def read_transfer(context: Context, scene: Scene, trigger: Word, entry: EventEntry) -> Draft | None:
    """Read who gave what to whom: both parties must be there, and no other giver."""
    themes = theme_of(scene, trigger, entry.theme)
    if not themes or is_leisure(scene):
        return None
    start, end = scene.reach(trigger.start)
    here = context.countries_within(scene, start, end)
    if not (
        context.both_in(here)
        or (not here - set(context.parties) and here and context.both_in(context.title_countries))
    ):
        return None
    sides = _sides(context, scene, trigger, entry, themes[0])
    if sides is None:
        return None
    giver, receiver, actor = sides
    return Draft(
        entry,
        scene,
        trigger,
        "transfer",
        actors=who(context, actor, giver),
        recipients=country_of(context, receiver),
        theme=themes[0],
        sureness=1.0 if context.both_in(here) else 0.75,
    )


def _sides(
    context: Context, scene: Scene, trigger: Word, entry: EventEntry, theme: Word
) -> tuple[str, str, Name | None] | None:
    giver, receiver = _named_sides(context, scene, trigger, entry, theme)
    if giver is not None and giver not in context.parties:
        return None
    if giver is None and receiver in context.parties:
        giver = context.ally(receiver)
    if giver is None:
        return None
    if receiver is not None and not _is_with(context, giver, receiver):
        return None
    ally = context.ally(giver)
    actor = subject(scene, trigger)
    return (giver, ally, actor if actor is not None and not entry.inverse else None) if ally else None


def _is_with(context: Context, giver: str, receiver: str) -> bool:
    """Tell whether the receiver is the ally, or the theatre of the ally's war."""
    ally = context.ally(giver)
    return receiver in {giver, ally} or (
        receiver in context.alliance.theatre and ally == context.alliance.host
    )


def _named_sides(
    context: Context, scene: Scene, trigger: Word, entry: EventEntry, theme: Word
) -> tuple[str | None, str | None]:
    actor = subject(scene, trigger)
    to = [name.country for name in marked(scene, trigger, "to") if name.country]
    source = [name.country for name in marked(scene, trigger, "from") if name.country]
    owned = [country for country in owners(scene, theme) if country in context.parties]
    doing = actor.country if actor is not None else None
    if entry.inverse:
        giver = next(iter(source or owned), None)
        receiver = doing if doing != giver else None
        if giver is None and doing in context.parties:
            giver = context.ally(doing)
        return giver, receiver
    if source and source[0] in context.parties:
        return source[0], to[0] if to else None
    if to and to[0] in context.parties and to[0] != doing:
        if doing is not None and doing not in context.parties:
            return (owned[0] if owned and owned[0] != to[0] else doing), to[0]
        return context.ally(to[0]), to[0]
    if owned and doing is None:
        return owned[0], None
    return doing, to[0] if to else None
