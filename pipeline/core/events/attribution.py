"""Whose word it is: marks the names that speak, and tells who they are."""

import re

from pipeline.core.events.cues import verb_group, words_of
from pipeline.core.events.names import Name, owner_of
from pipeline.core.events.scene import Scene, Word
from pipeline.core.records import Attribution, EntityArticle

_BEFORE, _AFTER, _KOREAN_TITLE = 48, 28, 14
_OPENING = 60
_MUTE = frozenset({"place", "weapon", "agreement"})
_OFFICE = 110  # "the head of the president's office at the time, …"
_PHRASE_END = re.compile(r"[,.;:(«—]")
_GOING_ON = tuple(words_of("going_on"))
_LEAD_ON = 12
_DAY_BEFORE = re.compile(r"(?:当地时间|當地時間)?(?:\d{1,2}月)?\d{1,2}[日号號]?$")
_QUOTATIVE = re.compile(rf"(?:{'|'.join(sorted(words_of('quotative_endings')))})(?=[\s\"”'’])")
_OPENS_QUOTE, _HEADLINE_PAUSES = '"“', ",…"
_QUOTES = " \"”'’"
_UNNAMED = re.compile(
    rf"(?<![가-힣])(?:{'|'.join(sorted(words_of('unnamed_korean')))})(?:들)?(?:{'|'.join(sorted(words_of('subject_particles')))})(?![가-힣])"
)
_UNKNOWN = re.compile(r"((?:[A-Z][\w’'.-]+ ){1,3}[A-Z][\w’'.-]+)(?:, [^,]{3,70},)? $")


def mark_speakers(scene: Scene) -> None:
    """Mark the names whose word the sentence is."""
    for word in scene.cues("say"):
        if _is_owned_noun(scene, word) or _is_said_of(scene, word) or _adds(scene, word):
            continue
        name = _speaker(scene, word)
        if name is not None:
            name.speaks = True
    if scene.index == 0:
        _mark_headline(scene)


def _is_participle(scene: Scene, word: Word, said: str) -> bool:
    """Tell whether the sentence's own subject says more in a participle (", saying that …")."""
    if said in words_of("pointing"):
        return False
    return said.endswith("ing") and scene.text[scene.start : word.start].rstrip().endswith(",")


def _adds(scene: Scene, word: Word) -> bool:
    """Tell whether who spoke before goes on in a participle ("…, X said, adding that …")."""
    said = scene.text[word.start : word.end].lower()
    return _is_participle(scene, word, said) and any(name.speaks for name in scene.names)


def _is_owned_noun(scene: Scene, word: Word) -> bool:
    """Tell whether it is somebody's claim or report that another speaks of ("dismissed South Korea's claims")."""
    if scene.text[word.start : word.end].lower() not in words_of("told_nouns"):
        return False
    return owner_of(scene.names, word.start) is not None


def _is_said_of(scene: Scene, word: Word) -> bool:
    """Tell whether it is said of the subject, not by it ("soldiers are estimated to have been killed")."""
    if not scene.text.startswith(" to ", word.end):
        return False
    before = scene.text[max(scene.start, word.start - 12) : word.start].lower().split()
    return bool(before) and before[-1] in verb_group()["passive"]


def _speaker(scene: Scene, word: Word) -> Name | None:
    text = scene.text
    names = [name for name in scene.names if name.head.kind not in _MUTE]
    said = text[word.start : word.end].lower()
    if scene.grammar.marks_after:
        return _korean_speaker(scene, names, word, said)
    after = next((n for n in names if 0 <= n.start - word.end <= _AFTER), None)
    if said in words_of("pointing"):
        return after
    clause = scene.clause(word.start)[0]
    if _goes_on(scene, word) or _is_participle(scene, word, said) or _by_pronoun(scene, word):
        subjects = (n for n in names if n.part in {"", "subject"} and n.end <= word.start)
        return next((n for n in subjects if n.head.role != "MED"), None)
    before = next(
        (
            n
            for n in reversed(names)
            if n.end <= word.start
            and word.start - n.end <= _BEFORE
            and "," not in text[n.end : word.start]
            and n.start >= clause
        ),
        None,
    )
    if before is not None and (before.part or " and " in text[before.end : word.start]):
        earlier = [
            n
            for n in names
            if n.end <= before.start
            and n.part == ""
            and n.start >= clause
            and "," not in text[n.end : word.start]
        ]
        by = [
            n
            for n in names
            if n.end <= before.start
            and n.part == "from"
            and n.start >= clause
            and "," not in text[n.end : word.start]
        ]
        before = next(iter([*earlier, *by]), before)
    closes = text[max(scene.start, word.start - 3) : word.start].rstrip().endswith((",", "”", '"', "’", "»"))
    if before is None:
        before = _before_apposition(scene, names, word, clause)
    if scene.grammar.language == "zh":  # the topic goes on over commas; nobody who speaks stands behind
        return _topic(scene, names, before, word)
    if before is None and after is not None and after.start - word.end <= 3 and closes:
        return after
    if before is None and closes:
        return _behind_office(scene, names, word)
    return before


def _behind_office(scene: Scene, names: list[Name], word: Word) -> Name | None:
    """Return who speaks behind an office, its body or a day ("сообщил в четверг секретарь Совбеза РФ Сергей Шойгу")."""
    limit = min(scene.end, word.end + _OFFICE)
    stop = _PHRASE_END.search(scene.text, word.end, limit)
    end = stop.start() if stop else limit
    led_to = [n for n in names if word.end <= n.start < end and n.part in {"", "subject"}]
    bodies = [n for n in led_to if n.head.kind != "country"]
    return next(iter([*(n for n in bodies if n.head.kind == "person"), *bodies]), None)


def _before_apposition(scene: Scene, names: list[Name], word: Word, clause: int) -> Name | None:
    """Return whom a phrase between commas describes, right before what he says ("Gerasimov, chief of staff, told")."""
    for name in names:
        if name.start < clause or name.end > word.start or name.part not in {"", "subject"}:
            continue
        gap = scene.text[name.end : word.start].strip()
        if gap.startswith(",") and gap.endswith(",") and len(gap) > 1 and name.end - scene.start < _OPENING:
            return name
    return None


def _topic(scene: Scene, names: list[Name], before: Name | None, word: Word) -> Name | None:
    """Return the Chinese speaker: the name before the word, unless that is whom or what is spoken of ("对…表示")."""
    topics = [n for n in names if n.part == "" and n.end <= word.start]
    leading = [n for n in topics if _leads_clause(scene, n)]
    if before is None:
        return next(iter(leading or topics), None)
    if leading and before not in leading:  # "金正恩会见拉夫罗夫 重申…": it goes on about whom it began with
        return leading[-1]
    opened = max(
        (scene.text.rfind(it, scene.start, before.start) for it in words_of("object_openers")), default=-1
    )
    if opened < 0 or not scene.text[opened : before.start].isalnum():
        return before
    earlier = [n for n in topics if n.end <= opened]
    return earlier[-1] if earlier else before


def _leads_clause(scene: Scene, name: Name) -> bool:
    """Tell whether a Chinese name opens its clause, but for a day or a word that leads on."""
    before = _DAY_BEFORE.sub("", scene.text[max(scene.start, name.start - _LEAD_ON) : name.start].rstrip())
    return name.start == scene.start or not before or before.endswith(tuple(words_of("clause_openers")))


def _korean_speaker(scene: Scene, names: list[Name], word: Word, said: str) -> Name | None:
    """Return who stands as the subject behind the reported words or, where none does, before them: their topic first."""
    if said.endswith(tuple(words_of("according_to_endings"))):
        return next((n for n in reversed(names) if n.end <= word.start), None)
    subjects = [n for n in names if n.part == "subject" and n.end <= word.start]
    ends = [match.end() for match in _QUOTATIVE.finditer(scene.text, scene.start, word.start)]
    reported = next(
        (end for end in reversed(ends) if scene.text[end : word.start].strip(_QUOTES)), scene.start
    )
    behind = [n for n in subjects if n.start >= reported]
    if behind and (reported in ends or (not ends and word.start - behind[-1].end <= _KOREAN_TITLE)):
        return behind[-1]  # "보낼 것이라고 CNN이 … 보도했다"
    if _is_of_unnamed(scene, reported, word.start):
        return None
    topics = [n for n in subjects if n.is_topic]
    return next(iter([*topics, *subjects]), None)


def _is_of_unnamed(scene: Scene, start: int, end: int) -> bool:
    """Tell whether the subject there is somebody without a name ("소식통이 전했다")."""
    return _UNNAMED.search(scene.text, start, end) is not None


def _goes_on(scene: Scene, word: Word) -> bool:
    """Tell whether the sentence's own subject goes on to speak ("did not deny … and said", "会见…时表示")."""
    return scene.text[scene.start : word.start].rstrip().lower().endswith(_GOING_ON)


def _by_pronoun(scene: Scene, word: Word) -> bool:
    """Tell whether a pronoun speaks that stands for the sentence's subject ("a company it says made payments")."""
    words = scene.text[scene.start : word.start].lower().split()
    return len(words) > 1 and words[-1] in words_of("speaking_pronouns")


def _mark_headline(scene: Scene) -> None:
    """Mark who stands before a colon at a headline's start, or after one or a dash at its end: "Kremlin: …", "… — JCS"."""
    if scene.grammar.marks_after:
        _mark_korean_headline(scene)
    text = scene.sentence
    colon = next((at for at, char in enumerate(text) if char in ":："), -1)
    dash = text.rfind(" — ")
    for name in scene.names:
        start, end = name.start - scene.start, name.end - scene.start
        if colon > 0 and start == 0 and colon - end <= 2:
            name.speaks = True
        mark = max(colon, dash + 1)
        if mark > 0 and start > mark and len(text) - end <= 2 and start - mark <= 4:
            name.speaks = True


def _mark_korean_headline(scene: Scene) -> None:
    """Mark the subjects that a Korean headline leaves bare: whoever opens it before a comma, or stands before a quotation."""
    for number, name in enumerate(scene.names):
        after = scene.text[name.end : min(scene.end, name.end + 2)].lstrip()
        if name.part != "" or not after:
            continue
        if after[0] in _OPENS_QUOTE:
            name.speaks = True
        elif number == 0 and after[0] in _HEADLINE_PAUSES:
            name.part, name.is_topic = "subject", True


def attributed_to(scene: Scene, article: EntityArticle) -> tuple[Attribution, ...]:
    """Return whose word the sentence is: entities, else the name or office that the sentence gives."""
    heads = {name.head.id: name.head for name in scene.names if name.speaks}
    bodies = {head.country for head in heads.values() if head.kind != "country"}
    if heads:  # "Ukraine's military intelligence said": the body speaks, not its country beside it
        return tuple(
            Attribution(entity_id=id_)
            for id_, head in heads.items()
            if head.kind != "country" or head.country not in bodies
        )
    for word in scene.cues("say"):
        before = scene.text[max(scene.start, word.start - 110) : word.start]
        match = _UNKNOWN.search(before)
        if match:
            return (Attribution(name=match.group(1)),)
        words = before.split()[-4:]
        if words and words[-1].lower() in words_of("anonymous_heads"):
            return (Attribution(name=" ".join(_from_article(words))),)
    if article.source.kind == "state_media":
        return (Attribution(name=article.source.name),)
    return ()


def _from_article(words: list[str]) -> list[str]:
    for number, word in enumerate(words):
        if word.lower() in {"a", "an", "the"}:
            return words[number + 1 :]
    return words[-2:]
