"""Finds what an article mentions of the entities that a profile knows."""

from collections.abc import Sequence

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from pipeline.core.entities.boundaries import name_end
from pipeline.core.entities.folding import folded
from pipeline.core.entities.names import Name, compile_names
from pipeline.core.entities.resolution import Hit, Resolver
from pipeline.core.errors import RecordError
from pipeline.core.profile import EntityEntry, Profile
from pipeline.core.publication_dates import date_issue
from pipeline.core.publishers import Publishers
from pipeline.core.records import Entity, EntityArticle, Mention, RawArticle
from pipeline.core.text.languages import detect_language
from pipeline.core.text.plain import plain_text


class EntityFinder:
    """Turns a raw article into one with plain text, language, entities and mentions."""

    def __init__(self, profile: Profile, max_chars: int = 1_000_000) -> None:
        """Compile the profile's names; a longer body than `max_chars` is refused."""
        self._max_chars = max_chars
        self._entities = tuple(
            Entity(id=entry.id, name=entry.name, kind=entry.kind, country=entry.country, role=entry.role)
            for entry in profile.entities
        )
        self._publishers = Publishers(profile)
        self._home = _homes(profile.entities)
        self._folded, self._exact = (
            _Search(compile_names(profile.entities, exact=exact)) for exact in (False, True)
        )

    def __call__(self, article: RawArticle) -> EntityArticle:
        """Return the article with its mentions, and its source as the profile knows it. Raises RecordError for one that is too long."""
        if len(article.body) > self._max_chars:
            raise RecordError(f"body of {len(article.body)} characters (limit {self._max_chars})")
        text = plain_text(article.title, article.body, article.content_type)
        if not text:
            raise RecordError("no text: title and body hold no visible character")
        language = detect_language(text, article.language)
        found = self._find(text, language)
        issue = date_issue(article.published_at, article.fetched_at)
        return EntityArticle(
            article_id=article.article_id,
            source=self._publishers.described(article.source, article.url),
            title=article.title,
            body=article.body,
            fetched_at=article.fetched_at,
            url=article.url,
            content_type=article.content_type,
            language=language,
            published_at=None if issue else article.published_at,
            feed_url=article.feed_url,
            listed=article.listed,
            backfill=article.backfill,
            text=text,
            entities=tuple(
                self._entities[index] for index in dict.fromkeys(entity for _, _, entity in found)
            ),
            mentions=tuple(
                Mention(entity_id=self._entities[index].id, start=start, end=end, text=text[start:end])
                for start, end, index in found
            ),
            date_issue=issue,
        )

    def _find(self, text: str, language: str | None) -> list[tuple[int, int, int]]:
        """Return start, end and entity of each mention, in order, none inside another."""
        hits = self._folded(folded(text), text) + self._exact(text, text)
        hits.sort(key=lambda hit: (hit[0], -hit[1]))
        meant = Resolver(text, language, hits, self._home)
        found, reached = [], 0
        for start, end, name in hits:
            if start < reached:
                continue
            entity = meant(start, end, name)
            if entity is not None:
                found.append((start, end, entity))
            if entity is not None or name.is_decoy:
                reached = end
        return found


def _homes(entities: Sequence[EntityEntry]) -> dict[int, int]:
    """Return, for each person in office, the place of the country in the profile."""
    countries = {entity.country: index for index, entity in enumerate(entities) if entity.kind == "country"}
    return {
        index: countries[entity.country]
        for index, entity in enumerate(entities)
        if entity.kind == "person" and entity.office and entity.country in countries
    }


class _Search:
    """Searches a text for many names at once."""

    def __init__(self, names: list[Name]) -> None:
        self._names = names
        self._automaton = AhoCorasick(
            [name.pattern for name in names],
            matchkind=MatchKind.Standard,
            store_patterns=False,
            implementation=Implementation.ContiguousNFA,
        )

    def __call__(self, haystack: str, text: str) -> list[Hit]:
        """Return the names in the haystack (the text itself or its folding) that stand on their own in the text."""
        names = self._names
        hits = []
        for index, start, end in self._automaton.find_matches_as_indexes(haystack, overlapping=True):
            name = names[index]
            whole_end = name_end(text, start, end, name)
            if whole_end:
                hits.append((start, whole_end, name))
        return hits
