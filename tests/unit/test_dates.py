"""Dates in running text, beside an article published on Friday, 9 January 2026."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.text.dates import DateSpan, find_dates

PUBLISHED = datetime(2026, 1, 9, tzinfo=UTC)


def dates(text: str, published_at: datetime | None = PUBLISHED) -> list[DateSpan]:
    """Return the dates of the whole text."""
    return find_dates(text, 0, len(text), published_at)


@pytest.mark.parametrize(
    ("text", "said", "start", "end", "precision"),
    [
        # absolute
        (
            "sent on Thursday, January 8, 2026 – a day",
            "Thursday, January 8, 2026",
            "2026-01-08",
            "2026-01-08",
            "day",
        ),
        ("on 28 April 2025, he", "28 April 2025", "2025-04-28", "2025-04-28", "day"),
        ("on the 28th of April 2025", "the 28th of April 2025", "2025-04-28", "2025-04-28", "day"),
        ("on April 28th, 2025", "April 28th, 2025", "2025-04-28", "2025-04-28", "day"),
        ("held on April 28, 2025 on the occasion of", "April 28, 2025", "2025-04-28", "2025-04-28", "day"),
        ("from April 28-30, 2025", "April 28-30, 2025", "2025-04-28", "2025-04-30", "day"),
        ("came from April 28 to 30, 2025", "from April 28 to 30, 2025", "2025-04-28", "2025-04-30", "day"),
        ("on April 28-May 2, 2025", "April 28-May 2, 2025", "2025-04-28", "2025-05-02", "day"),
        ("in April and May 2025", "April and May 2025", "2025-04-01", "2025-05-31", "month"),
        (
            "from November to January 2025",
            "from November to January 2025",
            "2024-11-01",
            "2025-01-31",
            "month",
        ),
        (
            "from December 30 to January 2, 2025",
            "from December 30 to January 2, 2025",
            "2024-12-30",
            "2025-01-02",
            "day",
        ),
        ("dated 2025-04-28.", "2025-04-28", "2025-04-28", "2025-04-28", "day"),
        ("in June 2024 he", "June 2024", "2024-06-01", "2024-06-30", "month"),
        ("the June 2024 signing", "June 2024", "2024-06-01", "2024-06-30", "month"),
        ("in late 2024", "late 2024", "2024-10-01", "2024-12-31", "month"),
        ("in early January 2026,", "early January 2026", "2026-01-01", "2026-01-10", "month"),
        ("the end of February 2025", "the end of February 2025", "2025-02-21", "2025-02-28", "month"),
        ("in 2024,", "2024", "2024-01-01", "2024-12-31", "year"),
        ("подписан 28 апреля 2025 года.", "28 апреля 2025 года", "2025-04-28", "2025-04-28", "day"),
        ("в июне 2024 года", "июне 2024 года", "2024-06-01", "2024-06-30", "month"),
        ("2024년 6월 19일", "2024년 6월 19일", "2024-06-19", "2024-06-19", "day"),
        ("2024年6月19日", "2024年6月19日", "2024-06-19", "2024-06-19", "day"),
        # without a year
        ("on January 8, he", "January 8", "2026-01-08", "2026-01-08", "day"),
        ("on Dec. 30 he", "Dec. 30", "2025-12-30", "2025-12-30", "day"),
        ("until March 15", "March 15", "2026-03-15", "2026-03-15", "day"),
        ("in December, they", "December", "2025-12-01", "2025-12-31", "month"),
        ("last October", "last October", "2025-10-01", "2025-10-31", "month"),
        ("in October last year", "October last year", "2025-10-01", "2025-10-31", "month"),
        ("작년 10월에", "작년 10월", "2025-10-01", "2025-10-31", "month"),
        ("去年10月", "去年10月", "2025-10-01", "2025-10-31", "month"),
        ("지난달 20일", "지난달 20일", "2025-12-20", "2025-12-20", "day"),
        # relative
        ("said on Friday.", "Friday", "2026-01-09", "2026-01-09", "day"),
        ("said on Saturday.", "Saturday", "2026-01-03", "2026-01-03", "day"),
        ("said last Friday.", "last Friday", "2026-01-02", "2026-01-02", "day"),
        ("will meet next Monday", "next Monday", "2026-01-12", "2026-01-12", "day"),
        ("said yesterday", "yesterday", "2026-01-08", "2026-01-08", "day"),
        ("arrived last week", "last week", "2025-12-29", "2026-01-04", "month"),
        ("this month", "this month", "2026-01-01", "2026-01-31", "month"),
        ("last year", "last year", "2025-01-01", "2025-12-31", "year"),
        ("three days ago", "three days ago", "2026-01-06", "2026-01-06", "day"),
        ("two weeks ago", "two weeks ago", "2025-12-22", "2025-12-28", "month"),
        ("over the past two months", "over the past two months", "2025-11-10", "2026-01-09", "month"),
        ("в пятницу", "в пятницу", "2026-01-09", "2026-01-09", "day"),
        ("вчера", "вчера", "2026-01-08", "2026-01-08", "day"),
        ("на прошлой неделе", "на прошлой неделе", "2025-12-29", "2026-01-04", "month"),
        ("지난 2일부터 6일까지", "지난 2일부터 6일까지", "2026-01-02", "2026-01-06", "day"),
        ("오는 26∼28일", "오는 26∼28일", "2026-01-26", "2026-01-28", "day"),
        ("오는 3일", "오는 3일", "2026-02-03", "2026-02-03", "day"),
        ("지난 5∼7일", "지난 5∼7일", "2026-01-05", "2026-01-07", "day"),
        ("올해 1∼2월", "올해 1∼2월", "2026-01-01", "2026-02-28", "month"),
        ("上月8日至13日", "上月8日至13日", "2025-12-08", "2025-12-13", "day"),
        ("去年1月至2月", "去年1月至2月", "2025-01-01", "2025-02-28", "month"),
        ("18일 밝혔다", "18일", "2025-12-18", "2025-12-18", "day"),
        ("8일 전했다", "8일 전했", "2026-01-08", "2026-01-08", "day"),
        ("8일 전에", "8일 전", "2026-01-01", "2026-01-01", "day"),
        ("지난 7일", "지난 7일", "2026-01-07", "2026-01-07", "day"),
        ("올해", "올해", "2026-01-01", "2026-12-31", "year"),
        ("普京2日致信", "2日", "2026-01-02", "2026-01-02", "day"),
        ("本月", "本月", "2026-01-01", "2026-01-31", "month"),
    ],
)
def test_a_date_is_resolved(text: str, said: str, start: str, end: str, precision: str) -> None:
    """An expression is found whole and means a closed range of days, relative to the publication."""
    (found,) = dates(text)
    assert (found.when.text, text[found.start : found.end]) == (said, said)
    assert (str(found.when.start), str(found.when.end), found.when.precision) == (start, end, precision)


@pytest.mark.parametrize(
    "text",
    [
        "he may go in 24 years",
        "will march on",
        "Mar-a-Lago",
        "March with us",
        "2,024 soldiers",
        "version 1.2025",
        "the sun sat",
        "on the Day of the Sun.",
        "where he sat.",
        "about 14,000 troops",
        "maybe sundays",
        "31 February 2025",
        "сын марта-инвестора не",
    ],
)
def test_what_is_no_date_is_left(text: str) -> None:
    """Verbs that look like months, counts and days that no calendar has say nothing of when."""
    assert [found for found in dates(text) if found.when.start and found.when.precision == "day"] == []
    assert [found for found in dates(text) if found.when.precision == "year"] == []


@pytest.mark.parametrize(
    "text", ["yesterday", "on Friday", "last year", "18일", "в пятницу", "去年", "two weeks ago", "in June"]
)
def test_relative_dates_of_an_undated_article_say_nothing(text: str) -> None:
    """Without a publication date a relative expression keeps its words, and no day."""
    (found,) = dates(text, published_at=None)
    assert found.when.text
    assert (found.when.start, found.when.end, found.when.precision) == (None, None, "unknown")


def test_an_absolute_date_needs_no_publication() -> None:
    """An undated article still says when, where it gives the year."""
    (found,) = dates("on January 8, 2026", published_at=None)
    assert found.when.start == date(2026, 1, 8)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("since October 2024", date(2024, 10, 1)),
        ("starting in late 2024", date(2024, 10, 1)),
        ("작년 10월부터", date(2025, 10, 1)),
        ("с октября 2024 года", date(2024, 10, 1)),
        ("自2024年10月以来", date(2024, 10, 1)),
    ],
)
def test_since_lasts_until_the_publication(text: str, start: date) -> None:
    """What began then goes on until the article was published, and the span says so."""
    (found,) = dates(text)
    assert (found.when.start, found.when.end, found.since) == (start, PUBLISHED.date(), True)


def test_a_weekday_may_be_tomorrow_in_the_evening() -> None:
    """When it is already Friday in the east, "on Friday" in an article of Thursday evening is that Friday."""
    evening = datetime(2026, 1, 8, 22, tzinfo=UTC)
    morning = datetime(2026, 1, 8, 6, tzinfo=UTC)
    assert dates("on Friday", evening)[0].when.start == date(2026, 1, 9)
    assert dates("on Friday", morning)[0].when.start == date(2026, 1, 2)


def test_several_dates_are_in_order() -> None:
    """Dates of one sentence come in order, with offsets of the whole text."""
    text = "Before. He came on Friday, left on January 3 and returned in late 2024. After 2020."
    found = find_dates(text, 8, len(text) - 12, PUBLISHED)
    assert [text[date_.start : date_.end] for date_ in found] == ["Friday", "January 3", "late 2024"]


@given(st.text(alphabet="0123456789 .,-/ JanuryFid월일年月в"), st.datetimes(timezones=st.just(UTC)))
def test_no_text_breaks_it(text: str, published_at: datetime) -> None:
    """Whatever is read, at the ends of the calendar too, offsets slice and ranges are ranges."""
    for found in dates(text, published_at):
        assert text[found.start : found.end] == found.when.text
        assert found.when.start is None or found.when.end is None or found.when.start <= found.when.end


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece",
    [
        "January 5, ",
        "5 января 2025 года ",
        "1만 명 20일 ",
        "3万",
        "一千",
        "1,000 ",
        "two hundred and ",
        "5 - ",
    ],
)
def test_a_hostile_sentence_takes_no_more_than_its_length(piece: str) -> None:
    """A sentence of a hundred thousand characters is read in about a second: no step grows faster than it."""
    text = piece * (100_000 // len(piece))
    assert all(text[found.start : found.end] for found in dates(text))
