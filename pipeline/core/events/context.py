"""What the sentences of an article have in common: who is in it, and what its title and lead are about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pipeline.core.events.scene import Scene
from pipeline.core.records import EntityArticle
from pipeline.core.vocabulary import Alliance

_LEAD = 3  # the title and two sentences


@dataclass
class Context:
    """An article under the rules. `scenes` are its sentences in order, the title first."""

    article: EntityArticle
    scenes: Sequence[Scene]
    parties: tuple[str, ...]
    alliance: Alliance
    country_entities: Mapping[str, str]

    @cached_property
    def lead_countries(self) -> frozenset[str]:
        """The countries of the title and the first sentences."""
        return frozenset().union(*(self.countries_of(scene) for scene in self.scenes[:_LEAD]))

    @cached_property
    def title_countries(self) -> frozenset[str]:
        """The countries of the title."""
        return self.countries_of(self.scenes[0]) if self.scenes else frozenset()

    def countries_of(self, scene: Scene) -> frozenset[str]:
        """The countries of a sentence; one that names the pair or the ally's war has those too."""
        found = scene.countries
        if scene.words("pair"):
            found = found | frozenset(self.parties)
        if scene.words("war"):
            found = found | {self.alliance.host}
        return found

    def countries_within(self, scene: Scene, start: int, end: int) -> frozenset[str]:
        """The countries of a part of a sentence."""
        found = {e.country for m, e in scene.mentions if e.country and start <= m.start < end}
        if any(start <= word.start < end for word in scene.words("pair")):
            found.update(self.parties)
        if any(start <= word.start < end for word in scene.words("war")):
            found.add(self.alliance.host)
        return frozenset(found)

    @cached_property
    def retracts(self) -> bool:
        """Tell whether title or first sentence take an earlier report back."""
        return any(scene.cues("retract") for scene in self.scenes[:2])

    def is_in(self, party: str, countries: frozenset[str]) -> bool:
        """Tell whether a party is among the countries, itself or by the theatre of its war."""
        return party in countries or (
            party == self.alliance.host and not countries.isdisjoint(self.alliance.theatre)
        )

    def both_in(self, countries: frozenset[str]) -> bool:
        """Tell whether both parties are among the countries."""
        return all(self.is_in(party, countries) for party in self.parties)

    def ally(self, party: str | None) -> str | None:
        """Return the other party."""
        return (
            next((other for other in self.parties if other != party), None) if party in self.parties else None
        )

    def previous(self, scene: Scene) -> Scene | None:
        """Return the sentence before."""
        return self.scenes[scene.index - 1] if scene.index > 0 else None

    @cached_property
    def published(self) -> date | None:
        """The day of publication, where it is known."""
        return self.article.published_at.date() if self.article.published_at else None

    @cached_property
    def is_state_media(self) -> bool:
        """Tell whether a party's own state media publish it."""
        source = self.article.source
        return source.kind == "state_media" and source.country in self.parties

    @cached_property
    def home(self) -> str | None:
        """The country that "here" means: that of the source, else of the first place named."""
        if self.article.source.country in self.parties:
            return self.article.source.country
        places = (
            e.country for s in self.scenes[1:2] for _, e in s.mentions if e.kind in {"place", "country"}
        )
        return next((country for country in places if country in self.parties), None)
