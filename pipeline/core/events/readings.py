"""From a draft to an event: what the sentence says of when, how many, how sure, and whose word it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pipeline.core.events.attribution import attributed_to
from pipeline.core.events.context import Context
from pipeline.core.events.draft import Draft
from pipeline.core.events.modality import is_to_come, modality_of
from pipeline.core.events.quantities import counts_in, quantities_of
from pipeline.core.events.quotes import quote_of
from pipeline.core.events.scene import Scene
from pipeline.core.events.timeframe import (
    ahead,
    dates_in,
    is_spoken_of,
    own_dates,
    time_frame,
    when_of,
    when_said,
)
from pipeline.core.records import AllianceEvent, Attribution, Evidence, Modality, TimeFrame, When
from pipeline.core.text.dates import DateSpan
from pipeline.core.text.numbers import NumberSpan
from pipeline.core.vocabulary import Vocabulary

_CORRECTED = frozenset({"deployment", "casualties", "arms_transfer"})
_ANSWERED = 60
_RETRACTION = "retraction"


@dataclass
class Facts:
    """What a sentence says once, for every event that is read from it."""

    context: Context
    scene: Scene

    @cached_property
    def dates(self) -> list[DateSpan]:
        """The dates, without that of a dateline."""
        return dates_in(self.context, self.scene)

    @cached_property
    def counts(self) -> list[NumberSpan]:
        """The numbers that count something."""
        return counts_in(self.scene)

    @cached_property
    def attribution(self) -> tuple[Attribution, ...]:
        """Whose word it is."""
        return attributed_to(self.scene, self.context.article)

    @cached_property
    def quote(self) -> str:
        """The longest quotation."""
        return quote_of(self.scene)

    @cached_property
    def evidence(self) -> Evidence:
        """The sentence."""
        return Evidence(start=self.scene.start, end=self.scene.end, text=self.scene.sentence)


@dataclass(frozen=True, slots=True)
class Reading:
    """A draft with its date, modality and time frame: enough to choose among readings."""

    draft: Draft
    facts: Facts
    when: When
    modality: Modality
    time_frame: TimeFrame

    @property
    def type(self) -> str:
        """The event's type."""
        return self.draft.entry.type


def read_draft(context: Context, draft: Draft, facts: Facts) -> Reading | None:
    """Return the draft as a reading; None where its entry does not hold for the modality."""
    date = when_of(draft.scene, draft.trigger, own_dates(draft, facts.dates))
    when = when_said(date)
    modality = draft.modality or modality_of(draft, when)
    if not _is_meant(draft, modality):
        return None
    if modality == "planned" or is_to_come(draft.scene, draft.trigger):
        when = ahead(when, context.published)
    frame = time_frame(context, draft, when, since=date is not None and date.since)
    if draft.entry.type != "statement" and modality != "denied" and is_spoken_of(draft.scene, draft.trigger):
        frame = "background"
    return Reading(draft, facts, when, modality, frame)


def _is_meant(draft: Draft, modality: Modality) -> bool:
    entry = draft.entry
    if entry.needs_modality and modality not in entry.needs_modality:
        return False
    return not (
        modality == "conditional" and draft.theme is not None and draft.theme.value in entry.only_real
    )


def event_of(
    reading: Reading, vocabulary: Vocabulary, units: Mapping[str, str], alliance: str
) -> AllianceEvent:
    """Return the event of a reading, still without an id of its own."""
    draft, facts, entry = reading.draft, reading.facts, reading.draft.entry
    mode, modality, frame = entry.mode, reading.modality, reading.time_frame
    if (entry.type, mode, modality) == ("deployment", "presence", "planned"):
        mode = "dispatch"  # who is still to be there, is still to be sent
    is_statement = entry.type == "statement"
    occasion = draft.occasion or entry.occasion or (_occasion(draft.scene) if is_statement else "")
    if facts.context.retracts and draft.scene.index <= 1 and not is_statement:
        mode, modality, frame = _RETRACTION, "denied", "background"
    elif entry.type in _CORRECTED and draft.scene.cues("correct"):
        occasion = "correction"
    row = vocabulary.plover.get((entry.type, mode)) or vocabulary.plover[entry.type, entry.mode]
    return AllianceEvent(
        event_id="0" * 64,
        alliance=alliance,
        type=entry.type,
        mode=mode,
        plover=row.plover,
        actors=draft.actors,
        recipients=draft.recipients,
        quantities=() if is_statement or not entry.theme else quantities_of(draft, facts.counts, units),
        location=draft.location,
        when=reading.when,
        attribution=facts.attribution,
        modality=modality,
        time_frame=frame,
        occasion=occasion,
        quote=facts.quote if is_statement else "",
        evidence=facts.evidence,
        confidence=_confidence(draft),
        rule=f"{entry.id}/{draft.rule}",
    )


def _occasion(scene: Scene) -> str:
    """Return the first occasion that the sentence names, else "reply" where it answers a message."""
    named = next((word.value for word in scene.words("occasion")), "")
    if named:
        return named
    messages = [word.start for word in scene.words("thing") if word.value == "message"]
    answers = any(
        0 <= start - word.end <= _ANSWERED for word in scene.cues("answering") for start in messages
    )
    return "reply" if answers else ""


def _confidence(draft: Draft) -> float:
    """Return the entry's reliability, times how well the sentence fills it, a tenth less below the lead."""
    place = 1.0 if draft.scene.index <= 2 else 0.9
    filled = 0.8 + 0.1 * bool(draft.actors) + 0.1 * bool(draft.recipients)
    return round(min(0.99, draft.entry.reliability * draft.sureness * place * filled), 3)
