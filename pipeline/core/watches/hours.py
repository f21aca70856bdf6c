"""When a message goes out: at once, in an hourly or daily digest, and not in quiet hours."""

from datetime import datetime, time, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

_HOUR = timedelta(hours=1)
Rhythm = Literal["at_once", "hourly", "daily"]


class Rhythmic(NamedTuple):
    """How often a watch is told: at once, on every full hour, or each day at a wall-clock time of its zone."""

    rhythm: Rhythm
    at: time
    zone: ZoneInfo

    def next_after(self, moment: datetime) -> datetime:
        """Return when what is raised at a moment goes out."""
        if self.rhythm == "at_once":
            return moment
        if self.rhythm == "hourly":
            local = moment.astimezone(self.zone)
            hour = local.replace(minute=0, second=0, microsecond=0)
            return (hour + _HOUR if hour < local else hour).astimezone(moment.tzinfo)
        return next_at(moment, self.at, self.zone)


class QuietHours(NamedTuple):
    """A span of each day, by the wall clock of its zone, in which nothing is sent; it may run over midnight."""

    start: time
    end: time
    zone: ZoneInfo

    def holds(self, moment: datetime) -> bool:
        """Return whether a moment lies in it."""
        clock = moment.astimezone(self.zone).time()
        if self.start <= self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def over_at(self, moment: datetime) -> datetime:
        """Return when what may go out at a moment does: at once, or when the quiet hours that hold it end."""
        return next_at(moment, self.end, self.zone) if self.holds(moment) else moment


def next_at(moment: datetime, at: time, zone: ZoneInfo) -> datetime:
    """Return the first moment, not before the given one, at which the clocks of a zone show a time.

    A time that clocks leap over in spring counts as the moment they leap to.
    """
    local = moment.astimezone(zone)
    for day in range(3):
        date = local.date() + timedelta(days=day)
        then = datetime.combine(date, at, zone).astimezone(moment.tzinfo)
        if then >= moment:
            return then
    raise AssertionError("a day has passed and its clock did not show the time")
