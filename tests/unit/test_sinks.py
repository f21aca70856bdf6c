import errno
import io
import os
from pathlib import Path

import pytest
from alerts_by_hand import NAMES, an_alert, an_article, sha
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from pipeline import codec
from pipeline.core.errors import SettingsError
from pipeline.core.records import Alert, Change, Quantity, When
from pipeline.settings import Settings
from pipeline.sinks import default_sinks, open_sinks
from pipeline.sinks.console import ConsoleSink
from pipeline.sinks.jsonl import JsonLinesSink
from pipeline.sinks.layout import quantity_in_words, when_in_words
from pipeline.sinks.printable import printable
from pipeline.sinks.sink import SinkError


def _printed(alert: Alert, *, terminal: bool = False) -> str:
    output = io.StringIO()
    console = Console(
        file=output, force_terminal=terminal, color_system="standard" if terminal else None, width=70
    )
    ConsoleSink(names=NAMES, console=console).deliver(alert)
    return output.getvalue()


def test_an_alert_tells_all_a_subscriber_asks() -> None:
    """The console says who, to whom, how many, where, says who, the evidence, why it is new, and the link."""
    assert _printed(an_alert()).splitlines() == [
        " NEW  North Korea → Russia: about 15,000 troops to Kursk",
        "     what  deployment: dispatch",
        "      who  North Korea → Russia",
        " how many  about 15,000 troops",
        "    where  Kursk",
        "     when  this week",
        "     says  the spy agency (estimated)",
        " evidence  About 15,000 North Korean troops were sent to Kursk, the spy agency said.",
        "      why  first report of this deployment",
        "    first  published 2026-01-09 07:12 UTC",
        "  reports  1 article, 1 publisher: Example Agency",
        "     link  https://news.example.org/1",
        "",
    ]


def test_an_update_tells_what_changed_and_an_undated_story_says_so() -> None:
    """An update shows old and new; a story whose first report has no date gives the time of fetching as that."""
    alert = an_alert(
        status="update",
        previous=(Change(field="troops", old="11,000", new="15,000"),),
        date_basis="fetched",
        articles=(
            an_article(1),
            an_article(2, family="example-daily", url="https://daily.example.org/"),
            an_article(3),
        ),
    )
    printed = _printed(alert)
    assert printed.startswith(" UPDATE ")
    assert "  changed  troops: 11,000 → 15,000\n" in printed
    assert "    first  undated; fetched 2026-01-09 07:12 UTC\n" in printed
    assert "  reports  3 articles, 2 publishers: Example Agency, Example Daily\n" in printed
    assert "     link  https://daily.example.org/\n" in printed


def test_colours_are_for_terminals_only() -> None:
    """Escape sequences are printed to a terminal and nowhere else."""
    assert "\x1b[" in _printed(an_alert(), terminal=True)
    assert "\x1b" not in _printed(an_alert())


HOSTILE = "\x1b[2J\x1b]0;owned\x07[red]Kim[/red] \x9b31m\u202egnp.exe\u202c\x07 \x00sends\r\nletter\ud800 [link=file:///]"


def test_hostile_text_cannot_touch_the_terminal() -> None:
    """Escape sequences, control and direction characters go; markup is shown as the text it is."""
    hostile = an_alert(headline=HOSTILE, why=HOSTILE, articles=(an_article(1, url=HOSTILE),))
    for terminal in (False, True):
        printed = _printed(hostile, terminal=terminal)
        assert not set("\x07\x00\r\x9b\u202e\u202c\ud800") & set(printed)
        assert "\x1b[2J" not in printed
        assert "\x1b]" not in printed
        assert "owned" not in printed
        assert "[red]Kim[/red] gnp.exe sends letter [link=file:///]" in printed
        printed.encode()


@given(st.text(st.characters(codec=None)))
def test_printable_text_is_one_line_without_controls(text: str) -> None:
    """Nothing that a terminal acts on is left, whatever comes in, and a second pass changes nothing."""
    shown = printable(text)
    assert shown.splitlines() in ([], [shown])
    assert all(c.isprintable() or c in "\u200c\u200d\u3000" or ord(c) > 0xA0 for c in shown)
    assert "\x1b" not in shown
    assert printable(shown) == shown
    shown.encode()


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        (Quantity(of="troops", low=14000, high=15000, text=""), "14,000–15,000 troops"),
        (Quantity(of="wounded", low=1000, high=None, text=""), "more than 1,000 wounded"),
        (Quantity(of="killed", low=None, high=600, text=""), "up to 600 killed"),
        (Quantity(of="money", low=2.5, high=2.5, text="", approximate=True), "about 2.5 money"),
        (Quantity(of="shells", low=None, high=None, text="millions"), "millions shells"),
    ],
)
def test_a_quantity_reads_as_people_write_it(quantity: Quantity, words: str) -> None:
    """A range, an open range and an approximate figure are told apart in words."""
    assert quantity_in_words(quantity) == words


@pytest.mark.parametrize(
    ("start", "end", "precision", "words"),
    [
        ("2026-01-08", "2026-01-08", "day", "2026-01-08"),
        ("2024-10-01", "2024-10-31", "month", "2024-10"),
        ("2024-01-01", "2024-12-31", "year", "2024"),
        ("2024-10-01", "2024-12-31", "unknown", "2024-10-01 to 2024-12-31"),
        (None, None, "unknown", "as said"),
    ],
)
def test_a_date_is_no_finer_than_known(
    start: str | None, end: str | None, precision: str, words: str
) -> None:
    """A month is shown as a month, and what could not be resolved as it was said."""
    when = codec.convert({"start": start, "end": end, "precision": precision, "text": "as said"}, When)
    assert when_in_words(when) == words


def _lines(path: Path) -> list[str]:
    return [codec.decode(line, Alert).alert_id for line in path.read_bytes().splitlines()]


def test_each_alert_is_in_the_file_once(tmp_path: Path) -> None:
    """An alert that comes again, also after a restart, is not written again."""
    path = tmp_path / "new" / "alerts.jsonl"
    for _ in range(2):
        sink = JsonLinesSink(path)
        for number in (1, 2, 1):
            sink.deliver(an_alert(number))
        sink.close()
    assert _lines(path) == [sha("alert 1"), sha("alert 2")]


@pytest.mark.parametrize("cut", [1, 2, 100])
def test_a_line_torn_by_a_crash_is_mended(tmp_path: Path, cut: int) -> None:
    """After a crash in mid-line every line is whole again and the alert is there once."""
    path = tmp_path / "alerts.jsonl"
    sink = JsonLinesSink(path)
    sink.deliver(an_alert(1))
    sink.deliver(an_alert(2))
    sink.close()
    os.truncate(path, path.stat().st_size - cut)
    sink = JsonLinesSink(path)
    sink.deliver(an_alert(2))
    sink.deliver(an_alert(3))
    sink.close()
    assert _lines(path) == [sha("alert 1"), sha("alert 2"), sha("alert 3")]


def test_a_full_disk_leaves_the_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that fails half-way is undone and told; the alert is taken later."""
    path = tmp_path / "alerts.jsonl"
    sink = JsonLinesSink(path)
    sink.deliver(an_alert(1))
    write = os.write

    def half_then_full(file: int, line: bytes) -> int:
        if len(line) < 200:
            raise OSError(errno.ENOSPC, "no space left on device")
        return write(file, line[: len(line) // 2])

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", half_then_full)
        with pytest.raises(SinkError, match="no space left"):
            sink.deliver(an_alert(2))
    assert _lines(path) == [sha("alert 1")]
    sink.deliver(an_alert(2))
    sink.close()
    assert _lines(path) == [sha("alert 1"), sha("alert 2")]


def test_a_file_has_one_writer(tmp_path: Path) -> None:
    """A second sink on the same file is refused while the first has it."""
    path = tmp_path / "alerts.jsonl"
    first = JsonLinesSink(path)
    with pytest.raises(SinkError, match="in use by another"):
        JsonLinesSink(path)
    first.close()
    JsonLinesSink(path).close()


def test_a_file_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A path below a file is a SinkError that names it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SinkError, match="cannot write alerts to"):
        JsonLinesSink(tmp_path / "file" / "alerts.jsonl")


def test_sinks_are_chosen_by_scheme(tmp_path: Path) -> None:
    """A scheme opens its sink; its name is the scheme, or the one before the equals sign."""
    sinks = open_sinks(["console:", f"jsonl:{tmp_path}/a", f"archive=jsonl:{tmp_path}/b"], {})
    assert [sink.name for sink in sinks] == ["console", "jsonl", "archive"]
    for sink in sinks:
        sink.close()


@pytest.mark.parametrize(
    ("specs", "told"),
    [
        (["pigeon:"], "pigeon:.*console:, jsonl:"),
        (["console"], "not .NAME=.SCHEME"),
        (["console:", "console:"], "another named console"),
        (["a b=console:"], "not .NAME=.SCHEME"),
    ],
)
def test_what_is_no_sink_is_told(specs: list[str], told: str) -> None:
    """An unknown scheme, a missing colon or a name used twice is a SettingsError that shows the way."""
    with pytest.raises(SettingsError, match=told):
        open_sinks(specs, {})


def test_the_alerts_file_is_in_the_data_folder_unless_set(tmp_path: Path) -> None:
    """By default alerts go to the terminal and to alerts.jsonl in the data folder."""
    assert default_sinks(Settings(data_dir=tmp_path)) == ("console:", f"jsonl:{tmp_path}/alerts.jsonl")
    assert default_sinks(Settings(alerts_file=tmp_path / "x"))[1] == f"jsonl:{tmp_path}/x"
