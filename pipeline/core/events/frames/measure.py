"""Sanctions over the alliance, vetoes that shield one of it, enforcement."""

from pipeline.core.events.context import Context
from pipeline.core.events.draft import Draft
from pipeline.core.events.frames.sides import country_of, is_leisure, is_official, subject, theme_of
from pipeline.core.events.names import owner_of
from pipeline.core.events.scene import Scene, Word
from pipeline.core.vocabulary import EventEntry


def read_measure(context: Context, scene: Scene, trigger: Word, entry: EventEntry) -> Draft | None:
    """Read who imposes, vetoes or enforces; both parties must be named."""
    if is_leisure(scene) or (entry.theme and not theme_of(scene, trigger, entry.theme)):
        return None
    if not set(context.parties) <= scene.countries and not scene.words("pair"):
        return None
    actor = owner_of(scene.names, trigger.start) or subject(scene, trigger)
    if actor is None or not (is_official(actor) or actor.head.kind == "place"):
        actor = next((n for n in scene.names if is_official(n) and n.speaks), None)
    if actor is None:
        return None
    targets = [party for party in context.parties if party != actor.country]
    return Draft(
        entry,
        scene,
        trigger,
        "measure",
        actors=(actor.head.id,),
        recipients=tuple(entity for party in targets for entity in country_of(context, party)),
    )
