"""Stories laid out for reading: a table of many, and the history of one."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.core.records import Story, StoryChange
from pipeline.sinks.layout import Names, moment, quantity_in_words, when_in_words
from pipeline.sinks.printable import printable

SHOWN_OF_ID = 8
_LABEL_WIDTH = 10


def print_table(console: Console, stories: Sequence[Story], names: Names) -> None:
    """Print one row a story; long values fold within their column, so that it fits the terminal."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("story", no_wrap=True, min_width=SHOWN_OF_ID)
    table.add_column("first report", min_width=10)
    table.add_column("status", min_width=9)
    table.add_column("what", overflow="fold")
    table.add_column("reports", justify="right")
    for story in stories:
        what = "; ".join(
            part for part in (_what(story, names), _figures(story), _place(story, names)) if part
        )
        counted = f"{reports_of(story)} by {len(story.families)}"
        row = (story.story_id[:SHOWN_OF_ID], f"{story.first_published_at:%Y-%m-%d %H:%M}", status_of(story))
        table.add_row(*(Text(printable(cell)) for cell in (*row, what, counted)))
    console.print(table)


def print_story(console: Console, story: Story, names: Names) -> None:
    """Print what is known of a story, and then each report with what it changed, in order of arrival."""
    console.print(Text(printable(f"{_what(story, names)} ({status_of(story)})"), "bold"), soft_wrap=True)
    for label, value in _known(story, names):
        if value:
            console.print(Text(f"{label:>{_LABEL_WIDTH}}  {printable(value)}"), soft_wrap=True)
    console.print()
    for line in _history(story):
        console.print(Text(printable(line)), soft_wrap=True)


def reports_of(story: Story) -> int:
    """Return how many reports are counted on a story, listed or not."""
    return sum(story.families.values())


def status_of(story: Story) -> str:
    """Return how a story stands: retracted, else as what it is told."""
    return "retracted" if story.status == "retracted" else story.event.modality


def _what(story: Story, names: Names) -> str:
    event = story.event
    mode = event.mode.replace("_", " ")
    sides = (_named(side, names) for side in (event.actors, event.recipients))
    return (
        f"{story.kind.replace('_', ' ')} ({mode}): {' → '.join(side for side in sides if side) or 'unknown'}"
    )


def _known(story: Story, names: Names) -> Iterator[tuple[str, str]]:
    yield "story", story.story_id
    yield "figures", _figures(story)
    yield "told so far", ", ".join(quantity_in_words(figure) for figure in story.figures)
    yield "where", _place(story, names)
    yield "when", when_in_words(story.event.when)
    yield "confirmed", _named(story.confirmed_by, names)
    yield "denied", _named(story.denied_by, names)
    basis = "" if story.date_basis == "published" else " (undated; when fetched)"
    yield "first", moment(story.first_published_at) + basis
    yield "last", moment(story.last_published_at)
    yield "reports", f"{reports_of(story)} by {len(story.families)} publishers: {', '.join(story.families)}"


def _history(story: Story) -> Iterator[str]:
    """Yield a line for each report, and for each thing it changed; a change may be by an article not listed."""
    changes: dict[str, list[StoryChange]] = {}
    for change in story.history:
        changes.setdefault(change.article_id, []).append(change)
    unlisted = reports_of(story) - len(story.reports)
    for number, report in enumerate(story.reports):
        if number == 1 and unlisted > 0:
            yield f"… {unlisted} more"
        article = report.article
        at = moment(article.published_at) if article.published_at else "undated"
        yield f"{at}  {article.source.name}  {article.url or ''}".rstrip()
        for change in changes.pop(article.article_id, ()):
            yield from map("    {}".format, _in_words(change))
    for change in chain.from_iterable(changes.values()):
        yield f"{moment(change.at)}  an article that is not listed"
        yield from map("    {}".format, _in_words(change))


def _in_words(change: StoryChange) -> Iterable[str]:
    if change.status is not None:
        yield change.status
    for one in change.changes:
        yield f"{one.field}: {one.old or 'unknown'} → {one.new or 'unknown'}"


def _figures(story: Story) -> str:
    return ", ".join(quantity_in_words(quantity) for quantity in story.event.quantities)


def _place(story: Story, names: Names) -> str:
    return _named((story.event.location,), names) if story.event.location else ""


def _named(ids: Iterable[str], names: Names) -> str:
    return ", ".join(names.get(id_, id_) for id_ in ids)
