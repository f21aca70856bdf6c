"""A speaker's words, verbatim."""

import re

from pipeline.core.events.scene import Scene

_QUOTED = re.compile(
    r"“([^”]{8,600})”|\"([^\"\n]{8,600})\"|«([^»]{8,600})»|「([^」]{6,600})」|‘([^’]{12,400})’(?!\w)"
)


def quote_of(scene: Scene) -> str:
    """Return the longest quoted words of a sentence."""
    quotes = [
        next(part for part in match.groups() if part)
        for match in _QUOTED.finditer(scene.text, scene.start, scene.end)
    ]
    return max(quotes, key=len).strip(" ,") if quotes else ""


def is_quoted(scene: Scene, start: int) -> bool:
    """Tell whether what starts there is within quotation marks: the speaker's words, not the reporter's."""
    return any(
        match.start() < start < match.end() for match in _QUOTED.finditer(scene.text, scene.start, scene.end)
    )
