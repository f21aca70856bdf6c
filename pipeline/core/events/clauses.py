"""Where an English sentence takes up its main clause again: "soldiers who had been in Kursk | have gone home"."""

import re
from collections.abc import Sequence

from pipeline.core.events.cues import verb_group, words_of

_WORD = re.compile(r"[\w’'-]+|[,;:.]")
_FURTHEST = 300


def resumption(text: str, start: int, end: int) -> int | None:
    """Return where the clause that a relative pronoun at `start` interrupts goes on, or None.

    It goes on at the first finite auxiliary that has no subject of its own and stands behind the relative clause's verb.
    """
    words = list(_WORD.finditer(text, start, min(end, start + _FURTHEST)))
    if not words or words[0].group().lower() not in words_of("subject_relatives"):
        return None
    if not _is_auxiliary(words, 1):
        return None
    at = 1
    while at < len(words) and _goes_with_verb(words[at].group().lower()):
        at += 1
    for number in range(at + 1, len(words)):
        if words[number].group() in {";", ":"}:
            return None
        if _is_auxiliary(words, number) and not _has_own_subject(words[number - 1].group().lower()):
            return words[number].start()
    return None


def _is_auxiliary(words: Sequence[re.Match[str]], number: int) -> bool:
    return number < len(words) and words[number].group().lower() in words_of("finite_auxiliaries")


def _goes_with_verb(word: str) -> bool:
    group = verb_group()
    return word in words_of("finite_auxiliaries") or any(
        word in group[name] for name in ("passive", "perfect", "adverb", "negative")
    )


def _has_own_subject(word: str) -> bool:
    """Tell whether an auxiliary behind this word goes with another verb: "and have", "they were", "who has"."""
    return word in words_of("no_resumption") or _goes_with_verb(word)
