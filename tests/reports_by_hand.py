"""Event reports written by hand: a small world, and a builder with defaults for all that a test leaves open."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec

from pipeline.core.profile import EntityEntry
from pipeline.core.records import (
    AllianceEvent,
    Attribution,
    EventReport,
    Evidence,
    Quantity,
    Source,
    When,
)
from pipeline.core.stories import StoryBook

ENTITIES = """
dprk       country        KP  -    North Korea
russia     country        RU  -    Russia
china      country        CN  -    China
us         country        US  -    the United States
south      country        KR  -    South Korea
kim        person         KP  GOV  Kim Jong Un
choe       person         KP  GOV  Choe Son Hui
kang       person         KP  MIL  Kang Sun Nam
kpa        military_unit  KP  MIL  the Korean People's Army
kcna       organisation   KP  MED  KCNA
putin      person         RU  GOV  Vladimir Putin
medvedev   person         RU  PTY  Dmitry Medvedev
lavrov     person         RU  GOV  Sergei Lavrov
shoigu     person         RU  MIL  Sergei Shoigu
kremlin    organisation   RU  GOV  the Kremlin
xi         person         CN  GOV  Xi Jinping
nis        organisation   KR  SPY  South Korea's spy agency
pentagon   organisation   US  MIL  the Pentagon
ministry   organisation   UA  GOV  a ministry in Kyiv
kursk      place          RU  -    Kursk
sudzha     place          RU  -    Sudzha
belgorod   place          RU  -    Belgorod
port       place          RU  -    a port
"""
WITHIN = {"sudzha": "kursk"}
TRANSIT = {"port"}

WORLD = {
    id_: msgspec.convert(
        {
            "id": id_,
            "name": name,
            "kind": kind,
            "country": country,
            "role": None if role == "-" else role,
            "within": WITHIN.get(id_),
            "transit": id_ in TRANSIT,
        },
        EntityEntry,
    )
    for id_, kind, country, role, name in (line.split(maxsplit=4) for line in ENTITIES.strip().splitlines())
}

START = datetime(2026, 1, 9, 8, tzinfo=UTC)
RAISED = datetime(2026, 2, 1, tzinfo=UTC)


def story_book(store: Any = None, *, retention_days: int = 30) -> StoryBook:
    """Return a book over an empty store, or over the one given."""
    return StoryBook(
        {} if store is None else store,
        alert_kinds=("statement", "deployment"),
        retention=timedelta(days=retention_days),
        entities=WORLD,
    )


def sha(text: str) -> str:
    """Return an id for a test's short name."""
    return sha256(text.encode()).hexdigest()


def day(text: str) -> When:
    """Return a date: `2026-01-08`, a month: `2026-01`, or a span: `2025-06-01..2026-01-08`."""
    if ".." in text:
        start, end = (date.fromisoformat(part) for part in text.split(".."))
        return When(start=start, end=end, precision="month", text=text)
    if len(text) == len("2026-01"):
        first = date.fromisoformat(f"{text}-01")
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return When(start=first, end=last, precision="month", text=text)
    return When(start=date.fromisoformat(text), end=date.fromisoformat(text), precision="day", text=text)


def count(text: str) -> tuple[Quantity, ...]:
    """Return quantities: `troops 800`, `troops 1000-6000`, `troops >1000`, `troops <2500`, `troops 1000+`: and some; several by commas."""
    return tuple(_quantity(*part.split()) for part in text.split(", ")) if text else ()


def _quantity(of: str, number: str) -> Quantity:
    if number[0] == "<":
        return Quantity(of=of, low=None, high=float(number[1:]), text=number)
    if number[0] == ">":
        return Quantity(of=of, low=float(number[1:]), high=None, text=number)
    if number[-1] == "+":
        return Quantity(of=of, low=float(number[:-1]), high=None, approximate=True, text=number)
    low, _, high = number.partition("-")
    return Quantity(of=of, low=float(low), high=float(high or low), text=number)


def ids(text: str) -> tuple[str, ...]:
    """Return entity ids written with commas."""
    return tuple(text.split(",")) if text else ()


def report(
    article: str = "a",
    event: str = "statement letter",
    who: str = "kim -> putin",
    *,
    on: str = "",
    count_: str = "",
    says: str = "",
    text: str = "",
    hours: float = 0.0,
    family: str = "wire",
    kind: Any = "news_agency",
    undated: bool = False,
    revision: str = "1",
    **fields: Any,
) -> EventReport:
    """Return a report of an event, `type mode`, `actors -> recipients`, published `hours` after the start."""
    type_, mode = event.split()
    actors, _, recipients = (part.strip() for part in who.partition("->"))
    at = START + timedelta(hours=hours)
    said = AllianceEvent(
        event_id=sha(f"{article} {event} {who} {on} {count_} {fields}"),
        alliance="test",
        type=type_,  # type: ignore[arg-type]
        mode=mode,
        plover="X",
        actors=ids(actors),
        recipients=ids(recipients),
        quantities=count(count_),
        when=day(on) if on else When(),
        attribution=tuple(Attribution(entity_id=id_) for id_ in ids(says)),
        evidence=Evidence(start=0, end=1, text=text or article),
        confidence=0.9,
        **fields,
    )
    return EventReport(
        event=said,
        article_id=sha(article),
        revision=sha(f"{article} {revision}"),
        url=f"https://example.org/{article}",
        title=article,
        source=Source(id=family, name=family.title(), family=family, kind=kind),
        language="en",
        published_at=None if undated else at,
        fetched_at=at,
    )


def statuses(book: StoryBook, *reports: EventReport) -> list[str]:
    """Return what following these reports raised, in order: new, update, retraction, or silence."""
    verdicts = [book.follow(one, raised_at=RAISED) for one in reports]
    return [verdict.alert.status if verdict.alert else "silence" for verdict in verdicts]
