"""What of an event decides which story it belongs to."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from msgspec import Struct

from pipeline.core.records import AllianceEvent, DateBasis, EventReport, Quantity, When
from pipeline.core.stories.figures import is_closed, main_figures
from pipeline.core.stories.rules import Rules, TypeRules
from pipeline.core.stories.sides import Side, Sides

# Where the day begins first it is fourteen hours later than in UTC.
_EARLIEST_MORNING = timedelta(hours=14)
_SEASON_DAYS = 62
_NO_ASPECTS: Mapping[str, str] = {}


class Slots(Struct, frozen=True, gc=False):
    """An event's slots.

    `rules` are those of its type, `aspects` the families of its mode; `addressed`: it is sent to a person.
    `first` and `last` are ordinal days; `dated` says that the report itself gave them, and not as the day of the news. `heard`, never before
    `last`, is the day up to which a continuing story has been reported. An undated report cannot mean what is
    dated after its `horizon`. `planned`: it was still to come.
    `figures` are the main ones that have both ends.
    """

    rules: TypeRules
    actors: Side
    recipients: Side
    place: str | None
    first: int
    last: int
    dated: bool
    heard: int
    horizon: int
    planned: bool
    mode: str
    aspects: Mapping[str, str]
    addressed: bool
    occasion: str
    figures: tuple[Quantity, ...]
    counted: frozenset[str]


def event_time(report: EventReport) -> tuple[datetime, DateBasis]:
    """Return when a report was published, or, where nobody says, when it was fetched; and which it is."""
    if report.published_at is not None:
        return report.published_at, "published"
    return report.fetched_at, "fetched"


def slots_of(event: AllianceEvent, at: datetime, sides: Sides, rules: Rules) -> Slots:
    """Return the slots of an event that was reported at this time.

    The speaker of a statement whose actor is unknown is whoever it is attributed to.
    """
    of_type = rules.of_type[event.type]
    first, last, dated = _days(event, at, of_type)
    is_past = not (dated or of_type.continuing or event.modality == "planned")
    recipients = sides(event.recipients)
    addressed = event.mode in rules.addressed and bool(recipients.persons)
    figures = main_figures(event.quantities)
    return Slots(
        rules=of_type,
        actors=sides(event.actors or (speakers_of(event) if of_type.spoken else ())),
        recipients=recipients,
        place=event.location,
        first=first,
        last=last,
        dated=dated,
        heard=last,
        horizon=(at + _EARLIEST_MORNING).toordinal() if is_past else date.max.toordinal(),
        planned=event.modality == "planned",
        mode=event.mode,
        addressed=addressed,
        aspects=(rules.sent if addressed else rules.families).get(event.mode, _NO_ASPECTS),
        occasion=event.occasion,
        figures=tuple([figure for figure in figures.values() if is_closed(figure)]),
        counted=frozenset(figures),
    )


def speakers_of(event: AllianceEvent) -> tuple[str, ...]:
    """Return whose word an event is: entity ids, and names that are no entity's."""
    return tuple([who.entity_id or who.name or "" for who in event.attribution if who.entity_id or who.name])


def _days(event: AllianceEvent, at: datetime, of_type: TypeRules) -> tuple[int, int, bool]:
    """What goes on for days is told with the day of the news: "arrived, it said on Friday" dates the saying."""
    stated, day = days_stated(event.when), at.toordinal()
    is_of_news = of_type.continuing and stated is not None and _is_day_of_news(stated, day)
    if stated is not None and not is_of_news:
        return (*stated, True)
    if event.modality == "planned":
        return day, day + of_type.planned, False
    return (*stated, False) if stated is not None else (day, day, False)


def _is_day_of_news(stated: tuple[int, int], day: int) -> bool:
    return stated[0] == stated[1] and abs(day - stated[0]) <= 1


def days_stated(when: When) -> tuple[int, int] | None:
    """Return the ordinal days that a date spans; None where it is no closer than a season ("since 2024")."""
    if when.precision not in {"day", "month"}:
        return None
    first, last = when.start or when.end, when.end or when.start
    if first is None or last is None or (last - first).days > _SEASON_DAYS:
        return None
    return first.toordinal(), last.toordinal()
