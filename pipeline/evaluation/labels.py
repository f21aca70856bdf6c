"""What a label can say of an article: its events, slot by slot, and its mentions."""

from datetime import date

import msgspec
from msgspec import UNSET, UnsetType

from pipeline.core.records import EventType

Names = tuple[str, ...]
"""Entities by their names in the profile, or free names; "A|B" means that either is right."""


class GoldQuantity(msgspec.Struct, frozen=True, kw_only=True):
    """A figure. Whether it is approximate is judged only where that is said."""

    of: str
    low: float | None = None
    high: float | None = None
    approximate: bool | UnsetType = UNSET


class GoldWhen(msgspec.Struct, frozen=True, kw_only=True):
    """The days of an event; the precision is judged only where it is said."""

    start: date | None = None
    end: date | None = None
    precision: str | UnsetType = UNSET


class GoldEvent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An event that the text tells. A slot left out is not judged; an empty one must be empty."""

    type: EventType
    mode: str | UnsetType = UNSET
    actors: Names | UnsetType = UNSET
    recipients: Names | UnsetType = UNSET
    quantities: tuple[GoldQuantity, ...] | UnsetType = UNSET
    location: str | UnsetType | None = UNSET
    when: GoldWhen | UnsetType | None = UNSET
    attribution: Names | UnsetType = UNSET
    modality: str | UnsetType = UNSET
    time_frame: str | UnsetType = UNSET
    occasion: str | UnsetType = UNSET
    quote: str | UnsetType = UNSET

    @property
    def is_news(self) -> bool:
        """Tell whether it counts as newly reported: current, and neither denied nor merely conceivable."""
        frame, modality = self.time_frame or "current", self.modality or "asserted"
        return "current" in frame.split("|") and not {"denied", "conditional"} & set(modality.split("|"))
