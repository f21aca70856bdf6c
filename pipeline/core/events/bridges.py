"""Whether an article brings the two parties together at all; most that name one of them do not, and end here."""

from collections.abc import Collection, Mapping

from pipeline.core.events.compiled import words_in
from pipeline.core.events.words import Sign, WordFinder
from pipeline.core.records import EntityArticle
from pipeline.core.vocabulary import Vocabulary

_BOTH = Sign("pair", "pair")
_WAR = Sign("war", "war")
_JOINT_MEMORIAL = Sign("thing", "joint_memorial")


class Bridges:
    """Finds what stands for both parties, or for the one that is not named: few words, in one quick pass."""

    def __init__(self, vocabulary: Vocabulary, parties: Collection[str]) -> None:
        """Compile the words for the pair, the war, the joint memorials, and what one party alone may do."""
        alone = {Sign("event", entry.id) for entry in vocabulary.events if entry.sides == "one"}
        self._host = vocabulary.alliance.host
        self._with_host = {self._host, *vocabulary.alliance.theatre}
        self._others = set(parties) - {self._host}
        signs = {_BOTH, _WAR, _JOINT_MEMORIAL, *alone}
        self._finders: Mapping[str, WordFinder] = {
            language: WordFinder(
                language, ((word, sign) for word, sign in words_in(vocabulary, language) if sign in signs)
            )
            for language in vocabulary.languages
        }

    def join(self, article: EntityArticle, language: str, folded: str, edges: Collection[int]) -> bool:
        """Tell whether both parties are there, in name or in the war's, or what one party alone may do."""
        named = {entity.country for entity in article.entities}
        is_guest_named = not named.isdisjoint(self._others)
        if is_guest_named and not named.isdisjoint(self._with_host):
            return True
        return any(is_guest_named or _BOTH in hit.signs for hit in self._finders[language](folded, edges))
