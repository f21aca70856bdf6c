"""The event vocabulary of a watch profile, parsed from events/*.toml and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.core.errors import ProfileError
from pipeline.core.lexicon import read_lexicon
from pipeline.core.profile import Entry, Forms, Profile, convert_entry
from pipeline.core.records import Country, EventType, Modality

Frame = Literal[
    "message", "speech", "stance", "release", "people", "harm", "transfer", "joint", "encounter", "test", "memorial", "measure"
]  # fmt: skip


class EventEntry(Entry, frozen=True, kw_only=True):
    """One way of telling one type of event: its trigger words and what must stand around them.

    `verbs` are English verbs, inflected here ("send|sent" gives irregular forms after the base); `words`
    stand as they are. `theme` names the classes of things of which one must stand beside the trigger, `about`
    classes that make it surer. `inverse`: the subject receives. `plain`: the verb alone says little, so the
    words it introduces must be about the ally. `by_party`: only a party of the alliance can do it. `to_party`: it is said to a party, who is named next.
    `title_only`: counts in a title alone. `only_real`:
    with these things what is merely conceivable is no such event. `sides`: whether both parties must be
    there. `travels`: somebody goes to the other's country. `face_to_face`: persons of
    both must be named, and a place. `modality` overrules what the clause says;
    `needs_modality` lists the modalities the entry is for. `singly`: each party does it for itself.
    `instead_of` names the types that the same word does not tell as well ("deployed missiles": stationed, not given).
    """

    id: str
    type: EventType
    mode: str
    frame: Frame
    verbs: Forms = {}
    words: Forms = {}
    theme: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    inverse: bool = False
    plain: bool = False
    by_party: bool = False
    to_party: bool = False
    title_only: bool = False
    only_real: tuple[str, ...] = ()
    travels: bool = False
    face_to_face: bool = False
    singly: bool = False
    sides: Literal["both", "one"] = "both"
    occasion: str = ""
    modality: Modality | None = None
    needs_modality: tuple[Modality, ...] = ()
    instead_of: tuple[EventType, ...] = ()
    reliability: float = 0.7


class ThingEntry(Entry, frozen=True, kw_only=True):
    """A class of nouns; `unit` is what a number before one counts."""

    id: str
    words: Forms
    unit: str = ""


class OccasionEntry(Entry, frozen=True, kw_only=True):
    """What a statement may be made on ("new-year"), and the words that say so."""

    id: str
    words: Forms


class VerbEntry(Entry, frozen=True, kw_only=True):
    """A class of verbs that tell a direction."""

    id: Literal["give", "receive"]
    verbs: Forms = {}
    words: Forms = {}


class CueEntry(Entry, frozen=True, kw_only=True):
    """Words of one alliance that give a cue of the lexicon ("should Russia …" is a condition)."""

    id: str
    words: Forms


class PloverEntry(Entry, frozen=True, kw_only=True):
    """What a type and mode are in PLOVER and CAMEO, and why. `quad`: 1, 2 cooperation in word, deed; 3, 4 conflict."""

    type: EventType
    mode: str
    plover: str
    plover_mode: str = ""
    cameo: str
    quad: Literal[1, 2, 3, 4]
    why: str = ""


class Alliance(Entry, frozen=True, kw_only=True):
    """What makes an event one of this alliance.

    `host` is the party that the other's people go to, or whose war they fight; `theatre` is where it is fought.
    `tester` is the party whose launches and weapons tests are told though the other has no part in them.
    """

    host: Country
    tester: Country | None = None
    theatre: tuple[Country, ...] = ()
    fresh_days: int = 12
    disclosed_days: int = 100
    war: Forms = {}
    pair: Forms = {}


@dataclass(frozen=True)
class Vocabulary:
    """Everything the tagger knows of one alliance's events."""

    alliance: Alliance
    events: tuple[EventEntry, ...]
    things: tuple[ThingEntry, ...]
    verbs: tuple[VerbEntry, ...]
    occasions: tuple[OccasionEntry, ...]
    cues: tuple[CueEntry, ...]
    plover: Mapping[tuple[str, str], PloverEntry]

    @property
    def languages(self) -> frozenset[str]:
        """The languages in which there is any trigger word."""
        return frozenset(
            language for entry in self.events for forms in (entry.verbs, entry.words) for language in forms
        )


FORMS: Mapping[str, type[Entry]] = {
    "event": EventEntry,
    "thing": ThingEntry,
    "verb": VerbEntry,
    "occasion": OccasionEntry,
    "cue": CueEntry,
    "plover": PloverEntry,
    "alliance": Alliance,
}

Found = Mapping[str, list[tuple[str, Any]]]


def parse_vocabulary(profile: Profile) -> Vocabulary:
    """Return the profile's event vocabulary. Raises ProfileError, naming the file and the entry."""
    found: Found = {
        key: [(placed.path, convert_entry(placed, form)) for placed in profile.vocabulary.get(key, ())]
        for key, form in FORMS.items()
    }
    if len(found["alliance"]) != 1:
        raise ProfileError(f"events/: there must be one [alliance] table, found {len(found['alliance'])}")
    _check(found)
    return Vocabulary(
        alliance=found["alliance"][0][1],
        events=tuple(entry for _, entry in found["event"]),
        things=tuple(entry for _, entry in found["thing"]),
        verbs=tuple(entry for _, entry in found["verb"]),
        occasions=tuple(entry for _, entry in found["occasion"]),
        cues=tuple(entry for _, entry in found["cue"]),
        plover={(row.type, row.mode): row for _, row in found["plover"]},
    )


def _check(found: Found) -> None:
    modes = {(row.type, row.mode) for _, row in found["plover"]}
    classes = {thing.id for _, thing in found["thing"]}
    for kind in ("event", "thing"):
        for path, entry in found[kind]:
            _check_words(path, f"{kind} {entry.id!r}", entry)
    names = read_lexicon("event_cues")["cues"].keys()
    for path, cue in found["cue"]:
        if cue.id not in names:
            raise ProfileError(f"{path}: unknown cue {cue.id!r} (known: {', '.join(names)})")
    for path, event in found["event"]:
        where = f"{path}: event {event.id!r}"
        if (event.type, event.mode) not in modes:
            raise ProfileError(f"{where}: no [[plover]] row for type {event.type!r}, mode {event.mode!r}")
        for name in {*event.theme, *event.about, *event.only_real} - classes:
            raise ProfileError(f"{where}: unknown thing {name!r}")


def _check_words(path: str, where: str, entry: Any) -> None:
    forms = [*getattr(entry, "verbs", {}).items(), *entry.words.items()]
    if not any(words for _, words in forms):
        raise ProfileError(f"{path}: {where}: has no words")
    for language, words in forms:
        for word in words:
            if not word.strip(" *|") or word != word.strip():
                raise ProfileError(f"{path}: {where}: {language}: {word!r} is blank or has spaces around it")
