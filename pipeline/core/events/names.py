"""The names in a sentence as phrases ("Russian President Vladimir Putin"), each with its part in the clause."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core.events.cues import Grammar, words_of
from pipeline.core.records import Entity, Mention

_GAP = 45
_POSSESSIVE = 4  # "'s ", "s' "
_LONGEST_OFFICE = 14  # "联邦安全会议秘书"
_LOOK_BACK = 45
_KOREAN_TITLE = 18
_AT = tuple(words_of("at_place"))
_PHRASE_END = re.compile(r"[\n,.…·:;\"“”‘’]")  # no particle behind it belongs to the name before


@dataclass(slots=True)
class Name:
    """A phrase of one or more mentions: `head` is whom it names, `part` its place in the clause.

    `part` is one of subject, to, from, with, in, of, and "" where nothing marks it. `is_topic`: it is marked as
    what the sentence is about, in Korean: whoever acts in its main clause. `is_listed`: it goes on with the list
    that the name before it is in.
    """

    start: int
    end: int
    head: Entity
    members: tuple[Entity, ...]
    part: str = ""
    owns: bool = False
    speaks: bool = False
    is_topic: bool = False
    is_listed: bool = False

    @property
    def country(self) -> str | None:
        """The country of whom it names, or of the country named with it."""
        if self.head.country:
            return self.head.country
        return next((member.country for member in self.members if member.country), None)


def owner_of(names: Sequence[Name], start: int) -> Name | None:
    """Return whose the word at `start` is ("Russia's veto")."""
    return next((name for name in names if name.owns and 0 < start - name.end <= _POSSESSIVE), None)


def read_names(
    text: str, mentions: Sequence[tuple[Mention, Entity]], stops: Sequence[int], grammar: Grammar, start: int
) -> list[Name]:
    """Return the name phrases of a sentence that begins at `start`; no phrase reaches over a stop (a verb)."""
    names: list[Name] = []
    group: list[tuple[Mention, Entity]] = []
    for item in mentions:
        if group and not _joins(text, group[-1][0].end, item[0].start, stops, grammar):
            names.append(_name(text, group, grammar))
            group = []
        group.append(item)
    if group:
        names.append(_name(text, group, grammar))
    _set_parts(text, names, grammar, start)
    return names


def _joins(text: str, end: int, start: int, stops: Sequence[int], grammar: Grammar) -> bool:
    if start - end > _GAP or any(end <= stop < start for stop in stops):
        return False
    gap = text[end:start]
    if not gap.strip():
        return grammar.language != "zh" or not gap
    if grammar.language == "zh":  # "美国国务卿布林肯"
        return _is_office(gap, grammar)
    if grammar.marks_after:  # "조선민주주의인민공화국 국무위원장 김정은동지"
        return gap[0].isspace() and gap.strip() in words_of("offices_korean")
    titles = words_of("titles")
    words = gap.replace("’s", "").replace("'s", "").split()
    office = bool(words) and words[0][0].isupper()  # "US Secretary of State Antony Blinken"
    return "," not in gap and all(
        word.lower() in titles or (word[0].isupper() and word.isalpha()) or (office and word == "of")
        for word in words
    )


def _is_office(gap: str, grammar: Grammar) -> bool:
    """Tell whether all that stands between two Chinese names is the office of the second."""
    links = words_of("same_part") | grammar.prepositions.keys()
    return (
        len(gap) <= _LONGEST_OFFICE
        and gap.isalpha()
        and gap.endswith(tuple(words_of("offices_unspaced")))
        and not any(link in gap for link in links if not link.isascii())
    )


def _name(text: str, group: Sequence[tuple[Mention, Entity]], grammar: Grammar) -> Name:
    entities = [entity for _, entity in group]
    end = group[-1][0].end
    persons = [entity for entity in entities if entity.kind == "person"]
    bodies = [entity for entity in entities if entity.kind in {"organisation", "military_unit"}]
    head = (persons or bodies or entities)[-1]
    return Name(
        start=group[0][0].start,
        end=end,
        head=head,
        members=tuple(entities),
        owns=text[end : end + 2] in {"'s", "’s"}
        or text[end : end + 2] in {"s'", "s’"}
        or _is_of(text, end, grammar),
    )


def _is_of(text: str, end: int, grammar: Grammar) -> bool:
    if grammar.language not in {"zh", "ko"} or text[end : end + 1] not in words_of("possessives"):
        return False
    return grammar.language == "zh" or not text[end + 1 : end + 2].isalpha()  # "하원의장": an office


def _set_parts(text: str, names: list[Name], grammar: Grammar, start: int) -> None:
    before: Name | None = None
    for name, after in zip(names, [*names[1:], None], strict=False):
        between = text[before.end : name.start].strip() if before else None
        name.is_listed = before is not None and _lists(text, before, name, after)
        if before and (between in words_of("same_part") or name.is_listed):
            name.part = before.part
        else:
            name.part = _part(text, name, grammar, start)
        if name.part == "from" and name.head.kind == "place" and text.startswith(_AT, name.end):
            name.part = "in"
        before = name


def _lists(text: str, before: Name, name: Name, after: Name | None) -> bool:
    """Tell whether a name goes on with a list ("the US, Japan and South Korea"), which another one ends behind "and"."""
    between = text[before.end : name.start].strip()
    if between not in words_of("listing") or before.head.kind != name.head.kind:
        return False
    if between != ",":
        return True
    if after is None or after.head.kind != name.head.kind:
        return False
    gap = text[name.end : after.start].strip()
    return gap in words_of("same_part") or gap in words_of("listing")


def _part(text: str, name: Name, grammar: Grammar, start: int) -> str:
    if grammar.marks_after:
        particle = _particle_after(text, name, grammar)
        name.is_topic = particle in words_of("topic_particles")
        return grammar.particles.get(particle, "")
    if grammar.language == "zh":
        for size in (2, 1):
            part = grammar.prepositions.get(text[max(start, name.start - size) : name.start])
            if part:
                return part
        return ""
    titles = words_of("titles")
    words = text[max(start, name.start - _LOOK_BACK) : name.start].split()
    for number, word in enumerate(reversed(words[-4:]), 1):
        low = word.lower().strip("(“\"'‘")
        if low == "of" and _is_office_of(words[:-number]):
            return ""
        if low in grammar.prepositions:
            is_proxy = any(before.lower() in words_of("proxies") for before in words[:-number][-1:])
            part = "from" if is_proxy else grammar.prepositions[low]
            return "in" if part == "to" and _is_locative(text, name, grammar) else part
        if low not in titles:
            break
    return _part_by_ending(text, name, grammar)


def _is_office_of(before: Sequence[str]) -> bool:
    """Tell whether an office before "of" opens the clause; behind a comma or "and" it only describes somebody."""
    if not before or before[-1].lower() not in words_of("office_heads"):
        return False
    rest = [word for word in before[:-1] if word.lower() not in words_of("titles")]
    return not rest or not (rest[-1].endswith(",") or rest[-1].lower() in words_of("same_part"))


def _part_by_ending(text: str, name: Name, grammar: Grammar) -> str:
    """Return the part that a person's case ending gives; a name without cases ("Шойгу") gives none."""
    said = text[name.start : name.end].lower()
    if name.head.kind != "person" or said.split()[-1] in words_of("undeclined"):
        return ""
    return next((part for ending, part in grammar.endings if said.endswith(ending)), "")


def _is_locative(text: str, name: Name, grammar: Grammar) -> bool:
    """Tell whether a Russian place's case says that something is there, not that it goes there ("в Москве")."""
    is_declined_place = grammar.language == "ru" and name.head.kind == "place"
    return is_declined_place and text.endswith(tuple(words_of("locative_endings")), name.start, name.end)


def _particle_after(text: str, name: Name, grammar: Grammar) -> str:
    """Return the particle after the name, or after the title that follows it."""
    tail: str = _PHRASE_END.split(text[name.end : name.end + _KOREAN_TITLE], maxsplit=1)[0]
    for number, word in enumerate(tail.split(" ")[:3]):
        for size in (4, 3, 2, 1):
            particle = word[-size:] if number else word
            if len(word) >= size and particle in grammar.particles and (number == 0 or len(word) > size):
                return particle
            if number == 0:
                stem = word[-size:]
                if stem in grammar.particles and len(word) > size:
                    return stem
    return ""
