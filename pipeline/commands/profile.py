"""`pactwatch profile`: look at watch profiles and find what is wrong in them."""

from collections import Counter
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console

from pipeline.commands.help import add_command
from pipeline.commands.options import Json
from pipeline.settings import Settings

Name = Annotated[
    str | None,
    typer.Argument(metavar="[NAME|FOLDER]", help="A shipped profile or a folder (default: dprk-russia)."),
]
Strict = Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")]

app = typer.Typer(help="Look at watch profiles; find what is wrong in one.", no_args_is_help=True)


def check(name: Name = None, *, strict: Strict = False, as_json: Json = False) -> None:
    r"""Find what is wrong in a profile: each fault with file and line, and how to mend it. Nothing is run.

    Exit code 1 if there are errors (with --strict also for warnings).

    \b
    Examples:
      pactwatch profile check belarus-russia
      pactwatch profile check my-profile/ --strict
      pactwatch profile check my-profile/ --json
    """
    from pipeline.core.checks import check_profile
    from pipeline.profiles import layers_to_check

    asked = name or Settings().profile
    found = check_profile(*layers_to_check(asked))
    count = Counter(finding.severity for finding in found)
    if as_json:
        told = {
            "profile": asked,
            "errors": count["error"],
            "warnings": count["warning"],
            "findings": [finding._asdict() for finding in found],
        }
        typer.echo(orjson.dumps(told).decode())
    else:
        for finding in found:
            typer.echo(
                f"{finding.path}:{finding.line}: {finding.severity}: {_plain(finding.what)}"
                f"\n    mend: {_plain(finding.mend)}"
            )
        typer.echo(f"{asked}: {count['error']} errors, {count['warning']} warnings")
    if count["error"] or (strict and found):
        raise typer.Exit(1)


def list_profiles(*, as_json: Json = False) -> None:
    r"""List the profiles that ship with Pactwatch.

    \b
    Examples:
      pactwatch profile list
      pactwatch profile list --json
    """
    from pipeline.profiles import load_profile, shipped

    for name in shipped():
        profile = load_profile(name)
        if as_json:
            typer.echo(orjson.dumps({"id": name, "name": profile.name, "parties": profile.parties}).decode())
        else:
            typer.echo(f"{name}  {profile.name}")


def show(name: Name = None, *, as_json: Json = False) -> None:
    r"""Show what a profile knows: how many entities of which kind, in which languages, how events are told.

    \b
    Examples:
      pactwatch profile show belarus-russia
      pactwatch profile show --json
    """
    facts = _facts(name or Settings().profile)
    if as_json:
        typer.echo(orjson.dumps(facts).decode())
        return
    console = Console()
    for subject, fact in facts.items():
        shown = ", ".join(f"{key} {value}" for key, value in fact.items()) if isinstance(fact, dict) else fact
        console.print(f"[dim]{subject}[/dim]  ", end="")
        console.print(str(shown).strip(), markup=False, highlight=False)


def _facts(asked: str) -> dict[str, Any]:
    from pipeline.core.vocabulary import parse_vocabulary
    from pipeline.profiles import load_profile

    profile = load_profile(asked)
    vocabulary = parse_vocabulary(profile)
    languages = Counter(
        language for entity in profile.entities for language in {*entity.aliases, *entity.exact}
    )
    return {
        "profile": profile.id,
        "name": profile.name,
        "parties": ", ".join(profile.parties),
        "entities": len(profile.entities),
        "kinds": dict(Counter(entity.kind for entity in profile.entities).most_common()),
        "named in": dict(languages.most_common()),
        "events told in": ", ".join(sorted(vocabulary.languages)),
        "ways of telling": dict(Counter(entry.type for entry in vocabulary.events).most_common()),
        "publishers": len(profile.publishers),
        "feeds": len(profile.feeds),
    }


def _plain(text: str) -> str:
    """Return the text without what a terminal would obey: a profile may be anybody's."""
    return "".join(char if char.isprintable() else "�" for char in text)


add_command(app, check)
add_command(app, show)
add_command(app, list_profiles, "list")
