"""Reports to measure the stories stage with: as many stories as wanted, told as unevenly as news is."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import get_args

from msgspec.structs import replace

from pipeline.core.profile import EntityEntry
from pipeline.core.records import (
    AllianceEvent,
    Attribution,
    EventReport,
    EventType,
    Evidence,
    Quantity,
    Source,
    When,
)

DAYS = 30  # the default retention: older stories would be forgotten while others are told
_START = datetime(2026, 1, 1, tzinfo=UTC)
_TYPES: tuple[EventType, ...] = get_args(EventType)
_MODES = {"statement": ("letter", "speech", "press_statement"), "deployment": ("dispatch", "arrival")}
_OUTLETS = 40
_TEXT = "{who} told {whom} of it on day {day}, in so many words as a sentence of a news agency has: {number}."


def new_stories(entities: Sequence[EntityEntry], *, seed: int = 1) -> Iterator[EventReport]:
    """Yield first reports without end, hardly two of which tell one story; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    people = [entity for entity in entities if entity.kind in {"person", "organisation", "military_unit"}]
    places = [entity for entity in entities if entity.kind == "place"]
    number = 0
    while True:
        who, whom = chance.sample(people, 2)
        type_ = chance.choice(_TYPES)
        at = _START + timedelta(days=chance.uniform(0, DAYS - 1))
        event = AllianceEvent(
            event_id=_id(seed, number),
            alliance=f"bench-{chance.randrange(20)}",
            type=type_,
            mode=chance.choice(_MODES.get(type_, ("other",))),
            plover="CONSULT",
            actors=(who.id,),
            recipients=(whom.id,),
            location=chance.choice(places).id,
            quantities=(Quantity(of="troops", low=float(number), high=float(number), text=str(number)),)
            if type_ == "deployment"
            else (),
            when=When(start=at.date(), end=at.date(), precision="day", text=f"{at:%d %B}"),
            attribution=(Attribution(entity_id=who.id),),
            evidence=Evidence(
                start=0,
                end=100,
                text=_TEXT.format(who=who.name, whom=whom.name, day=at.day, number=number),
            ),
            confidence=0.9,
        )
        yield _report(event, f"{seed}/{number}", at, chance)
        number += 1


def further_reports(known: Sequence[EventReport], *, seed: int = 2) -> Iterator[EventReport]:
    """Yield reports of known stories without end: of a few hundreds each, of most not one more."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    number = 0
    while True:
        first = known[min(int(chance.paretovariate(0.6)) - 1, len(known) - 1)]
        at = (first.published_at or first.fetched_at) + timedelta(hours=chance.uniform(0, 20))
        event = replace(first.event, event_id=_id(seed, number))
        yield _report(event, f"{seed}/{number}", at, chance)
        number += 1


def higher_figures(known: Sequence[EventReport], *, seed: int = 4) -> Iterator[EventReport]:
    """Yield for each report that gives a figure a later one with a figure twice as high."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    for number, first in enumerate(known):
        if first.event.quantities:
            [figure] = first.event.quantities
            more = replace(figure, low=2 * (figure.low or 0) + 100, high=2 * (figure.high or 0) + 100)
            event = replace(first.event, event_id=_id(seed, number), quantities=(more,))
            yield _report(event, f"{seed}/{number}", first.fetched_at + timedelta(hours=21), chance)


def _id(*parts: object) -> str:
    return sha256(repr(parts).encode()).hexdigest()


def _report(event: AllianceEvent, name: str, at: datetime, chance: random.Random) -> EventReport:
    outlet = f"outlet-{chance.randrange(_OUTLETS)}"
    url = f"https://example.org/bench/{name}"
    return EventReport(
        event=event,
        article_id=_id("article", url),
        revision=_id("revision", url),
        url=url,
        title=event.evidence.text[:80],
        source=Source(id=outlet, name=outlet.title(), family=outlet, kind="news_agency"),
        language="en",
        published_at=at,
        fetched_at=at,
    )
