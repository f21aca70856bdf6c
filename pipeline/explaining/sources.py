"""Where in a profile's files the entries of the vocabulary are written."""

import re
from collections.abc import Iterable, Mapping

from pipeline.core.layers import Layer

_ID = re.compile(r"^id\s*=\s*[\"']([^\"']+)[\"']\s*(?:#.*)?$", re.MULTILINE)


def written_at(layers: Iterable[Layer]) -> Mapping[str, list[str]]:
    """Return "file:line" of every place where the files of a profile write an entry, by its id; later ones add to earlier."""
    places: dict[str, list[str]] = {}
    for layer in layers:
        for path, text in sorted(layer.files.items()):
            if path.startswith("events/"):
                for match in _ID.finditer(text):
                    line = text.count("\n", 0, match.start()) + 1
                    places.setdefault(match[1], []).append(f"{layer.path(path)}:{line}")
    return places
