"""Who is on which side of a trigger: what the frames share."""

import re
from collections.abc import Iterable

from pipeline.core.events.context import Context
from pipeline.core.events.cues import verb_group, words_of
from pipeline.core.events.names import Name
from pipeline.core.events.scene import Scene, Word
from pipeline.core.vocabulary import EventEntry

_LINKING = (
    verb_group()["passive"]
    | verb_group()["perfect"]
    | verb_group()["future"]
    | verb_group()["adverb"]
    | verb_group()["possible"]
    | words_of("linking")
)
_OF_OTHERS = re.compile(r" (?:of|from) (?:the )?[A-Z]")
_UNKNOWN = "?"
_OWNER_GAP = 34
_THINGS = frozenset({"place", "weapon", "agreement"})
_NOT_ACTING = frozenset({"MED", "BUS", "EDU", "REL", "NGO", "CVL", "ELI"})


def theme_of(scene: Scene, trigger: Word, classes: Iterable[str]) -> list[Word]:
    """Return the things of these classes in the trigger's reach, the nearest first."""
    wanted = frozenset(classes)
    start, end = scene.reach(trigger.start) if not scene.grammar.marks_after else (scene.start, scene.end)
    found = [word for word in scene.words("thing") if word.value in wanted and start <= word.start < end]
    swapped = [word.start for word in scene.cues("exchange")]
    if swapped and trigger.start < swapped[0]:
        found = [word for word in found if word.start < swapped[0]]
    return sorted(found, key=lambda word: _distance(word, trigger))


def _distance(word: Word, trigger: Word) -> int:
    if word.start >= trigger.end:
        return word.start - trigger.end
    return max(0, trigger.start - word.end) + 3  # an object follows more often than it goes before


def owners(scene: Scene, theme: Word) -> list[str]:
    """Return the countries whose the people or goods are: "North Korean soldiers", "shells from North Korea"."""
    found: list[str] = []
    names = scene.names
    for number, name in enumerate(names):
        if name.country is None:
            continue
        overlaps = name.start < theme.end and theme.start < name.end
        before = (
            name.end <= theme.start
            and theme.start - name.end <= _OWNER_GAP
            and _can_own(scene, name)
            and _is_plain(scene, name.end, theme.start)
        )
        after = theme.end <= name.start <= theme.end + 14 and scene.text[
            theme.end : name.start
        ].strip() in words_of("owner_follows")
        if overlaps or before or after:
            found = [name.country]
            if number and names[number - 1].country and _is_and(scene, names[number - 1], name):
                found.append(str(names[number - 1].country))
            if overlaps or not before:
                break
    if not found and _OF_OTHERS.match(scene.text, theme.end):
        return [_UNKNOWN]
    return found


def _can_own(scene: Scene, name: Name) -> bool:
    """Tell whether a name before a thing can be its owner's: in Russian only an adjective, in Korean an unmarked name."""
    language = scene.grammar.language
    if language == "ru":
        return scene.text[name.start].islower()
    return language == "en" or name.part in {"", "of"}


def _is_plain(scene: Scene, start: int, end: int) -> bool:
    gap = scene.text[start:end]
    if (
        "," in gap
        or any(char.isdigit() for char in gap)
        or any(start <= word.start < end for word in scene.cues("boundary"))
    ):
        return False
    words = gap.replace("'s", " ").replace("’s", " ").split()
    blocked = scene.grammar.prepositions.keys()
    if any(word.lower() in blocked for word in words):
        return False
    return not any(
        start < word.start < end and not any(t.start <= word.start < t.end for t in scene.words("thing"))
        for word in scene.words("event")
    )


def _is_and(scene: Scene, one: Name, other: Name) -> bool:
    return scene.text[one.end : other.start].strip() in words_of("together")


def joined(scene: Scene, name: Name) -> list[Name]:
    """Return a name and those joined to it ("Putin and Kim confirm …", "the US, Japan and South Korea deplore …")."""
    names = [name]
    for other in scene.names:
        if other.start > names[-1].end and (other.is_listed or _is_and(scene, names[-1], other)):
            names.append(other)
    return names


def _is_about_message(scene: Scene, trigger: Word) -> bool:
    """Tell whether a Korean sentence begins with a message as what it is about ("축전은 …"): the message itself says it."""
    about = tuple(words_of("topic_particles"))
    first = min((name.start for name in scene.names), default=trigger.start)
    return any(
        word.value == "message" and word.end <= first and scene.text.startswith(about, word.end)
        for word in scene.words("thing")
    )


def subject(scene: Scene, trigger: Word) -> Name | None:
    """Return who stands as the subject of the trigger: the first unmarked name before it in its clause."""
    names = scene.names
    if scene.grammar.marks_after:
        marked = [n for n in names if n.part == "subject" and not n.speaks]
        marked = marked or [n for n in names if n.part == "subject"]
        if _is_about_message(scene, trigger):
            return None
        before = [n for n in marked if n.start < trigger.start]
        topics = [n for n in before if n.is_topic]
        return next(iter([*topics[-1:], *before[-1:], *marked[:1]]), None)
    for start, _ in (scene.clause(trigger.start), scene.reach(trigger.start)):
        before = [
            name
            for name in names
            if start <= name.start
            and name.end <= trigger.start
            and name.part in {"", "subject"}
            and not name.speaks
        ]
        if before:
            return before[-1] if _begins_clause(scene, before, trigger) else before[0]
    return None


def _begins_clause(scene: Scene, names: list[Name], trigger: Word) -> bool:
    """Tell whether the last of the names opens a clause of its own behind "and" ("X will do it, and Y will help")."""
    if len(names) < 2 or scene.grammar.language != "en" or names[-1].is_listed:
        return False
    between = scene.text[names[0].end : names[-1].start].lower().split()
    if not {"and", "but"} & set(between[-2:]) or not _has_auxiliary(between):
        return False
    return all(word in _LINKING for word in scene.text[names[-1].end : trigger.start].lower().split())


def _has_auxiliary(words: Iterable[str]) -> bool:
    group = verb_group()
    return any(
        word in group["future"] or word in group["perfect"] or word in group["passive"] for word in words
    )


def speaking(scene: Scene, trigger: Word) -> Name | None:
    """Return the official whose word the sentence is, other than media."""
    names = [name for name in scene.names if name.speaks and not is_media(name)]
    before = [name for name in names if name.start < trigger.start]
    return next(iter(before or names), None)


def act_together(scene: Scene, trigger: Word) -> bool:
    """Tell whether two are the subject ("Russia and North Korea have both criticised …"): a third is the object."""
    start, _ = scene.clause(trigger.start)
    before = scene.text[start : trigger.start].lower().split()
    return any(word in words_of("two_as_one") for word in before[-2:])


def is_passive(scene: Scene, trigger: Word) -> bool:
    """Tell whether a form of "be" stands right before an English trigger ("was greeted by")."""
    words = scene.text[max(scene.start, trigger.start - 30) : trigger.start].lower().split()
    for word in reversed(words[-3:]):
        if word in verb_group()["passive"]:
            return True
        if word not in verb_group()["adverb"]:
            return False
    return False


def marked(scene: Scene, trigger: Word, *parts: str) -> list[Name]:
    """Return the names in the trigger's reach with one of these parts, the nearest after the trigger first."""
    start, end = scene.reach(trigger.start)
    if scene.grammar.marks_after:
        start, end = scene.start, scene.end
    names = [n for n in scene.names if start <= n.start < end and n.part in parts and not n.speaks]
    return sorted(names, key=lambda n: (n.start < trigger.start, abs(n.start - trigger.start)))


def has_other(context: Context, scene: Scene, party: str) -> bool:
    """Tell whether the ally of a party, or its war, is there too: in the sentence, else in title and lead."""
    other = context.ally(party)
    if other is None:
        return False
    here = context.countries_of(scene)
    if context.is_in(other, here):
        return True
    return context.is_in(other, context.lead_countries) and context.is_in(party, context.lead_countries)


def is_official(name: Name) -> bool:
    """Tell whether a name can act or speak for a state: a country, a government, an army, a person in office."""
    head = name.head
    if head.kind in {"place", "weapon", "agreement"}:
        return False
    return head.role not in _NOT_ACTING


def acts(scene: Scene, name: Name) -> bool:
    """Tell whether a country's name stands for the state ("Russia said", "Russian officials", not "Russian campers")."""
    if name.head.kind != "country" or scene.grammar.language != "en" or name.owns:
        return name.head.kind != "country" or not name.owns or _official_after(scene, name.end + 2)
    return _official_after(scene, name.end)


def _official_after(scene: Scene, at: int) -> bool:
    tail = scene.text[at : at + 60]
    words = tail.split()
    if not words or not tail[0].isspace() or at >= scene.end:
        return True
    soon = [
        w
        for kind in ("event", "verb", "cue")
        for w in scene.words(kind)
        if at <= w.start <= at + len(tail) - len(tail.lstrip())
    ]
    if soon or words[0].lower().strip(",.") in _LINKING:
        return True
    official = [w for w in scene.cues("contact") if at <= w.start <= at + 34]
    return bool(official) or any(w.value == "troops" for w in scene.words("thing") if at <= w.start <= at + 4)


def is_media(name: Name) -> bool:
    """Tell whether a name is an outlet or agency."""
    return name.head.role == "MED"


def country_of(context: Context, party: str) -> tuple[str, ...]:
    """Return the entity that stands for a party as a whole."""
    entity = context.country_entities.get(party)
    return (entity,) if entity else ()


def who(context: Context, name: Name | None, party: str) -> tuple[str, ...]:
    """Return the entity of a name of the party, else the party itself."""
    if name is not None and name.country == party and name.head.kind not in _THINGS:
        return (name.head.id,)
    return country_of(context, party)


def says_both(scene: Scene) -> bool:
    """Tell whether a sentence speaks of "the two countries", "both leaders"."""
    folded = scene.sentence.lower()
    return any(phrase in folded for phrase in words_of("both_sides"))


def is_leisure(scene: Scene) -> bool:
    """Tell whether a sentence is of sport, tourism, films or school trips."""
    return bool(scene.cues("leisure"))


Frame = tuple[Context, Scene, Word, EventEntry]
