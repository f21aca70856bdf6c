"""Datelines: where the text behind place, day and agency begins."""

import pytest

from pipeline.core.text.datelines import dateline_end


@pytest.mark.parametrize(
    ("dateline", "text"),
    [
        ("MOSCOW, January 16. /TASS/. ", "Reports are untrue."),
        ("SEOUL, Jan. 5 (Yonhap) -- ", "The North said so."),
        ("Pyongyang, August 4 (KCNA) --", "Kim Jong Un received a letter."),
        ("KYIV, Nov 14 - ", "About 1,100 soldiers came."),
        ("KYIV (AP) — ", "Soldiers came."),
        ("МОСКВА, 16 января. /ТАСС/. ", "Это вымысел."),
        ("", "Kim Jong Un, 41, met Putin on May 9 - and left."),
        ("", "In Moscow, 16 January was a holiday."),
    ],
)
def test_the_text_begins_behind_the_dateline(dateline: str, text: str) -> None:
    """What says where and when a report was written is told apart from what it tells."""
    assert dateline_end(dateline + text, 0, len(dateline + text)) == len(dateline)


def test_only_the_beginning_is_looked_at() -> None:
    """A line that could be a dateline again and again is looked at once, and not far."""
    line = "A, B. /" * 50_000
    assert dateline_end(line, 0, len(line)) == 0
