"""An article with all that is said of why it was tagged so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import to_builtins

from pipeline.core.records import TaggedArticle
from pipeline.explaining.reasons import Reason, Triggers, reasons
from pipeline.explaining.segments import Segment, segments


@dataclass(frozen=True, slots=True)
class Explained:
    """An article, its text in pieces, what made each event, and where each vocabulary entry is written."""

    article: TaggedArticle
    segments: Sequence[Segment]
    reasons: Sequence[Reason]
    sources: Mapping[str, Sequence[str]]


def explained(
    article: TaggedArticle,
    triggers: Triggers,
    names: Mapping[str, str],
    sources: Mapping[str, Sequence[str]],
) -> Explained:
    """Return the article explained; `names` are those of its profile's entities by id, `sources` where entries are written."""
    found = reasons(article, triggers, names)
    return Explained(article, segments(article, found), found, sources)


def as_values(it: Explained) -> dict[str, Any]:
    """Return the explanation as plain values: what `--json` prints."""
    return {
        "article_id": it.article.article_id,
        "title": it.article.title,
        "text": it.article.text,
        "entities": to_builtins(it.article.entities),
        "mentions": to_builtins(it.article.mentions),
        "events": [
            {
                "number": reason.number,
                "event": to_builtins(reason.event),
                "entry": reason.entry,
                "rule": reason.rule,
                "written_at": list(it.sources.get(reason.entry, ())),
                "triggers": [
                    {"start": start, "end": end, "text": it.article.text[start:end]}
                    for start, end in reason.triggers
                ],
                "slots": [
                    {
                        "slot": slot.slot,
                        "value": slot.value,
                        "spans": [{"start": start, "end": end} for start, end in slot.spans],
                    }
                    for slot in reason.slots
                ],
            }
            for reason in it.reasons
        ],
    }
