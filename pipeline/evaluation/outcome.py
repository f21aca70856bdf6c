"""What came of one labelled article."""

from dataclasses import dataclass

from pipeline.core.records import Alert, AllianceEvent, Mention
from pipeline.evaluation.gold import GoldArticle


@dataclass(frozen=True, slots=True)
class Outcome:
    """A labelled article with the events read from it, the alerts it raised and its stories by type of event.

    `text`, `mentions` and `language` are those of the entities stage.
    """

    gold: GoldArticle
    events: tuple[AllianceEvent, ...] = ()
    alerts: tuple[Alert, ...] = ()
    stories: tuple[tuple[str, str], ...] = ()
    text: str = ""
    mentions: tuple[Mention, ...] = ()
    language: str | None = None

    @property
    def current(self) -> tuple[AllianceEvent, ...]:
        """The events that the article reports as news: neither recap nor denied nor merely conceivable."""
        return tuple(event for event in self.events if event.is_news)
