"""`pactwatch stories` and `pactwatch story`: what the topic of stories holds."""

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.choices import checked_kinds, time_given
from pipeline.commands.options import Brokers, Config, DataDir, Json, ProfileName

if TYPE_CHECKING:
    from pipeline.core.records import Story
    from pipeline.settings import Settings

EXIT_NO_SUCH = 1
_CANDIDATES = 10

Limit = Annotated[int | None, typer.Option(min=1, help="Only so many, the newest.")]
Kinds = Annotated[list[str] | None, typer.Option("--kind", help="Only this event type; again for more.")]
Since = Annotated[str | None, typer.Option(metavar="TIME", help="Only reported at or after, ISO 8601, UTC.")]
StoryId = Annotated[str, typer.Argument(metavar="ID", help="A story's id, or the beginning of it.")]


def stories(
    *,
    as_json: Json = False,
    limit: Limit = None,
    kind: Kinds = None,
    since: Since = None,
    brokers: Brokers = None,
    data_dir: DataDir = None,
    profile: ProfileName = None,
    config: Config = None,
) -> None:
    r"""List the stories that are known, the one reported last first; nobody's position is moved.

    With --json one Story a line, as on the topic.

    \b
    Examples:
      pactwatch stories --limit 20
      pactwatch stories --kind deployment --since 2026-01-09
      pactwatch stories --json | jq -r '[.story_id, .event.mode, .status] | @tsv'
    """
    from pipeline.settings import load_settings

    kinds, earliest = frozenset(checked_kinds(kind or ())), time_given(since)
    settings = load_settings(config, brokers=brokers, data_dir=data_dir, profile=profile)
    wanted = [
        story
        for story in _read(settings)
        if (not kinds or story.kind in kinds) and (earliest is None or story.last_published_at >= earliest)
    ]
    wanted.sort(key=lambda story: (story.last_published_at, story.story_id), reverse=True)
    if as_json:
        _print_json(wanted[:limit])
        return
    from rich.console import Console

    from pipeline.commands.story_view import print_table
    from pipeline.profiles import load_profile

    print_table(Console(highlight=False), wanted[:limit], load_profile(settings.profile).names)


def story(
    story_id: StoryId,
    *,
    as_json: Json = False,
    brokers: Brokers = None,
    data_dir: DataDir = None,
    profile: ProfileName = None,
    config: Config = None,
) -> None:
    r"""Show one story: its reports in order of arrival, what each changed, who confirmed and who denied.

    The beginning of an id is enough where no other story begins so. Exit code 1 where there is none, or several.

    \b
    Examples:
      pactwatch story 3fa9c1d2
      pactwatch story 3fa9c1d2 --json | jq .history
    """
    from pipeline.settings import load_settings

    settings = load_settings(config, brokers=brokers, data_dir=data_dir, profile=profile)
    found = _meant(story_id, _read(settings))
    if as_json:
        _print_json([found])
        return
    from rich.console import Console

    from pipeline.commands.story_view import print_story
    from pipeline.profiles import load_profile

    print_story(Console(highlight=False), found, load_profile(settings.profile).names)


def _meant(beginning: str, known: "list[Story]") -> "Story":
    """Return the one story whose id begins so; else say what there is and exit."""
    found = [one for one in known if one.story_id.startswith(beginning.lower())]
    if len(found) == 1:
        return found[0]
    if not found:
        typer.echo(f"no story {beginning!r}; `pactwatch stories` lists those that are known", err=True)
    else:
        typer.echo(f"{len(found)} stories begin with {beginning!r}:", err=True)
        for one in found[:_CANDIDATES]:
            typer.echo(f"  {one.story_id}  {one.kind}  {one.first_published_at:%Y-%m-%d}", err=True)
        if len(found) > _CANDIDATES:
            typer.echo(f"  … and {len(found) - _CANDIDATES} more", err=True)
    raise typer.Exit(EXIT_NO_SUCH)


def _read(settings: "Settings") -> "list[Story]":
    from pipeline.broker.address import bootstrap_servers
    from pipeline.reading import TopicReader
    from pipeline.stories_read import latest_stories
    from pipeline.topology import STORIES

    reader = TopicReader(bootstrap_servers(settings), settings.topic_prefix + STORIES.name)
    return list(latest_stories(reader.history(), lambda line: typer.echo(line, err=True)))


def _print_json(found: "list[Story]") -> None:
    from pipeline import codec

    for one in found:
        typer.echo(codec.encode(one).decode())
