"""Visits, talks and receptions between people of both parties."""

import re

from pipeline.core.events.context import Context
from pipeline.core.events.cues import words_of
from pipeline.core.events.draft import Draft
from pipeline.core.events.frames.places import stages
from pipeline.core.events.frames.sides import country_of, is_leisure, is_media, says_both
from pipeline.core.events.names import Name
from pipeline.core.events.scene import Scene, Word
from pipeline.core.vocabulary import EventEntry

_BY = " by "
_HERE = re.compile(rf"\b(?:{'|'.join(sorted(words_of('here')))})\b")


def read_encounter(context: Context, scene: Scene, trigger: Word, entry: EventEntry) -> Draft | None:
    """Read that people of one party meet people of the other, or travel to it."""
    if is_leisure(scene) or _is_of_paper(scene, trigger):
        return None
    by_country = _by_country(context, scene, trigger)
    present = set(by_country) & set(context.parties)
    if not present:
        return None
    if len(present) == 1:
        present |= _implied(context, scene, next(iter(present)), entry)
    if len(present) < len(context.parties) or not _has_people(context, scene, by_country):
        return None
    if _others_meet(context, scene, trigger, by_country):
        return None
    if entry.face_to_face and not _is_face_to_face(context, scene, by_country):
        return None
    sides = _order(context, scene, trigger, by_country)
    location = _location(context, scene)
    return Draft(entry, scene, trigger, "encounter", actors=sides[0], recipients=sides[1], location=location)


def _location(context: Context, scene: Scene) -> str | None:
    """Return where they meet: a place of either party, else one of a third country that they meet in."""
    own = stages(context, scene)
    abroad = (name.head.id for name in scene.names if name.head.kind == "place" and name.part == "in")
    return next(iter(own), None) or next(abroad, None)


def _is_face_to_face(context: Context, scene: Scene, by_country: dict[str, list[Name]]) -> bool:
    """Tell whether persons of both parties are named, and a place or talks where they speak."""
    persons = all(
        any(n.head.kind == "person" for n in by_country.get(party, ())) for party in context.parties
    )
    placed = any(name.head.kind == "place" and name.part == "in" for name in scene.names)
    return persons and placed


def _is_of_paper(scene: Scene, trigger: Word) -> bool:
    """Tell whether what is received or conveyed is a message and not a guest."""
    start, end = trigger.start - 30, trigger.end + 40
    return any(word.value == "message" and start <= word.start <= end for word in scene.words("thing"))


def _by_country(context: Context, scene: Scene, trigger: Word) -> dict[str, list[Name]]:
    found: dict[str, list[Name]] = {}
    start, end = scene.reach(trigger.start)
    for name in scene.names:
        is_stranger_speaking = name.speaks and name.country not in context.parties
        if name.country and not is_stranger_speaking and not is_media(name) and start <= name.start < end:
            found.setdefault(name.country, []).append(name)
            for member in name.members:
                if member.country in context.parties and member.country != name.country:
                    found.setdefault(member.country, []).append(name)
    return found


def _implied(context: Context, scene: Scene, present: str, entry: EventEntry) -> set[str]:
    """Return the other party where "here" or "home" stands for it, or the title names it."""
    ally = context.ally(present)
    if ally is None:
        return set()
    if _HERE.search(scene.sentence) and (context.home == ally or context.is_state_media):
        return {ally}
    if says_both(scene) and context.both_in(context.lead_countries):
        return {ally}
    if scene.words("pair"):
        return {ally}
    if context.is_state_media and context.home == ally and scene.cues("contact"):
        return {ally} if scene.index <= 1 or entry.travels else set()
    return set()


def _has_people(context: Context, scene: Scene, by_country: dict[str, list[Name]]) -> bool:
    """Tell whether somebody in office or a delegation is among them."""
    people = any(
        name.head.kind in {"person", "organisation"}
        for party in context.parties
        for name in by_country.get(party, ())
    )
    return people or bool(scene.cues("contact"))


def _is_visited_too(context: Context, scene: Scene, name: Name) -> bool:
    """Tell whether a country is but the next stop after a party ("러시아와 벨라루스를 방문", "访问俄罗斯和白俄罗斯")."""
    if name.head.kind != "country":
        return False
    before = [other for other in scene.names if other.end <= name.start]
    if not before or before[-1].head.kind != "country" or before[-1].country not in context.parties:
        return False
    return scene.text[before[-1].end : name.start].strip().lower() in words_of("coordinated")


def _others_meet(context: Context, scene: Scene, trigger: Word, by_country: dict[str, list[Name]]) -> bool:
    """Tell whether the trigger's nearest people are of a third country."""
    persons = [
        name
        for names in by_country.values()
        for name in names
        if name.head.kind in {"person", "organisation"} or name.head.kind == "country"
    ]
    strangers = [
        name
        for name in persons
        if name.country not in context.parties and not _is_visited_too(context, scene, name)
    ]
    if not strangers:
        return False
    first = min(persons, key=lambda name: name.start)
    if first in strangers and first.part == "" and first.end <= trigger.start:
        return True
    nearest = sorted(
        persons, key=lambda name: min(abs(name.end - trigger.start), abs(name.start - trigger.end))
    )
    return any(name in strangers for name in nearest[:2])


def _order(
    context: Context, scene: Scene, trigger: Word, by_country: dict[str, list[Name]]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return who comes or calls, and whom they meet: the party named first, and the other."""
    firsts: list[tuple[int, str, tuple[str, ...]]] = []
    for party in context.parties:
        names = by_country.get(party, [])
        names = [n for n in names if not (n.speaks and n.head.kind == "organisation")] or names
        persons = [name for name in names if name.head.kind == "person"]
        visiting = [name for name in persons if name.part == "from" and name.start >= trigger.end]
        if visiting and scene.text.startswith(_BY, trigger.end):  # "a visit by X to Y": X comes
            firsts.append((-1, party, (visiting[0].head.id,)))
            continue
        chosen = (persons or [name for name in names if name.head.kind != "place"] or names)[:1]
        start = chosen[0].start if chosen else trigger.end + 10_000
        named = chosen and chosen[0].head.kind != "place" and chosen[0].head.country == party
        entity = (chosen[0].head.id,) if named else country_of(context, party)
        firsts.append((start, party, entity))
    firsts.sort()
    return firsts[0][2], firsts[-1][2]
