"""Explained articles as one page that needs nothing else: no script, no address, no font from elsewhere."""

from collections.abc import Iterable, Iterator
from html import escape
from importlib.resources import files

from pipeline.core.records import Entity
from pipeline.explaining.explained import Explained
from pipeline.explaining.reasons import Reason
from pipeline.explaining.segments import Segment

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pactwatch: why it was tagged so</title>
<style>
{style}</style>
</head>
<body>
<main>
"""
_FOOT = "</main>\n</body>\n</html>\n"


def page(articles: Iterable[Explained]) -> Iterator[str]:
    """Yield the page piece by piece; everything that comes from an article is escaped."""
    yield _HEAD.format(style=files("pipeline.explaining").joinpath("page.css").read_text(encoding="utf-8"))
    for number, it in enumerate(articles, 1):
        yield from _article(f"a{number}", it)
    yield _FOOT


def _article(id_: str, it: Explained) -> Iterator[str]:
    article = it.article
    entities = {entity.id: entity for entity in article.entities}
    news = {reason.number for reason in it.reasons if reason.event.is_news}
    told = " · ".join(
        filter(
            None,
            (
                article.source.name,
                f"{article.published_at:%Y-%m-%d %H:%M} UTC" if article.published_at else "undated",
                article.language or "",
            ),
        )
    )
    title_end = article.text.find("\n\n")
    yield f'<article id="{id_}" lang="{escape(article.language or "en")}">\n<header><p class="by">{escape(told)}</p>\n'
    yield f'<h1 dir="auto">{_marked(id_, [s for s in it.segments if s.start < title_end], entities, news)}</h1></header>\n'
    body = _marked(id_, [s for s in it.segments if s.start >= title_end], entities, news).strip()
    yield f'<div class="text" dir="auto">{body}</div>\n<section class="events" lang="en">\n'
    if not it.reasons:
        yield '<p class="none">No event of the alliance.</p>\n'
    for reason in it.reasons:
        yield _event(id_, it, reason)
    yield "</section>\n" + _entities(entities.values()) + "</article>\n"


def _marked(id_: str, pieces: list[Segment], entities: dict[str, Entity], news: set[int]) -> str:
    parts: list[str] = []
    open_events: set[int] = set()
    for number, piece in enumerate(pieces):
        for event in piece.events:
            if event not in open_events:
                open_events.add(event)
                parts.append(f'<span class="anchor" id="{id_}-s{event}"></span>')
        text = escape(piece.text)
        if piece.triggers:
            text = f"<b>{text}</b>"
        if piece.mention is not None:
            entity = entities[piece.mention.entity_id]
            text = f'<mark class="{entity.kind}" title="{escape(entity.name)} ({escape(entity.id)})">{text}</mark>'
        parts.append(f'<span class="evidence">{text}</span>' if piece.events else text)
        after = pieces[number + 1].events if number + 1 < len(pieces) else ()
        parts += [_number(id_, event, is_news=event in news) for event in piece.events if event not in after]
    return "".join(parts)


def _number(id_: str, event: int, *, is_news: bool) -> str:
    kind = "number news" if is_news else "number"
    return f'<a class="{kind}" href="#{id_}-e{event}" aria-label="event {event}">{event}</a>'


def _event(id_: str, it: Explained, reason: Reason) -> str:
    event, text = reason.event, it.article.text
    rows = []
    for slot in reason.slots:
        said = ", ".join(dict.fromkeys(f"“{escape(text[start:end])}”" for start, end in slot.spans))
        rows.append(_row(slot.slot.replace("_", " "), escape(slot.value), said))
    words = ", ".join(dict.fromkeys(escape(text[start:end]) for start, end in reason.triggers))
    where = ", ".join(it.sources.get(reason.entry, ())) or "built in"
    rows.append(_row("entry", f"<code>{escape(reason.entry)}</code>", f"<code>{escape(where)}</code>"))
    rows.append(_row("words", f"<b>{words}</b>" if words else "none", ""))
    rows.append(_row("rule", f"<code>{escape(reason.rule)}</code>", ""))
    kind = "number news" if reason.event.is_news else "number"
    return (
        f'<details open id="{id_}-e{reason.number}"><summary>'
        f'<span class="{kind}">{reason.number}</span> {escape(event.type)}: {escape(event.mode)} '
        f"<small>PLOVER {escape(event.plover)}, confidence {event.confidence:.2f}</small></summary>\n"
        f'<table>{"".join(rows)}</table>\n<p><a href="#{id_}-s{reason.number}">to the sentence</a></p></details>\n'
    )


def _row(slot: str, value: str, said: str) -> str:
    return f'<tr><th scope="row">{slot}</th><td>{value}</td><td class="said">{said}</td></tr>\n'


def _entities(entities: Iterable[Entity]) -> str:
    items = "".join(
        f'<li><mark class="{entity.kind}">{escape(entity.name)}</mark> <small>{entity.kind.replace("_", " ")}'
        f" · {escape(entity.id)}</small></li>\n"
        for entity in entities
    )
    return f'<details class="entities" lang="en"><summary>Entities</summary><ul>\n{items}</ul></details>\n'
