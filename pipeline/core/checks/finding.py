"""What a check of a profile says: what is wrong, where, and how to mend it."""

from typing import Literal, NamedTuple


class Finding(NamedTuple):
    """Something wrong in a profile's files. An error keeps the profile from working, a warning has no effect of its own."""

    severity: Literal["error", "warning"]
    rule: str
    path: str
    line: int
    what: str
    mend: str


def error(rule: str, place: tuple[str, int], what: str, mend: str) -> Finding:
    """Return a finding that keeps the profile from working."""
    return Finding("error", rule, *place, what, mend)


def warning(rule: str, place: tuple[str, int], what: str, mend: str) -> Finding:
    """Return a finding that only makes words, rows or names idle."""
    return Finding("warning", rule, *place, what, mend)
