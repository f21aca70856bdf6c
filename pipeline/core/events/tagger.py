"""The events stage: reads the alliance events of an article."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from pipeline.core.entities.folding import folded
from pipeline.core.events.attribution import attributed_to, mark_speakers
from pipeline.core.events.compiled import word_finders
from pipeline.core.events.context import Context
from pipeline.core.events.cues import grammar
from pipeline.core.events.draft import Draft
from pipeline.core.events.frames import FRAMES
from pipeline.core.events.ids import event_id
from pipeline.core.events.merge import merged
from pipeline.core.events.modality import modality_of
from pipeline.core.events.quantities import quantities_of
from pipeline.core.events.quotes import quote_of
from pipeline.core.events.scene import Scene
from pipeline.core.events.selection import selected
from pipeline.core.events.timeframe import ahead, dates_in, time_frame, when_of, when_said
from pipeline.core.profile import Profile
from pipeline.core.records import AllianceEvent, Entity, EntityArticle, Evidence, Modality, TaggedArticle
from pipeline.core.text.sentences import split_sentences
from pipeline.core.vocabulary import parse_vocabulary

_SCENES_AT_MOST = 400


class EventTagger:
    """Reads the events of one alliance from articles. Raises ProfileError for a vocabulary that is wrong."""

    def __init__(self, profile: Profile) -> None:
        """Compile the profile's event vocabulary."""
        self._profile = profile
        self._vocabulary = parse_vocabulary(profile)
        self._finders = word_finders(self._vocabulary)
        self._entries = {entry.id: entry for entry in self._vocabulary.events}
        self._units = {thing.id: thing.unit for thing in self._vocabulary.things}
        countries = {e.country: e.id for e in reversed(profile.entities) if e.kind == "country" and e.country}
        self._countries: Mapping[str, str] = {str(country): entity for country, entity in countries.items()}
        self._sides: dict[str, str | None] = {entity.id: entity.country for entity in profile.entities}
        self._sides.update({f"country:{entity}": country for country, entity in self._countries.items()})

    def __call__(self, article: EntityArticle) -> TaggedArticle:
        """Return the article with its events."""
        return _tagged(article, self._events(article) if self._may_concern(article) else ())

    def _may_concern(self, article: EntityArticle) -> bool:
        parties = self._profile.parties
        return any(entity.country in parties for entity in article.entities)

    def _events(self, article: EntityArticle) -> tuple[AllianceEvent, ...]:
        language = (article.language or "en").partition("-")[0].lower()
        finder = self._finders.get(language)
        if finder is None:
            return ()
        context = self._context(article, language)
        if context.scenes and context.scenes[0].cues("leisure"):
            return ()
        drafts = [draft for scene in context.scenes for draft in self._drafts(context, scene)]
        readings = [(draft, event) for draft in drafts if (event := self._event(context, draft)) is not None]
        events = selected(readings)
        return tuple(
            msgspec.structs.replace(event, event_id=event_id(article.article_id, event))
            for event in merged(events, self._sides)
        )

    def _context(self, article: EntityArticle, language: str) -> Context:
        hits = self._finders[language](folded(article.text))
        entities = {entity.id: entity for entity in article.entities}
        mentions = [(mention, entities[mention.entity_id]) for mention in article.mentions]
        scenes: list[Scene] = []
        at_hit = at_mention = 0
        for index, span in enumerate(split_sentences(article.text)[:_SCENES_AT_MOST]):
            while at_hit < len(hits) and hits[at_hit].start < span.start:
                at_hit += 1
            first_hit = at_hit
            while at_hit < len(hits) and hits[at_hit].start < span.end:
                at_hit += 1
            while at_mention < len(mentions) and mentions[at_mention][0].start < span.start:
                at_mention += 1
            first_mention = at_mention
            while at_mention < len(mentions) and mentions[at_mention][0].start < span.end:
                at_mention += 1
            scenes.append(
                Scene(
                    article.text, span.start, span.end, index, hits[first_hit:at_hit], mentions[first_mention:at_mention], grammar(language),
                )  # fmt: skip
            )
        return Context(
            article, scenes, self._profile.parties, self._vocabulary.alliance, self._countries, entities
        )

    def _drafts(self, context: Context, scene: Scene) -> Iterator[Draft]:
        triggers = scene.words("event")
        if not triggers or not (scene.mentions or scene.index):
            return
        mark_speakers(scene)
        for trigger in triggers:
            entry = self._entries[trigger.value]
            if entry.title_only and scene.index:
                continue
            draft = FRAMES[entry.frame](context, scene, trigger, entry)
            if draft is not None:
                yield draft

    def _event(self, context: Context, draft: Draft) -> AllianceEvent | None:
        scene, entry = draft.scene, draft.entry
        date = when_of(scene, draft.trigger, dates_in(context, scene))
        when = when_said(date)
        modality = draft.modality or modality_of(draft, when)
        if modality == "planned":
            when = ahead(when, context.published)
        if not _is_meant(draft, modality):
            return None
        frame = time_frame(context, draft, when, since=date is not None and date.since)
        mode, occasion = entry.mode, draft.occasion or entry.occasion
        if context.retracts and scene.index <= 1 and entry.type != "statement":
            mode, modality, frame = "retraction", "denied", "background"
        elif scene.cues("correct") and entry.type in {"deployment", "casualties", "arms_transfer"}:
            occasion = "correction"
        plover = self._vocabulary.plover.get((entry.type, mode)) or self._vocabulary.plover[entry.type, entry.mode]
        return AllianceEvent(
            event_id="0" * 64,
            alliance=self._profile.id,
            type=entry.type,
            mode=mode,
            plover=plover.plover,
            actors=draft.actors,
            recipients=draft.recipients,
            quantities=quantities_of(draft, self._units),
            location=draft.location,
            when=when,
            attribution=attributed_to(scene, context.article),
            modality=modality,
            time_frame=frame,
            occasion=occasion,
            quote=quote_of(context, scene) if entry.type == "statement" else "",
            evidence=Evidence(start=scene.start, end=scene.end, text=scene.sentence),
            confidence=_confidence(draft),
            rule=f"{entry.id}/{draft.rule}",
        )


def _is_meant(draft: Draft, modality: Modality) -> bool:
    entry = draft.entry
    if entry.needs_modality and modality not in entry.needs_modality:
        return False
    return not (modality == "conditional" and draft.theme is not None and draft.theme.value in entry.only_real)


def _confidence(draft: Draft) -> float:
    """Return the entry's reliability, times how well the sentence fills it, a tenth less below the lead."""
    place = 1.0 if draft.scene.index <= 2 else 0.9
    filled = 0.8 + 0.1 * bool(draft.actors) + 0.1 * bool(draft.recipients)
    return round(min(0.99, draft.entry.reliability * draft.sureness * place * filled), 3)


def _tagged(article: EntityArticle, events: Sequence[AllianceEvent]) -> TaggedArticle:
    fields = {name: getattr(article, name) for name in article.__struct_fields__}
    return TaggedArticle(**fields, events=tuple(events))
