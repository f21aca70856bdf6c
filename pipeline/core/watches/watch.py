"""A watch, and what it makes of an alert."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from pipeline.core.records import Alert
from pipeline.core.watches.hours import QuietHours, Rhythmic
from pipeline.core.watches.terms import Judge, Terms


class Notice(NamedTuple):
    """What a watch makes of an alert: when it is sent and why then; `due_at` None: never, and why not."""

    due_at: datetime | None
    reason: str = ""


@dataclass(frozen=True)
class Watch:
    """What one subscriber is told. `through` are the terms of what breaks through the quiet hours."""

    id: str
    name: str
    terms: Terms
    rhythm: Rhythmic
    quiet: QuietHours | None = None
    through: Terms | None = None

    def notice(self, alert: Alert, judge: Judge) -> Notice:
        """Return whether and when the alert is sent."""
        refusal = judge.refusal(self.terms, alert)
        if refusal:
            return Notice(None, refusal)
        due = self.rhythm.next_after(alert.raised_at)
        reason = "" if self.rhythm.rhythm == "at_once" else f"{self.rhythm.rhythm} digest"
        if self.quiet is None or not self.quiet.holds(due):
            return Notice(due, reason)
        if self.through is not None and not judge.refusal(self.through, alert):
            return Notice(due, "breaks through the quiet hours")
        return Notice(self.quiet.over_at(due), "after the quiet hours")
