"""Checks of who is named: entities, publishers, feeds."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from pipeline.core.checks.finding import Finding, error, warning
from pipeline.core.checks.tables import Tables
from pipeline.core.entities import EntityFinder
from pipeline.core.entities.folding import folded
from pipeline.core.profile import EntityEntry, FeedEntry, Profile, PublisherEntry
from pipeline.core.records import RawArticle, Source
from pipeline.core.urls import host

_FIELDS = ("aliases", "exact", "short", "metonyms", "decoys")
_WHEN = datetime(2000, 1, 1, tzinfo=UTC)


def check_entities(tables: Tables, entities: Sequence[EntityEntry]) -> Iterator[Finding]:
    """Yield what is wrong with entities: names that two share, names that are blank or missing, places nowhere."""
    places = {entity.id for entity in entities if entity.kind == "place"}
    owners: dict[tuple[str, str], EntityEntry] = {}
    for entity in entities:
        label = f"{entity.name} ({entity.id})"
        at = tables.place("entity", entity.id)
        if not any(listed for form in (entity.aliases, entity.exact) for listed in form.values()):
            yield error(
                "no-names", at, f"{label}: has no name, so that it is never found", "add aliases.en = […]"
            )
        if (entity.within or entity.transit) and entity.kind != "place":
            yield error(
                "not-a-place", at, f"{label}: only a place has 'within' and 'transit'", "take the key out"
            )
        elif entity.within and entity.within not in places:
            at = tables.place("entity", entity.id, "within =")
            yield error(
                "unknown-id", at, f"{label}: within {entity.within!r}: no such place", "use a place's id"
            )
        for field, language, name in names_of(entity):
            at = tables.place("entity", entity.id, f'"{name}"')
            if not name.strip() or name != name.strip():
                yield error(
                    "blank-word",
                    at,
                    f"{label}: {name!r} is blank or has spaces around it",
                    "write it without",
                )
            if field not in {"aliases", "exact"}:
                continue
            owner = owners.setdefault((language, name.lower()), entity)
            if owner is not entity:
                what = f"{name!r} ({language}) names {owner.name} ({owner.id}) and {label}"
                mend = "leave it with one, or make it a short form of both: the article then decides"
                yield error("duplicate-alias", at, what, mend)


def check_within(tables: Tables, entities: Sequence[EntityEntry]) -> Iterator[Finding]:
    """Yield places that lie within themselves."""
    outer = {entity.id: entity.within for entity in entities}
    for entity in entities:
        seen, at = {entity.id}, outer[entity.id]
        while at is not None and at not in seen:
            seen.add(at)
            at = outer.get(at)
        if at == entity.id:
            place = tables.place("entity", entity.id, "within =")
            yield error(
                "circle", place, f"{entity.name} ({entity.id}): lies within itself", "break the circle"
            )


def check_idle_names(tables: Tables, profile: Profile) -> Iterator[Finding]:
    """Yield names that can never be found: hidden by a decoy, equal to another, cut off by their own edges."""
    find = EntityFinder(profile)
    metonyms = {
        folded(name) for entity in profile.entities for listed in entity.metonyms.values() for name in listed
    }
    for entity in profile.entities:
        by_form: dict[tuple[str, str], str] = {}
        for field, language, name in names_of(entity):
            label = f"{entity.name} ({entity.id}): {name!r} ({language})"
            at = tables.place("entity", entity.id, f'"{name}"')
            form = name if field == "exact" else folded(name)
            earlier = by_form.setdefault((language, form), field)
            if earlier != field:
                what = f"{label} is in {earlier} and in {field}"
                yield warning("idle-name", at, what, f"take it out of {field}")
            elif field in {"aliases", "exact"} and folded(name) not in metonyms:
                if not _is_found(find, entity, name, language):
                    what = f"{label} is never found as itself: a decoy, another name or its own edges hide it"
                    yield warning("idle-name", at, what, "take it out, or mend what hides it")
            elif field == "decoys" and not _guards(entity, name):
                what = f"{label} guards no name: none of the entity's is inside it"
                yield warning("idle-name", at, what, "take it out, or name the entity it guards")


def check_sources(
    tables: Tables,
    feeds: Sequence[FeedEntry],
    publishers: Sequence[PublisherEntry],
    entities: Sequence[EntityEntry],
) -> Iterator[Finding]:
    """Yield publishers that are nobody, and feeds of which nobody knows who publishes them."""
    known = {entity.id for entity in entities}
    of_host: dict[str, PublisherEntry] = {}
    for publisher in publishers:
        at = tables.place("publisher", publisher.entity)
        if publisher.entity not in known:
            what = f"publisher {publisher.entity!r}: no such entity"
            yield error("unknown-id", at, what, "add the entity to entities/media.toml, or mend the id")
        of_host.update((address, publisher) for address in publisher.hosts)
    families = {publisher.family for publisher in publishers}
    addresses: dict[str, str] = {}
    for feed in feeds:
        at = tables.place("feed", feed.id)
        owner = of_host.get(host(feed.url))
        if owner is not None and owner.family != feed.family:
            what = f"feed {feed.id!r}: of family {feed.family!r}, but {owner.entity!r} of {owner.family!r} is on its host"
            yield warning(
                "unknown-publisher", at, what, f'family = "{owner.family}", or mend publishers.toml'
            )
        elif feed.kind == "other" and feed.family not in families:
            what = f"feed {feed.id!r}: nothing says what kind of publisher {feed.family!r} is"
            yield warning("unknown-publisher", at, what, "give the feed a kind, or add a [[publisher]]")
        if addresses.setdefault(feed.url, feed.id) != feed.id:
            what = f"feed {feed.id!r}: has the address of {addresses[feed.url]!r}"
            yield error("duplicate-id", at, what, "take one of the two out")


def without(entities: Sequence[EntityEntry], languages: Sequence[str]) -> dict[str, list[EntityEntry]]:
    """Return the entities that have no name in a language, by language."""
    missing: dict[str, list[EntityEntry]] = defaultdict(list)
    for language in languages:
        for entity in entities:
            if not entity.aliases.get(language) and not entity.exact.get(language):
                missing[language].append(entity)
    return missing


def check_languages(
    tables: Tables, entities: Sequence[EntityEntry], languages: Sequence[str]
) -> Iterator[Finding]:
    """Yield the entities that have no name in a language that the profile promises."""
    for language, unnamed in without(entities, languages).items():
        for entity in unnamed:
            what = f"{entity.name} ({entity.id}): has no name in {language!r}"
            mend = f"add aliases.{language}, or take the language out of profile.toml"
            yield warning("no-names", tables.place("entity", entity.id), what, mend)


def names_of(entity: EntityEntry) -> Iterator[tuple[str, str, str]]:
    """Yield field, language and form of each name of an entity."""
    for field in _FIELDS:
        for language, listed in getattr(entity, field).items():
            for name in listed:
                yield field, language, name


def _guards(entity: EntityEntry, decoy: str) -> bool:
    return any(
        folded(name) in folded(decoy) and len(name) < len(decoy)
        for field, _, name in names_of(entity)
        if field != "decoys"
    )


def _is_found(find: EntityFinder, entity: EntityEntry, name: str, language: str) -> bool:
    article = RawArticle(
        article_id="0" * 64,
        source=Source(id="check", name="check", family="check"),
        title=name,
        body="",
        language=language,
        fetched_at=_WHEN,
    )
    return any(mention.entity_id == entity.id for mention in find(article).mentions)
