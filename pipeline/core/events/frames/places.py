"""Where an event is: what the frames share."""

from collections.abc import Container, Iterator

from pipeline.core.events.context import Context
from pipeline.core.events.cues import words_of
from pipeline.core.events.names import Name
from pipeline.core.events.scene import Scene, Word
from pipeline.core.records import Entity, Mention


def place(context: Context, scene: Scene, trigger: Word, country: str) -> str | None:
    """Return the place of the event: the finest in the country or theatre, the nearest to the trigger.

    Where the report was written and where who speaks has his office are no places of the event.
    """
    wanted = {country}
    if country == context.alliance.host:
        wanted |= set(context.alliance.theatre)
    start, end = scene.reach(trigger.start)
    if not any(start <= m.start < end for m, entity in _places(scene, wanted)):
        start, end = scene.start, scene.end
    left = {entity.id for name in scene.names if _is_elsewhere(scene, name) for entity in name.members}
    best: tuple[int, int, int, str] | None = None
    for mention, entity in _places(scene, wanted):
        if not start <= mention.start < end:
            continue
        if _is_seat(scene, mention.start, mention.end):
            continue
        rank = (
            int(entity.id in left),
            int(mention.start < trigger.start),
            abs(mention.start - trigger.start),
            entity.id,
        )
        best = min(best, rank) if best else rank
    return best[3] if best else None


def _is_elsewhere(scene: Scene, name: Name) -> bool:
    """Tell whether a place is where they come from, or what they do something to or are beside ("수미 지역을 포격하고")."""
    if scene.grammar.marks_after and scene.text.startswith(tuple(words_of("elsewhere_after")), name.end):
        return True
    return name.part == "from"


def stages(context: Context, scene: Scene) -> list[str]:
    """Return the places of the parties that a sentence names: where something happens first, then in order."""
    inside = [name.head.id for name in scene.names if name.part == "in"]
    found = [entity.id for _, entity in _places(scene, context.parties)]
    return sorted(found, key=lambda place: place not in inside)


def _is_seat(scene: Scene, start: int, end: int) -> bool:
    """Tell whether a place is a dateline's, or a speaker's ("analysts in Kyiv say", "a Kyiv official")."""
    if scene.is_dateline(end):
        return True
    before = scene.text[max(scene.start, start - 24) : start].split()
    after = scene.text[end : min(scene.end, end + 16)].split()
    heads = words_of("anonymous_heads")
    if len(before) > 1 and before[-1] == "in" and before[-2].lower() in heads:
        return True
    return scene.text[end : end + 1] == " " and bool(after) and after[0].lower().strip(",.") in heads


def _places(scene: Scene, countries: Container[str | None]) -> Iterator[tuple[Mention, Entity]]:
    return (
        (m, entity) for m, entity in scene.mentions if entity.kind == "place" and entity.country in countries
    )
