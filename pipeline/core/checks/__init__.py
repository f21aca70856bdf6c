"""Finds what is wrong in a watch profile, without running it: every fault at once, with file and line."""

from collections.abc import Iterator, Sequence

from pipeline.core.checks.finding import Finding, error
from pipeline.core.checks.names import (
    check_entities,
    check_idle_names,
    check_languages,
    check_sources,
    check_within,
)
from pipeline.core.checks.tables import Tables
from pipeline.core.checks.words import check_cues, check_events, check_plover, check_words
from pipeline.core.errors import ProfileError
from pipeline.core.layers import Layer
from pipeline.core.profile import EntityEntry, FeedEntry, Header, Profile, PublisherEntry, parse_profile
from pipeline.core.vocabulary import FORMS, Alliance, parse_vocabulary

__all__ = ["Finding", "check_profile"]


def check_profile(own: Layer, bases: Sequence[Layer] = (), missing: Sequence[str] = ()) -> list[Finding]:
    """Return all that is wrong in the profile and in the bases it extends, errors first, then by file and line.

    `missing` names the bases that it extends and that are not there: then only that is told.
    """
    tables = Tables([*bases, own])
    if missing:
        return [
            error(
                "unknown-id",
                tables.place("", "", f'"{name}"'),
                f"extends {name!r}: there is no such base",
                "name a shipped base, or a folder by its path from the profile's",
            )
            for name in missing
        ]
    found = list(_found(tables))
    found = [*tables.found, *found]
    if not any(finding.severity == "error" for finding in found):
        found += _of_the_whole(tables, own, bases)
    return sorted(set(found), key=lambda it: (it.severity, it.path, it.line, it.what))


def _found(tables: Tables) -> Iterator[Finding]:
    entities: list[EntityEntry] = list(tables.entries("entity", EntityEntry))
    feeds: list[FeedEntry] = list(tables.entries("feed", FeedEntry))
    publishers: list[PublisherEntry] = list(tables.entries("publisher", PublisherEntry))
    told = {key: list(tables.entries(key, form)) for key, form in FORMS.items()}
    yield from check_entities(tables, entities)
    yield from check_within(tables, entities)
    yield from check_sources(tables, feeds, publishers, entities)
    yield from check_events(tables, told["event"], told["thing"])
    yield from check_cues(tables, told["cue"])
    yield from check_plover(tables, told["event"], told["plover"])
    yield from check_words(tables, {key: told[key] for key in ("event", "thing", "occasion", "verb", "cue")})
    for header in tables.entries("", Header):
        yield from check_languages(tables, entities, header.languages)
        yield from _check_parties(tables, header, entities, told["alliance"])


def _check_parties(
    tables: Tables, header: Header, entities: Sequence[EntityEntry], alliances: Sequence[Alliance]
) -> Iterator[Finding]:
    countries = {entity.country for entity in entities if entity.kind == "country"}
    for party in header.parties:
        if party not in countries:
            yield error(
                "unknown-id",
                tables.place("", "", f'"{party}"'),
                f"party {party!r}: no entity of kind country has it",
                "add the country to entities/, or extend the base",
            )
    if len(alliances) != 1:
        what = f"there must be one [alliance] table, found {len(alliances)}"
        yield error("no-alliance", ("profile.toml", 1), what, "add events/alliance.toml")
    for alliance in alliances:
        for field in ("host", "tester"):
            party = getattr(alliance, field)
            if party is not None and party not in header.parties:
                at = tables.place("alliance", "", f"{field} =")
                yield error("unknown-id", at, f"{field} {party!r} is no party", f"one of {header.parties}")


def _of_the_whole(tables: Tables, own: Layer, bases: Sequence[Layer]) -> Iterator[Finding]:
    """Yield what only a profile that can be read shows."""
    try:
        profile: Profile = parse_profile(own.files, bases)
        parse_vocabulary(profile)
    except ProfileError as failure:
        yield error("other", ("profile.toml", 1), str(failure), "mend what it says")
        return
    yield from check_idle_names(tables, profile)
