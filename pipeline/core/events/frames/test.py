"""Missile launches and weapons tests: told also when one party alone makes them."""

from pipeline.core.events.context import Context
from pipeline.core.events.draft import Draft
from pipeline.core.events.frames.sides import country_of, marked, owners, subject, theme_of
from pipeline.core.events.scene import Scene, Word
from pipeline.core.vocabulary import EventEntry


def read_test(context: Context, scene: Scene, trigger: Word, entry: EventEntry) -> Draft | None:
    """Read that the alliance's tester fires or tests a weapon, not at the front."""
    themes = theme_of(scene, trigger, entry.theme)
    tester = context.alliance.tester
    if not themes or tester is None or not scene.countries.isdisjoint(context.alliance.theatre):
        return None
    actor = subject(scene, trigger)
    doing = actor.country if actor is not None else None
    if doing != tester:
        owned = owners(scene, themes[0]) + [n.country for n in marked(scene, trigger, "from", "of")[:1]]
        if tester not in owned and not _only_tester(context, scene, tester):
            return None
        if (
            actor is not None
            and actor.head.kind != "place"
            and doing not in {tester, None}
            and tester not in owned
        ):
            return None
    return Draft(entry, scene, trigger, "test", actors=country_of(context, tester), theme=themes[0])


def _only_tester(context: Context, scene: Scene, tester: str) -> bool:
    people = {n.country for n in scene.names if not n.speaks and n.country}
    if people == {tester}:
        return True
    return not people and tester in context.title_countries
