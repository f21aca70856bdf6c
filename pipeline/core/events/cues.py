"""The words of a language that say how a clause stands to the facts (lexicons/event_cues.toml)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pipeline.core.events.words import Sign
from pipeline.core.lexicon import read_lexicon


@dataclass(frozen=True, slots=True)
class Grammar:
    """How one language marks the parts of a clause."""

    language: str
    prepositions: Mapping[str, str] = field(default_factory=dict)
    particles: Mapping[str, str] = field(default_factory=dict)
    endings: tuple[tuple[str, str], ...] = ()

    @property
    def marks_after(self) -> bool:
        """Whether a name's part in the clause is told by what follows it."""
        return bool(self.particles)


def cue_words(language: str) -> Iterator[tuple[str, Sign]]:
    """Yield each cue word of the language with the cue it gives."""
    for name, by_language in read_lexicon("event_cues")["cues"].items():
        for word in by_language.get(language, ()):
            yield word, Sign("cue", name)


@cache
def verb_group() -> Mapping[str, frozenset[str]]:
    """Return what can stand right before an English verb, by what it says of the verb."""
    return {name: frozenset(words) for name, words in read_lexicon("event_cues")["verb_group"].items()}


@cache
def grammar(language: str) -> Grammar:
    """Return the grammar of a language; an empty one for a language the lexicon does not know."""
    lexicon = read_lexicon("event_cues")
    return Grammar(
        language=language,
        prepositions=_by_word(lexicon["prepositions"].get(language, {})),
        particles=_by_word(lexicon["particles"].get(language, {})),
        endings=tuple(
            (ending, part)
            for part, endings in lexicon["endings"].get(language, {}).items()
            for ending in endings
        ),
    )


@cache
def words_of(kind: str) -> frozenset[str]:
    """Return a plain word list of the lexicon (`lists`)."""
    return frozenset(read_lexicon("event_cues")["lists"][kind])


def _by_word(parts: Mapping[str, Any]) -> dict[str, str]:
    return {word: part for part, words in parts.items() for word in words}
