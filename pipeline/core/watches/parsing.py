"""Watches as a subscriber writes them down in TOML, checked against the profile they are for."""

import difflib
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from pipeline.core.errors import WatchError
from pipeline.core.profile import EntityEntry, Profile
from pipeline.core.watches.hours import QuietHours, Rhythm, Rhythmic
from pipeline.core.watches.terms import Judge, Terms
from pipeline.core.watches.watch import Watch

_OF_ENTITIES = ("parties", "actors", "recipients", "places")
_MIDNIGHT = time(0)


class _Quiet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    start: time = msgspec.field(name="from")
    end: time = msgspec.field(name="to")
    breaks_through: Terms | None = None


class _Entry(Terms, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[[watch]]`."""

    id: str
    name: str = ""
    send: Rhythm = "at_once"
    at: time = _MIDNIGHT
    time_zone: str = "UTC"
    quiet: _Quiet | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    watch: list[dict[str, object]] = []


@dataclass(frozen=True)
class WatchList:
    """The watches of a file, and who judges for them."""

    watches: tuple[Watch, ...]
    judge: Judge


def parse_watches(text: str, profile: Profile) -> WatchList:
    """Return the watches in a TOML text. Raises WatchError that names the watch and how to mend it."""
    try:
        entries = msgspec.convert(tomllib.loads(text), _File).watch
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise WatchError(str(error)) from error
    reader = _Reader(profile)
    watches = tuple(reader.watch(fields, number) for number, fields in enumerate(entries, start=1))
    _check_ids(watches)
    return WatchList(watches, Judge(profile.by_id, profile.names))


class _Reader:
    """Reads the watches of one file; knows what the profile's people call its entities."""

    def __init__(self, profile: Profile) -> None:
        self._ids = {name.casefold(): entity.id for entity in profile.entities for name in _names(entity)}
        self._modes = {str(row.fields.get("mode")) for row in profile.vocabulary["plover"]}

    def watch(self, fields: Mapping[str, object], number: int) -> Watch:
        label = f"watch {fields.get('id') or f'number {number}'!r}"
        try:
            entry = msgspec.convert(fields, _Entry)
            return self._built(entry)
        except (msgspec.ValidationError, WatchError) as error:
            raise WatchError(f"{label}: {error}") from error

    def _built(self, entry: _Entry) -> Watch:
        zone = _zone(entry.time_zone)
        if not entry.id.strip():
            raise WatchError("'id' is blank")
        if entry.at != _MIDNIGHT and entry.send != "daily":
            raise WatchError("'at' is for send = \"daily\"")
        quiet = entry.quiet
        return Watch(
            id=entry.id,
            name=entry.name or entry.id,
            terms=self._terms(entry),
            rhythm=Rhythmic(entry.send, entry.at, zone),
            quiet=QuietHours(quiet.start, quiet.end, zone) if quiet else None,
            through=self._terms(quiet.breaks_through) if quiet and quiet.breaks_through else None,
        )

    def _terms(self, written: Terms) -> Terms:
        """Return the terms with each entity by its id."""
        terms = Terms(**{name: getattr(written, name) for name in Terms.__struct_fields__})
        _check_known("modes", terms.modes, self._modes)
        named = {key: tuple(self._id(key, name) for name in getattr(terms, key)) for key in _OF_ENTITIES}
        return msgspec.structs.replace(terms, **named)

    def _id(self, key: str, name: str) -> str:
        found = self._ids.get(name.casefold())
        if found is None:
            raise WatchError(
                f"{key}: nobody and nothing in the profile is called {name!r}{_near(name, self._ids)}"
            )
        return found


def _names(entity: EntityEntry) -> Iterator[str]:
    yield entity.id
    yield entity.name
    for forms in (entity.aliases, entity.exact):
        for names in forms.values():
            yield from names


def _check_ids(watches: Iterable[Watch]) -> None:
    seen: set[str] = set()
    for watch in watches:
        if watch.id in seen:
            raise WatchError(f"watch {watch.id!r}: there is another with this id")
        seen.add(watch.id)


def _check_known(key: str, found: Iterable[str], known: Collection[str]) -> None:
    for one in found:
        if one not in known:
            raise WatchError(f"{key}: there is no {one!r}{_near(one, known)}")


def _near(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word.casefold(), known, n=3)
    return f"; did you mean {' or '.join(map(repr, close))}?" if close else ""


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise WatchError(
            f"time_zone {name!r} is none; write one like 'Europe/Kyiv' or 'Asia/Seoul'"
        ) from error
