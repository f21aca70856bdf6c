"""Where in a profile's files an entry of the vocabulary is written."""

import re
from collections.abc import Iterable

from pipeline.core.layers import Layer


def written_at(layers: Iterable[Layer], entry: str) -> list[str]:
    """Return "file:line" of every place where the files of a profile write the entry; later ones add to earlier."""
    line_of = re.compile(rf"^id\s*=\s*[\"']{re.escape(entry)}[\"']\s*(?:#.*)?$", re.MULTILINE)
    return [
        f"{layer.path(path)}:{text.count(chr(10), 0, match.start()) + 1}"
        for layer in layers
        for path, text in sorted(layer.files.items())
        if path.startswith("events/")
        for match in line_of.finditer(text)
    ]
