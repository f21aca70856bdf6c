"""When two reports tell one story, as data: lexicons/stories.toml, in the form the matching reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, get_args

import msgspec

from pipeline.core.lexicon import read_lexicon
from pipeline.core.records import EventType

_TYPES: tuple[str, ...] = get_args(EventType)
_TRAITS = ("continuing", "mutual", "national", "placed", "spoken")


@dataclass(frozen=True, slots=True)
class TypeRules:
    """What holds for one type of event: how much must agree, how many days may lie between reports, its traits."""

    enough: float
    dated: int
    undated: int
    there: int
    alike: int
    planned: int
    outdated: int
    stale: int
    continuing: bool
    mutual: bool
    national: bool
    placed: bool
    spoken: bool


@dataclass(frozen=True)
class Rules:
    """The parsed lexicon `stories`.

    `families` gives for a mode its family in each aspect that it speaks for, `sent` the same for what is sent to a person;
    `contradicting` for a mode (and whether it is sent to a person) those that it contradicts in one of them.
    """

    of_type: Mapping[str, TypeRules]
    families: Mapping[str, Mapping[str, str]]
    addressed: frozenset[str]
    sent: Mapping[str, Mapping[str, str]]
    contradicting: Mapping[tuple[str, bool], tuple[tuple[str, bool], ...]]
    alleged_done: frozenset[str]
    vague_done: frozenset[str]
    exchanged: frozenset[str]
    answer: str
    general_occasions: frozenset[str]
    correction: str
    retraction: str
    apart: tuple[frozenset[str], ...]
    together: tuple[frozenset[str], ...]
    rounding: float
    far: float
    part: float
    first_figure_after: timedelta
    alike: float
    weights: Mapping[str, float]
    confidence: Mapping[str, Mapping[str, float]]


@cache
def rules() -> Rules:
    """Return the rules that ship with the package."""
    table = read_lexicon("stories")
    families: dict[str, dict[str, str]] = {}
    for aspect, members in table["modes"].items():
        for family, modes in members.items():
            for mode in modes:
                families.setdefault(mode, {})[aspect] = family
    sent = table["addressed"]
    aspects = {"medium": sent["medium"], "content": sent["content"]}
    to_person = {mode: aspects | families.get(mode, {}) for mode in sent["modes"]}
    return Rules(
        of_type={type_: _type_rules(table, type_) for type_ in _TYPES},
        families=families,
        addressed=frozenset(sent["modes"]),
        sent=to_person,
        contradicting=_contradicting(families, to_person),
        alleged_done=frozenset(table["done"]["alleged_modes"]),
        vague_done=frozenset(table["done"]["vague_modes"]),
        exchanged=frozenset(table["exchanged"]["modes"]),
        answer=table["exchanged"]["occasion"],
        general_occasions=frozenset(table["occasions"]["general"]),
        correction=table["occasions"]["correction"],
        retraction=table["withdrawal"]["mode"],
        apart=tuple(frozenset(pair) for pair in table["quantities"]["apart"]),
        together=tuple(frozenset(kinds) for kinds in table["quantities"]["together"]),
        rounding=table["quantities"]["rounding"],
        far=table["quantities"]["far"],
        part=table["quantities"]["part"],
        first_figure_after=timedelta(hours=table["quantities"]["first_after_hours"]),
        alike=table["alike"]["words"],
        weights=table["weights"],
        confidence=table["confidence"],
    )


def _contradicting(
    families: Mapping[str, Mapping[str, str]], sent: Mapping[str, Mapping[str, str]]
) -> dict[tuple[str, bool], tuple[tuple[str, bool], ...]]:
    aspects = {(mode, False): own for mode, own in families.items()}
    aspects |= {(mode, True): own for mode, own in sent.items()}
    return {
        one: tuple(
            other
            for other, theirs in aspects.items()
            if one[0] != other[0]
            and any(theirs.get(aspect, family) != family for aspect, family in own.items())
        )
        for one, own in aspects.items()
    }


def _type_rules(table: Mapping[str, Any], type_: str) -> TypeRules:
    apart = table["days_apart"]
    figures = {
        "enough": table["enough"],
        "dated": apart["dated"],
        "undated": apart["undated"],
        "there": apart["there"],
        "alike": apart["alike"],
        "planned": table["days_planned"],
        "outdated": table["days_outdated"],
        "stale": table["days_stale"],
    }
    values = {name: by_type.get(type_, by_type["default"]) for name, by_type in figures.items()}
    return msgspec.convert(values | {trait: type_ in table["types"][trait] for trait in _TRAITS}, TypeRules)
