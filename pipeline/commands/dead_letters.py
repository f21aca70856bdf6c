"""`pactwatch dead-letters`: look at what failed, and send it again."""

from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.commands.help import add_command
from pipeline.commands.options import Brokers, Config, DataDir, Json

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.dead_letters import DeadLetter

Limit = Annotated[int | None, typer.Option(min=1, help="Only the last so many.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="PARTITION:OFFSET, as `list` shows it.")]
Ids = Annotated[
    list[str] | None, typer.Argument(metavar="[ID…]", help="PARTITION:OFFSET, as `list` shows it.")
]
All = Annotated[bool, typer.Option("--all", help="Every letter that was not retried before.")]
StageName = Annotated[str | None, typer.Option("--stage", help="Every such letter of this stage.")]

_SHOWN_BYTES = 20_000


def list_letters(
    *,
    as_json: Json = False,
    limit: Limit = None,
    brokers: Brokers = None,
    data_dir: DataDir = None,
    config: Config = None,
) -> None:
    r"""List what could not be read, enriched or delivered, oldest first, with the reason.

    \b
    Examples:
      pactwatch dead-letters list --limit 20
      pactwatch dead-letters list --json | jq -r .error | sort | uniq -c
    """
    from pipeline.letter_box import LetterBox

    box = LetterBox(*_place(config, brokers, data_dir))
    letters = [(letter, box.is_retried(letter)) for letter in deque(box.letters(), maxlen=limit)]
    if as_json:
        for letter, is_retried in letters:
            _print_json(letter, is_retried=is_retried)
        return
    from rich.console import Console

    if not letters:
        typer.echo("no dead letters", err=True)
    else:
        Console().print(_table(letters))


def show(
    letter_id: Id,
    brokers: Brokers = None,
    data_dir: DataDir = None,
    config: Config = None,
) -> None:
    r"""Show one letter: why it is dead, its key, its headers and its bytes (escaped where they are no plain text).

    \b
    Examples:
      pactwatch dead-letters show 0:17
    """
    from pipeline.letter_box import LetterBox

    box = LetterBox(*_place(config, brokers, data_dir))
    letter = box.letter(letter_id)
    for name, text in _fields(letter, is_retried=box.is_retried(letter)).items():
        typer.echo(f"{name:>10}  {_escaped(str(text))}")
    for name, value in letter.headers:
        typer.echo(f"{'header':>10}  {_escaped(name)}: {_bytes_escaped(value)}")
    typer.echo(
        f"{'bytes':>10}  {len(letter.value or b'')}" + (f" of {letter.truncated}" if letter.truncated else "")
    )
    typer.echo(
        _bytes_escaped(letter.value[:_SHOWN_BYTES]) if letter.value is not None else "(no value: a tombstone)"
    )
    if letter.value is not None and len(letter.value) > _SHOWN_BYTES:
        typer.echo(f"… {len(letter.value) - _SHOWN_BYTES} bytes more", err=True)


def retry(
    letter_id: Ids = None,
    *,
    every: All = False,
    stage: StageName = None,
    brokers: Brokers = None,
    data_dir: DataDir = None,
    config: Config = None,
) -> None:
    r"""Send letters again, as they came, to the topic they came from; none is sent again twice.

    Exit code 1 if a letter that was named could not be sent again (retried before, or only a part of it is there).

    \b
    Examples:
      pactwatch dead-letters retry 0:17 0:18
      pactwatch dead-letters retry --stage entities
      pactwatch dead-letters retry --all
    """
    from pipeline.core.errors import SettingsError
    from pipeline.letter_box import LetterBox

    if bool(letter_id) + every + (stage is not None) != 1:
        raise SettingsError("name letters, or give --all, or --stage: one of the three")
    box = LetterBox(*_place(config, brokers, data_dir))
    chosen = [box.letter(name) for name in letter_id or ()] or [
        letter for letter in box.letters() if (every or letter.stage == stage) and not box.is_retried(letter)
    ]
    refused = box.retry(chosen, now=lambda: datetime.now(UTC))
    for line in refused:
        typer.echo(line, err=True)
    sent = len(chosen) - len(refused)
    typer.echo(f"{sent} letter{'' if sent == 1 else 's'} sent again", err=True)
    if refused:
        raise typer.Exit(1)


def _place(config: "Path | None", brokers: str | None, data_dir: "Path | None") -> tuple[str, str]:
    """Return the brokers and the topic."""
    from pipeline.broker.address import bootstrap_servers
    from pipeline.settings import load_settings
    from pipeline.topology import DEAD_LETTERS

    settings = load_settings(config, brokers=brokers, data_dir=data_dir)
    return bootstrap_servers(settings), settings.topic_prefix + DEAD_LETTERS


def _fields(letter: "DeadLetter", *, is_retried: bool) -> dict[str, Any]:
    return {
        "id": letter.id,
        "time": letter.time.isoformat(),
        "stage": letter.stage,
        "error": letter.error,
        "message": letter.message,
        "from": f"{letter.from_topic} {letter.from_partition}:{letter.from_offset}",
        "retried": is_retried,
        "key": None if letter.key is None else letter.key.decode(errors="backslashreplace"),
    }


def _print_json(letter: "DeadLetter", *, is_retried: bool) -> None:
    import orjson

    fields = _fields(letter, is_retried=is_retried)
    typer.echo(
        orjson.dumps(fields | {"bytes": len(letter.value or b""), "truncated": letter.truncated}).decode()
    )


def _table(letters: list[tuple["DeadLetter", bool]]) -> Any:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("id", "time", "stage", "from", "why", "retried"):
        table.add_column(column, overflow="fold", no_wrap=column == "id")
    for letter, is_retried in letters:
        where = f"{letter.from_topic} {letter.from_partition}:{letter.from_offset}"
        why = f"{letter.error}: {letter.message}"
        cells = (
            letter.id,
            f"{letter.time:%Y-%m-%d %H:%M:%S}",
            letter.stage,
            where,
            why,
            "yes" if is_retried else "",
        )
        table.add_row(*(Text(_escaped(cell)) for cell in cells))
    return table


def _bytes_escaped(value: bytes) -> str:
    return _escaped(value.decode(errors="backslashreplace"), keep="\n\t")


def _escaped(text: str, keep: str = "") -> str:
    """Return the text with everything that a terminal would act on written as an escape."""
    return "".join(c if c.isprintable() or c in keep else c.encode("unicode_escape").decode() for c in text)


app = typer.Typer(
    help="Look at what could not be read, enriched or delivered, and send it again.", no_args_is_help=True
)
add_command(app, list_letters, "list")
add_command(app, show, "show")
add_command(app, retry, "retry")
