"""Whom "he", "she" and "the minister" mean."""

import re
from bisect import bisect_left, insort

from pipeline.core.events.context import Context
from pipeline.core.events.cues import words_of
from pipeline.core.events.names import Name
from pipeline.core.events.scene import Scene

_BACK = 4
_BESIDE = (1, 2)
_NEAR = 4
_OPENING = 150  # "In a speech at the opening of the museum on Sunday, he …"
_INNER = re.compile(r"\b(?:he|she)\b")
_DESCRIBED = re.compile(rf"\bthe (?:{'|'.join(sorted(words_of('described')))})\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")


def stand_in(context: Context, scene: Scene) -> None:
    """Put the person whom a pronoun or a bare office means into the sentence's names: the last one who led a sentence."""
    span = _referring(scene)
    if span is None:
        return
    for earlier in reversed(context.scenes[max(0, scene.index - _BACK) : scene.index]):
        leading = next(
            (n for n in earlier.names if n.head.kind == "person" and n.part in {"", "subject"}), None
        )
        if leading is not None:
            name = Name(*span, leading.head, (leading.head,), part="subject")
            insort(scene.names, name, key=lambda n: n.start)
            return


def refers_back(scene: Scene) -> bool:
    """Tell whether somebody named before acts or speaks in the sentence."""
    return _referring(scene) is not None


def _referring(scene: Scene) -> tuple[int, int] | None:
    """Return where the word stands: at the start, behind an opening phrase, or with the verb of saying."""
    word = _opening_pronoun(scene)
    if word:
        return scene.start, scene.start + len(word)
    if scene.grammar.language != "en" or not scene.index:
        return None
    return _behind_opening(scene) or _speaking(scene)


def _behind_opening(scene: Scene) -> tuple[int, int] | None:
    """Return "he" behind a phrase that opens the sentence and has no subject of its own ("At the talks, he …")."""
    first = _WORD.match(scene.text, scene.start, scene.end)
    if first is None or first.group().lower() not in words_of("opening_phrases"):
        return None
    found = _INNER.search(scene.text, scene.start, min(scene.end, scene.start + _OPENING))
    if found is None or any(n.start < found.start() and n.part in {"", "subject"} for n in scene.names):
        return None
    return found.span()


def _speaking(scene: Scene) -> tuple[int, int] | None:
    """Return "he" or "the minister" right beside a verb of saying, where nobody named speaks ("…, he said")."""
    opened = {word.start - gap for word in scene.cues("say") for gap in _BESIDE}
    closed = {word.end + gap for word in scene.cues("say") for gap in _BESIDE}
    for pattern in (_INNER, _DESCRIBED):
        for found in pattern.finditer(scene.text, scene.start, scene.end):
            if (found.end() in opened or found.start() in closed) and _closes_or_opens(scene, found.start()):
                return None if _is_named(scene, *found.span()) else found.span()
    return None


def _is_named(scene: Scene, start: int, end: int) -> bool:
    """Tell whether the words are part of a name ("the president of Russia")."""
    number = bisect_left(scene.names, end, key=lambda name: name.start)
    return number > 0 and scene.names[number - 1].end > start


def _closes_or_opens(scene: Scene, at: int) -> bool:
    """Tell whether what is said stands before it, behind a comma or a quotation, or all of it follows."""
    before = scene.text[max(scene.start, at - _NEAR) : at].rstrip()
    return not before or before.endswith((",", "”", '"', "’"))


def _opening_pronoun(scene: Scene) -> str:
    opening = scene.text[scene.start : scene.start + 12].lower()
    return next((word for word in words_of("pronouns") if _opens(opening, word)), "")


def _opens(opening: str, word: str) -> bool:
    rest = opening[len(word) : len(word) + 1]
    return opening.startswith(word) and (
        not rest.isalpha() or (not word.isascii() and not "а" <= word[0] <= "я")
    )
