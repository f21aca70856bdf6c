"""What both parties do together: sign, ratify, build, exercise."""

from pipeline.core.events.context import Context
from pipeline.core.events.draft import Draft
from pipeline.core.events.frames.sides import country_of, is_leisure, says_both, subject, theme_of
from pipeline.core.events.names import Name
from pipeline.core.events.scene import Scene, Word
from pipeline.core.vocabulary import EventEntry

_TOGETHER = frozenset({"", "subject", "with", "from"})  # how those who act together stand in a clause
_ACTING = frozenset({"person", "organisation", "country"})


def read_joint(context: Context, scene: Scene, trigger: Word, entry: EventEntry) -> Draft | None:
    """Read a joint act: both parties in the sentence, or "the two countries" where the title names them."""
    themes = theme_of(scene, trigger, entry.theme)
    if (entry.theme and not themes) or is_leisure(scene):
        return None
    here = frozenset(scene.countries)
    if scene.words("pair"):
        here = here | frozenset(context.parties)
    if not set(context.parties) <= here and not _are_meant(context, scene, here):
        return None
    actors = _by_one(context, scene, trigger, entry) or _actors(context, scene, trigger, entry)
    if actors is None:
        return None
    return Draft(
        entry,
        scene,
        trigger,
        "joint",
        actors=actors,
        location=next((n.head.id for n in scene.names if n.part == "in" and n.head.kind == "place"), None),
        theme=themes[0] if themes else None,
        is_background=bool(themes) and _is_attribute(scene, themes[0], trigger),
    )


def _is_only_near(name: Name, trigger: Word) -> bool:
    """Tell whether it is but held near there ("Russian and Chinese drills near North Korea")."""
    return name.part == "in" and name.start >= trigger.end


def _by_one(context: Context, scene: Scene, trigger: Word, entry: EventEntry) -> tuple[str, ...]:
    """Return who of one party does what each does for itself: ratify."""
    actor = subject(scene, trigger) if entry.singly else None
    if actor is None or actor.country not in context.parties or actor.head.kind not in _ACTING:
        return ()
    return (actor.head.id,)


def _are_meant(context: Context, scene: Scene, here: frozenset[str | None]) -> bool:
    """Tell whether "the two countries" are the parties: title and lead name them, and nobody else is here."""
    return says_both(scene) and context.both_in(context.lead_countries) and not here - set(context.parties)


def _is_attribute(scene: Scene, theme: Word, trigger: Word) -> bool:
    """Tell whether a bare participle right after the thing only says which ("the treaty signed in June")."""
    return scene.index > 0 and scene.grammar.language == "en" and 0 < trigger.start - theme.end <= 2


def _actors(context: Context, scene: Scene, trigger: Word, entry: EventEntry) -> tuple[str, ...] | None:
    """Return who of either party does it; None where somebody else stands nearer than one of them."""
    nearest: dict[str, Name] = {}
    are_strangers_there = False
    for name in scene.names:
        country = name.country
        if name.speaks or country is None or (entry.type == "exercise" and _is_only_near(name, trigger)):
            continue
        if country in context.parties:
            best = nearest.get(country)
            if best is None or (best.head.kind != "person" and name.head.kind == "person"):
                nearest[country] = name
        elif name.part in {"", "subject"} and name.end < trigger.start and name.head.kind != "place":
            are_strangers_there = True
    start, end = scene.clause(trigger.start)
    together = [n for n in nearest.values() if start <= n.start < end and n.part in _TOGETHER]
    if are_strangers_there and len(together) < len(context.parties):
        return None
    actors: list[str] = []
    for party in context.parties:
        named = nearest.get(party)
        if named is not None and named.head.kind in _ACTING:
            actors.append(named.head.id)
        else:
            actors.extend(country_of(context, party))
    return tuple(actors)
