"""The rules: one function a frame, from a trigger in a sentence to a draft of an event, or nothing."""

from collections.abc import Callable, Mapping

from pipeline.core.events.context import Context
from pipeline.core.events.draft import Draft
from pipeline.core.events.frames.encounter import read_encounter
from pipeline.core.events.frames.joint import read_joint
from pipeline.core.events.frames.measure import read_measure
from pipeline.core.events.frames.memorial import read_memorial
from pipeline.core.events.frames.message import read_message
from pipeline.core.events.frames.people import read_harm, read_people
from pipeline.core.events.frames.release import read_release
from pipeline.core.events.frames.speech import read_speech
from pipeline.core.events.frames.stance import read_stance
from pipeline.core.events.frames.test import read_test
from pipeline.core.events.frames.transfer import read_transfer
from pipeline.core.events.scene import Scene, Word
from pipeline.core.vocabulary import EventEntry

Reader = Callable[[Context, Scene, Word, EventEntry], Draft | None]

FRAMES: Mapping[str, Reader] = {
    "people": read_people,
    "harm": read_harm,
    "transfer": read_transfer,
    "joint": read_joint,
    "encounter": read_encounter,
    "message": read_message,
    "speech": read_speech,
    "stance": read_stance,
    "release": read_release,
    "test": read_test,
    "memorial": read_memorial,
    "measure": read_measure,
}
