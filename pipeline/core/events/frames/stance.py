"""What somebody denies, confirms, condemns or warns of in a matter of the alliance."""

from pipeline.core.events.context import Context
from pipeline.core.events.cues import words_of
from pipeline.core.events.draft import Draft
from pipeline.core.events.frames.sides import (
    acts,
    country_of,
    is_leisure,
    is_media,
    is_official,
    is_passive,
    joined,
    marked,
    speaking,
    subject,
)
from pipeline.core.events.modality import is_undone
from pipeline.core.events.names import Name
from pipeline.core.events.scene import Scene, Word
from pipeline.core.vocabulary import EventEntry

_NEXT = 24
_PEOPLE = frozenset({"troops", "workers"})
_MATTER = _PEOPLE | {
    "weapons",
    "shells",
    "missiles",
    "munitions",
    "bond",
    "pact",
    "containers",
    "technology",
    "launchers",
    "matter",
}


_OF_BOTH = frozenset({"bond", "pact", "matter"})


def read_stance(context: Context, scene: Scene, trigger: Word, entry: EventEntry) -> Draft | None:
    """Read who takes the stance, and that its matter is the alliance."""
    if is_leisure(scene) or is_undone(scene, trigger):
        return None
    speaker = _speaker(scene, trigger)
    if speaker is None:
        return _unnamed(context, scene, trigger, entry)
    if speaker.country is None and speaker.head.role != "IGO":
        return None
    by_party = speaker.country in context.parties
    if entry.by_party and not by_party:
        return None
    if entry.to_party and not _is_to_party(context, scene, trigger):
        return None
    if by_party and not (_on_ally(context, scene, speaker) or _heads_denial(context, scene, speaker, entry)):
        return None
    if not by_party and not _on_alliance(context, scene, speaker):
        return None
    recipients = _addressees(context, scene, speaker)
    actors = tuple(name.head.id for name in joined(scene, speaker) if is_official(name))
    return Draft(entry, scene, trigger, "stance", actors=actors or (speaker.head.id,), recipients=recipients)


def _is_to_party(context: Context, scene: Scene, trigger: Word) -> bool:
    """Tell whether whom it is said to, named next, is a party ("urged Russia to stop")."""
    after = next((name for name in scene.names if name.start >= trigger.end), None)
    return after is not None and after.country in context.parties and after.start - trigger.end <= _NEXT


def _speaker(scene: Scene, trigger: Word) -> Name | None:
    if _is_of_unnamed(scene, trigger) or _has_no_subject(scene, trigger):
        return None
    if _is_participle(scene, trigger) and (is_passive(scene, trigger) or _is_reduced(scene, trigger)):
        by = next(iter(marked(scene, trigger, "from")), None)
        return by if by is not None and by.start >= trigger.end and is_official(by) else None
    found = speaking(scene, trigger)
    if found is None:
        found = subject(scene, trigger)
    if (
        found is None
        and scene.names
        and scene.names[0].start < trigger.start
        and scene.names[0].part in {"", "in"}
    ):
        found = scene.names[0]
    if found is None or is_media(found):
        return None
    if not acts(scene, found):
        return None
    return found if is_official(found) or _is_body_in(scene, found) else None


def _is_participle(scene: Scene, trigger: Word) -> bool:
    """Tell whether it is a verb's participle, and no adjective ("unfounded") or noun ("a fake")."""
    word = scene.text[trigger.start : trigger.end].lower()
    return word.endswith("ed") and not word.startswith("un")


def _is_reduced(scene: Scene, trigger: Word) -> bool:
    """Tell whether it is a participle of those it befell ("a general accused of commanding", "denounced by")."""
    after = scene.text[trigger.end : min(scene.end, trigger.end + 5)].lower().split()
    word = scene.text[trigger.start : trigger.end].lower()
    by_whom = bool(after) and scene.grammar.prepositions.get(after[0]) == "from"
    return by_whom or (bool(after) and f"{word} {after[0]}" in words_of("befallen"))


def _has_no_subject(scene: Scene, trigger: Word) -> bool:
    """Tell whether the clause says that nobody took the stance ("Neither … nor … has confirmed")."""
    start, _ = scene.clause(trigger.start)
    return any(word in words_of("nobody") for word in scene.text[start : trigger.start].lower().split())


def _is_of_unnamed(scene: Scene, trigger: Word) -> bool:
    """Tell whether the clause's own subject is "officials" with no name."""
    start, _ = scene.clause(trigger.start)
    words = scene.text[start : trigger.start].lower().split()
    named = any(start <= name.start and name.end <= trigger.start for name in scene.names)
    return not named and any(word in words_of("offices") for word in words)


def _is_body_in(scene: Scene, name: Name) -> bool:
    """Tell whether a place stands for who sits there ("a ministry in Kyiv")."""
    return name.head.kind == "place" and any(scene.cues(cue) for cue in ("contact", "say", "body"))


def _on_ally(context: Context, scene: Scene, speaker: Name) -> bool:
    """Tell whether a party's official speaks of the ally, of the ally's war, or of its own people there."""
    ally = context.ally(speaker.country)
    here = frozenset(
        entity.country
        for name in scene.names
        if name is not speaker
        for entity in name.members
        if entity.country
    )
    own = context.ally(context.alliance.host) == speaker.country
    if ally is None:
        return False
    if scene.words("pair") or ally in here:
        return True
    if own and (
        scene.words("war")
        or (not here.isdisjoint(context.alliance.theatre) and context.is_in(ally, context.lead_countries))
    ):
        return True
    before = context.previous(scene)
    alone = not here - {speaker.country}
    return alone and scene.index > 1 and before is not None and context.both_in(context.countries_of(before))


def _heads_denial(context: Context, scene: Scene, speaker: Name, entry: EventEntry) -> bool:
    """Tell whether a headline has a party deny a report that the lead says is about the ally."""
    ally = context.ally(speaker.country)
    of_claim = entry.mode == "denial" and "claim" in scene.things
    alone = scene.countries <= {speaker.country}
    return (
        scene.index == 0
        and of_claim
        and alone
        and ally is not None
        and context.is_in(ally, context.lead_countries)
    )


def _on_alliance(context: Context, scene: Scene, speaker: Name) -> bool:
    """Tell whether the sentence is of both parties, or of the guest's people in the theatre."""
    here = context.countries_of(scene)
    matter = bool(scene.words("war")) or any(word.value in _MATTER for word in scene.words("thing"))
    if matter and context.both_in(here):
        return True
    pointed = matter and any(word.value == "matter" for word in scene.words("thing"))
    before = context.previous(scene)
    if pointed and before is not None and context.both_in(context.countries_of(before)):
        return True
    others = here - {speaker.country, *context.alliance.theatre}
    of_both = any(word.value in _OF_BOTH for word in scene.words("thing"))
    return (
        of_both
        and bool(others)
        and others <= set(context.parties)
        and context.both_in(context.lead_countries)
    )


def _unnamed(context: Context, scene: Scene, trigger: Word, entry: EventEntry) -> Draft | None:
    """Read a stance of unnamed officials ("Western officials have condemned the cooperation")."""
    start, _ = scene.clause(trigger.start)
    words = scene.text[start : trigger.start].lower().split()
    officials = any(word in words_of("offices") for word in words)
    matter = any(word.value in _MATTER and word.start > trigger.start for word in scene.words("thing"))
    if entry.by_party or not officials or not matter or is_passive(scene, trigger):
        return None
    if not context.both_in(context.countries_of(scene) | context.title_countries | context.lead_countries):
        return None
    recipients = tuple(entity for party in context.parties for entity in country_of(context, party))
    return Draft(entry, scene, trigger, "stance-unnamed", recipients=recipients, sureness=0.7)


def _addressees(context: Context, scene: Scene, speaker: Name) -> tuple[str, ...]:
    if speaker.country in context.parties:
        return country_of(context, str(context.ally(speaker.country)))
    here = context.countries_of(scene)
    return tuple(
        entity for party in context.parties if party in here for entity in country_of(context, party)
    )
