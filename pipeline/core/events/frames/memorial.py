"""Tributes, memorials, medals and receptions for what both parties keep in memory."""

from pipeline.core.events.context import Context
from pipeline.core.events.draft import Draft
from pipeline.core.events.frames.places import stages
from pipeline.core.events.frames.sides import country_of, is_leisure, is_media, theme_of, who
from pipeline.core.events.names import Name
from pipeline.core.events.scene import Scene, Word
from pipeline.core.vocabulary import EventEntry


def read_memorial(context: Context, scene: Scene, trigger: Word, entry: EventEntry) -> Draft | None:
    """Read who of a party pays tribute to what both keep: the ally, its war, or its people are named too."""
    themes = [word for word in theme_of(scene, trigger, entry.theme) if word.start != trigger.start]
    if not themes or is_leisure(scene):
        return None
    present = [party for party in context.parties if party in scene.countries]
    if not present:
        present = [party for party in context.parties if party in context.title_countries]
    if not present or not _is_shared(context, scene):
        return None
    actor = _actor(context, scene, trigger)
    party = str(actor.country) if actor is not None else present[0]
    return Draft(
        entry,
        scene,
        trigger,
        "memorial",
        actors=who(context, actor, party),
        recipients=country_of(context, str(context.ally(party))),
        theme=themes[0],
        location=next(iter(stages(context, scene)), None),
    )


def _actor(context: Context, scene: Scene, trigger: Word) -> Name | None:
    """Return who of a party does it: "by X", "in the name of X", else the first person or body, else the subject."""
    names = [n for n in scene.names if n.country in context.parties and not (n.speaks or is_media(n))]
    by = [n for n in names if n.part == "from" and n.start >= trigger.end and n.head.kind != "place"]
    people = [n for n in names if n.head.kind in {"person", "organisation"}]
    subjects = [
        n
        for n in names
        if n.end <= trigger.start and n.part in {"", "subject", "of"} and n.head.kind != "place"
    ]
    return next(iter([*by, *people, *subjects]), None)


def _is_shared(context: Context, scene: Scene) -> bool:
    here = context.countries_of(scene)
    if context.both_in(here) or "joint_memorial" in scene.things:
        return True
    before = context.previous(scene)
    near = here | context.lead_countries | (context.countries_of(before) if before else frozenset())
    return context.both_in(near) and not scene.countries - set(context.parties) - set(
        context.alliance.theatre
    )
