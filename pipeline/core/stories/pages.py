"""A page of the index: stories that may have happened in the same few days, and which of them no slot of a report contradicts."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple, TypeVar

from msgspec import Struct

from pipeline.core.stories.places import Places
from pipeline.core.stories.rules import Rules
from pipeline.core.stories.slots import Kind, Slots

# Of numbers with more bits than this, a set of few stories would take more room than a list.
ROOM = 2048
_NOTHING = 0
_REMEMBERED = 1 << 12  # kinds of reports
T = TypeVar("T")


class Entry(Struct, eq=False, gc=False):
    """What is kept in memory of a story: its slots, its days, whether it is kept still.

    `closed_day` is the day it was retracted; `filed` says where the index has it. Holds nothing that leads back to it, so the garbage collector need not look at a hundred thousand of them.
    """

    story_id: str
    block: str
    slots: Slots
    last_day: int
    filed: tuple[int, ...] = ()
    closed_day: int | None = None
    forgotten: bool = False


class Sought(NamedTuple):
    """The tokens of what does not contradict a report, slot by slot; none where nothing does.

    Of modes those that contradict, unless the occasion is the same. `mutual`: the sides may be told in either order;
    `public`: whatever is not sent to a person may be told as said to somebody else.
    """

    actors: tuple[str, ...]
    recipients: tuple[str, ...]
    mutual: bool
    public: bool
    other_modes: tuple[tuple[str, bool], ...]
    occasions: tuple[str, ...]
    same_occasion: str
    places: tuple[str, ...]


class Seeking:
    """Says for a kind of report what to seek."""

    def __init__(self, rules: Rules, places: Places) -> None:
        self._rules = rules
        self._places = places
        self.of = lru_cache(maxsize=_REMEMBERED)(self._of)

    def _of(self, kind: Kind) -> Sought:
        """Return the tokens of what does not contradict this kind; what is left out would be vetoed by the matching."""
        national = kind.rules.national
        occasion = kind.occasion
        general = self._rules.general_occasions
        any_occasion = not occasion or occasion in general
        return Sought(
            actors=kind.actors.sought_nation if national else kind.actors.sought,
            recipients=kind.recipients.sought_nation if national else kind.recipients.sought,
            mutual=kind.rules.mutual,
            public=kind.rules.spoken and not kind.addressed,
            other_modes=self._rules.contradicting.get((kind.mode, kind.addressed), ()),
            occasions=() if any_occasion else ("", occasion, *general),
            same_occasion=occasion,
            places=self._places.sought(kind.place) if kind.rules.placed else (),
        )


class Page:
    """Stories in the order they were filed; each slot's token leads to the set of them, as the bits of a number.

    So whatever contradicts a report falls out in a few steps, however many stories there are.
    """

    __slots__ = ("_actors", "_addressed", "_modes", "_occasions", "_places", "_recipients", "entries", "held")

    def __init__(self) -> None:
        self.entries: list[Entry | None] = []
        self.held = 0
        self._actors: dict[str, int] = {}
        self._recipients: dict[str, int] = {}
        self._occasions: dict[str, int] = {}
        self._places: dict[str, int] = {}
        self._modes: dict[tuple[str, bool], int] = {}
        self._addressed = _NOTHING

    def add(self, entry: Entry, places: Places) -> int:
        """File a story and return its number here."""
        number = len(self.entries)
        bit = 1 << number
        kind = entry.slots.kind
        self.entries.append(entry)
        self.held += 1
        _put(self._actors, kind.actors.filed, bit)
        _put(self._recipients, kind.recipients.filed, bit)
        _put(self._occasions, (kind.occasion,), bit)
        if kind.rules.placed:
            _put(self._places, places.filed(kind.place), bit)
        mode = (kind.mode, kind.addressed)
        self._modes[mode] = self._modes.get(mode, _NOTHING) | bit
        if kind.addressed:
            self._addressed |= bit
        return number

    def remove(self, number: int) -> None:
        """Take a story off the page; whoever comes after keeps his number."""
        self.entries[number] = None
        self.held -= 1

    def fitting(self, sought: Sought) -> Iterator[Entry]:
        """Yield the stories that no slot of a report contradicts, but perhaps its days and figures."""
        found = self._of_sides(sought)
        if found and sought.places:
            found &= _any(self._places, sought.places)
        if found and sought.occasions:
            found &= _any(self._occasions, sought.occasions)
        if found and sought.other_modes:
            others = _any(self._modes, sought.other_modes)
            if others and sought.same_occasion:
                others &= ~self._occasions.get(sought.same_occasion, _NOTHING)
            found &= ~others
        while found:
            last = found.bit_length() - 1
            entry = self.entries[last]
            if entry is not None:
                yield entry
            found ^= 1 << last

    def _of_sides(self, sought: Sought) -> int:
        everybody = (1 << len(self.entries)) - 1
        found = self._between(sought.actors, sought.recipients, everybody)
        if sought.public:
            found |= ~self._addressed & _any(self._actors, sought.actors, everybody)
        if sought.mutual:
            found |= self._between(sought.recipients, sought.actors, everybody)
        return found

    def _between(self, actors: tuple[str, ...], recipients: tuple[str, ...], everybody: int) -> int:
        found = _any(self._actors, actors, everybody)
        return found and found & _any(self._recipients, recipients, everybody)


def _put(sets: dict[str, int], tokens: Iterable[str], bit: int) -> None:
    for token in tokens:
        sets[token] = sets.get(token, _NOTHING) | bit


def _any(sets: Mapping[T, int], tokens: tuple[T, ...], otherwise: int = _NOTHING) -> int:
    """Return the union of the tokens' sets; of no tokens, what is given."""
    if not tokens:
        return otherwise
    found = _NOTHING
    for token in tokens:
        found |= sets.get(token, _NOTHING)
    return found
