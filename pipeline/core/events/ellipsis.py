"""People that a number alone stands for: "… and plans to send 6,000 more"."""

import re
from collections.abc import Sequence

from pipeline.core.events.cues import words_of
from pipeline.core.events.scene import Scene
from pipeline.core.events.words import Hit, Sign

_MORE = re.compile(
    rf"\b(?:\d[\d,.]*|{'|'.join(sorted(words_of('round_numbers')))}) ({'|'.join(sorted(words_of('left_out')))})\b"
    rf"(?=[,.;]|$| (?:{'|'.join(sorted(words_of('after_left_out')))})\b)"
)
_PEOPLE = ("troops", "workers")


def people_left_out(scene: Scene, before: Scene | None) -> Sequence[Hit]:
    """Return "more" as the people of the sentence before, where a sentence that names no thing says but how many."""
    if before is None or scene.grammar.language != "en":
        return ()
    match = _MORE.search(scene.text, scene.start, scene.end)
    if match is None or scene.things:
        return ()
    people = [kind for kind in _PEOPLE if kind in before.things]
    return (Hit(match.start(1), match.end(1), (Sign("thing", people[0]),)),) if people else ()
