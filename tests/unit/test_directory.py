import gzip
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.core.feeds import Feed
from pipeline.core.records import RawArticle
from pipeline.sources.directory import FoundFile, files_of, new_files, read_directory, read_file
from pipeline.sources.item import SourceError

NOW = datetime(2026, 1, 9, 12, tzinfo=UTC)
ARTICLE = {"title": "Envoy arrives", "body": "The envoy arrived on Friday."}


def _feed(folder: Path, links: str | None = None) -> Feed:
    return Feed(
        id="desk",
        url=folder.as_uri(),
        name="Desk",
        family="desk",
        via="directory",
        links=links,
        language="en",
    )


def _put(path: Path, content: bytes | str = json.dumps(ARTICLE), *, age: float = 60) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    changed = (NOW - timedelta(seconds=age)).timestamp()
    os.utime(path, (changed, changed))
    return path


def _names(files: list[FoundFile]) -> list[str]:
    return [file.path.name for file in files]


def _seen(files: list[FoundFile]) -> dict[str, str]:
    return {file.key: file.version for file in files}


def test_a_file_is_new_until_it_is_seen_and_again_when_it_has_changed(tmp_path: Path) -> None:
    """Path, size and time of change tell one version of a file from another; other files are unharmed."""
    _put(tmp_path / "a.jsonl", age=90)
    _put(tmp_path / "b.jsonl")
    first = new_files(_feed(tmp_path), {}, NOW)
    assert _names(first) == ["a.jsonl", "b.jsonl"]
    seen = _seen(first)
    assert all((len(key), len(version)) == (16, 8) for key, version in seen.items())
    assert new_files(_feed(tmp_path), seen, NOW) == []
    _put(tmp_path / "b.jsonl", age=30)
    assert _names(new_files(_feed(tmp_path), seen, NOW)) == ["b.jsonl"]


def test_a_file_that_is_still_being_written_waits(tmp_path: Path) -> None:
    """What was written to just now is read once it has rested; what was moved in, with its older time, at once."""
    _put(tmp_path / "growing.jsonl", '{"title": "half', age=1)
    _put(tmp_path / "from-tomorrow.jsonl", age=-3600)
    moved = _put(tmp_path / "upload.jsonl.part", age=10)
    assert new_files(_feed(tmp_path), {}, NOW) == []
    moved.rename(tmp_path / "upload.jsonl")
    assert _names(new_files(_feed(tmp_path), {}, NOW)) == ["upload.jsonl"]
    assert _names(new_files(_feed(tmp_path), {}, NOW + timedelta(seconds=30))) == [
        "upload.jsonl",
        "growing.jsonl",
    ]


@pytest.mark.parametrize(
    ("links", "names"),
    [
        (None, ["a.jsonl", "b.html", "c.txt"]),
        (r"^[^/]+$", ["a.jsonl"]),
        (r"\.(html|txt)$", ["b.html", "c.txt"]),
        (r"^2026/", ["b.html", "c.txt"]),
    ],
)
def test_sub_folders_are_read_and_the_pattern_chooses_by_path(
    links: str | None, names: list[str], tmp_path: Path
) -> None:
    """A pattern may leave out sub-folders or forms of files."""
    _put(tmp_path / "a.jsonl", age=90)
    _put(tmp_path / "2026" / "01" / "b.html", age=80)
    _put(tmp_path / "2026" / "c.txt", age=70)
    assert _names(files_of(_feed(tmp_path, links))) == names


def test_hidden_files_links_and_pipes_are_left_out(tmp_path: Path) -> None:
    """Nothing outside the folder is read through a link, and nothing that never ends."""
    folder = tmp_path / "in"
    _put(folder / ".hidden.jsonl")
    _put(folder / ".git" / "a.jsonl")
    _put(tmp_path / "outside.jsonl")
    (folder / "link.jsonl").symlink_to(tmp_path / "outside.jsonl")
    (folder / "up").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe")
    assert files_of(_feed(folder)) == []


def test_a_file_gives_its_articles_by_the_feeds_publisher_where_they_name_none(tmp_path: Path) -> None:
    """Any form that is read from files is, packed too; a bad line is an item that says why."""
    lines = [
        json.dumps(ARTICLE),
        "broken",
        json.dumps(ARTICLE | {"source": "Example Times", "language": "ko"}),
    ]
    _put(tmp_path / "a.jsonl.gz", gzip.compress("\n".join(lines).encode()))
    [file] = files_of(_feed(tmp_path))
    ours, bad, theirs = read_file(file, _feed(tmp_path), NOW)
    assert isinstance(ours.result, RawArticle)
    assert (ours.result.source.id, ours.result.language) == ("desk", "en")
    assert ours.result.feed_url == tmp_path.as_uri()
    assert isinstance(theirs.result, RawArticle)
    assert (theirs.result.source.name, theirs.result.language) == ("Example Times", "ko")
    assert bad.position.endswith("a.jsonl.gz:2")
    assert bad.raw == b"broken"


def test_a_file_that_was_taken_away_gives_nothing(tmp_path: Path) -> None:
    """Between finding and reading a file may go."""
    _put(tmp_path / "a.jsonl")
    [file] = files_of(_feed(tmp_path))
    file.path.unlink()
    assert list(read_file(file, _feed(tmp_path), NOW)) == []


def test_a_look_shows_the_newest_articles_first(tmp_path: Path) -> None:
    """A listing of the folder has the fields of its articles."""
    _put(tmp_path / "old.json", json.dumps(ARTICLE | {"title": "Old"}), age=90)
    _put(tmp_path / "new.json", json.dumps(ARTICLE | {"title": "New"}))
    listing = read_directory(_feed(tmp_path), NOW)
    assert (listing.form, [entry["title"] for entry in listing.entries]) == ("directory", ["New", "Old"])


@pytest.mark.parametrize("url", ["file:///no/such/folder", "https://example.org/in", "file://server/share"])
def test_an_address_that_is_no_folder_here_says_so(url: str) -> None:
    """A misspelt folder is an error at each poll, not an empty list."""
    with pytest.raises(SourceError, match="folder"):
        files_of(Feed(id="d", url=url, name="D", family="d", via="directory"))


def test_a_folder_of_too_many_files_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would not fit into the feed's memory is refused rather than read again and again."""
    monkeypatch.setattr("pipeline.sources.directory.MAX_FILES", 2)
    for number in range(3):
        _put(tmp_path / f"{number}.json")
    with pytest.raises(SourceError, match="publish --since"):
        files_of(_feed(tmp_path))
