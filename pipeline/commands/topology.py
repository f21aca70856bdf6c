"""`pactwatch topology`: the topics and the stages between them."""

from typing import Any

import typer

from pipeline.commands.options import Json


def topology(*, as_json: Json = False) -> None:
    r"""Show the topics with their records and keys, and what each stage reads and writes.

    \b
    Examples:
      pactwatch topology
      pactwatch topology --json
    """
    if as_json:
        import orjson

        typer.echo(orjson.dumps(_described()).decode())
        return
    from rich.console import Console

    console = Console()
    described = _described()
    console.print(_table("topics", described["topics"]))
    console.print(_table("stages", described["stages"]))


def _described() -> dict[str, list[dict[str, Any]]]:
    from pipeline.contract.asyncapi import KEYS
    from pipeline.topology import DEAD_LETTERS, STAGES, TOPICS

    topics = [
        {
            "topic": topic.name,
            "record": topic.record.__name__,
            "key": KEYS[topic.name].partition(" (")[0],
            "kept": "latest" if topic.compacted else "retention",
            "holds": topic.purpose,
        }
        for topic in TOPICS
    ]
    topics.append(
        {
            "topic": DEAD_LETTERS,
            "record": "any bytes",
            "key": "as it came",
            "kept": "retention",
            "holds": "what could not be read, enriched or delivered",
        }
    )
    stages = [
        {"stage": s.name, "reads": s.reads.name, "writes": [topic.name for topic in s.writes]} for s in STAGES
    ]
    return {"topics": topics, "stages": stages}


def _table(title: str, rows: list[dict[str, Any]]) -> Any:
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in rows[0]:
        table.add_column(column, no_wrap=column in ("topic", "stage", "reads"))
    for row in rows:
        table.add_row(*(", ".join(cell) if isinstance(cell, list) else cell for cell in row.values()))
    return table
