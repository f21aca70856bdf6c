"""The vocabulary compiled for finding: one word finder a language."""

from collections.abc import Iterator, Mapping, Sequence

from pipeline.core.events.cues import cue_words
from pipeline.core.events.words import Sign, WordFinder, inflected
from pipeline.core.vocabulary import CueEntry, EventEntry, OccasionEntry, ThingEntry, VerbEntry, Vocabulary


def word_finders(vocabulary: Vocabulary) -> Mapping[str, WordFinder]:
    """Return a word finder for each language of the vocabulary."""
    return {
        language: WordFinder(language, words_in(vocabulary, language))
        for language in sorted(vocabulary.languages)
    }


def words_in(vocabulary: Vocabulary, language: str) -> Iterator[tuple[str, Sign]]:
    """Yield every word of a language with what it stands for."""
    yield from cue_words(language)
    listed: tuple[
        tuple[str, Sequence[EventEntry | ThingEntry | VerbEntry | OccasionEntry | CueEntry]], ...
    ] = (
        ("event", vocabulary.events),
        ("thing", vocabulary.things),
        ("verb", vocabulary.verbs),
        ("occasion", vocabulary.occasions),
        ("cue", vocabulary.cues),
    )
    for kind, entries in listed:
        for entry in entries:
            for word in _forms(entry, language):
                yield word, Sign(kind, entry.id)
    for kind, forms in (("war", vocabulary.alliance.war), ("pair", vocabulary.alliance.pair)):
        for word in forms.get(language, ()):
            yield word, Sign(kind, kind)


def _forms(
    entry: EventEntry | ThingEntry | VerbEntry | OccasionEntry | CueEntry, language: str
) -> Iterator[str]:
    yield from entry.words.get(language, ())
    if not isinstance(entry, ThingEntry | OccasionEntry | CueEntry):
        for verb in entry.verbs.get(language, ()):
            yield from inflected(verb)
