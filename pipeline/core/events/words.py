"""Finds the vocabulary's words in a text: one pass, every meaning of every word."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from pipeline.core.entities.folding import folded

_GAP = " … "
# What a verb and its adverb stand around: no comma, no colon.
_WORDS_BETWEEN = r"(?: [\w’'-]+(?:[,.]\d+)*){1,8}? "
_UNSPACED = frozenset({"ko", "zh", "ja"})
_VOWELS = frozenset("aeiou")


class Sign(NamedTuple):
    """What a word stands for: `kind` event, thing, verb, cue, war or pair, and which one."""

    kind: str
    value: str


class Hit(NamedTuple):
    """A word of the vocabulary at `text[start:end]`."""

    start: int
    end: int
    signs: tuple[Sign, ...]


class _Pattern(NamedTuple):
    signs: tuple[Sign, ...]
    open_end: bool
    rest: re.Pattern[str] | None


class WordFinder:
    """Finds the words of one language. "*" in a word stands for any ending, "…" between two for a few words."""

    def __init__(self, language: str, words: Iterable[tuple[str, Sign]]) -> None:
        """Compile the words of `language`, each with what it stands for."""
        self._spaced = language not in _UNSPACED
        meanings: dict[str, dict[Sign, None]] = defaultdict(dict)
        for word, sign in words:
            meanings[folded(word)][sign] = None
        by_head: dict[str, list[_Pattern]] = defaultdict(list)
        for word, signs in meanings.items():
            head, star, tail = word.partition(_GAP if _GAP in word else "*")
            rest = re.compile(_as_pattern(word)) if tail.strip() else None
            by_head[head].append(_Pattern(tuple(signs), bool(star), rest))
        self._patterns = [tuple(patterns) for patterns in by_head.values()]
        self._automaton = AhoCorasick(
            list(by_head), matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA
        )

    def __call__(self, text: str, edges: Collection[int] = ()) -> list[Hit]:
        """Return the words in a folded text, by where they start, the longer first.

        `edges` are offsets at which a word may begin or end although letters adjoin: names glued to words.
        """
        hits: list[Hit] = []
        size, spaced = len(text), self._spaced
        for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            if (
                spaced
                and start
                and text[start - 1].isalnum()
                and text[start].isalnum()
                and start not in edges
            ):
                continue
            goes_on = spaced and end < size and text[end].isalnum() and end not in edges
            for signs, open_end, rest in self._patterns[index]:
                if rest is not None:
                    match = rest.match(text, start)
                    if match:
                        hits.append(Hit(start, match.end(), signs))
                elif open_end:
                    hits.append(Hit(start, _word_end(text, end) if spaced else end, signs))
                elif not goes_on:
                    hits.append(Hit(start, end, signs))
        hits.sort(key=lambda hit: (hit[0], -hit[1]))
        return hits


def _as_pattern(word: str) -> str:
    """Return the regular expression of a word with "*" or "…" inside; bounded, so that it cannot run away."""
    escaped = re.escape(word).replace(re.escape(_GAP), _WORDS_BETWEEN)
    return escaped.replace(r"\*", r"\w*") + r"\b"


def _word_end(folded: str, end: int) -> int:
    size = len(folded)
    while end < size and folded[end].isalnum():
        end += 1
    return end


def inflected(verb: str) -> Iterator[str]:
    """Yield the forms of an English verb; forms given after "|" replace the regular past.

    A phrase given with its own past ("lay a wreath|laid a wreath") inflects its first word.
    """
    base, *given = verb.split("|")
    first, _, rest = base.partition(" ")
    rest = f" {rest}" if rest else ""
    yield base
    yield _third_person(first) + rest
    yield _gerund(first) + rest
    if given:
        yield from given
        if rest and any(form.endswith(rest) for form in given):
            return
    else:
        yield _past(first) + rest


def _third_person(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh", "o")):
        return word + "es"
    if word.endswith("y") and word[-2] not in _VOWELS:
        return word[:-1] + "ies"
    return word + "s"


def _past(word: str) -> str:
    if word.endswith("e"):
        return word + "d"
    if word.endswith("y") and word[-2] not in _VOWELS:
        return word[:-1] + "ied"
    return word + "ed"


def _gerund(word: str) -> str:
    if word.endswith("ie"):
        return word[:-2] + "ying"
    if word.endswith("e") and not word.endswith(("ee", "oe", "ye")):
        return word[:-1] + "ing"
    if (
        len(word) <= 4
        and len(word) >= 3
        and word[-1] not in "aeiouwxyh"
        and word[-2] in _VOWELS
        and word[-3] not in _VOWELS
        and word not in _UNDOUBLED
    ):
        return word + word[-1] + "ing"
    return word + "ing"


_UNDOUBLED = frozenset({"open", "enter"})
