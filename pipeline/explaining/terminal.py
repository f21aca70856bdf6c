"""An explained article on a terminal, or as plain text with brackets where there are no colours."""

import re
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.core.records import TaggedArticle
from pipeline.explaining.explained import Explained
from pipeline.explaining.reasons import Reason
from pipeline.explaining.segments import Segment
from pipeline.sinks.printable import printable

_STYLES = {
    "person": "bold magenta",
    "organisation": "bold blue",
    "country": "bold cyan",
    "place": "bold green",
    "military_unit": "bold red",
    "weapon": "bold yellow",
    "agreement": "bold white",
}
_SPACE = re.compile(r"(\s+)")


def print_explained(console: Console, explained: Explained) -> None:
    """Print the article's text with its marks, its entities, and what made each event."""
    article = explained.article
    kinds = {entity.id: entity.kind for entity in article.entities}
    console.print(_marked(explained.segments, kinds, console.is_terminal), soft_wrap=True)
    console.print()
    if not explained.reasons:
        console.print("no event of the alliance", style="dim")
    for reason in explained.reasons:
        _print_reason(console, article, reason, explained.sources.get(reason.entry, ()))
    if article.mentions:
        console.print(Text("entities  ", style="dim") + Text(_entities(article)), soft_wrap=True)
    console.print()


def _marked(pieces: Sequence[Segment], kinds: Mapping[str, str], is_coloured: bool) -> Text:
    """Return the text with its marks: colours, else brackets; a sentence ends with the numbers of its events."""
    text = Text()
    for number, piece in enumerate(pieces):
        after = pieces[number + 1] if number + 1 < len(pieces) else None
        mention = piece.mention
        style = _STYLES.get(kinds.get(mention.entity_id, ""), "bold") if mention is not None else ""
        if piece.triggers:
            style = f"{style} reverse".strip()
        elif piece.events:
            style = f"{style} underline".strip()
        opens = mention is not None and mention.start == piece.start and not is_coloured
        closes = mention is not None and mention.end == piece.end and not is_coloured
        text.append("[" * opens + _safe(piece.text) + "]" * closes, style=style if is_coloured else "")
        ended = set(piece.events) - set(after.events if after is not None else ())
        if ended:
            text.append("".join(f" ({event})" for event in sorted(ended)), style="bold")
    return text


def _print_reason(console: Console, article: TaggedArticle, reason: Reason, sources: Sequence[str]) -> None:
    event = reason.event
    title = f"({reason.number}) {event.type}: {event.mode}"
    about = f"PLOVER {event.plover}, confidence {event.confidence:.2f}"
    console.print(Text.assemble((title, "bold"), "  ", (about, "dim")), soft_wrap=True)
    rows = [(it.slot.replace("_", " "), it.value, _where(article, it.spans)) for it in reason.slots]
    rows.append(("words", _quoted(article, reason.triggers), ""))
    rows.append(("entry", f"{reason.entry} ({', '.join(sources) or 'built in'})", ""))
    rows.append(("rule", reason.rule, ""))
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(justify="right", style="dim", no_wrap=True, min_width=11)
    grid.add_column(overflow="fold")
    grid.add_column(overflow="fold", style="dim")
    for slot, value, where in rows:
        grid.add_row(slot, printable(value), printable(where))
    console.print(grid)
    console.print()


def _where(article: TaggedArticle, spans: Sequence[tuple[int, int]]) -> str:
    return _quoted(article, spans) if spans else ""


def _quoted(article: TaggedArticle, spans: Sequence[tuple[int, int]]) -> str:
    return ", ".join(dict.fromkeys(f"“{article.text[start:end]}”" for start, end in spans)) or "none"


def _entities(article: TaggedArticle) -> str:
    counts: dict[str, int] = {}
    for mention in article.mentions:
        counts[mention.entity_id] = counts.get(mention.entity_id, 0) + 1
    return printable(
        "; ".join(f"{entity.name} ({entity.kind}, {counts[entity.id]})" for entity in article.entities)
    )


def _safe(text: str) -> str:
    """Return the text as it may go to a terminal, its line breaks kept."""
    return "".join(
        ("\n" * min(piece.count("\n"), 2) or " ") if piece.isspace() else printable(piece)
        for piece in _SPACE.split(text)
        if piece
    )
