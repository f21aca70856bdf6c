"""What came of one labelled article."""

from dataclasses import dataclass

from pipeline.core.records import Alert, AllianceEvent
from pipeline.evaluation.gold import GoldArticle


@dataclass(frozen=True, slots=True)
class Outcome:
    """A labelled article with the events read from it, the alerts it raised and its stories by type of event."""

    gold: GoldArticle
    events: tuple[AllianceEvent, ...] = ()
    alerts: tuple[Alert, ...] = ()
    stories: tuple[tuple[str, str], ...] = ()

    @property
    def current(self) -> tuple[AllianceEvent, ...]:
        """The events that the article reports as news: neither recap nor denied nor merely conceivable."""
        return tuple(
            event
            for event in self.events
            if event.time_frame == "current" and event.modality not in {"denied", "conditional"}
        )
