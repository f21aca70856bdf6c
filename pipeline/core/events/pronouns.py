"""Whom "he" and "she" at the start of a sentence mean."""

from pipeline.core.events.context import Context
from pipeline.core.events.cues import words_of
from pipeline.core.events.names import Name
from pipeline.core.events.scene import Scene

_BACK = 4


def stand_in(context: Context, scene: Scene) -> None:
    """Put the person whom an opening pronoun means into the sentence's names: the last one who led a sentence."""
    word = _pronoun(scene)
    if not word:
        return
    for earlier in reversed(context.scenes[max(0, scene.index - _BACK) : scene.index]):
        leading = next(
            (n for n in earlier.names if n.head.kind == "person" and n.part in {"", "subject"}), None
        )
        if leading is not None:
            name = Name(scene.start, scene.start + len(word), leading.head, (leading.head,), part="subject")
            scene.names.insert(0, name)
            return


def opens_with_pronoun(scene: Scene) -> bool:
    """Tell whether the sentence begins with "he" or "she"."""
    return bool(_pronoun(scene))


def _pronoun(scene: Scene) -> str:
    opening = scene.text[scene.start : scene.start + 12].lower()
    return next((word for word in words_of("pronouns") if _opens(opening, word)), "")


def _opens(opening: str, word: str) -> bool:
    rest = opening[len(word) : len(word) + 1]
    return opening.startswith(word) and (
        not rest.isalpha() or (not word.isascii() and not "а" <= word[0] <= "я")
    )
