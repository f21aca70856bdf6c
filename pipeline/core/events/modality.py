"""How sure it is that it happened: asserted, estimated, alleged, planned, conditional or denied."""

import re

from pipeline.core.events.cues import verb_group, words_of
from pipeline.core.events.draft import Draft
from pipeline.core.events.scene import Scene, Word
from pipeline.core.records import Modality, When

_NEAR = 70
# What an infinitive may hang on, by the lists of the lexicon's verb group.
_GOVERNING: tuple[tuple[str, Modality], ...] = (
    ("refusing", "denied"),
    ("wishing", "conditional"),
    ("planning", "planned"),
    ("judging", "estimated"),
    ("alleging", "alleged"),
)
_FAR = 40
_KOREAN_AFTER = 16
_BOUND = 6
_INVERTED = re.compile(r"Should (?!be\b)\w")  # "Should Pyongyang send …"


def modality_of(draft: Draft, when: When) -> Modality:
    """Return the modality of what the trigger tells."""
    scene, trigger = draft.scene, draft.trigger
    said = _from_verb(scene, trigger)
    if draft.entry.type == "statement":
        return said if said in {"planned", "denied"} and draft.entry.frame == "message" else "asserted"
    if said == "denied" or _is_negated(scene, trigger) or _is_denied(scene, trigger):
        return "denied"
    if said == "conditional" or _is_conditional(scene, trigger):
        is_set_for = said == "conditional" and when.start is not None and when.precision == "month"
        return "alleged" if is_set_for and scene.cues("say") else "conditional"
    if draft.entry.modality is not None:
        return draft.entry.modality
    if said == "planned" or _is_planned(scene, trigger):
        return "planned"
    if said in {"estimated", "alleged"}:
        return said
    if draft.is_background and scene.grammar.marks_after:
        return "asserted"  # what a Korean participle recalls is taken for known
    if scene.cues("estimate") or scene.cues("guess"):
        return "estimated"
    return "alleged" if _is_anonymous(scene) else "asserted"


def _is_anonymous(scene: Scene) -> bool:
    """Tell whether nobody stands for it: experts and officials are its source only where somebody says it."""
    told = bool(scene.cues("say"))
    heads = words_of("anonymous_heads")
    return any(
        told or scene.text[word.start : word.end].lower() not in heads for word in scene.cues("anonymous")
    )


def is_undone(scene: Scene, trigger: Word) -> bool:
    """Tell whether the words before a verb say that it did not happen ("did not deny")."""
    return _from_verb(scene, trigger) == "denied"


def is_to_come(scene: Scene, trigger: Word) -> bool:
    """Tell whether the words before a verb say that it may or will happen."""
    return _from_verb(scene, trigger) in {"planned", "conditional"}


def _from_verb(scene: Scene, trigger: Word) -> Modality | None:
    """Read the words right before an English verb backwards: "has yet to", "could be", "is believed to have"."""
    if scene.grammar.language != "en":
        return None
    group = verb_group()
    words = (
        scene.text[max(scene.start, trigger.start - _NEAR) : trigger.start]
        .lower()
        .replace("n't", " not")
        .split()
    )
    infinitive = False
    for word in reversed(words[-7:]):
        if word in group["negative"]:
            return "denied"
        if word == "to":
            infinitive = True
        elif infinitive:
            return _before_infinitive(word, scene, trigger)
        elif word in group["foretelling"] and _is_reported(scene, trigger):
            return "planned"
        elif word in group["considering"] or word in group["possible"]:
            return "conditional"
        elif word in group["future"]:
            return "planned"
        elif word in group["passive"] or word in group["perfect"] or word in group["adverb"]:
            continue
        else:
            return None
    return None


def _is_reported(scene: Scene, trigger: Word) -> bool:
    """Tell whether "would" is but "will" in somebody's reported words ("said that Kim would send …")."""
    told = any(word.end <= trigger.start for word in scene.cues("say"))
    return told and not scene.cues("conditional")


def _before_infinitive(word: str, scene: Scene, trigger: Word) -> Modality | None:
    """Read what the infinitive hangs on: a word of planning, or the verb before ("could travel to meet")."""
    group = verb_group()
    for name, modality in _GOVERNING:
        if word in group[name]:
            return modality
    start, _ = scene.clause(trigger.start)
    by_treaty = scene.text[start : trigger.start].lower().split()[-_BOUND:]
    if any(bound in group["binding"] for bound in by_treaty):
        return "conditional"
    before = [w for w in scene.words("event") if start <= w.start and w.end <= trigger.start - 3]
    if before:
        return _from_verb(scene, before[-1])
    return "planned" if scene.index == 0 else None


def _is_negated(scene: Scene, trigger: Word) -> bool:
    language = scene.grammar.language
    for word in scene.cues("negation"):
        if language == "ko":
            if 0 <= word.start - trigger.end <= _KOREAN_AFTER or 0 <= trigger.start - word.end <= 4:
                return True
        elif language == "en":
            start, _ = scene.clause(trigger.start)
            if (
                start <= word.start < trigger.start
                and trigger.start - word.end <= _NEAR
                and word.end - word.start > 3
            ):
                return True
        elif 0 <= trigger.start - word.end <= 6 or _is_plan_negated(scene, trigger, word):
            return True
    return False


def _is_plan_negated(scene: Scene, trigger: Word, negation: Word) -> bool:
    """Tell whether it is planned not to do it: nothing but a word of planning stands between ("не планирует отправлять")."""
    plans = [word for word in scene.cues("plan") if negation.end < word.start and word.end < trigger.start]
    if not plans or trigger.start - negation.end > _FAR:
        return False
    left = scene.text[negation.end : plans[0].start] + scene.text[plans[-1].end : trigger.start]
    return not left.strip()


def _is_denied(scene: Scene, trigger: Word) -> bool:
    """Tell whether the sentence is somebody's denial of it."""
    denials = [
        word for word in scene.words("event") if word.value == "denial" and word.start != trigger.start
    ]
    if scene.grammar.marks_after:
        return bool(denials)
    return any(word.start < trigger.start or word.start - trigger.end < 120 for word in denials)


def _is_conditional(scene: Scene, trigger: Word) -> bool:
    start, end = scene.clause(trigger.start)
    guesses = scene.cues("guess")
    words = [w for w in scene.cues("conditional") if not any(g.start <= w.start < g.end for g in guesses)]
    if scene.grammar.marks_after:
        return any(trigger.end < word.end and _is_right_after(trigger, word) for word in words)
    if _INVERTED.match(scene.text, start, trigger.start):
        return True
    return any(start <= word.start < min(end, trigger.end + 4) for word in words)


def _is_right_after(trigger: Word, word: Word) -> bool:
    """Tell whether a Korean ending follows, be it given with its verb ("보내면")."""
    return trigger.start <= word.start <= trigger.end + _KOREAN_AFTER


def _is_planned(scene: Scene, trigger: Word) -> bool:
    if scene.grammar.marks_after:
        return any(-2 <= word.start - trigger.start <= _KOREAN_AFTER for word in scene.cues("plan"))
    start, _ = scene.clause(trigger.start)
    near = 10 if scene.grammar.language == "zh" else 26
    return any(
        start <= word.start
        and (0 <= trigger.start - word.end <= near or word.start <= trigger.start < word.end)
        for word in scene.cues("plan")
    ) or any(_will_take_place(scene, trigger, word) for word in scene.cues("plan"))


def _will_take_place(scene: Scene, trigger: Word, word: Word) -> bool:
    """Tell whether a verb behind a noun says that it is to come ("Визит … готовится")."""
    if scene.text[word.start : word.end].lower() not in words_of("taking_place"):
        return False
    gap = scene.text[trigger.end : word.start]
    return trigger.end <= word.start and len(gap) <= _NEAR and not {",", ";", ":"} & set(gap)
