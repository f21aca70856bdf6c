"""Letters and messages: the noun is the trigger, the sender and the addressee stand around it."""

from pipeline.core.events.context import Context
from pipeline.core.events.cues import words_of
from pipeline.core.events.draft import Draft
from pipeline.core.events.frames.sides import acts, is_leisure, is_official, who
from pipeline.core.events.names import Name
from pipeline.core.events.quotes import is_quoted
from pipeline.core.events.scene import Scene, Word
from pipeline.core.vocabulary import EventEntry

_FROM, _OF = 32, 12  # how far behind the message its sender may be named
_THANKED_FOR = 40
_RELATIVE = 12
_ANSWERED = 3
_TITLE_AND_OF = 8


def read_message(context: Context, scene: Scene, trigger: Word, entry: EventEntry) -> Draft | None:
    """Read who of one party wrote to whom of the other."""
    if is_leisure(scene):
        return None
    here = _within_item(scene, trigger)
    names = [n for n in here if is_official(n) and not _is_outlet(n)]
    writers = [
        name
        for name in names
        if acts(scene, name)
        and not _only_tells_of_it(scene, trigger, name)
        and is_quoted(scene, name.start) == is_quoted(scene, trigger.start)
    ]
    sender = _sender(scene, trigger, writers, context.parties) if writers else None
    if sender is None or sender.country not in context.parties:
        return None
    ally = context.ally(sender.country)
    addressee = next((n for n in _after_or_to(names, trigger) if n.country == ally and n is not sender), None)
    if addressee is None:
        addressee = next((name for name in names if name.country == ally), None)
    if ally is None or _strangers(context, trigger, here):
        return None
    near = addressee is not None or context.is_in(ally, context.countries_of(scene))
    if not near and not _known_pair(context, scene, str(sender.country), ally):
        return None
    sides = who(context, sender, str(sender.country)), who(context, addressee, ally)
    occasion = _is_occasion(scene, trigger, sender)
    if occasion and sender.end <= trigger.start:  # "X thanked Y for his message": Y wrote it
        sides = sides[1], sides[0]
    return Draft(
        entry,
        scene,
        trigger,
        "message",
        actors=sides[0],
        recipients=sides[1],
        is_background=occasion,
        occasion="reply" if scene.cues("occasion_only") and not occasion else "",
    )


def _within_item(scene: Scene, trigger: Word) -> list[Name]:
    """Return the names in the trigger's part of a list of news in one sentence ("…; Kim calls Putin … in letter; …")."""
    start = scene.text.rfind(";", scene.start, trigger.start)
    end = scene.text.find(";", trigger.end, scene.end)
    return [n for n in scene.names if n.start > start and (end < 0 or n.end <= end)]


def _strangers(context: Context, trigger: Word, names: list[Name]) -> bool:
    """Tell whether people of third countries write along: a list of greetings is none of the alliance."""
    others = {
        n.country
        for n in names
        if n.country is not None and n.country not in context.parties and not n.speaks
    }
    if len(others) > 1:
        return True
    return any(
        name.country not in context.parties and name.country is not None and name.end <= trigger.start
        and name.part == "" and not name.speaks and name.head.kind != "place"
        for name in names
    )  # fmt: skip


def _only_tells_of_it(scene: Scene, trigger: Word, name: Name) -> bool:
    """Tell whether somebody says that there is a message, rather than says it in one."""
    said = [word for word in scene.cues("say") if word.end <= trigger.start]
    if not (name.speaks and said and _clause_between(scene, said[-1].end, trigger.start)):
        return False
    tellers = [other for other in scene.names if other.end <= said[-1].start]
    return bool(tellers) and tellers[-1] is name


def _is_outlet(name: Name) -> bool:
    return name.head.role == "MED"


def _sender(scene: Scene, trigger: Word, names: list[Name], parties: tuple[str, ...]) -> Name | None:
    """Return who wrote: "from X", "X's letter", else the subject unless it receives."""
    after = [n for n in names if n.part in {"from", "of"} and n.start >= trigger.end]
    verbs = {word.value for word in scene.words("verb")}
    if scene.grammar.marks_after:
        return None if _is_itself_subject(scene, trigger, names) else _korean_sender(scene, trigger, names)
    if "receive" in verbs and after:
        receiver = names[0].country
        return next((n for n in after if n.country in parties and n.country != receiver), after[0])
    reach = _FROM if after and after[0].part == "from" else _OF
    if (
        after
        and after[0].start - trigger.end < reach
        and not _clause_between(scene, trigger.end, after[0].start)
    ):
        return after[0]
    behind = _in_genitive(scene, trigger, names)
    if behind is not None:
        return behind
    owner = next(
        (
            n
            for n in reversed(names)
            if n.owns and 0 <= trigger.start - n.end <= 30 and "," not in scene.text[n.end : trigger.start]
        ),
        None,
    )
    if owner is not None:
        return owner
    before = [n for n in names if n.end <= trigger.start and n.part not in {"to", "in"}]
    actors = [n for n in before if n.part in {"", "subject"}] or before
    by_receiver = "receive" in verbs and not (verbs - {"receive"})
    if actors and not by_receiver:
        return actors[0]
    if before:
        return None if by_receiver else before[0]
    if scene.index and scene.grammar.language == "en":
        return None  # "The message wished Kim …": it does not say whose
    follows = [n for n in names if n.part in {"", "subject"}]
    return follows[0] if follows and not by_receiver else None


def _is_itself_subject(scene: Scene, trigger: Word, names: list[Name]) -> bool:
    """Tell whether a Korean sentence goes on about the message, with nobody before it ("축전은 …"): it does not say whose."""
    if not scene.index or any(n.start < trigger.start or n.part == "from" for n in names):
        return False
    marks = tuple(particle for particle, part in scene.grammar.particles.items() if part == "subject")
    return scene.text.startswith(marks, trigger.end)


def _in_genitive(scene: Scene, trigger: Word, names: list[Name]) -> Name | None:
    """Return whose the message is by the case of the name right behind it ("передал послание Путина")."""
    if scene.grammar.language != "ru":
        return None
    name = next((n for n in names if trigger.end <= n.start <= trigger.end + _ANSWERED), None)
    endings = tuple(words_of("genitive_endings"))
    if name is None or name.head.kind != "person" or name.part:
        return None
    words = scene.text[name.start : name.end].lower().split()
    is_addressee = any(word.endswith(tuple(words_of("dative_endings"))) for word in words)
    return name if words[-1].endswith(endings) and not is_addressee else None


def _korean_sender(scene: Scene, trigger: Word, names: list[Name]) -> Name | None:
    names = [name for name in names if not _sent_something_else(scene, trigger, name)]
    owner = [n for n in names if n.part == "of" and 0 <= trigger.start - n.end <= _TITLE_AND_OF]
    if owner and scene.text[owner[-1].end : trigger.start].rstrip().endswith(tuple(words_of("possessives"))):
        return owner[-1]  # "푸틴 대통령의 친서를 전달했다": who hands it over did not write it
    senders = [n for n in names if n.part == "from"] or [n for n in names if n.part == "subject"]
    if senders:
        return senders[0]
    plain = [n for n in names if n.part == "" or n.owns]
    return plain[0] if plain else None


def _sent_something_else(scene: Scene, trigger: Word, name: Name) -> bool:
    """Tell whether a name is the subject of another message's relative clause ("the telegram that Putin sent")."""
    after = scene.text[name.end : name.end + _RELATIVE]
    if not any(word in after for word in words_of("relative_sent")):
        return False
    return next((word.start for word in scene.words("event") if word.start >= name.end), 0) != trigger.start


def _clause_between(scene: Scene, start: int, end: int) -> bool:
    return any(start <= word.start < end for word in scene.cues("boundary"))


def _after_or_to(names: list[Name], trigger: Word) -> list[Name]:
    return sorted(
        names, key=lambda n: (n.part != "to", n.head.kind != "person", n.start < trigger.start, n.start)
    )


def _known_pair(context: Context, scene: Scene, party: str, ally: str) -> bool:
    """Tell whether title and lead say that the other side is the ally."""
    before = context.previous(scene)
    near = context.title_countries | (context.countries_of(before) if before else frozenset())
    return ally in near and party in near | scene.countries


def _is_occasion(scene: Scene, trigger: Word, sender: Name) -> bool:
    """Tell whether the message is what another one answers: its words stand behind "in response to"."""
    starts = [word for word in scene.cues("occasion_only") if word.start <= trigger.start]
    if _is_thanked_for(scene, trigger):
        return True
    if scene.grammar.marks_after:
        return any(0 <= word.start - trigger.end <= _ANSWERED for word in scene.cues("occasion_only"))
    if not starts:
        return False
    cue = starts[-1]
    return trigger.start - cue.start <= 60 and not (
        sender.end <= cue.start and _sends_again(scene, cue, trigger)
    )


def _is_thanked_for(scene: Scene, trigger: Word) -> bool:
    """Tell whether somebody is thanked for the message ("thanked the president for his warm message")."""
    thanks = [word for word in scene.words("event") if word.value == "thanks" and word.end <= trigger.start]
    links = [word for word in scene.cues("thanked_for") if word.end <= trigger.start]
    return any(
        word.end <= link.start and trigger.start - link.end <= _THANKED_FOR
        for word in thanks
        for link in links
    )


def _sends_again(scene: Scene, cue: Word, trigger: Word) -> bool:
    return any(cue.end <= word.start < trigger.start and word.value == "give" for word in scene.words("verb"))
