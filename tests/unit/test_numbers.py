"""Numbers in running text say how many, and what they leave open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.text.numbers import NumberSpan, find_numbers


def numbers(text: str) -> list[NumberSpan]:
    """Return the numbers of the whole text."""
    return find_numbers(text, 0, len(text))


EXACT, ABOUT = False, True


@pytest.mark.parametrize(
    ("text", "said", "low", "high", "approximate"),
    [
        ("killed 600 soldiers", "600", 600, 600, EXACT),
        ("1,100 soldiers", "1,100", 1100, 1100, EXACT),
        ("3 500 balloons", "3 500", 3500, 3500, EXACT),
        ("2000 soldiers", "2000", 2000, 2000, EXACT),
        ("1.5 million shells", "1.5 million", 1_500_000, 1_500_000, EXACT),
        ("12k troops", "12k", 12_000, 12_000, EXACT),
        ("six soldiers", "six", 6, 6, EXACT),
        ("one soldier was", "one", 1, 1, EXACT),
        ("two hundred and fifty men", "two hundred and fifty", 250, 250, EXACT),
        ("twenty-five men", "twenty-five", 25, 25, EXACT),
        ("half a million men", "half a million", 500_000, 500_000, EXACT),
        ("a dozen men", "a dozen", 12, 12, EXACT),
        ("SEOUL, Jan. 29 - About 1,100 soldiers", "About 1,100", 1100, 1100, ABOUT),
        ("a 1,000-strong unit", "1,000", 1000, 1000, EXACT),
        # ranges
        ("around 14,000–15,000 troops", "around 14,000–15,000", 14_000, 15_000, ABOUT),
        ("14,000 to 15,000 troops", "14,000 to 15,000", 14_000, 15_000, EXACT),
        ("14-15,000 troops", "14-15,000", 14_000, 15_000, EXACT),
        ("10 to 15 thousand men", "10 to 15 thousand", 10_000, 15_000, EXACT),
        ("3,000 or 4,000 men", "3,000 or 4,000", 3000, 4000, EXACT),
        ("between 10,000 and 12,000 men", "between 10,000 and 12,000", 10_000, 12_000, EXACT),
        ("from 1,000 to over 6,000 men", "from 1,000 to over 6,000", 1000, 6000, ABOUT),
        # bounds
        ("more than a thousand", "more than a thousand", 1000, None, EXACT),
        ("at least 300 men", "at least 300", 300, None, EXACT),
        ("6,000+ men", "6,000+", 6000, None, EXACT),
        ("10,000 or more", "10,000 or more", 10_000, None, EXACT),
        ("up to 12,000 men", "up to 12,000", None, 12_000, EXACT),
        ("as many as 600", "as many as 600", None, 600, EXACT),
        ("fewer than 50 men", "fewer than 50", None, 50, EXACT),
        # about
        ("some 3,000 men", "some 3,000", 3000, 3000, ABOUT),
        ("nearly 5,000 men", "nearly 5,000", 5000, 5000, ABOUT),
        ("dozens of men", "dozens", 24, None, ABOUT),
        ("several thousand men", "several thousand", 2000, None, ABOUT),
        ("tens of thousands of men", "tens of thousands", 20_000, None, ABOUT),
        # Russian
        ("около 3000 военных", "около 3000", 3000, 3000, ABOUT),
        ("более тысячи солдат", "более тысячи", 1000, None, EXACT),
        ("двое солдат", "двое", 2, 2, EXACT),
        ("более 10 тыс. солдат", "более 10 тыс.", 10_000, None, EXACT),
        ("до 12 тысяч солдат", "до 12 тысяч", None, 12_000, EXACT),
        ("от 10 до 12 тысяч солдат", "от 10 до 12 тысяч", 10_000, 12_000, EXACT),
        ("2,5 тыс. человек", "2,5 тыс.", 2500, 2500, EXACT),
        ("10 000 солдат", "10 000", 10_000, 10_000, EXACT),
        ("тысяча сапёров", "тысяча", 1000, 1000, EXACT),
        ("несколько тысяч солдат", "несколько тысяч", 2000, None, ABOUT),
        # Korean
        ("1만 명을", "1만 명", 10_000, 10_000, EXACT),
        ("1만2천 명이", "1만2천 명", 12_000, 12_000, EXACT),
        ("약 800명이", "약 800명", 800, 800, ABOUT),
        ("3천여 명", "3천여 명", 3000, None, ABOUT),
        ("수천 명의", "수천 명", 2000, None, ABOUT),
        ("최대 1만5000명", "최대 1만5000명", None, 15_000, EXACT),
        ("1만~1만5000명", "1만~1만5000명", 10_000, 15_000, EXACT),
        ("약 3천 명 이상", "약 3천 명 이상", 3000, None, ABOUT),
        ("10만 명 이상", "10만 명 이상", 100_000, None, EXACT),
        ("장교 두 명이", "두 명", 2, 2, EXACT),
        # Chinese
        ("约1万名士兵", "约1万名", 10_000, 10_000, ABOUT),
        ("1.2万名士兵", "1.2万名", 12_000, 12_000, EXACT),
        ("派遣三千人", "三千人", 3000, 3000, EXACT),
        ("数千名士兵", "数千名", 2000, None, ABOUT),
        ("超过一万人", "超过一万人", 10_000, None, EXACT),
        ("3000余人", "3000余人", 3000, None, ABOUT),
        ("1万至1.2万名", "1万至1.2万名", 10_000, 12_000, EXACT),
    ],
)
def test_a_count_is_read(
    text: str, said: str, low: float | None, high: float | None, approximate: bool
) -> None:
    """A count is found with its bounds; what it leaves open has no figure."""
    (found,) = numbers(text)
    assert (found.text, text[found.start : found.end]) == (said, said)
    assert (found.low, found.high, found.approximate, found.unit) == (low, high, approximate, "")


@pytest.mark.parametrize(
    ("text", "low", "unit"),
    [
        ("$20 billion", 20e9, "USD"),
        ("$5m in aid", 5e6, "USD"),
        ("20 million dollars", 20e6, "USD"),
        ("a 170-mm gun", 170, "mm"),
        ("500 km away", 500, "km"),
        ("1 million tons of rice", 1e6, "tonne"),
        ("20 млрд рублей", 20e9, "RUB"),
        ("200억 달러", 20e9, "USD"),
        ("100万吨", 1e6, "tonne"),
    ],
)
def test_an_amount_has_its_unit(text: str, low: float, unit: str) -> None:
    """Money and measures say what they measure, so that they are no counts of anything."""
    (found,) = numbers(text)
    assert (found.low, found.unit) == (low, unit)


@pytest.mark.parametrize(
    "text",
    [
        "in 2024 he", "January 8, 2026", "on May 28", "24 years", "a 24-hour strike", "the 15th brigade",
        "KN-23 and Su-57", "50 percent", "at 10:30", "3-1", "Resolution 2397", "one of them", "no one",
        "two-thirds", "в 2024 году", "28 апреля", "24 года", "50%", "2024년 6월 19일", "군사 건설", "第三名", "2日",
    ],
)  # fmt: skip
def test_what_counts_nothing_is_left_out(text: str) -> None:
    """Dates, times, durations, shares, ordinals, scores and designations are no counts."""
    assert numbers(text) == []


def test_two_counts_of_one_sentence_stay_two() -> None:
    """Numbers joined by "and" are a range only after "between"."""
    text = "They killed 600 and wounded 4,100; about 1,000 sappers and 5,000 builders came."
    assert [found.low for found in numbers(text)] == [600, 4100, 1000, 5000]


def test_offsets_are_of_the_whole_text() -> None:
    """Only the asked-for part is read, and offsets count from the start of the text."""
    text = "Some 10 came. Then 20 left. And 30 stayed."
    (found,) = find_numbers(text, 14, 27)
    assert text[found.start : found.end] == "20"


@given(st.text(alphabet="0123456789 ,.-–$%abcthousndотысяч만천명万千人수"))
def test_no_text_breaks_it(text: str) -> None:
    """Whatever is read, offsets slice the text, spans do not overlap and low is not above high."""
    reached = 0
    for found in numbers(text):
        assert text[found.start : found.end] == found.text
        assert found.start >= reached
        assert found.low is None or found.high is None or found.low <= found.high
        reached = found.end


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
    assert all(text[found.start : found.end] for found in numbers(text))
