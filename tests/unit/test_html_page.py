import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.articles import read_article
from pipeline.sources.html_page import page_fields
from pipeline.sources.page_dates import address_date

NOW = datetime(2026, 1, 10, tzinfo=UTC)
_PARAGRAPHS = "".join(
    f"<p>Paragraph {n} tells of the envoy at some length, as reports about envoys do.</p>" for n in range(6)
)


def _page(head: str = "", body: str = "") -> bytes:
    return (
        f"<html><head><title>T</title>{head}</head><body>{body}<article><h1>Envoy arrives</h1>{_PARAGRAPHS}</article>"
        "</body></html>"
    ).encode()


def _linked(value: object) -> str:
    return f'<script type="application/ld+json">{value if isinstance(value, str) else json.dumps(value)}</script>'


_ARTICLE = {"@type": "NewsArticle", "datePublished": "2026-01-09T10:00:00+09:00"}
_META = '<meta property="article:published_time" content="2026-01-08T10:00:00Z">'


@pytest.mark.parametrize(
    ("head", "body", "url", "date"),
    [
        (_linked(_ARTICLE) + _META, "", "", "2026-01-09T10:00:00+09:00"),
        (
            _linked({"@graph": [{"@type": "WebPage", "datePublished": "2020-01-01"}, _ARTICLE]}),
            "",
            "",
            "2026-01-09T10:00:00+09:00",
        ),
        (_linked('{"datePublished": "2026-01-09", "broken": }') + _META, "", "", "2026-01-09"),
        (_linked({"@type": "NewsArticle", "datePublished": "soon"}) + _META, "", "", "2026-01-08T10:00:00Z"),
        (
            '<meta name="DC.date.issued" content="2026-01-07">',
            "<time datetime='2020-01-01'>",
            "",
            "2026-01-07",
        ),
        ("", "<time datetime='2026-01-06T08:00Z'>6 January</time>", "", "2026-01-06T08:00Z"),
        ("", "", "https://example.org/2026/01/05/envoy", "2026-01-05"),
        ("", "<p class=date>January 4, 2026</p>", "", "2026-01-04"),
        ("", "<div id=article-date>2026年 1月 3日 星期六</div>", "", "2026年1月3日 星期六"),
        (
            "",
            "<i class=server-time>2026年1月3日</i><b class=publish-time>2026年1月2日</b>",
            "",
            "2026年1月2日",
        ),
        ("", "", "https://example.org/envoy", None),
        (_linked("[" * 100_000), "", "", None),
    ],
    ids=[
        "linked",
        "graph",
        "broken",
        "no date",
        "meta",
        "time",
        "address",
        "shown",
        "shown in Chinese",
        "shown, not the clock",
        "none",
        "deep",
    ],
)
def test_the_date_is_what_the_page_says_of_its_publication(
    head: str, body: str, url: str, date: str | None
) -> None:
    """Linked data come before meta elements, <time>, the address and what is shown; a page without a date has none."""
    assert page_fields(_page(head, body), url=url).get("published_at") == date


@pytest.mark.parametrize(
    ("url", "date"),
    [
        ("https://en.example.org/view/AEN20260109001200315", "2026-01-09"),
        ("https://example.org/20260109/a", "2026-01-09"),
        ("https://example.org/a-2026-01-09.html", "2026-01-09"),
        ("https://example.org/12026010912", ""),
        ("https://example.org/id=20261399", ""),
        ("https://example.org/2026/envoy", ""),
    ],
)
def test_an_address_may_name_a_day(url: str, date: str) -> None:
    """Three numbers that can be a day, or eight digits that are no part of another number."""
    assert address_date(url) == date


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ('<meta property="og:title" content="Envoy &amp;amp; aides | Example"><meta property="og:site_name" content="Example">', "Envoy & aides"),
        ('<meta property="og:title" content="&lt;script&gt;alert(1)&lt;/script&gt;Envoy">', "Envoy"),
        (_linked({"@type": "NewsArticle", "headline": "Envoy in talks"}), "Envoy in talks"),
        ("", "Envoy arrives"),
    ],
)  # fmt: skip
def test_the_title_is_one_plain_line_without_the_sites_name(head: str, title: str) -> None:
    """Whatever the head says of the headline, markup and escapes are gone from it."""
    assert page_fields(_page(head))["title"] == title


def test_the_text_is_the_articles_alone() -> None:
    """Menus, captions' scripts, comments and links to other stories are no part of it, and it has blank lines between its paragraphs."""
    around = (
        "<nav><ul><li><a href='/a'>Menu entry</a></li></ul></nav><script>var text = 'Script text';</script>"
        "<aside class=related><h3>Related</h3><a href='/b'>Soldiers were deployed last year</a></aside>"
    )
    body = page_fields(_page(body=around))["body"]
    assert body.split("\n\n")[0].startswith("Paragraph 0")
    assert body.count("\n\n") == 5
    for other in ("Menu entry", "Script text", "deployed", "Envoy arrives"):
        assert other not in body


def test_a_page_that_is_for_subscribers_or_the_sites_front_says_so() -> None:
    """What tells that a page is not the article's is beside its fields, and is no field of the article."""
    restricted = page_fields(
        _page(_linked(_ARTICLE | {"isAccessibleForFree": "False"})), url="https://example.org/"
    )
    assert (restricted["is_restricted"], restricted["is_front_page"]) == (True, True)
    fields = page_fields(_page(_linked(_ARTICLE)), url="https://example.org/?p=12")
    assert not {"is_restricted", "is_front_page"} & set(fields)
    assert read_article(restricted, fetched_at=NOW).title == "Envoy arrives"


def test_the_header_of_the_server_says_the_encoding() -> None:
    """A page that does not declare its encoding is read by that of the server's header."""
    page = _page().decode().replace("Envoy arrives", "Посол прибыл в столицу").encode("koi8-r")
    assert page_fields(page, content_type="text/html; charset=koi8-r")["title"] == "Посол прибыл в столицу"


@pytest.mark.parametrize(
    "piece",
    ["<div>", "<b>", "<table><tr><td>", "<p><a href='/x/1'>Some text</a></p>", "text<br>", "<", "&amp;", "<meta name=date content=x>", "<!--", "<p class=date>1.1.2026</p>", "<script>"],
)  # fmt: skip
def test_ten_hostile_megabytes_take_seconds_at_most(piece: str) -> None:
    """No depth, number or repetition makes a page take long."""
    started = time.process_time()
    page_fields(b"<html><body><article><p>" + piece.encode() * (10_000_000 // len(piece)))
    assert time.process_time() - started < 30


_PIECES = [b"<p>Text ", b"</p>", b"<article>", b"<script type='application/ld+json'>{", b"</script>", b"\xff\x00", b"&#x110000;", b"<meta charset=utf-16>", b"<time datetime='", b"]]>", b"<!--", b"<svg", b"2026-01-09"]  # fmt: skip


@given(
    st.lists(st.sampled_from(_PIECES) | st.binary(max_size=20), max_size=30),
    st.sampled_from(["", "https://example.org/", "http://[::1", "https://example.org/2026/01/09/a"]),
    st.sampled_from(
        ["", "text/html; charset=gbk", "text/html; charset=nonsense", "text/html; charset=iso-2022-jp"]
    ),
)
def test_whatever_a_server_sends_is_a_page(pieces: list[bytes], url: str, content_type: str) -> None:
    """No bytes, however broken, under any address and declared encoding, keep a page from being read."""
    fields = page_fields(b"".join(pieces), url=url, content_type=content_type)
    assert isinstance(fields["body"], str)
