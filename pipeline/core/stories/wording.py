"""What an alert says, in an analyst's words: templates from lexicons/headlines.toml, filled with names."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from string import Formatter
from typing import Any

from pipeline.core.lexicon import read_lexicon
from pipeline.core.records import AlertStatus, AllianceEvent, Change, EventReport
from pipeline.core.stories.figures import in_words, main_figures
from pipeline.core.stories.rules import Rules
from pipeline.core.stories.sides import Known
from pipeline.core.stories.slots import days_stated, speakers_of

_LISTED = 3


class Wording:
    """Words events; an entity that is not known goes by its id."""

    def __init__(self, entities: Mapping[str, Known], rules: Rules) -> None:
        self._entities = entities
        self._rules = rules
        self._table = read_lexicon("headlines")

    def of(
        self, status: AlertStatus, event: AllianceEvent, changes: Sequence[Change], report: EventReport
    ) -> tuple[str, str]:
        """Return an alert's headline and its reason.

        The headline is one line: who did what, how many, where, when, and who says so. The reason says that
        it is new, what changed, or that it is withdrawn.
        """
        fields = self._fields(event)
        return self._headline(status, event, fields, report), self._reason(
            status, event, fields, changes, report
        )

    def _headline(
        self, status: AlertStatus, event: AllianceEvent, fields: Mapping[str, str], report: EventReport
    ) -> str:
        templates = self._table["headline"]
        notes = [note for note in (self._table["modality"].get(event.modality), _day(event)) if note]
        line = templates[status].format(
            did=_capitalised(self._sentence("did", event, fields)),
            notes=templates["notes"].format(", ".join(notes)) if notes else "",
            says=self._says(event, report),
        )
        return str(line)

    def _reason(
        self,
        status: AlertStatus,
        event: AllianceEvent,
        fields: Mapping[str, str],
        changes: Sequence[Change],
        report: EventReport,
    ) -> str:
        reasons = self._table["reason"]
        if status != "update":
            return str(reasons[status].format(what=self._sentence("what", event, fields)))
        told = "; ".join(self._change(change) for change in changes)
        return (
            str(reasons["correction"].format(told))
            if report.event.occasion == self._rules.correction
            else told
        )

    def name(self, entity_id: str) -> str:
        """Return an entity's name, or its id where it is not known."""
        known = self._entities.get(entity_id)
        return known.name if known is not None else entity_id

    def names(self, ids: Sequence[str]) -> str:
        """Return the names as one would list them aloud, the first few."""
        names = list(dict.fromkeys([self.name(id_) for id_ in ids]))
        if len(names) < 2:
            return "".join(names)
        words = self._table["list"]
        if len(names) > _LISTED:
            return ", ".join(names[:_LISTED]) + str(words["more"])
        return str(words["and"]).join([", ".join(names[:-1]), names[-1]])

    def _change(self, change: Change) -> str:
        templates = self._table["reason"]["change"]
        template = templates.get(change.field, templates["figure"])
        return str(template.format(old=change.old, new=change.new))

    def _sentence(self, form: str, event: AllianceEvent, fields: Mapping[str, str]) -> str:
        kinds: Mapping[str, Any] = self._table[event.type]
        own = kinds.get(f"{event.mode}_{event.occasion}", kinds.get(event.mode, kinds["default"]))
        for template in own[form] + kinds["default"][form]:
            if all(fields[name] for name in _fields_of(template)):
                return str(template.format_map(fields))
        return event.type

    def _fields(self, event: AllianceEvent) -> dict[str, str]:
        return {
            "actors": self.names(event.actors or self._speakers(event)),
            "recipients": self.names(event.recipients),
            "quantities": self._quantities(event),
            "place": self.name(event.location) if event.location else "",
        }

    def _speakers(self, event: AllianceEvent) -> tuple[str, ...]:
        return speakers_of(event) if self._rules.of_type[event.type].spoken else ()

    def _quantities(self, event: AllianceEvent) -> str:
        counted = self._table["counted"]
        return ", ".join(
            f"{in_words(figure)} {counted.get(of, of)}"
            for of, figure in main_figures(event.quantities).items()
        )

    def _says(self, event: AllianceEvent, report: EventReport) -> str:
        templates = self._table["headline"]
        doers = event.actors or self._speakers(event)
        others = [who for who in speakers_of(event) if who not in doers]
        if others:
            return str(templates["says"].format(self.names(others)))
        return str(templates["reporter"].format(report.source.name))


@cache
def _fields_of(template: str) -> tuple[str, ...]:
    return tuple(name for _, name, _, _ in Formatter().parse(template) if name)


def _capitalised(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _day(event: AllianceEvent) -> str:
    if days_stated(event.when) is None or event.when.start is None:
        return event.when.text if event.when.precision == "year" else ""
    start, end = event.when.start, event.when.end or event.when.start
    if start == end:
        return f"{start.day} {start:%B %Y}"
    if (
        start.day == 1
        and (end + timedelta(days=1)).day == 1
        and (start.year, start.month) == (end.year, end.month)
    ):
        return f"{start:%B %Y}"
    return f"{start.day} {start:%B} – {end.day} {end:%B %Y}"
