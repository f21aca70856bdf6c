"""Sentence boundaries, for scripts with spaces and without."""

import re
from functools import cache
from typing import NamedTuple

from pipeline.core.lexicon import read_lexicon
from pipeline.core.text.datelines import dateline_end


class Span(NamedTuple):
    """A piece of a text: `text[start:end]`."""

    start: int
    end: int


# A candidate: a line end, a CJK stop, or a stop followed by space (closing quotes and brackets belong to it).
_CANDIDATE = re.compile(r"\n+|[。！？]+[”’」』）\"')\]]*|(?<![.!?…])[.!?…]++[\"”’»')\]]*+(?=\s)")
_WORD_BEFORE = re.compile(r"[\w.]*\Z")
_OPENING = "\"“‘«'([—–-"


def split_sentences(text: str) -> list[Span]:
    """Return the sentences of a plain text, in order, without the white space between them.

    A line end always ends a sentence, so that the title is its own. Stops of abbreviations, initials and
    numbers end none, nor do those of a line's dateline.
    """
    spans: list[Span] = []
    start = 0
    begun = dateline_end(text, 0, len(text))
    for match in _CANDIDATE.finditer(text):
        if match.group()[0] == "\n":
            begun = dateline_end(text, match.end(), len(text))
        elif match.start() < begun or (
            match.group()[0] in ".!?…" and not _ends(text, match.start(), match.end())
        ):
            continue
        _add(spans, text, start, match.end())
        start = match.end()
    _add(spans, text, start, len(text))
    return spans


def _add(spans: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        begin = start + len(piece) - len(piece.lstrip())
        spans.append(Span(begin, begin + len(stripped)))


def _ends(text: str, stop: int, end: int) -> bool:
    following = text[end : end + 40].lstrip().lstrip(_OPENING)
    if text[stop] != ".":
        return not following[:1].islower()
    if following[:1].islower():
        return False
    if end - stop > 1:  # a quote or bracket closes with it, or an ellipsis
        return True
    word = _WORD_BEFORE.search(text, max(0, stop - 12), stop)
    before = word.group() if word else ""
    abbreviations, may_end, openers = _lexicon()
    is_initial = len(before) == 1 and before.isupper()
    is_dotted = "." in before and all(len(part) == 1 for part in before.split(".") if part)
    if not (is_initial or is_dotted or before.lower() in abbreviations):
        return True
    if is_dotted or before.lower() in may_end:
        return following.partition(" ")[0].rstrip(",") in openers
    return False


@cache
def _lexicon() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    lexicon = read_lexicon("sentences")
    return frozenset(lexicon["abbreviations"]), frozenset(lexicon["may_end"]), frozenset(lexicon["openers"])
