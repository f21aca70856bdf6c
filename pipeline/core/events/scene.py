"""A sentence as the rules see it: its names, things, triggers and cues, and where its clauses end."""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from pipeline.core.events.clauses import resumption
from pipeline.core.events.cues import Grammar, words_of
from pipeline.core.events.names import Name, read_names
from pipeline.core.events.words import Hit, Sign
from pipeline.core.records import Entity, Mention
from pipeline.core.text.datelines import dateline_end

_NAMING = frozenset({"organisation", "person"})  # words inside such a name are no words of the sentence
_DECOY = Sign("cue", "decoy")
_WIRE = re.compile(r"[^，。,;；\n]{2,24}[日号號]\s?[电電讯訊]")  # "新华社平壤8月15日电"
_BREAKS = re.compile(r"[;:；]|\s[–—-]+\s|—")


class Word(NamedTuple):
    """A vocabulary word at `text[start:end]` in the meaning `value`."""

    start: int
    end: int
    value: str


@dataclass
class Scene:
    """One sentence. `index` counts from the title, 0."""

    text: str
    start: int
    end: int
    index: int
    hits: Sequence[Hit]
    mentions: Sequence[tuple[Mention, Entity]]
    grammar: Grammar

    @cached_property
    def _by_kind(self) -> dict[str, list[Word]]:
        """The hits sorted by what they stand for; soldiers are meant too where a unit is named."""
        found: dict[str, list[Word]] = {}
        decoys = [(hit.start, hit.end) for hit in self.hits if _DECOY in hit.signs]
        covers = decoys + [(m.start, m.end) for m, entity in self.mentions if entity.kind in _NAMING]
        for start, end, signs in self.hits:
            covered = any(begin <= start and end <= stop for begin, stop in covers)
            masked = any(
                begin <= start and end <= stop and end - start < stop - begin for begin, stop in decoys
            )
            for kind, value in signs:
                if not (masked if kind == "cue" else covered):
                    found.setdefault(kind, []).append(Word(start, end, value))
        units = [
            Word(m.start, m.end, "troops") for m, entity in self.mentions if entity.kind == "military_unit"
        ]
        if units:
            found["thing"] = sorted([*found.get("thing", ()), *units], key=lambda word: word.start)
        return found

    @property
    def sentence(self) -> str:
        """The sentence as it stands."""
        return self.text[self.start : self.end]

    def words(self, kind: str) -> list[Word]:
        """Return the words of a kind (event, thing, verb, cue, war, pair), in order."""
        return self._by_kind.get(kind, [])

    @property
    def triggers(self) -> list[Word]:
        """The words that may tell an event; of one entry's words that overlap, the longest ("met", "met with")."""
        found: list[Word] = []
        reached: dict[str, int] = {}
        for word in self.words("event"):
            if self._is_noun(word):
                continue
            if word.start >= reached.get(word.value, 0):
                found.append(word)
                reached[word.value] = word.end
        return found

    def _is_noun(self, word: Word) -> bool:
        """Tell whether a verb's form is a noun here ("on its land", "ships of the fleet")."""
        if self.text[word.start : word.end].lower() not in words_of("verb_or_noun"):
            return False
        if self.text.startswith(" of ", word.end):
            return True
        before = self.text[max(self.start, word.start - 12) : word.start].lower().split()
        return bool(before) and (before[-1] in words_of("determiners") or before[-1].endswith(("'s", "’s")))

    @cached_property
    def things(self) -> frozenset[str]:
        """The classes of things it names."""
        return frozenset(word.value for word in self.words("thing"))

    @cached_property
    def _cues(self) -> dict[str, list[Word]]:
        cues: dict[str, list[Word]] = {}
        for word in self.words("cue"):
            cues.setdefault(word.value, []).append(word)
        return cues

    def cues(self, name: str) -> list[Word]:
        """Return the words that give this cue."""
        return self._cues.get(name, [])

    @cached_property
    def names(self) -> list[Name]:
        """The name phrases, in order; where the report was written is none of them."""
        stops = [word.start for word in self.words("event")] + [word.start for word in self.cues("say")]
        told = [it for it in self.mentions if not self.is_dateline(it[0].end)]
        return read_names(self.text, told, stops, self.grammar, self.start)

    def is_dateline(self, end: int) -> bool:
        """Tell whether what ends here says where and when the report was written ("BRUSSELS, Feb 20 - ")."""
        wire = _WIRE.match(self.text, self.start, self.end)
        if wire is not None and end <= wire.end():
            return True
        return end <= self.lead_in

    @cached_property
    def lead_in(self) -> int:
        """Where the sentence begins behind its dateline."""
        return dateline_end(self.text, self.start, self.end)

    @cached_property
    def countries(self) -> frozenset[str]:
        """The countries that the sentence names, or whose people and places it names."""
        return frozenset(entity.country for _, entity in self.mentions if entity.country)

    @cached_property
    def _bounds(self) -> list[int]:
        found = [match.start() for match in _BREAKS.finditer(self.text, self.start, self.end)]
        found += [word.start for word in self.cues("boundary")]
        return sorted({self.start, *found, *self._resumed})

    @cached_property
    def _resumed(self) -> Mapping[int, int]:
        """Where a main clause goes on behind a relative one, and where that one begins."""
        if self.grammar.language != "en":
            return {}
        found = ((resumption(self.text, word.start, self.end), word.start) for word in self.cues("boundary"))
        return {at: start for at, start in found if at is not None}

    def is_aside(self, at: int) -> bool:
        """Tell whether an offset lies in a relative clause behind which the main clause goes on with an event of its own."""
        return any(start <= at < end and self._tells_at(end) for end, start in self._resumed.items())

    def _tells_at(self, at: int) -> bool:
        """Tell whether the rest of the sentence holds more than who says it ("the number … has risen, Kyiv said")."""
        says = {word.start for word in self.cues("say")}
        return any(word.start >= at and word.start not in says for word in self.words("event"))

    def clause(self, at: int) -> tuple[int, int]:
        """Return the clause around an offset."""
        bounds = self._bounds
        number = bisect_right(bounds, at) - 1
        end = bounds[number + 1] if number + 1 < len(bounds) else self.end
        return bounds[max(number, 0)], end

    def reach(self, at: int) -> tuple[int, int]:
        """Return the clause around an offset, with the one before where it hangs on it ("soldiers who …")."""
        start, end = self.clause(at)
        if start in self._resumed:
            return self.clause(max(self.start, self._resumed[start] - 1))[0], end
        if any(word.start == start for word in self.cues("boundary")):
            start = self.clause(max(self.start, start - 1))[0]
        return start, end
