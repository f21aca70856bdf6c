"""`pactwatch explain`: an article with its mentions and events marked, and what made each of them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.options import Config, Files, Json, ProfileName

if TYPE_CHECKING:
    from pipeline.explaining.explained import Explained

EXIT_SOME_BAD = 1


def explain(
    files: Files,
    *,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="write one page for a browser instead")
    ] = None,
    as_json: Json = False,
    profile: ProfileName = None,
    config: Config = None,
) -> None:
    r"""Show why articles were tagged as they were: mentions and events in the text, and what made each event.

    Colours tell the kinds of entities; the sentence of an event is underlined, the words that told it stand out.
    Below the text, each event: its slots with the words they were read from, the vocabulary's entry with its
    file and line, and the rule. Exit code 1 if an item could not be read, 2 if a file could not.

    \b
    Examples:
      pactwatch explain article.txt
      pactwatch explain news.jsonl --html why.html
      echo "Putin sent a letter to Kim Jong Un." | pactwatch explain -
      pactwatch explain article.txt --json | jq '.events[].written_at'
    """
    import orjson

    from pipeline.explaining.explained import as_values

    bad: list[str] = []
    found = _explained(files, profile, config, bad)
    if html is not None:
        _write_page(html, found)
    elif as_json:
        for it in found:
            typer.echo(orjson.dumps(as_values(it)).decode())
    else:
        from rich.console import Console

        from pipeline.explaining.terminal import print_explained

        console = Console(highlight=False)
        for it in found:
            print_explained(console, it)
    if bad:
        typer.echo(f"{len(bad)} could not be read", err=True)
        raise typer.Exit(EXIT_SOME_BAD)


def _explained(
    files: Sequence[str], profile: str | None, config: Path | None, bad: list[str]
) -> Iterator["Explained"]:
    """Yield each article explained; one that cannot be read is said on stderr, and its position added to `bad`."""
    from pipeline.commands.offline import with_progress
    from pipeline.core.entities import EntityFinder
    from pipeline.core.errors import RecordError
    from pipeline.core.events import EventTagger
    from pipeline.core.layers import Layer
    from pipeline.core.profile import parse_profile
    from pipeline.explaining.explained import explained
    from pipeline.explaining.sources import written_at
    from pipeline.profiles import profile_layers
    from pipeline.settings import load_settings

    settings = load_settings(config, profile=profile)
    bases, own = profile_layers(settings.profile)
    watched = parse_profile(own.files, bases)
    sources = written_at([*bases, Layer(Path(settings.profile).name, own.files)])
    find_entities, tag_events = EntityFinder(watched), EventTagger(watched)
    for item in with_progress(files):
        try:
            if isinstance(item.result, RecordError):
                raise item.result
            tagged = tag_events(find_entities(item.result))
            yield explained(tagged, tag_events.triggers, watched.names, sources)
        except RecordError as error:
            bad.append(item.position)
            typer.echo(f"{item.position}: {error}", err=True)


def _write_page(path: Path, found: Iterator["Explained"]) -> None:
    from pipeline.core.errors import PactwatchError
    from pipeline.explaining.page import page

    try:
        with path.open("w", encoding="utf-8") as file:
            file.writelines(page(found))
    except OSError as error:
        raise PactwatchError(f"cannot write {path}: {error.strerror or error}") from error
    typer.echo(f"written: {path}", err=True)
