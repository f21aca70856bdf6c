"""An alert laid out for reading: who did what, how many, where, when, says who; the evidence; what is new."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.core.records import Alert, ArticleRef, Attribution, Quantity, When
from pipeline.core.stories import figure_in_words
from pipeline.sinks.printable import printable

Names = Mapping[str, str]

_BADGES = {"new": "bold white on green", "update": "bold black on yellow", "retraction": "bold white on red"}
_LABEL_WIDTH = 9


def print_alert(console: Console, alert: Alert, names: Names) -> None:
    """Print the alert; nothing in it can move the cursor, colour or hide text.

    On a terminal long values wrap under themselves; elsewhere each value stays on one line.
    """
    badge = (f" {alert.status.upper()} ", _BADGES[alert.status])
    console.print(Text.assemble(badge, " ", (printable(alert.headline), "bold")), soft_wrap=True)
    slots = [(label, Text(printable(value), style)) for label, value, style in _slots(alert, names) if value]
    if console.is_terminal:
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(width=_LABEL_WIDTH, justify="right", style="dim")
        grid.add_column(overflow="fold")
        for label, value in slots:
            grid.add_row(label, value)
        console.print(grid)
    else:
        for label, value in slots:
            console.print(Text(f"{label:>{_LABEL_WIDTH}}  ") + value, soft_wrap=True)
    console.print()


def _slots(alert: Alert, names: Names) -> Iterator[tuple[str, str, str]]:
    """Yield label, value and style of each line, in reading order; an empty value is left out."""
    event = alert.event
    mode = event.mode.replace("_", " ")
    kind = alert.kind.replace("_", " ")
    yield "what", f"{kind}: {mode}" if mode and mode != kind else kind, ""
    yield "who", _direction(event.actors, event.recipients, names), ""
    yield "how many", "; ".join(quantity_in_words(quantity) for quantity in event.quantities), ""
    yield "where", _name(event.location, names) if event.location else "", ""
    yield "when", when_in_words(event.when), ""
    yield (
        "says",
        _speakers(event.attribution, names, "" if event.modality == "asserted" else event.modality),
        "",
    )
    yield "quote", f"“{event.quote}”" if event.quote else "", "italic"
    yield "evidence", event.evidence.text, ""
    yield "why", alert.why, ""
    for change in alert.previous:
        yield "changed", f"{change.field}: {change.old or 'unknown'} → {change.new or 'unknown'}", "yellow"
    yield "first", _first(alert), ""
    yield "reports", _reports(alert.articles), ""
    yield "link", _link(alert.articles), "cyan"


def quantity_in_words(quantity: Quantity) -> str:
    """Return how many of what, as people write it: "14,000–15,000 troops", "more than 1,000 wounded"."""
    return f"{figure_in_words(quantity)} {quantity.of}"


def when_in_words(when: When) -> str:
    """Return the date no finer than it is known; empty where it is not."""
    if when.start is None and when.end is None:
        return when.text
    if when.precision in ("month", "year") and when.start is not None:
        return f"{when.start:%Y-%m}" if when.precision == "month" else f"{when.start:%Y}"
    if when.start == when.end or when.start is None or when.end is None:
        return str(when.start or when.end)
    return f"{when.start} to {when.end}"


def moment(time: datetime) -> str:
    """Return a time to the minute, in UTC."""
    return f"{time:%Y-%m-%d %H:%M} UTC"


def _direction(actors: Sequence[str], recipients: Sequence[str], names: Names) -> str:
    sides = (", ".join(_name(entity, names) for entity in side) for side in (actors, recipients))
    return " → ".join(side for side in sides if side)


def _speakers(attribution: Sequence[Attribution], names: Names, modality: str) -> str:
    speakers = [_name(who.entity_id, names) if who.entity_id else who.name or "" for who in attribution]
    said = ", ".join(speaker for speaker in speakers if speaker)
    return f"{said} ({modality})" if said and modality else said or modality


def _first(alert: Alert) -> str:
    time = moment(alert.first_published_at)
    return f"published {time}" if alert.date_basis == "published" else f"undated; fetched {time}"


def _reports(articles: Sequence[ArticleRef]) -> str:
    families = {article.source.family for article in articles}
    outlets = dict.fromkeys(article.source.name for article in articles)
    return f"{_count(len(articles), 'article')}, {_count(len(families), 'publisher')}: {', '.join(outlets)}"


def _link(articles: Sequence[ArticleRef]) -> str:
    """Return the link of the report that raised the alert, else of the latest one that has any."""
    return next((article.url for article in reversed(articles) if article.url), "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _name(entity: str, names: Names) -> str:
    return names.get(entity, entity)
