"""The events stage: the alliance events of an article, and what the stories stage is told of them."""

from pipeline.core.events.reports import reports_of
from pipeline.core.events.tagger import EventTagger

__all__ = ["EventTagger", "reports_of"]
