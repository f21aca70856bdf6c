"""The vocabulary files are checked when they are read, and say where they are wrong."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.errors import ProfileError
from pipeline.core.events.words import Sign, WordFinder, inflected
from pipeline.core.layers import Placed
from pipeline.core.vocabulary import parse_vocabulary
from pipeline.profiles import load_profile, shipped

PROFILE = load_profile("dprk-russia")
TYPES = {
    "statement", "deployment", "casualties", "arms_transfer", "technology_transfer", "economic_aid",
    "agreement", "meeting", "exercise", "weapons_test", "commemoration", "sanction",
}  # fmt: skip


def test_shipped_vocabulary() -> None:
    """The shipped vocabulary has triggers for every event type, in English, Korean, Russian and Chinese."""
    vocabulary = parse_vocabulary(PROFILE)
    for language in ("en", "ko", "ru", "zh"):
        told = {entry.type for entry in vocabulary.events if {**entry.words, **entry.verbs}.get(language)}
        assert told == TYPES


def test_every_mode_is_mapped() -> None:
    """Every type and mode has a PLOVER row; an ally's deployment is material cooperation, not conflict."""
    vocabulary = parse_vocabulary(PROFILE)
    assert {(entry.type, entry.mode) for entry in vocabulary.events} <= set(vocabulary.plover)
    dispatch = vocabulary.plover["deployment", "dispatch"]
    assert (dispatch.plover, dispatch.quad) == ("COOPERATE", 2)


EVENT = {"id": "x", "type": "meeting", "mode": "talks", "frame": "encounter", "words": {"en": ["parley"]}}


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({**EVENT, "type": "party"}, "events/extra.toml: event 'x' (number 1): .*party"),
        ({**EVENT, "mode": "chat"}, "events/extra.toml: event 'x': no .*plover.* row"),
        ({**EVENT, "frame": "magic"}, "events/extra.toml: event 'x' .*magic"),
        ({**EVENT, "theme": ["ghosts"]}, "events/extra.toml: event 'x': unknown thing 'ghosts'"),
        ({**EVENT, "words": {"en": [" parley"]}}, "events/extra.toml: event 'x': en: ' parley'"),
        ({**EVENT, "words": {}}, "events/extra.toml: event 'x': has no words"),
        ({**EVENT, "colour": "red"}, "events/extra.toml: event 'x' .*colour"),
    ],
)
def test_wrong_entry(entry: dict[str, Any], message: str) -> None:
    """A wrong entry is a ProfileError that names the file and the entry."""
    extra = Placed("events/extra.toml", "event 'x' (number 1)", entry)
    broken = replace(PROFILE, vocabulary={**PROFILE.vocabulary, "event": [extra]})
    with pytest.raises(ProfileError, match=message.replace("(number 1)", r"\(number 1\)")):
        parse_vocabulary(broken)


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("deploy", {"deploy", "deploys", "deploying", "deployed"}),
        ("supply", {"supply", "supplies", "supplying", "supplied"}),
        ("send|sent", {"send", "sends", "sending", "sent"}),
        ("hand over", {"hand over", "hands over", "handing over", "handed over"}),
        ("get|got|gotten", {"get", "gets", "getting", "got", "gotten"}),
        ("lay a wreath|laid a wreath", {"lay a wreath", "lays a wreath", "laying a wreath", "laid a wreath"}),
        ("die|died", {"die", "dies", "dying", "died"}),
    ],
)
def test_inflection(verb: str, forms: set[str]) -> None:
    """An English verb is found in all its forms."""
    assert set(inflected(verb)) == forms


@pytest.mark.parametrize(
    ("language", "word", "text", "found"),
    [
        ("en", "arms", "an army of arms dealers", ["arms"]),
        ("en", "first lady", "the first-lady spoke", ["first-lady"]),
        ("ru", "направ*", "он направил письмо", ["направил"]),
        ("ru", "нов* санкци*", "против новых санкций", ["новых санкций"]),
        ("ru", "нов* санкци*", "новых сапог", []),
        ("ko", "파병", "북한군파병을", ["파병"]),
        ("zh", "派遣", "朝鲜派遣士兵", ["派遣"]),
    ],
)
def test_word_finding(language: str, word: str, text: str, found: list[str]) -> None:
    """Words stand alone in scripts with spaces, anywhere in others; a star is any ending."""
    finder = WordFinder(language, [(word, Sign("event", "x"))])
    assert [text[hit.start : hit.end] for hit in finder(text.replace("-", " "))] == found


PLOVER_PAGE = Path(__file__).parents[2] / "docs" / "plover.md"


def test_the_plover_page_says_what_the_files_say() -> None:
    """docs/plover.md has a row for each type and mode of the shipped profiles, with its reason, and no other."""
    mapping = [row for name in shipped() for row in parse_vocabulary(load_profile(name)).plover.values()]
    told = {
        f"| `{row.type}` | `{row.mode}` | {' / '.join(filter(None, (row.plover, row.plover_mode)))}"
        f" | {row.cameo} | {row.quad} | {row.why} |"
        for row in mapping
    }
    shown = {line for line in PLOVER_PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")}
    assert all(row.why for row in mapping)
    assert shown == told
