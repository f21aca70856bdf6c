"""The tables of a profile's files with the lines they stand on, read as far as they can be read."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import msgspec

from pipeline.core.checks.finding import Finding, error
from pipeline.core.layers import SINGLE, Layer, identity, laid_over
from pipeline.core.profile import EntityEntry, FeedEntry, Header, PublisherEntry
from pipeline.core.vocabulary import FORMS as VOCABULARY

_PLACES: Mapping[str, Mapping[str, type[msgspec.Struct]]] = {
    "profile.toml": {"": Header},
    "entities": {"entity": EntityEntry},
    "feeds.toml": {"feed": FeedEntry},
    "publishers.toml": {"publisher": PublisherEntry},
    "events": VOCABULARY,
}
_AT_LINE = re.compile(r"line (\d+)")
_OWN_NAMES = ("id =", "name =", "type =", "mode =", "frame =")
_HEADER = re.compile(r"\s*\[")


@dataclass(frozen=True)
class Table:
    """One table of a file: `lines` are its lines, the first of them number `start` of the file."""

    path: str
    key: str
    id: str
    fields: Mapping[str, Any]
    start: int
    lines: Sequence[str]

    def line_of(self, needle: str) -> int | None:
        """Return the number of the first line that holds the text; a quoted word is none of the entry's own names."""
        quoted = needle.startswith('"')
        return next(
            (
                self.start + at
                for at, line in enumerate(self.lines)
                if needle in line and not (quoted and line.startswith(_OWN_NAMES))
            ),
            None,
        )


class Tables:
    """All tables of a profile and its bases. `found` says what could not be read."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        """Read the files; the bases come first."""
        self.found: list[Finding] = []
        self._tables: dict[tuple[str, str], list[Table]] = {}
        for layer in layers:
            own: set[tuple[str, str]] = set()
            for table in self._of(layer):
                if (table.key, table.id) in own:
                    place = (table.path, table.start)
                    what = f"{table.key} {table.id!r}: the id is used twice"
                    self.found.append(
                        error("duplicate-id", place, what, "put the two entries together, or rename one")
                    )
                    continue
                own.add((table.key, table.id))
                self._tables.setdefault((table.key, table.id), []).append(table)

    def place(self, key: str, id_: str, *needles: str) -> tuple[str, int]:
        """Return file and line of an entry, of the first text in it that is found, the profile's own files first."""
        tables = self._tables.get((key, id_), [])
        for needle in needles:
            for table in reversed(tables):
                line = table.line_of(needle)
                if line is not None:
                    return table.path, line
        return (tables[-1].path, tables[-1].start) if tables else ("profile.toml", 1)

    def entries(self, key: str, form: type[msgspec.Struct]) -> Iterator[Any]:
        """Yield the entries under a key that can be read; what keeps one from it is added to `found`."""
        for (at, id_), tables in self._tables.items():
            if at != key:
                continue
            fields: Any = {}
            for table in tables:
                fields = laid_over(fields, dict(table.fields))
            known = {name: value for name, value in fields.items() if name in form.__struct_fields__}
            try:
                entry = msgspec.convert(known, form)
            except msgspec.ValidationError as failure:
                self.found.append(self._bad_type(key, id_, str(failure)))
            else:
                yield entry

    def _bad_type(self, key: str, id_: str, failure: str) -> Finding:
        what, _, at = failure.partition(" - at `$.")
        field = re.split(r"[.\[`]", at)[0]
        label = " ".join(filter(None, (key, repr(id_) if id_ else "", field)))
        place = self.place(key, id_, f"{field} =", f"{field}.") if field else self.place(key, id_)
        return error("bad-type", place, f"{label}: {what}", "docs/profiles.md says what each key takes")

    def _of(self, layer: Layer) -> Iterator[Table]:
        for relative, text in sorted(layer.files.items()):
            if not relative.endswith(".toml"):
                continue
            path = layer.path(relative)
            forms = _PLACES.get(PurePosixPath(relative).parts[0])
            if forms is None or (layer.name and relative == "profile.toml"):
                mend = "known: profile.toml, feeds.toml, publishers.toml, entities/*.toml, events/*.toml"
                self.found.append(error("unknown-file", (path, 1), "the file is none of a profile", mend))
                continue
            try:
                parsed = tomllib.loads(text)
            except tomllib.TOMLDecodeError as failure:
                at = _AT_LINE.search(str(failure))
                place = (path, int(at[1]) if at else len(text.splitlines()))
                self.found.append(
                    error("not-toml", place, f"not TOML: {failure}", "mend the line, or the one before it")
                )
                continue
            yield from self._tables_in(path, text, parsed, forms)

    def _tables_in(
        self, path: str, text: str, parsed: Mapping[str, Any], forms: Mapping[str, type[msgspec.Struct]]
    ) -> Iterator[Table]:
        lines = text.splitlines()
        for key, listed in {"": parsed}.items() if "" in forms else parsed.items():
            single = not key or (key in SINGLE and isinstance(listed, dict))
            rows = [listed] if single else listed
            if key not in forms or not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
                known = ", ".join(f"[[{name}]]" for name in forms)
                line = next((at for at, line in enumerate(lines, 1) if key in line), 1)
                what = f"unknown key {key!r}" if key not in forms else f"{key!r} is no list of tables"
                self.found.append(error("unknown-key", (path, line), what, f"known here: {known}"))
                continue
            starts = [1] if not key else _starts(lines, key)
            for number, fields in enumerate(rows):
                start = starts[min(number, len(starts) - 1)] if starts else 1
                end = next(
                    (
                        at
                        for at in range(start, len(lines))
                        if key and _HEADER.match(lines[at]) and not lines[at].startswith(" ")
                    ),
                    len(lines),
                )
                table = Table(
                    path, key, identity(fields) if key else "", fields, start, lines[start - 1 : end]
                )
                self._check_keys(table, forms[key])
                yield table

    def _check_keys(self, table: Table, form: type[msgspec.Struct]) -> None:
        for name in table.fields.keys() - set(form.__struct_fields__):
            line = table.line_of(name) or table.start
            label = f"{table.key} {table.id!r}: " if table.key else ""
            known = ", ".join(form.__struct_fields__)
            self.found.append(
                error(
                    "unknown-key", (table.path, line), f"{label}unknown key {name!r}", f"known here: {known}"
                )
            )


def _starts(lines: Sequence[str], key: str) -> list[int]:
    head = re.compile(rf"\s*\[\[?\s*{re.escape(key)}\s*\]")
    return [number for number, line in enumerate(lines, 1) if head.match(line)]
