"""Text of unknown origin, made safe for a terminal."""

import re
import unicodedata

# ECMA-48: control sequences (CSI), strings (OSC, DCS, PM, APC, SOS) to their terminator, other escapes.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
# Joiners are part of how some scripts are written; every other format character can only mislead the eye.
_KEPT_FORMAT = "\u200c\u200d"
_DROPPED = frozenset({"Cc", "Cf", "Cs"})


def printable(text: str) -> str:
    """Return the text on one line, without escape sequences, control and direction characters, lone surrogates."""
    shown = "".join(_shown(character) for character in _ESCAPES.sub("", text))
    return " ".join(shown.split())


def _shown(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    return "" if category in _DROPPED and character not in _KEPT_FORMAT else character
