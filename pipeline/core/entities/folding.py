"""How text and names are made alike without moving an offset."""

_ALIKE = (("\n", " "), ("-", " "), ("’", "'"), ("ʼ", "'"), ("‐", " "), ("‑", " "), ("–", " "), ("ё", "е"))


def folded(text: str) -> str:
    """Return the text in lower case, hyphens and line ends as spaces, of the same length in code points."""
    low = text.lower()
    if len(low) != len(text):  # U+0130 alone grows in lower case
        low = text.replace("\u0130", "I").lower()
    for char, alike in _ALIKE:
        low = low.replace(char, alike)
    return low
