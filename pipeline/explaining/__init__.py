"""Why an article was tagged as it was: its mentions and events in the text, and what made each event."""

from pipeline.explaining.reasons import Reason, SlotSource, reasons
from pipeline.explaining.segments import Segment, segments

__all__ = ["Reason", "Segment", "SlotSource", "reasons", "segments"]
