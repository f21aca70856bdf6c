"""An event in the making: what a frame has read from a sentence."""

from dataclasses import dataclass

from pipeline.core.events.scene import Scene, Word
from pipeline.core.records import Modality
from pipeline.core.vocabulary import EventEntry


@dataclass(slots=True)
class Draft:
    """An event in the making. `sureness` is the share of the entry's reliability that the reading deserves."""

    entry: EventEntry
    scene: Scene
    trigger: Word
    rule: str
    actors: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    location: str | None = None
    theme: Word | None = None
    modality: Modality | None = None
    is_background: bool = False
    occasion: str = ""
    sureness: float = 1.0
