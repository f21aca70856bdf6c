"""A watch profile: everything Pactwatch knows about one alliance, parsed from TOML and checked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import TypeVar

import msgspec

from pipeline.core.errors import ProfileError
from pipeline.core.feeds import Feed, feed_issue
from pipeline.core.layers import Layer, Placed, merged, tables
from pipeline.core.records import Country, EntityKind, SourceKind

_FILES = ("profile.toml", "feeds.toml", "publishers.toml")
_FOLDERS = ("entities", "events")
VOCABULARY_KEYS = ("event", "thing", "verb", "occasion", "cue", "plover", "alliance")

Forms = dict[str, tuple[str, ...]]  # language -> names


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[[…]]` table of a profile's files; a key that is none of its fields is an error."""


class EntityEntry(Entry, frozen=True, kw_only=True):
    """Somebody or something a profile knows, with its names by language.

    `aliases` name it anywhere; `exact` too, but only in the case they are written in ("US"); `short` forms
    count only in an article where a full name of the same entity occurs; `metonyms` are names of a place
    (whose own entry has them as aliases) that mean this entity unless the words around say that the place
    is meant; `decoys` are longer names that hold one of these names and mean something else ("South America").
    A place lies `within` a larger one, short of its country; `transit` says that who is seen there is on the way
    to another place of that country (a port of landing).
    """

    id: str
    name: str
    kind: EntityKind
    country: Country | None = None
    role: str | None = None
    office: str | None = None
    within: str | None = None
    transit: bool = False
    aliases: Forms = {}
    exact: Forms = {}
    short: Forms = {}
    metonyms: Forms = {}
    decoys: Forms = {}


class FeedEntry(Feed, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A feed as a profile names it: a key that is none of a feed's fields is an error."""


class PublisherEntry(Entry, frozen=True, kw_only=True):
    """Who publishes under an entity's names, and on which hosts."""

    entity: str
    family: str
    kind: SourceKind
    hosts: tuple[str, ...] = ()


class Header(Entry, frozen=True, kw_only=True):
    """profile.toml: what the profile is called and between whom the alliance is.

    `extends` names the bases whose entries it has too: shipped ones, or folders beside its own files.
    `languages`: those in which every entity has a name; `profile check` holds the profile to it.
    """

    id: str
    name: str
    parties: tuple[Country, ...]
    extends: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True)
class Profile:
    """A watch profile. `vocabulary` holds the tables of events/*.toml by their key."""

    id: str
    name: str
    parties: tuple[str, ...]
    entities: tuple[EntityEntry, ...]
    vocabulary: Mapping[str, Sequence[Placed]]
    feeds: tuple[FeedEntry, ...]
    publishers: tuple[PublisherEntry, ...] = ()
    description: str = ""

    @cached_property
    def by_id(self) -> Mapping[str, EntityEntry]:
        """The entities by their id."""
        return {entity.id: entity for entity in self.entities}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The entities' names by their id."""
        return {entity.id: entity.name for entity in self.entities}


E = TypeVar("E", bound=msgspec.Struct)


def parse_profile(files: Mapping[str, str], bases: Sequence[Layer] = ()) -> Profile:
    """Return the profile in these files (relative path -> text), laid over its bases; only TOML counts.

    Raises ProfileError, naming the file and the entry.
    """
    layers = [*bases, Layer("", files)]
    for layer in layers:
        _check_places(layer)
    header = read_header(files)
    placed = list(_entries(layers, "entities", "entity", EntityEntry))
    _check_entities(placed)
    feeds = list(_entries(layers, "feeds.toml", "feed", FeedEntry))
    _check_feeds(feeds)
    publishers = list(_entries(layers, "publishers.toml", "publisher", PublisherEntry))
    _check_publishers(publishers, {entity.id for _, entity in placed})
    return Profile(
        id=header.id,
        name=header.name,
        parties=header.parties,
        entities=tuple(entity for _, entity in placed),
        vocabulary=merged(layers, "events", VOCABULARY_KEYS),
        feeds=tuple(feed for _, feed in feeds),
        publishers=tuple(publisher for _, publisher in publishers),
        description=header.description,
    )


def read_header(files: Mapping[str, str]) -> Header:
    """Return what profile.toml says. Raises ProfileError."""
    text = files.get("profile.toml")
    if text is None:
        raise ProfileError("profile.toml: missing; it says id, name and parties")
    table = tables(Layer("", {"profile.toml": text}), "profile.toml")["profile.toml"]
    return convert_entry(Placed("profile.toml", "", table), Header)


def _check_places(layer: Layer) -> None:
    for path in sorted(layer.files):
        known = _FILES if not layer.name else tuple(name for name in _FILES if name != "profile.toml")
        if path.endswith(".toml") and path not in known and PurePosixPath(path).parts[0] not in _FOLDERS:
            places = ", ".join([*known, *(f"{folder}/*.toml" for folder in _FOLDERS)])
            raise ProfileError(f"{layer.path(path)}: unknown file (known: {places})")


def _entries(layers: Sequence[Layer], place: str, key: str, form: type[E]) -> Iterator[tuple[str, E]]:
    for placed in merged(layers, place, [key])[key]:
        yield placed.path, convert_entry(placed, form)


def convert_entry(placed: Placed, form: type[E]) -> E:
    """Return the entry that the table holds. Raises ProfileError, naming the file and the entry."""
    where = f"{placed.path}: {placed.label}: " if placed.label else f"{placed.path}: "
    try:
        entry = msgspec.convert(placed.fields, form)
    except msgspec.ValidationError as error:
        raise ProfileError(f"{where}{error}") from error
    for field in ("id", "name"):
        if not getattr(entry, field, "-").strip():
            raise ProfileError(f"{where}{field!r} is blank")
    return entry


def _check_entities(placed: list[tuple[str, EntityEntry]]) -> None:
    _check_within(placed)
    owners: dict[tuple[str, str], tuple[str, str]] = {}
    for path, entity in placed:
        for language, name in _names(path, entity):
            owner_path, owner = owners.setdefault((language, name.lower()), (path, entity.id))
            if owner != entity.id:
                raise ProfileError(
                    f"{path}: entity {entity.id!r}: alias {name!r} ({language}) already names"
                    f" {owner!r} in {owner_path}"
                )


def _check_within(placed: list[tuple[str, EntityEntry]]) -> None:
    places = {entity.id: entity for _, entity in placed if entity.kind == "place"}
    for path, entity in placed:
        label = f"{path}: entity {entity.id!r}"
        if (entity.within is not None or entity.transit) and entity.kind != "place":
            raise ProfileError(f"{label}: only a place has 'within' and 'transit'")
        if entity.within is not None and entity.within not in places:
            raise ProfileError(f"{label}: within {entity.within!r}: no such place in entities/")
        seen, outer = {entity.id}, entity.within
        while outer is not None and outer in places:
            if outer in seen:
                raise ProfileError(f"{label}: lies within itself, by {outer!r}")
            seen.add(outer)
            outer = places[outer].within


def _check_feeds(placed: list[tuple[str, FeedEntry]]) -> None:
    for path, feed in placed:
        if issue := feed_issue(feed):
            raise ProfileError(f"{path}: feed {feed.id!r}: {issue}")


def _check_publishers(placed: list[tuple[str, PublisherEntry]], entities: set[str]) -> None:
    for path, publisher in placed:
        if publisher.entity not in entities:
            raise ProfileError(f"{path}: publisher {publisher.entity!r}: no such entity in entities/")


def _names(path: str, entity: EntityEntry) -> Iterator[tuple[str, str]]:
    for field in ("aliases", "exact", "short", "metonyms", "decoys"):
        for language, names in getattr(entity, field).items():
            for name in names:
                if not name.strip() or name != name.strip():
                    raise ProfileError(
                        f"{path}: entity {entity.id!r}: {field}.{language} holds a name that is blank or"
                        f" has spaces around it: {name!r}"
                    )
                if field in {"aliases", "exact"}:
                    yield language, name
