"""What of an event decides which story it belongs to."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from sys import intern

from msgspec import Struct

from pipeline.core.records import AllianceEvent, DateBasis, EventReport, Quantity, When
from pipeline.core.stories.figures import is_closed, main_figures, top_of
from pipeline.core.stories.rules import Rules, TypeRules
from pipeline.core.stories.sides import Known, Side, Sides

# Where the day begins first it is fourteen hours later than in UTC.
_EARLIEST_MORNING = timedelta(hours=14)
_SEASON_DAYS = 62
_NO_ASPECTS: Mapping[str, str] = {}
_NEVER = date.max.toordinal()
_REMEMBERED = 1 << 13  # kinds


class Kind(Struct, frozen=True, eq=False, gc=False):
    """What decides about an event but its days and figures; equal by identity, as each combination is made once.

    `rules` are those of its type, `aspects` the families of its mode; `addressed`: it is sent to a person; `planned`: it
    was still to come; `counted`: what it gives figures of.
    """

    rules: TypeRules
    actors: Side
    recipients: Side
    place: str | None
    planned: bool
    mode: str
    aspects: Mapping[str, str]
    addressed: bool
    occasion: str
    counted: frozenset[str]


class Slots(Struct, frozen=True, gc=False):
    """An event's slots.

    `first` and `last` are ordinal days; `dated` says that the report itself gave them, and not as the day of the news. `heard`, never before
    `last`, is the day up to which a continuing story has been reported. An undated report cannot mean what is
    dated after its `horizon`. `figures` are the main ones that have both ends.
    """

    kind: Kind
    first: int
    last: int
    dated: bool
    heard: int
    horizon: int
    figures: tuple[Quantity, ...]


class Kinds:
    """Makes kinds of events, each once while it is remembered."""

    def __init__(self, entities: Mapping[str, Known], rules: Rules) -> None:
        self.rules = rules
        self._sides = Sides(entities)
        self._made: dict[tuple[object, ...], Kind] = {}

    def __call__(self, event: AllianceEvent, counted: Iterable[str]) -> Kind:
        """Return the kind of an event; the speaker of a statement whose actor is unknown is whoever it is attributed to."""
        of_type = self.rules.of_type[event.type]
        actors = event.actors or (speakers_of(event) if of_type.spoken else ())
        planned = event.modality == "planned"
        key = (
            event.type,
            event.mode,
            actors,
            event.recipients,
            event.location,
            event.occasion,
            planned,
            *counted,
        )
        kind = self._made.get(key)
        if kind is None:
            if len(self._made) >= _REMEMBERED:
                self._made.clear()
            kind = self._made[key] = self._kind(event, of_type, actors, frozenset(counted))
        return kind

    def _kind(
        self, event: AllianceEvent, of_type: TypeRules, actors: tuple[str, ...], counted: frozenset[str]
    ) -> Kind:
        recipients = self._sides(event.recipients)
        addressed = event.mode in self.rules.addressed and bool(recipients.persons)
        return Kind(
            rules=of_type,
            actors=self._sides(actors),
            recipients=recipients,
            place=event.location,
            planned=event.modality == "planned",
            mode=event.mode,
            aspects=(self.rules.sent if addressed else self.rules.families).get(event.mode, _NO_ASPECTS),
            addressed=addressed,
            occasion=event.occasion,
            counted=counted,
        )


def event_time(report: EventReport) -> tuple[datetime, DateBasis]:
    """Return when a report was published, or, where nobody says, when it was fetched; and which it is."""
    if report.published_at is not None:
        return report.published_at, "published"
    return report.fetched_at, "fetched"


def slots_of(event: AllianceEvent, at: datetime, kinds: Kinds) -> Slots:
    """Return the slots of an event that was reported at this time."""
    figures = main_figures(event.quantities)
    kind = kinds(event, figures)
    first, last, dated = _days(event, at, kind.rules)
    is_past = not (dated or kind.rules.continuing or kind.planned)
    return Slots(
        kind=kind,
        first=first,
        last=last,
        dated=dated,
        heard=last,
        horizon=(at + _EARLIEST_MORNING).toordinal() if is_past else _NEVER,
        figures=tuple(
            [_bare(figure, kinds.rules.rounding) for figure in figures.values() if is_closed(figure)]
        ),
    )


def _bare(figure: Quantity, rounding: float) -> Quantity:
    """Return a closed figure as it is compared: many are held, so their words are not."""
    return Quantity(of=intern(figure.of), low=figure.low, high=top_of(figure, rounding), text="")


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
