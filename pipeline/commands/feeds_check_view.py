"""What came of looking at feeds, laid out for reading and for programs."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from pipeline.commands.feeds_view import span
from pipeline.core.publication_dates import read_date
from pipeline.core.publishers import Publishers
from pipeline.core.records import Source
from pipeline.core.urls import host, publisher
from pipeline.feed_list.looking import Look
from pipeline.sinks.printable import printable

Shown = Iterable[tuple[str, Look]]
_ENTRIES_SHOWN = 10
_LABEL_WIDTH = 9
_TEXTS = {
    "full": "whole articles",
    "teasers": 'teasers; text = "page" has the articles fetched (feeds add --text page)',
    "none": 'titles alone; text = "page" has the articles fetched (feeds add --text page)',
}


@contextmanager
def progress(total: int) -> Iterator[Callable[[object], None]]:
    """Show on stderr, where that is a terminal, how many are done; yield what to call at each."""
    console = Console(stderr=True)
    columns = (TextColumn("asking"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=total)
        yield lambda _: bar.advance(task)


def print_json(shown: Shown, publishers: Publishers) -> None:
    """Print one object a source."""
    for source, look in shown:
        typer.echo(orjson.dumps(as_fields(source, look, publishers)).decode())


def as_fields(source: str, look: Look, publishers: Publishers) -> dict[str, Any]:
    """Return what a source is: `ok` where it can be read, else `error`; `entries` counts what is in `items`."""
    listing = look.listing
    known = publisher_of(look, publishers)
    return {
        "source": source,
        "ok": not look.error,
        "error": look.error or None,
        "entries": len(listing.entries) if listing else 0,
        "format": (listing.form or "unknown") if listing else None,
        "via": look.feed.via,
        "url": look.found_at or look.feed.url,
        "title": listing.title if listing else None,
        "language": look.language,
        "publisher": {
            "name": known.name,
            "family": known.family,
            "kind": known.kind,
            "country": known.country,
        },
        "text": look.text if listing else None,
        "ttl_seconds": listing.ttl_seconds if listing else None,
        "items": [_item(entry) for entry in listing.entries] if listing else [],
        "page": look.page._asdict() if look.page else None,
        "links": [link._asdict() for link in look.links],
    }


def publisher_of(look: Look, publishers: Publishers) -> Source:
    """Return who publishes: as the list says, else whom the profile knows on the host."""
    feed, site = look.feed, host(look.feed.url)
    if feed.family:
        return Source(id=feed.id, name=feed.name, family=feed.family, kind=feed.kind, country=feed.country)
    name = (look.listing.title if look.listing else "") or site or feed.url
    plain = Source(id=site or feed.id, name=name, family=publisher(site) if site else "")
    return publishers.described(plain, feed.url)


def print_in_detail(shown: Shown, publishers: Publishers) -> None:
    """Print what is known of each source, and its newest entries."""
    console = Console(highlight=False)
    for source, look in shown:
        console.print(Text(printable(source), "bold"), soft_wrap=True)
        for label, value in _known(look, publishers):
            if value:
                style = "red" if label == "error" else ""
                console.print(Text(f"{label:>{_LABEL_WIDTH}}  {printable(value)}", style), soft_wrap=True)
        for entry in look.listing.entries[:_ENTRIES_SHOWN] if look.listing else ():
            item = _item(entry)
            console.print(Text(f"{_day(item) or 'no date':>{_LABEL_WIDTH + 9}}  {printable(item['title'])}"))


def print_lines(shown: Shown) -> None:
    """Print a line a source, those that cannot be read with the reason."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(overflow="fold")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    console = Console(highlight=False)
    bad = total = 0
    for source, look in shown:
        total, bad = total + 1, bad + bool(look.error)
        mark = Text("not read", "red") if look.error else Text("ok")
        table.add_row(Text(printable(source)), mark, Text(printable(look.error or _in_short(look))))
    console.print(table)
    typer.echo(f"{total} feeds, {bad} of them cannot be read", err=True)


def _known(look: Look, publishers: Publishers) -> Iterator[tuple[str, str]]:
    yield "error", look.error
    for link in look.links:
        yield "feed", f"{link.url}  {link.title}"
    if look.listing is None:
        return
    known = publisher_of(look, publishers)
    yield "form", _in_short(look)
    yield "title", look.listing.title
    yield (
        "publisher",
        ", ".join(part for part in (known.name, known.kind, known.country, known.family) if part),
    )
    yield "language", look.language or "not to be told"
    yield "text", _TEXTS[look.text] if look.feed.text == "feed" else "from the articles' pages"
    if look.page:
        yield "page", look.page.issue or f"{look.page.chars:,} characters of the first article"
    if look.found_at != look.feed.url:
        yield "found at", look.found_at


def _in_short(look: Look) -> str:
    listing = look.listing
    if listing is None:
        return ""
    days = sorted(filter(None, (_day(_item(entry)) for entry in listing.entries)))
    undated = len(listing.entries) - len(days)
    parts = [
        listing.form or "unknown form",
        f"{len(listing.entries)} entries",
        f"{days[0]} to {days[-1]}" if days else "",
        f"{undated} without a date" if undated else "",
        f"fresh for {span(timedelta(seconds=listing.ttl_seconds))}" if listing.ttl_seconds else "",
    ]
    return ", ".join(part for part in parts if part)


def _item(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": str(entry.get("title") or ""),
        "url": entry.get("url"),
        "published_at": entry.get("published_at"),
    }


def _day(item: dict[str, Any]) -> str:
    moment = read_date(item["published_at"])
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""
