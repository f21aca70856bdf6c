"""The events stage: reads the alliance events of an article."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from pipeline.core.entities.folding import folded
from pipeline.core.events.answers import with_answers
from pipeline.core.events.attribution import mark_speakers
from pipeline.core.events.bridges import Bridges
from pipeline.core.events.compiled import word_finders
from pipeline.core.events.context import Context
from pipeline.core.events.frames import FRAMES
from pipeline.core.events.frames.sides import act_together, says_both
from pipeline.core.events.ids import event_id
from pipeline.core.events.layout import lay_out
from pipeline.core.events.merge import merged
from pipeline.core.events.pronouns import refers_back, stand_in
from pipeline.core.events.readings import Facts, Reading, event_of, read_draft
from pipeline.core.events.scene import Scene, Word
from pipeline.core.events.selection import selected
from pipeline.core.events.voices import with_one_voice
from pipeline.core.events.words import Sign
from pipeline.core.profile import Profile
from pipeline.core.records import AllianceEvent, EntityArticle, TaggedArticle
from pipeline.core.vocabulary import parse_vocabulary

_PEOPLE = frozenset({"troops", "workers", "testweapon"})


class EventTagger:
    """Reads the events of one alliance from articles. Raises ProfileError for a vocabulary that is wrong."""

    def __init__(self, profile: Profile) -> None:
        """Compile the profile's event vocabulary."""
        self._profile = profile
        self._vocabulary = parse_vocabulary(profile)
        self._finders = word_finders(self._vocabulary)
        self._entries = {entry.id: entry for entry in self._vocabulary.events}
        self._bridges = Bridges(self._vocabulary, profile.parties)
        self._units = {thing.id: thing.unit for thing in self._vocabulary.things}
        countries = {e.country: e.id for e in reversed(profile.entities) if e.kind == "country" and e.country}
        self._countries: Mapping[str, str] = {str(country): entity for country, entity in countries.items()}
        self._sides: dict[str, str | None] = {entity.id: entity.country for entity in profile.entities}
        self._sides.update({f"country:{entity}": country for country, entity in self._countries.items()})

    def __call__(self, article: EntityArticle) -> TaggedArticle:
        """Return the article with its events."""
        return _tagged(article, self._events(article) if self._may_concern(article) else ())

    def triggers(self, entry: str, sentence: str, language: str | None) -> list[tuple[int, int]]:
        """Return where words of a vocabulary entry stand in a sentence: what may have told an event."""
        finder = self._finders.get(_base_language(language))
        hits = finder(folded(sentence)) if finder is not None else ()
        spans = [(hit.start, hit.end) for hit in hits if Sign("event", entry) in hit.signs]
        return [one for one in spans if not any(_within(one, other) for other in spans)]

    def _may_concern(self, article: EntityArticle) -> bool:
        parties = self._profile.parties
        return any(entity.country in parties or entity.kind == "agreement" for entity in article.entities)

    def _events(self, article: EntityArticle) -> tuple[AllianceEvent, ...]:
        language = _base_language(article.language)
        finder = self._finders.get(language)
        if finder is None:
            return ()
        edges = {edge for mention in article.mentions for edge in (mention.start, mention.end)}
        text = folded(article.text)
        if not self._bridges.join(article, language, text, edges):
            return ()
        hits = finder(text, edges)
        context = lay_out(
            article,
            language,
            hits,
            parties=self._profile.parties,
            alliance=self._vocabulary.alliance,
            countries=self._countries,
        )
        if context.scenes and context.scenes[0].cues("leisure"):
            return ()
        readings = [reading for scene in context.scenes for reading in self._readings(context, scene)]
        events = [event_of(it, self._vocabulary, self._units, self._profile.id) for it in selected(readings)]
        return tuple(
            msgspec.structs.replace(event, event_id=event_id(article.article_id, event))
            for event in with_answers(with_one_voice(merged(events, self._sides), article.mentions))
        )

    def _readings(self, context: Context, scene: Scene) -> Iterator[Reading]:
        triggers = self._longest([word for word in scene.triggers if self._has_theme(scene, word)])
        if not triggers or not _may_tell(scene):
            return
        stand_in(context, scene)
        mark_speakers(scene)
        facts = Facts(context, scene)
        for trigger in triggers:
            entry = self._entries[trigger.value]
            if entry.type == "statement" and act_together(scene, trigger):
                continue
            draft = FRAMES[entry.frame](context, scene, trigger, entry)
            reading = read_draft(context, draft, facts) if draft is not None else None
            if reading is not None:
                yield reading

    def _longest(self, triggers: Sequence[Word]) -> list[Word]:
        """Return the triggers, in order, without those inside a longer one of the same type ("come" in "come home")."""
        widest: dict[str, Word] = {}
        found: list[Word] = []
        for word in triggers:
            kind = self._entries[word.value].type
            other = widest.get(kind)
            if other is None or word.end > other.end:
                widest[kind] = word
            elif word.end - word.start < other.end - other.start:
                continue
            found.append(word)
        return found

    def _has_theme(self, scene: Scene, trigger: Word) -> bool:
        """Tell whether the sentence names a thing that the trigger's entry is about; most words end here."""
        entry = self._entries[trigger.value]
        if entry.title_only and scene.index:
            return False
        return not entry.theme or entry.mode == "losses" or not scene.things.isdisjoint(entry.theme)


def _base_language(language: str | None) -> str:
    return (language or "en").partition("-")[0].lower()


def _within(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return other[0] <= one[0] and one[1] <= other[1] and one != other


def _may_tell(scene: Scene) -> bool:
    """Tell whether a sentence can hold an event: it names somebody, the war, people, or somebody named before."""
    if scene.mentions or scene.words("war") or scene.words("pair") or refers_back(scene):
        return True
    return any(word.value in _PEOPLE for word in scene.words("thing")) or says_both(scene)


def _tagged(article: EntityArticle, events: Sequence[AllianceEvent]) -> TaggedArticle:
    fields = {name: getattr(article, name) for name in article.__struct_fields__}
    return TaggedArticle(**fields, events=tuple(events))
