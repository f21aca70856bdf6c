"""People of one party who go to the other, are with it, leave it, or are killed, wounded and taken there."""

from pipeline.core.events.context import Context
from pipeline.core.events.cues import words_of
from pipeline.core.events.draft import Draft
from pipeline.core.events.frames.sides import country_of, has_other, marked, owners, place, subject, theme_of
from pipeline.core.events.scene import Scene, Word
from pipeline.core.vocabulary import EventEntry


def read_people(context: Context, scene: Scene, trigger: Word, entry: EventEntry) -> Draft | None:
    """Read a movement or presence of one party's people with the other."""
    found = _people(context, scene, trigger, entry)
    if found is None:
        return None
    theme, party = found
    ally = context.ally(party)
    if ally is None or not _goes_there(context, scene, party, ally):
        return None
    if entry.mode == "withdrawal" and any(word.value == "claim" for word in scene.words("thing")):
        return None  # it is the report that is withdrawn
    if entry.mode == "presence" and not context.is_in(ally, context.countries_of(scene)):
        return None
    return Draft(
        entry,
        scene,
        trigger,
        "people",
        actors=country_of(context, party),
        recipients=country_of(context, ally),
        location=place(context, scene, trigger, ally),
        theme=theme,
        sureness=1.0 if context.is_in(ally, context.countries_of(scene)) else 0.7,
    )


def read_harm(context: Context, scene: Scene, trigger: Word, entry: EventEntry) -> Draft | None:
    """Read that people of one party were killed, wounded or taken on the other's side."""
    found = _people(context, scene, trigger, entry)
    if found is None:
        return None
    theme, party = found
    ally = context.ally(party)
    if ally is None or ally != context.alliance.host or not has_other(context, scene, party):
        return None
    by = [name for name in marked(scene, trigger, "from") if name.country not in {party, None}]
    foe = subject(scene, trigger)
    if not by and foe is not None and foe.country in context.alliance.theatre:
        by = [foe]
    return Draft(
        entry,
        scene,
        trigger,
        "harm",
        actors=(by[0].head.id,) if by and by[0].head.kind != "place" else (),
        recipients=country_of(context, party),
        location=place(context, scene, trigger, ally),
        theme=theme,
    )


def _people(context: Context, scene: Scene, trigger: Word, entry: EventEntry) -> tuple[Word, str] | None:
    """Return the people meant and the party whose they are."""
    guest = context.ally(context.alliance.host)
    if guest is None:
        return None
    actor = subject(scene, trigger)
    unowned: Word | None = None
    for theme in theme_of(scene, trigger, entry.theme):
        countries = owners(scene, theme)
        if guest in countries:
            return theme, guest
        if not countries and actor is not None and actor.country == guest and _is_own(scene, theme, trigger, entry):
            return theme, guest
        if countries and countries[0] == context.alliance.host and _is_with_guest(context, scene):
            return theme, countries[0]
        if not countries and unowned is None:
            unowned = theme
        elif countries and unowned is None and theme.start > trigger.start:
            return None
    if entry.mode == "losses" and guest in owners(scene, trigger):
        return trigger, guest
    if unowned is None or entry.mode in {"presence", "losses"}:
        return None
    if actor is not None and actor.country is not None and actor.country not in context.parties:
        return None
    if entry.frame == "harm" and not context.is_in(context.alliance.host, context.countries_of(scene)):
        return None
    return (unowned, guest) if _known_from_before(context, scene, guest) else None


def _is_own(scene: Scene, theme: Word, trigger: Word, entry: EventEntry) -> bool:
    """Tell whether the subject's own people are meant: whoever sends, sends its own; who mourns, may not."""
    if entry.frame == "people" or entry.mode == "losses":
        return True
    before = scene.text[max(scene.start, theme.start - 24) : theme.start].lower().split()
    return any(word in words_of("own") for word in before)


def _is_with_guest(context: Context, scene: Scene) -> bool:
    guest = context.ally(context.alliance.host)
    return any(
        entity.kind == "place" and entity.country == guest and name.part in {"in", "to"}
        for name in scene.names
        for entity in name.members
    )


def _known_from_before(context: Context, scene: Scene, guest: str) -> bool:
    """Tell whether "the troops" can only be the guest's: it is named here, or in the title beside troops."""
    if scene.countries - {context.alliance.host, *context.alliance.theatre} == {guest}:
        return True
    title = context.scenes[0]
    names = [word for word in title.words("thing") if word.value in {"troops", "workers"}]
    return not scene.countries - set(context.parties) and any(guest in owners(title, word) for word in names)


def _goes_there(context: Context, scene: Scene, party: str, ally: str) -> bool:
    here = context.countries_of(scene)
    if context.is_in(ally, here):
        return True
    return party in here | context.title_countries and context.is_in(ally, context.title_countries)
