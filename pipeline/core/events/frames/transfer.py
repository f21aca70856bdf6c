"""Things that one party gives the other."""

from pipeline.core.events.context import Context
from pipeline.core.events.draft import Draft
from pipeline.core.events.frames.sides import (
    country_of,
    is_leisure,
    is_official,
    marked,
    owners,
    subject,
    theme_of,
    who,
)
from pipeline.core.events.names import Name
from pipeline.core.events.scene import Scene, Word
from pipeline.core.vocabulary import EventEntry

_PEOPLE = frozenset({"troops", "workers"})


def read_transfer(context: Context, scene: Scene, trigger: Word, entry: EventEntry) -> Draft | None:
    """Read who gave what to whom: both parties must be there, and no other giver."""
    themes = [
        theme
        for theme in theme_of(scene, trigger, entry.theme)
        if not _is_for_people(scene, trigger, theme) and not _is_inside_another(scene, theme)
    ]
    if not themes or is_leisure(scene):
        return None
    start, end = scene.reach(trigger.start)
    here = context.countries_within(scene, start, end)
    if not (
        context.both_in(here)
        or (not here - set(context.parties) and here and context.both_in(_said_before(context, scene)))
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


def _said_before(context: Context, scene: Scene) -> frozenset[str]:
    """Return the countries of the title and of the sentence before."""
    before = context.previous(scene)
    return context.title_countries | (context.countries_of(before) if before else frozenset())


def _is_inside_another(scene: Scene, theme: Word) -> bool:
    """Tell whether a longer phrase means another thing ("aid" in "military aid")."""
    return any(
        word.value != theme.value
        and word.start <= theme.start
        and theme.end <= word.end
        and word.end - word.start > theme.end - theme.start
        for word in scene.words("thing")
    )


def _is_carrier(name: Name) -> bool:
    """Tell whether a name is a ship or firm that carries for others."""
    return name.head.kind == "organisation" and not is_official(name)


def _is_for_people(scene: Scene, trigger: Word, theme: Word) -> bool:
    """Tell whether people are what is sent, and the thing only what they are for ("sappers to clear mines")."""
    people = [
        word
        for word in scene.words("thing")
        if word.value in _PEOPLE and trigger.end <= word.start and word.end <= theme.start
    ]
    if not people:
        return False
    purpose = scene.text[people[-1].end : theme.start].lower().split()
    return any(word in scene.grammar.prepositions or word == "to" for word in purpose)


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
    doing = actor.country if actor is not None and not _is_carrier(actor) else None
    if entry.inverse:
        giver = next(iter(source or owned), None)
        if giver is None and entry.mode == "use":
            return None, None  # whose arms they are is not said
        receiver = doing if doing != giver else None
        if entry.mode == "use" and receiver is None and doing is not None:
            return None, None  # its own arms
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
