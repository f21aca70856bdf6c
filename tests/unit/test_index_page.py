import time

import pytest

from pipeline.core.feeds import Feed
from pipeline.sources.index_page import read_index_page
from pipeline.sources.item import SourceError
from pipeline.sources.listing import Document, Listing

URL = "https://www.example.kp/en/news"


def _read(
    page: str | bytes, links: str | None = r"/(article|news)/", content_type: str = "text/html"
) -> Listing:
    feed = Feed(id="example", url=URL, name="Example", family="example", via="index", links=links)
    return read_index_page(
        Document(URL, page.encode() if isinstance(page, str) else page, content_type), feed
    )


def _found(page: str | bytes, links: str = r"/(article|news)/") -> list[tuple[str, str, str]]:
    entries = _read(page, links).entries
    return [
        (
            entry["url"].removeprefix("https://www.example.kp"),
            entry["title"],
            entry.get("published_at", "")[:10],
        )
        for entry in entries
    ]


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(
            "<ul><li><a href='/article/1'>First headline of the day</a> <span>[2026.01.09.]</span></li>"
            "<li><a href='/article/2'>Second headline of the day</a> <span>[2026.01.08.]</span></li></ul>",
            id="a list with dates behind the links",
        ),
        pytest.param(
            "<a href='/article/1'>First headline of the day</a> <i>2026-01-09</i><br>"
            "<a href='/article/2'>Second headline of the day</a> <i>2026-01-08</i><br>",
            id="links and dates in a row",
        ),
        pytest.param(
            "<p><b>2026-01-09</b></p><h3>First headline of the day</h3><p>Teaser.</p><a href='/article/1'>Read more</a>"
            "<p><b>2026-01-08</b></p><h3>Second headline of the day</h3><p>Teaser.</p><a href='/article/2'>Read more</a>",
            id="headings before links that all say the same",
        ),
        pytest.param(
            "<h2>Latest</h2><div class=card><a href='/article/1'><img src=x alt=Picture></a><h3><a href='/article/1'>First"
            " headline <b>of the</b> day</a></h3><time datetime='2026-01-09T18:00:00+09:00'>1 hour ago</time><a"
            " href='/article/1'>Read more</a></div><div class=card><a href='/article/2'><h3>Second headline of the day</h3>"
            "<p>A long teaser that says more than the headline does.</p><time datetime='2026-01-08'>yesterday</time></a></div>",
            id="cards",
        ),
        pytest.param(
            "<table><tr><td>Jan 9, 2026</td><td><a href='/article/1' title='First headline of the day'><img src=x></a></td>"
            "</tr><tr><td>Jan 8, 2026</td><td><a href='/article/2'><img alt='Second headline of the day'></a></td></tr></table>",
            id="pictures in a table",
        ),
    ],
)
def test_each_link_has_the_title_and_the_date_beside_it(page: str) -> None:
    """However a page is laid out, a link gives one article with its own headline and date, in the page's order."""
    assert _found(f"<html><body><nav><a href='/about'>About us</a></nav>{page}</body></html>") == [
        ("/article/1", "First headline of the day", "2026-01-09"),
        ("/article/2", "Second headline of the day", "2026-01-08"),
    ]


def test_links_are_joined_to_the_base_and_those_of_other_sites_left_out() -> None:
    """<base> counts, fragments do not, and another site's links are articles only where the pattern names it."""
    page = """<base href="/ko/"><a href="news/1#top">Headline number one is here</a>
        <a href="news/1">again</a><a href="https://other.org/news/2">Headline of somebody else</a>
        <a href="//kcna.example.kp/news/3">Headline on a sister host</a><a href="javascript:open('/news/4')">x</a>"""
    assert [entry["url"] for entry in _read(page).entries] == [
        "https://www.example.kp/ko/news/1",
        "https://kcna.example.kp/news/3",
    ]
    assert [entry["url"] for entry in _read(page, "^https://other[.]org/news/").entries] == [
        "https://other.org/news/2"
    ]


def test_an_index_in_another_encoding_and_with_markup_in_its_titles_is_read() -> None:
    """The page's declared encoding counts, its language is the articles', and a title is one line of plain text."""
    page = "<html lang=ko><meta charset=euc-kr><body><a href='/news/1'>김정은 위원장\n <b>축하</b> 편지를&nbsp;보내다</a>"
    [entry] = _read(page.encode("euc-kr")).entries
    assert (entry["title"], entry["language"]) == ("김정은 위원장 축하 편지를 보내다", "ko")
    assert "body" not in entry


@pytest.mark.parametrize(
    ("links", "why"),
    [
        (None, "needs `links`"),
        ("(", "no regular expression"),
        (r"(?=x)", "no regular expression"),
        ("/nowhere/", "no link"),
    ],
)
def test_a_pattern_that_finds_nothing_says_so(links: str | None, why: str) -> None:
    """An index page without a usable pattern, or whose links have changed, is an error and not an empty list."""
    with pytest.raises(SourceError, match=why):
        _read("<a href='/news/1'>Headline</a>", links)


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 400_000 + "<a href='/news/1'>Headline of the day</a>",
        "".join(
            f"<h3>T {n}</h3><a href='/news/{n}'>2026-01-0{n % 9 + 1}</a><span>2026-01-09 {n}</span>"
            for n in range(30_000)
        ),
        "<a href='/news/1'>" + "<h2><img alt=x>" * 100_000,
        "<a href='/news/1'>" + "a<" * 1_000_000,
        f"<a href='/news/{'a' * 2_000_000}'>x</a>",
    ],
    ids=["deep", "many", "headings in a link", "angle brackets", "endless address"],
)
def test_a_hostile_page_takes_seconds_at_most(page: str) -> None:
    """Depth, number and length are bounded, also for a pattern that would run for ever elsewhere."""
    started = time.process_time()
    try:
        assert len(_read(page, "(a+)+$|/news/").entries) <= 2000
    except SourceError as error:
        assert "no link" in str(error)  # noqa: PT017 - what lies too deep is not found, which is as good
    assert time.process_time() - started < 30
