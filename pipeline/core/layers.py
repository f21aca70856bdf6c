"""The files of a profile laid over those of the bases it extends: entries of one id become one."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from pipeline.core.errors import ProfileError


@dataclass(frozen=True)
class Layer:
    """The TOML files of one folder (relative path -> text); `name` is the base's, or empty for the profile itself."""

    name: str
    files: Mapping[str, str]

    def path(self, relative: str) -> str:
        """Return what messages call a file of this layer."""
        return f"{self.name}/{relative}" if self.name else relative


@dataclass(frozen=True)
class Placed:
    """One table of a profile, laid over those of its bases that have its id; `path` is where it was last added to."""

    path: str
    label: str
    fields: Any


def tables(layer: Layer, place: str) -> dict[str, dict[str, Any]]:
    """Return the layer's parsed files in a place (a folder or a file), in the order of their paths. Raises ProfileError."""
    return {
        path: _parsed(layer.path(path), text)
        for path, text in sorted(layer.files.items())
        if path.endswith(".toml") and PurePosixPath(path).parts[0] == place
    }


def merged(layers: Sequence[Layer], place: str, keys: Sequence[str]) -> Mapping[str, list[Placed]]:
    """Return the entries under each key of the files in `place` (a folder or a file), each id once.

    An entry of a later layer with an id of an earlier one adds its names and words there and replaces what is single.
    Raises ProfileError for a key that is none of `keys` and for an id that one layer uses twice.
    """
    found: dict[str, dict[str, Placed]] = {key: {} for key in keys}
    for layer in layers:
        own: dict[tuple[str, str], str] = {}
        for key, entry in _entries(layer, place, keys):
            id_ = identity(entry.fields)
            if (key, id_) in own:
                raise ProfileError(f"{entry.path}: {key} {id_!r}: the id is already used in {own[key, id_]}")
            own[key, id_] = entry.path
            earlier = found[key].get(id_)
            fields = laid_over(earlier.fields, entry.fields) if earlier else entry.fields
            found[key][id_] = Placed(entry.path, entry.label, fields)
    return {key: list(entries.values()) for key, entries in found.items()}


def identity(fields: Mapping[str, Any]) -> str:
    """Return what tells an entry from the others under its key: its id, whose publisher it is, or its type and mode."""
    return str(
        fields.get("id")
        or fields.get("entity")
        or f"{fields.get('type', '')} {fields.get('mode', '')}".strip()
    )


def laid_over(base: Any, added: Any) -> Any:
    """Return `base` with what is added: tables and lists grow, all else is replaced."""
    if isinstance(base, dict) and isinstance(added, dict):
        return base | {
            key: laid_over(base[key], value) if key in base else value for key, value in added.items()
        }
    if isinstance(base, list) and isinstance(added, list):
        return [*base, *(value for value in added if value not in base)]
    return added


def _entries(layer: Layer, place: str, keys: Sequence[str]) -> Iterator[tuple[str, Placed]]:
    for relative, table in tables(layer, place).items():
        path = layer.path(relative)
        for key, listed in table.items():
            if key not in keys:
                raise ProfileError(f"{path}: unknown key {key!r} (known: {', '.join(map(repr, keys))})")
            single = key in SINGLE and isinstance(listed, dict)
            rows = [listed] if single else listed
            if not isinstance(rows, list) or not all(isinstance(fields, dict) for fields in rows):
                raise ProfileError(f"{path}: {key!r} is not a list of [[{key}]] tables")
            for number, fields in enumerate(rows, 1):
                label = f"[{key}]" if single else f"{key} {identity(fields)!r} (number {number})"
                yield key, Placed(path, label, fields)


# Tables of which a profile has one.
SINGLE = ("alliance",)


def _parsed(path: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{path}: not TOML: {error}") from error
