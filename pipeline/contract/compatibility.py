"""Whether a changed JSON Schema still keeps what the old one promised, to writers and to readers.

A writer that follows the old schema must still be accepted: no new required field, no type, enumeration value
or length taken away. A reader that follows the old schema must still find what it reads: no field gone, no
required field become optional, no other type. New optional fields and new enumeration values are allowed:
readers are told to expect them. Knows the keywords that the published schemas use.
"""

from collections.abc import Callable, Iterator
from typing import Any

Schema = dict[str, Any]

# keyword -> whether the new bound is tighter than the old
_BOUNDS: dict[str, Callable[[float, float], bool]] = {
    "minimum": lambda old, new: new > old,
    "minLength": lambda old, new: new > old,
    "minItems": lambda old, new: new > old,
    "maximum": lambda old, new: new < old,
    "maxLength": lambda old, new: new < old,
    "maxItems": lambda old, new: new < old,
}


def incompatibilities(old: Schema, new: Schema) -> list[str]:
    """Return what `new` breaks of `old`, a line a break, each with the path of the field."""
    return list(_Comparison(old, new).breaks())


class _Comparison:
    """One walk over two documents; a pair of referenced definitions is compared once."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self._old, self._new = old, new
        self._compared: set[tuple[str, str]] = set()

    def breaks(self) -> Iterator[str]:
        yield from self._schema(self._old, self._new, "$")

    def _schema(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        pair = (old.get("$ref", ""), new.get("$ref", ""))
        if any(pair):
            if pair in self._compared:
                return
            self._compared.add(pair)
        before, after = _by_type(old, self._old), _by_type(new, self._new)
        for kind in sorted(before.keys() - after.keys()):
            if not (kind == "integer" and "number" in after):
                yield f"{path}: {kind} is not accepted any more"
        for kind in sorted(after.keys() - before.keys()):
            if not (kind == "integer" and "number" in before):
                yield f"{path}: may now be {kind}"
        for kind in sorted(before.keys() & after.keys()):
            yield from self._same_type(before[kind], after[kind], path)

    def _same_type(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        yield from _narrower(old, new, path)
        yield from self._fields(old, new, path)
        for keyword, below in (("items", "[]"), ("additionalProperties", ".*")):
            before, after = old.get(keyword), new.get(keyword)
            if isinstance(before, dict) and isinstance(after, dict):
                yield from self._schema(before, after, path + below)
            elif before != after:
                yield f"{path}{below}: changed from {before} to {after}"

    def _fields(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name in sorted(before.keys() - after.keys()):
            yield f"{path}.{name}: removed"
        for name in sorted(before.keys() & after.keys()):
            yield from self._schema(before[name], after[name], f"{path}.{name}")
        required_before, required_after = set(old.get("required", ())), set(new.get("required", ()))
        for name in sorted(required_after - required_before):
            yield f"{path}.{name}: now required"
        for name in sorted((required_before - required_after) & after.keys()):
            yield f"{path}.{name}: not required any more"


def _narrower(old: Schema, new: Schema, path: str) -> Iterator[str]:
    """Yield how values of one type are restricted more than before, or are written in another form."""
    if "enum" in new and "enum" not in old:
        yield f"{path}: now takes only {', '.join(map(str, new['enum']))}"
    elif "enum" in new:
        for value in old["enum"]:
            if value not in new["enum"]:
                yield f"{path}: value {value!r} removed"
    for keyword in ("pattern", "format"):
        if old.get(keyword) != new.get(keyword):
            yield f"{path}: {keyword} changed from {old.get(keyword)} to {new.get(keyword)}"
    for keyword, is_tighter in _BOUNDS.items():
        bound = new.get(keyword)
        if bound is not None and (keyword not in old or is_tighter(old[keyword], bound)):
            yield f"{path}: {keyword} is now {bound}"


def _by_type(schema: Schema, document: Schema) -> dict[str, Schema]:
    """Return what the schema says of each JSON type that it accepts; references are looked up in the document."""
    if "$ref" in schema:
        return _by_type(document["$defs"][schema["$ref"].removeprefix("#/$defs/")], document)
    if "type" in schema:
        return {schema["type"]: schema}
    if "enum" in schema:
        return {"string": schema}
    options = [_by_type(option, document) for option in schema.get("anyOf", ())]
    return {kind: branch for option in options for kind, branch in option.items()}
