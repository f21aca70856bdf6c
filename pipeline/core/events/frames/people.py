"""People of one party who go to the other, are with it, leave it, or are killed, wounded and taken there."""

from pipeline.core.events.context import Context
from pipeline.core.events.cues import verb_group, words_of
from pipeline.core.events.draft import Draft
from pipeline.core.events.frames.places import place
from pipeline.core.events.frames.sides import (
    country_of,
    has_other,
    is_passive,
    marked,
    owners,
    subject,
    theme_of,
)
from pipeline.core.events.names import Name
from pipeline.core.events.scene import Scene, Word
from pipeline.core.vocabulary import EventEntry

_LEAVING = frozenset({"withdrawal", "removal"})
_GOING = frozenset({"arrival", "dispatch"})
_WHITHER = 8
_STRUCK = 24
_KOREAN_ENDING = 4  # "된 ", "한 ", "되였던 "


def read_people(context: Context, scene: Scene, trigger: Word, entry: EventEntry) -> Draft | None:
    """Read a movement or presence of one party's people with the other."""
    if _is_of_paper(scene, trigger):
        return None
    found = _people(context, scene, trigger, entry)
    if found is None:
        return None
    theme, party = found
    ally = context.ally(party)
    if ally is None or not _goes_there(context, scene, party, ally):
        return None
    if _are_moved_by_foe(context, scene, trigger) or _go_elsewhere(context, scene, trigger, entry):
        return None
    if entry.mode in _LEAVING and _is_of_claim(scene):
        return None  # it is a report that is withdrawn, or coffins that come home
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
        is_background=_is_attribute(scene, theme, trigger) or scene.is_aside(trigger.start),
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
    by = [
        name
        for name in marked(scene, trigger, "from")
        if name.country not in {party, None} and name.head.kind != "place"
    ]
    foe = subject(scene, trigger)
    if foe is None or foe.country not in context.alliance.theatre:
        foe = _attacker(context, scene)
    if not by and foe is not None:
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
        is_background=_is_of_mourned(scene, trigger),
    )


def _is_of_mourned(scene: Scene, trigger: Word) -> bool:
    """Tell whether a Korean participle only says whom a tribute is to ("전사한 렬사들")."""
    if not scene.grammar.marks_after:
        return False
    return any(
        word.value == "memorial" and 0 < word.start - trigger.end <= _KOREAN_ENDING
        for word in scene.words("thing")
    )


def _attacker(context: Context, scene: Scene) -> Name | None:
    """Return who of the theatre attacks: "a Ukrainian strike", "Kyiv fired missiles"."""
    for name in scene.names:
        if name.country in context.alliance.theatre and name.head.kind != "place":
            after = scene.text[name.end : min(scene.end, name.end + _STRUCK)].lower().split()[:2]
            if any(word.strip(",.") in words_of("attacks") for word in after):
                return name
    return None


def _are_moved_by_foe(context: Context, scene: Scene, trigger: Word) -> bool:
    """Tell whether the enemy moves them: prisoners who are brought somewhere."""
    mover = subject(scene, trigger)
    return (
        mover is not None
        and mover.country in context.alliance.theatre
        and mover.head.kind != "place"
        and not is_passive(scene, trigger)
        and bool(scene.cues("prisoners"))
    )


def _go_elsewhere(context: Context, scene: Scene, trigger: Word, entry: EventEntry) -> bool:
    """Tell whether whither they go, named next, is a third country ("defectors who worked in Russia arrived in Seoul")."""
    if entry.mode not in _GOING or scene.grammar.language != "en":
        return False
    after = next((name for name in scene.names if name.start >= trigger.end), None)
    if after is None or after.speaks or after.part not in {"in", "to"}:
        return False
    _, end = scene.clause(trigger.start)
    known = {*context.parties, *context.alliance.theatre, None}
    return after.start < end and after.start - trigger.end <= _WHITHER and after.country not in known


def _people(context: Context, scene: Scene, trigger: Word, entry: EventEntry) -> tuple[Word, str] | None:
    """Return the people meant and the party whose they are."""
    guest = context.ally(context.alliance.host)
    if guest is None:
        return None
    near = theme_of(scene, trigger, entry.theme)
    if not near and entry.frame == "harm":
        near = [word for word in scene.words("thing") if word.value in entry.theme]
    themes = [theme for theme in near if not _is_beyond(scene, trigger, theme)]
    for theme in themes:
        owner = _owner(context, scene, trigger, entry, theme)
        if owner in context.parties:
            return theme, owner
    if entry.mode == "losses" and guest in owners(scene, trigger):
        return trigger, guest
    unowned = next((theme for theme in themes if not owners(scene, theme)), None)
    if unowned is None or entry.mode in {"presence", "losses"} or themes[0] is not unowned:
        return None
    return (unowned, guest) if _may_be_guests(context, scene, trigger, entry, guest) else None


def _is_beyond(scene: Scene, trigger: Word, theme: Word) -> bool:
    """Tell whether another verb lies between ("those sent, however, are thought to include troops")."""
    gap = scene.text[trigger.end : theme.start].lower()
    return "," in gap and any(word in verb_group()["passive"] for word in gap.split())


def _owner(context: Context, scene: Scene, trigger: Word, entry: EventEntry, theme: Word) -> str:
    """Return the party whose the people are, the guest before the host; "" where it is none of them."""
    guest, host = str(context.ally(context.alliance.host)), context.alliance.host
    countries = owners(scene, theme)
    actor = subject(scene, trigger)
    if guest in countries:
        return guest
    if entry.mode in _LEAVING and actor is not None and actor.country == guest:
        return guest  # "withdrew troops from …": nobody withdraws another's
    if not countries:
        is_guests = actor is not None and actor.country == guest and _is_own(scene, theme, entry)
        return guest if is_guests else ""
    return host if countries[0] == host and _is_with_guest(context, scene) else ""


def _may_be_guests(context: Context, scene: Scene, trigger: Word, entry: EventEntry, guest: str) -> bool:
    """Tell whether people whose no country is said can be the guest's, for all that stands around them."""
    actor = subject(scene, trigger)
    if actor is not None and actor.country is not None and actor.country not in context.parties:
        return False
    if entry.frame == "harm" and not _is_at_war(context, scene):
        return False
    return _known_from_before(context, scene, guest)


def _is_at_war(context: Context, scene: Scene) -> bool:
    """Tell whether the sentence is of the host's war: it names the war, its theatre or a place of the host."""
    alliance = context.alliance
    places = {entity.country for _, entity in scene.mentions if entity.kind == "place"}
    places |= {name.country for name in scene.names if name.part == "in"}
    return (
        bool(scene.words("war"))
        or not scene.countries.isdisjoint(alliance.theatre)
        or alliance.host in places
    )


def _is_own(scene: Scene, theme: Word, entry: EventEntry) -> bool:
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
    if not scene.countries <= {*context.parties, *context.alliance.theatre}:
        return False
    before = None if scene.grammar.marks_after else context.previous(scene)  # English says "the troops"
    return any(
        guest in owners(told, word)
        for told in (context.scenes[0], before)
        if told is not None
        for word in told.words("thing")
        if word.value in {"troops", "workers"}
    )


def _is_of_claim(scene: Scene) -> bool:
    """Tell whether a report, as a noun, or a memorial is there; "报道" and "보도" may be but the word of saying."""
    said = {word.start for word in scene.cues("say")}
    return any(
        word.value == "memorial" or (word.value == "claim" and word.start not in said)
        for word in scene.words("thing")
    )


def _is_attribute(scene: Scene, theme: Word, trigger: Word) -> bool:
    """Tell whether the word only says which people: "troops sent to Russia are …", "파병된 북한군이 …"."""
    if scene.grammar.marks_after:
        later = [word for word in scene.words("event") if word.start > theme.end]
        return 0 <= theme.start - trigger.end <= _KOREAN_ENDING and bool(later)
    if scene.grammar.language != "en" or not 0 < trigger.start - theme.end <= 2:
        return False
    if _is_governed(scene, theme):
        return True
    _, end = scene.clause(trigger.start)
    finite = verb_group()["passive"] | verb_group()["perfect"]
    return any(word in finite for word in scene.text[trigger.end : end].lower().split())


def _is_governed(scene: Scene, theme: Word) -> bool:
    """Tell whether a preposition or another verb stands before the people ("medals to troops sent …")."""
    owner = [n.start for n in scene.names if n.start <= theme.start and theme.start - n.end <= 1]
    start = owner[0] if owner else theme.start
    words = scene.text[scene.start : start].lower().split()
    is_counted = False  # "about 2,000 soldiers" is a figure, "a report about soldiers" is not
    while words and (words[-1] in words_of("titles") or words[-1][0].isdigit()):
        is_counted = is_counted or words[-1][0].isdigit()
        words.pop()
    if words and (
        (words[-1] in words_of("telling_of") and not is_counted)
        or scene.grammar.prepositions.get(words[-1]) in {"to", "from", "with"}
    ):
        return True
    return any(word.end <= start <= word.end + 1 for word in scene.words("event"))


def _is_of_paper(scene: Scene, trigger: Word) -> bool:
    """Tell whether what is sent is a message."""
    after = next((word for word in scene.words("thing") if word.start >= trigger.end), None)
    return after is not None and after.value == "message" and after.start - trigger.end <= 24


def _goes_there(context: Context, scene: Scene, party: str, ally: str) -> bool:
    here = context.countries_of(scene)
    if context.is_in(ally, here):
        return True
    return party in here | context.title_countries and context.is_in(ally, context.title_countries)
