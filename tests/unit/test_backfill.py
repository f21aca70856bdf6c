"""Archives sorted on disk, and sent however often they are interrupted."""

import gzip
import json
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.backfill import Backfill, Bounds, Job, JobError, Progress, archive_files, reading
from pipeline.backfill.reading import sort_archive
from pipeline.backfill.runs import Runs, merge_down, merged
from pipeline.core.errors import RecordError, SettingsError
from pipeline.core.records import RawArticle

STARTED = datetime(2026, 2, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    """Return a day of January."""
    return datetime(2026, 1, number, tzinfo=UTC)


def article(title: str, published_at: str | None = None, **fields: Any) -> str:
    """Return an article as a line of JSON."""
    return json.dumps(
        {"title": title, "body": "b", "url": f"https://e.org/{title}", "published_at": published_at} | fields
    )


class Cluster:
    """A topic, and a publisher to it that may be killed: what Kafka has stays."""

    def __init__(self) -> None:
        self.articles: list[RawArticle] = []
        self.traces: list[str] = []
        self.buried: list[str] = []

    def publish(self, article: RawArticle, _: str = "", *, trace_id: str | None = None) -> None:
        """Send an article."""
        self.articles.append(article)
        self.traces.append(trace_id or "")

    def bury(self, _: bytes, position: str, error: RecordError) -> None:
        """Send what is no article."""
        self.buried.append(f"{position}: {error}")

    def settle(self) -> None:
        """All is there at once."""

    def ends(self) -> dict[int, int]:
        """Return where the one partition ends."""
        return {0: len(self.traces)}

    def traces_after(self, offsets: dict[int, int]) -> set[str]:
        """Return what came since."""
        return set(self.traces[offsets[0] :])

    @property
    def titles(self) -> list[str]:
        """The articles' titles in the order in which they came."""
        return [one.title for one in self.articles]


@contextmanager
def going_on() -> Iterator[None]:
    """Take a step that nothing interrupts."""
    yield


def run(folder: Path, cluster: Cluster, bounds: Bounds = Bounds(), **how: Any) -> Progress:  # noqa: B008 - frozen
    """Sort and send what is in a folder, or go on with it."""
    step: Callable[[], Any] = how.get("step", going_on)
    with Job(folder.parent / "data", [str(folder)], bounds, "articles.raw") as job:
        backfill = Backfill(job, cluster, cluster)
        files, _ = archive_files([str(folder)])
        progress = job.progress() or backfill.sort(files, bounds, STARTED, lambda _: None)
        backfill.send(progress, step)
        job.finish()
        return progress


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An empty folder to fill."""
    folder = tmp_path / "archive"
    folder.mkdir()
    return folder


@given(st.lists(st.binary(max_size=8).map(lambda line: line.replace(b"\n", b"") + b"\n")))
def test_runs_are_merged_in_order(lines: list[bytes]) -> None:
    """However many runs are made of them, the lines come sorted, each as often as it was added."""
    with tempfile.TemporaryDirectory() as folder:
        runs = Runs(Path(folder), "a", buffer_bytes=100)
        for line in lines:
            runs.add(line)
        runs.finish()
        assert list(merged(Path(folder))) == sorted(lines)


def test_few_runs_are_open_at_once(tmp_path: Path) -> None:
    """A thousand runs are merged to few enough files to be open together."""
    runs = Runs(tmp_path, "a", buffer_bytes=1)
    lines = [f"{number * 7919 % 1000:04d}\n".encode() for number in range(1000)]
    for line in lines:
        runs.add(line)
    merge_down(tmp_path)
    assert len(list(tmp_path.iterdir())) <= 64
    assert list(merged(tmp_path)) == sorted(lines)


def test_all_forms_come_in_the_order_of_their_dates(archive: Path) -> None:
    """Lines, pages, feeds and texts of any folder, packed or not, are one stream; those of a moment as they stand."""
    (archive / "deep" / "er").mkdir(parents=True)
    (archive / "b.jsonl").write_text(article("third", "2026-01-03") + "\n" + article("fifth", "2026-01-05"))
    (archive / "a.jsonl.gz").write_bytes(
        gzip.compress((article("first", "2026-01-01") + "\n" + article("second", "2026-01-01")).encode())
    )
    (archive / "deep" / "er" / "page.html").write_text(
        "<html><head><title>Fourth</title><meta property='article:published_time' content='2026-01-04'></head>"
        "<body><article><p>A page of some length, which says something.</p></article></body></html>"
    )
    (archive / "deep" / "feed.xml").write_text(
        "<rss version='2.0'><channel><title>F</title><item><title>sixth</title><link>https://e.org/6</link>"
        "<pubDate>Tue, 06 Jan 2026 00:00:00 GMT</pubDate><description>b</description></item></channel></rss>"
    )
    (archive / "undated.txt").write_text("Undated\n\nA text.")
    (archive / ".hidden.jsonl").write_text(article("hidden", "2026-01-01"))
    (archive / "picture.png").write_bytes(b"\x89PNG")
    assert archive_files([str(archive)])[1] == 1
    cluster = Cluster()
    progress = run(archive, cluster)
    assert cluster.titles == ["first", "second", "third", "Fourth", "fifth", "sixth", "Undated"]
    assert (progress.sorted.first, progress.sorted.last, progress.sorted.undated) == (day(1), day(6), 1)


def test_bounds_choose_and_tell_what_may_alert(archive: Path) -> None:
    """`since` is within, `until` is not; what was published before `alerts_since`, or nobody knows when, is silent."""
    days = [*range(1, 8), None]
    lines = [article(f"d{number}", number and f"2026-01-{number:02d}") for number in days]
    (archive / "a.jsonl").write_text("\n".join(lines))
    cluster = Cluster()
    progress = run(archive, cluster, Bounds(since=day(2), until=day(6), alerts_since=day(4)))
    assert [(one.title, one.backfill) for one in cluster.articles] == [
        ("d2", True),
        ("d3", True),
        ("d4", False),
        ("d5", False),
        ("dNone", True),
    ]
    assert (progress.sorted.outside, progress.sorted.silent) == (3, 3)


def test_without_a_bound_for_alerts_all_is_silent(archive: Path) -> None:
    """An archive raises no alert unless it is said from when on."""
    (archive / "a.jsonl").write_text(article("a", "2026-01-05"))
    cluster = Cluster()
    run(archive, cluster, Bounds(since=day(1)))
    assert [one.backfill for one in cluster.articles] == [True]


def test_an_undated_article_counts_by_when_the_archive_fetched_it(archive: Path) -> None:
    """What the archive says of its fetching stands for the date that is not there."""
    (archive / "a.jsonl").write_text(
        "\n".join(
            [
                article("c", "2026-01-03"),
                article("b", None, fetched_at="2026-01-02T10:00:00Z"),
                article("a", "2026-01-01"),
            ]
        )
    )
    cluster = Cluster()
    assert run(archive, cluster).sorted.undated == 0
    assert cluster.titles == ["a", "b", "c"]


def test_what_is_bad_is_buried_and_the_rest_goes_on(archive: Path) -> None:
    """A broken line, a damaged file and one that cannot be read are dead letters; what repeats word for word is sent once."""
    (archive / "a.jsonl").write_text(article("a", "2026-01-01") + "\n{broken\n" + article("a", "2026-01-01"))
    (archive / "b.jsonl").write_text(
        article("a", "2026-01-01") + "\n" + article("a", "2026-01-01", body="edited")
    )
    (archive / "c.jsonl.gz").write_bytes(gzip.compress(b"x" * 100_000)[:50])
    (archive / "gone.jsonl").symlink_to(archive / "nowhere")
    cluster = Cluster()
    progress = run(archive, cluster)
    assert [(one.title, one.body) for one in cluster.articles] == [("a", "b"), ("a", "edited")]
    assert progress.repeats == 2
    assert progress.sorted.bad == len(cluster.buried) == 3
    assert any("a.jsonl:2" in line for line in cluster.buried)


class Killed(BaseException):
    """The process is no more."""


@pytest.mark.parametrize("is_sudden", [False, True])
def test_what_was_interrupted_goes_on_where_it_was(
    is_sudden: bool, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupted after each few articles, in the end each is there once and in order; also where it could not be saved."""
    lines = [article(f"a{number:02d}", f"2026-01-{number % 28 + 1:02d}") for number in range(50)]
    (archive / "a.jsonl").write_text("\n".join([*lines, *lines[:10], "{broken"]))
    cluster, steps = Cluster(), 0

    @contextmanager
    def step() -> Iterator[None]:
        nonlocal steps
        yield
        steps += 1
        if steps % 7 == 0:
            raise Killed

    def lost(*_: object) -> None:
        raise Killed

    for attempt in range(24):
        with monkeypatch.context() as patch:
            if is_sudden and attempt % 2:
                patch.setattr(Job, "save", lost)
            try:
                run(archive, cluster, step=step)
            except Killed:
                continue
        break
    assert sorted(cluster.titles) == sorted(f"a{number:02d}" for number in range(50))
    assert [one.published_at for one in cluster.articles] == sorted(
        one.published_at for one in cluster.articles if one.published_at
    )
    assert len(set(cluster.traces)) == 50


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_sorting_that_ends_early_leaves_nothing(
    error: BaseException, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without room the error says where and what to do; nothing half sorted stays on disk, and the next run is whole."""
    (archive / "a.jsonl").write_text(article("a", "2026-01-01"))
    cluster = Cluster()

    def fail(*_: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(Runs, "finish", fail)
        with pytest.raises(JobError if isinstance(error, OSError) else KeyboardInterrupt) as raised:
            run(archive, cluster)
    assert isinstance(error, KeyboardInterrupt) or "No space left on device; make room" in str(raised.value)
    assert list((archive.parent / "data" / "backfill").iterdir()) == []
    run(archive, cluster)
    assert cluster.titles == ["a"]


def test_a_job_is_held_by_one_process(archive: Path, tmp_path: Path) -> None:
    """A second run of the same archive is refused while the first goes on; another archive is another job."""
    with Job(tmp_path, ["a"], Bounds(), "t"):
        with pytest.raises(JobError, match="another process"):
            Job(tmp_path, ["a"], Bounds(), "t")
        with Job(tmp_path, ["a"], Bounds(since=STARTED), "t"), Job(tmp_path, ["b"], Bounds(), "t"):
            pass
    with Job(tmp_path, ["a"], Bounds(), "t"):
        pass


def test_a_path_that_is_not_there_is_named() -> None:
    """A misspelt path stops before anything is read."""
    with pytest.raises(SettingsError, match="nonesuch"):
        archive_files(["nonesuch"])


def test_memory_does_not_grow_with_the_archive(tmp_path: Path) -> None:
    """Forty megabytes of lines are sorted within a few."""
    runs = Runs(tmp_path, "a", buffer_bytes=1_000_000)
    tracemalloc.start()
    for number in range(40_000):
        runs.add(f"{number * 7919 % 40_000:08d}".encode() + b"x" * 1000 + b"\n")
    runs.finish()
    assert sum(1 for _ in merged(tmp_path)) == 40_000
    assert tracemalloc.get_traced_memory()[1] < 12_000_000 + 64 * 256 * 1024
    tracemalloc.stop()


def test_on_many_cores_the_same_comes_out(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that are read in several processes give the lines that one gives, and all their bytes are counted."""
    monkeypatch.setattr(reading, "_PORTION_BYTES", 1)
    for number in range(6):
        lines = [article(f"a{number}-{n}", f"2026-01-{(number * 7 + n * 3) % 28 + 1:02d}") for n in range(20)]
        (archive / f"{number}.jsonl").write_text("\n".join([*lines, "{broken"]))
    files, _ = archive_files([str(archive)])
    came = []
    for cores in (1, 3):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        folder = archive.parent / f"sorted-on-{cores}"
        folder.mkdir()
        read: list[int] = []
        found = sort_archive(files, folder, Bounds(), STARTED, read.append)
        assert read[-1] == sum(file.size for file in files)
        came.append((found, list(merged(folder))))
    assert came[0] == came[1]
    assert (came[0][0].lines, came[0][0].bad) == (126, 6)
