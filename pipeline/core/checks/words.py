"""Checks of how events are told: entries, things, words, PLOVER rows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.core.checks.finding import Finding, error, warning
from pipeline.core.checks.tables import Tables
from pipeline.core.events.words import inflected
from pipeline.core.lexicon import read_lexicon
from pipeline.core.profile import Forms
from pipeline.core.vocabulary import CueEntry, EventEntry, PloverEntry, ThingEntry

QUAD_OF = {
    "AGREE": 1, "CONSULT": 1, "SUPPORT": 1, "CONCEDE": 1,
    "COOPERATE": 2, "AID": 2, "RETREAT": 2,
    "REQUEST": 3, "ACCUSE": 3, "REJECT": 3, "THREATEN": 3,
    "PROTEST": 4, "SANCTION": 4, "MOBILIZE": 4, "COERCE": 4, "ASSAULT": 4,
}  # fmt: skip
_TAKEN_BACK = "retraction"  # the mode of a report that is withdrawn, whatever its words


def check_events(
    tables: Tables, events: Sequence[EventEntry], things: Sequence[ThingEntry]
) -> Iterator[Finding]:
    """Yield entries that name a thing that is none, or can never be read in a language."""
    known = {thing.id: thing for thing in things}
    for event in events:
        label = f"event {event.id!r}"
        for name in {*event.theme, *event.about, *event.only_real} - known.keys():
            at = tables.place("event", event.id, f'"{name}"')
            yield error("unknown-id", at, f"{label}: unknown thing {name!r}", f"known: {', '.join(known)}")
        themes = [known[name] for name in event.theme if name in known]
        for language in {*event.verbs, *event.words} if themes else ():
            if not any(thing.words.get(language) for thing in themes):
                at = tables.place("event", event.id, f"words.{language}", f"verbs.{language}")
                what = f"{label}: is never read in {language!r}: none of its themes has words in it"
                yield warning("unreachable", at, what, f"add words.{language} to {', '.join(event.theme)}")


def check_cues(tables: Tables, cues: Sequence[CueEntry]) -> Iterator[Finding]:
    """Yield cues that the lexicon does not know."""
    known = read_lexicon("event_cues")["cues"]
    for cue in cues:
        if cue.id not in known:
            at = tables.place("cue", cue.id)
            yield error("unknown-id", at, f"unknown cue {cue.id!r}", f"known: {', '.join(known)}")


def check_plover(
    tables: Tables, events: Sequence[EventEntry], rows: Sequence[PloverEntry]
) -> Iterator[Finding]:
    """Yield modes without a PLOVER row, rows of no mode, and rows that PLOVER does not know."""
    mapped = {(row.type, row.mode) for row in rows}
    told = {(event.type, event.mode) for event in events}
    for event in events:
        if (event.type, event.mode) not in mapped:
            what = f"event {event.id!r}: no [[plover]] row for type {event.type!r}, mode {event.mode!r}"
            yield error(
                "no-plover", tables.place("event", event.id, "mode ="), what, "add one to events/plover.toml"
            )
    for row in rows:
        at = tables.place("plover", f"{row.type} {row.mode}")
        label = f"plover {row.type} {row.mode}"
        if row.plover not in QUAD_OF:
            yield error(
                "no-plover", at, f"{label}: PLOVER has no {row.plover!r}", f"known: {', '.join(QUAD_OF)}"
            )
        elif QUAD_OF[row.plover] != row.quad:
            what = f"{label}: {row.plover} is of quad class {QUAD_OF[row.plover]}, not {row.quad}"
            yield error("no-plover", at, what, f"quad = {QUAD_OF[row.plover]}")
        if (row.type, row.mode) not in told and row.mode != _TAKEN_BACK:
            yield warning(
                "no-words", at, f"{label}: no event has this mode", "take the row out, or add an [[event]]"
            )


def check_words(tables: Tables, entries: Mapping[str, Sequence[Any]]) -> Iterator[Finding]:
    """Yield entries without words, words that are blank, and words that another of the entry makes idle."""
    for key, listed in entries.items():
        for entry in listed:
            verbs: Forms = getattr(entry, "verbs", {})
            if not any([*verbs.values(), *entry.words.values()]):
                at = tables.place(key, entry.id)
                yield error("no-words", at, f"{key} {entry.id!r}: has no words", "add words.en = […]")
            for language in sorted({*verbs, *entry.words}):
                own = verbs.get(language, ()), entry.words.get(language, ())
                label = f"{key} {entry.id!r}: {language}"
                for word in filter(_is_blank, (*own[0], *own[1])):
                    at = tables.place(key, entry.id, f'"{word}"')
                    what = f"{label}: {word!r} is blank or has spaces around it"
                    yield error("blank-word", at, what, "write it without")
                for word, why in (*_idle_verbs(own[0]), *_idle_words(*own)):
                    at = tables.place(key, entry.id, f'"{word}"')
                    yield warning("idle-word", at, f"{label}: {word!r} {why}", "take it out")


def _is_blank(word: str) -> bool:
    return not word.strip(" *|") or word != word.strip()


def _idle_verbs(verbs: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the verbs whose base is a form of an earlier one."""
    of_verb: dict[str, int] = {}
    for number, verb in enumerate(verbs):
        base = verb.partition("|")[0].lower()
        if base in of_verb:
            yield verb, f"is a form of the verb {verbs[of_verb[base]]!r}"
        of_verb.update((form.lower(), number) for form in inflected(verb))


def _idle_words(verbs: Sequence[str], words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the words that stand twice, that a verb gives already, or that a stem with any ending finds."""
    of_verb = {form.lower(): verb for verb in verbs for form in inflected(verb)}
    stems = [word[:-1].lower() for word in words if word.endswith("*") and word.count("*") == 1]
    seen: set[str] = set()
    for word in words:
        low = word.lower()
        stem = next((stem for stem in stems if _covers(stem, low)), None)
        if low in seen:
            yield word, "stands twice"
        elif low in of_verb:
            yield word, f"is a form of the verb {of_verb[low]!r}"
        elif stem is not None:
            yield word, f"is found by '{stem}*' already"
        seen.add(low)


def _covers(stem: str, word: str) -> bool:
    return word.startswith(stem) and word != f"{stem}*" and " " not in word[len(stem) :]
