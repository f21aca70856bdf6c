"""`pactwatch feeds import` and `export`: the list from and to other readers of feeds."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from pipeline.commands.feeds_list import open_list
from pipeline.commands.options import Brokers, Config, DataDir, Json, ProfileName

if TYPE_CHECKING:
    from pipeline.core.feeds import Feed
    from pipeline.core.profile import Profile
    from pipeline.feed_list import Added

EXIT_SOME_BAD = 1
STDIO = "-"
Form = Literal["opml", "toml"]

FormOption = Annotated[
    Form | None, typer.Option("--format", help="Without it: by the file's name, else OPML.")
]
ImportFiles = Annotated[list[str], typer.Argument(metavar="FILE…", help="OPML or TOML; - for stdin.")]
ExportFile = Annotated[str, typer.Argument(metavar="[FILE]", help="Where to write; - is stdout.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be added, and add nothing.")]


class _Found(NamedTuple):
    """What a file holds: feeds that can be added, and why others cannot."""

    feeds: "list[Feed]"
    faults: list[str]


def import_feeds(
    files: ImportFiles,
    *,
    form: FormOption = None,
    dry_run: DryRun = False,
    as_json: Json = False,
    brokers: Brokers = None,
    data_dir: DataDir = None,
    profile: ProfileName = None,
    config: Config = None,
) -> None:
    r"""Put the feeds of OPML files, or of TOML files in the form of feeds.toml, on the list.

    A feed whose address is on the list is passed over; one that was taken off is on again. Of a broken file the feeds
    before the break are read. Nothing is fetched; `feeds check` tells which of them can be read.
    Exit code 1 if something could not be added.

    \b
    Examples:
      pactwatch feeds import subscriptions.opml
      pactwatch feeds import --dry-run feeds.toml
    """
    from pipeline.broker.topics import ensure_topics
    from pipeline.profiles import load_profile
    from pipeline.settings import load_settings

    settings = load_settings(config, brokers=brokers, data_dir=data_dir, profile=profile)
    watched = load_profile(settings.profile)
    with open_list(settings) as listed:
        ensure_topics(settings, tell=_say)
        taken = {one.feed.id: one.feed.url for one in listed.listed()}
        found = _read_files(files, form, watched, taken)
        added = listed.add(*found.feeds, dry_run=dry_run)
    for fault in found.faults:
        _say(fault)
    _show_added(added, as_json=as_json, one_by_one=dry_run)
    if found.faults:
        raise typer.Exit(EXIT_SOME_BAD)


def export(
    file: ExportFile = STDIO,
    *,
    form: FormOption = None,
    brokers: Brokers = None,
    data_dir: DataDir = None,
    config: Config = None,
) -> None:
    r"""Write the feeds that are polled as OPML 2.0, or as TOML in the form of feeds.toml.

    The OPML holds all that the list says of a feed, so that `feeds import` has it again.

    \b
    Examples:
      pactwatch feeds export feeds.opml
      pactwatch feeds export --format toml > feeds.toml
    """
    from pipeline.feed_list.opml import write_opml
    from pipeline.feed_list.toml_list import write_toml
    from pipeline.settings import load_settings

    settings = load_settings(config, brokers=brokers, data_dir=data_dir)
    with open_list(settings) as listed:
        feeds = [one.feed for one in listed.listed() if not one.is_off]
    if (form or _form_of(file, b"")) == "toml":
        content = write_toml(feeds)
    else:
        content = write_opml(feeds, title="Pactwatch", now=datetime.now(UTC))
    if file == STDIO:
        typer.echo(content, nl=False)
    else:
        Path(file).write_bytes(content)
        _say(f"{len(feeds)} feeds in {file}")


def _read_files(files: Sequence[str], form: Form | None, watched: "Profile", taken: dict[str, str]) -> _Found:
    from pipeline.core.publishers import Publishers
    from pipeline.feed_list import FeedListError
    from pipeline.feed_list.guessing import guessed_feed

    publishers = Publishers(watched)
    found = _Found([], [])
    for file in files:
        try:
            listed, fault = _read_file(file, form)
        except FeedListError as error:
            found.faults.append(f"{file}: {error}")
            continue
        for fields in listed:
            try:
                feed = guessed_feed(_with_free_id(fields, taken), publishers, taken=taken)
            except FeedListError as error:
                found.faults.append(f"{file}: {error}")
            else:
                taken[feed.id] = feed.url
                found.feeds.append(feed)
        if fault:
            found.faults.append(f"{file}: {fault}; the {len(listed)} feeds before it were read")
    return found


def _with_free_id(fields: dict[str, Any], taken: dict[str, str]) -> dict[str, Any]:
    """Return the fields without an id that another feed has."""
    is_anothers = taken.get(fields.get("id", ""), fields.get("url")) != fields.get("url")
    return {name: value for name, value in fields.items() if name != "id" or not is_anothers}


def _read_file(file: str, form: Form | None) -> tuple[list[dict[str, Any]], str]:
    """Return the feeds that a file states, and where it is broken. Raises SettingsError or FeedListError."""
    import sys

    from pipeline.core.errors import SettingsError
    from pipeline.feed_list.opml import MAX_BYTES, read_opml
    from pipeline.feed_list.toml_list import read_toml

    try:
        if file == STDIO:
            content = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(file).open("rb") as stream:
                content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise SettingsError(f"cannot read {file}: {error.strerror}") from error
    if (form or _form_of(file, content)) == "toml":
        return read_toml(content), ""
    outlines = read_opml(content)
    return outlines.feeds, outlines.fault


def _form_of(file: str, content: bytes) -> Form:
    if file.lower().endswith(".toml"):
        return "toml"
    return "toml" if content.lstrip().startswith((b"[[", b"#")) else "opml"


def _show_added(added: "Sequence[Added]", *, as_json: bool, one_by_one: bool) -> None:
    from collections import Counter

    import orjson

    from pipeline.sinks.printable import printable

    for feed, outcome in added:
        if as_json:
            typer.echo(orjson.dumps({"id": feed.id, "url": feed.url, "outcome": outcome}).decode())
        elif one_by_one:
            typer.echo(printable(f"{outcome}: {feed.id}  {feed.name}  {feed.url}"))
    if not as_json and not one_by_one:
        counts = Counter(one.outcome for one in added)
        typer.echo(", ".join(f"{counts[outcome]} {outcome}" for outcome in sorted(counts)) or "no feeds")


def _say(line: str) -> None:
    from pipeline.sinks.printable import printable

    typer.echo(printable(line), err=True)
