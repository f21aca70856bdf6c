"""Whatever a producer hands over is read tolerantly, or refused with the field named."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.core.articles import article_from_text, article_id, read_article
from pipeline.core.errors import RecordError
from pipeline.core.records import Source
from pipeline.core.urls import canonical_url, host, publisher

FETCHED = datetime(2026, 1, 10, tzinfo=UTC)
MINIMAL = {"title": "A title", "body": "A body."}


def read(**fields: Any) -> Any:
    """Return the article with these fields besides a title and a body."""
    return read_article(MINIMAL | fields, fetched_at=FETCHED)


def test_title_and_body_are_enough() -> None:
    """What is missing is filled in; a missing date stays missing."""
    article = read()
    assert article.source == Source(id="unknown", name="unknown", family="unknown")
    assert article.published_at is None
    assert article.fetched_at == FETCHED
    assert article.content_type == "text/plain"
    assert len(article.article_id) == 64


def test_unknown_fields_are_ignored() -> None:
    """A field that no record has changes nothing."""
    assert read(expect={"id": "x"}, comments=3) == read()


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"title": None}, "'title' is missing"),
        ({"body": None}, "'body' is missing"),
        ({"title": " \n"}, "'title' is blank"),
        ({"title": 7}, "'title' is a int"),
        ({"body": ["text"]}, "'body' is a list"),
        ({"url": 5}, "'url'"),
        ({"language": {}}, "'language'"),
        ({"published_at": ["2026"]}, "'published_at' is a list"),
        ({"published_at": True}, "'published_at' is a bool"),
        ({"source": 5}, "'source'"),
        ({"source": {"name": 5}}, "'source.name'"),
        ({"source": {"name": "A", "kind": "blog"}}, "'source'"),
        ({"body": "lone \ud800"}, "'body' holds a lone surrogate"),
        ({"title": "lone \udfff"}, "'title' holds a lone surrogate"),
        ({"article_id": "xyz"}, "article_id"),
    ],
)
def test_what_cannot_be_read_names_its_field(fields: dict[str, Any], named: str) -> None:
    """A wrong type, a missing text or a lone surrogate is a RecordError that names the field."""
    with pytest.raises(RecordError) as error:
        read(**fields)
    assert named in str(error.value)


def test_a_list_is_no_article() -> None:
    """A JSON value that is no object is refused."""
    with pytest.raises(RecordError, match="an article is an object, not list"):
        read_article([], fetched_at=FETCHED)  # type: ignore[arg-type]  # the point of the test


NINTH = datetime(2026, 1, 9, tzinfo=UTC)
NINTH_AT_EIGHT = datetime(2026, 1, 9, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stated", "read_as"),
    [
        ("2026-01-09T08:00:00Z", NINTH_AT_EIGHT),
        ("2026-01-09T17:00:00+09:00", NINTH_AT_EIGHT),
        ("2026-01-09 08:00:00+00:00", NINTH_AT_EIGHT),
        ("2026-01-09 08:00", NINTH_AT_EIGHT),
        ("Fri, 09 Jan 2026 08:00:00 GMT", NINTH_AT_EIGHT),
        ("Fri, 9 Jan 2026 17:00:00 +0900", NINTH_AT_EIGHT),
        (1767945600, NINTH_AT_EIGHT),
        (1767945600000, NINTH_AT_EIGHT),
        ("1767945600", NINTH_AT_EIGHT),
        (NINTH_AT_EIGHT, NINTH_AT_EIGHT),
        ("2026-01-09", NINTH),
        ("20260109", NINTH),
        ("January 9, 2026", NINTH),
        ("9 января 2026 года", NINTH),
        ("2026년 1월 9일", NINTH),
        ("2026年1月9日", NINTH),
        ("1900-01-01T00:00:00Z", datetime(1900, 1, 1, tzinfo=UTC)),
        ("", None),
        (None, None),
        ("soon", None),
        ("on Friday", None),
        (float("nan"), None),
        (10**30, None),
        ("0001-01-01T00:00:00+14:00", None),
        ("2026-13-45", None),
    ],
)
def test_a_date_is_read_in_any_form(stated: Any, read_as: datetime | None) -> None:
    """Dates of all usual forms are read as UTC; what is no date counts as missing, never as now."""
    assert read(published_at=stated).published_at == read_as


@pytest.mark.parametrize(
    ("source", "id_", "family"),
    [
        ("Wire A", "wire-a", "wire-a"),
        ("https://www.news.example.co.uk/rss", "news-example-co-uk", "example.co.uk"),
        ("https://feeds.example.org/all", "feeds-example-org", "example.org"),
        ("조선통신", "조선통신", "조선통신"),
        ("!!!", "unknown", "unknown"),
        ({"id": "kcna", "name": "KCNA", "family": "kcna"}, "kcna", "kcna"),
        ({"name": "Wire A", "family": None}, "wire-a", "wire-a"),
    ],
)
def test_a_source_may_be_a_string(source: Any, id_: str, family: str) -> None:
    """A name or an address becomes a source with an id and a publisher family."""
    made = read(source=source).source
    assert (made.id, made.family) == (id_, family)


def test_without_a_source_the_host_publishes() -> None:
    """An article that names no source is its host's."""
    assert read(url="https://www.example.org/a").source.family == "example.org"


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://Example.ORG:80/A/?utm_source=x&id=5#top", "https://example.org/A?id=5"),
        ("https://example.org/a/?b=2&a=1&fbclid=z", "https://example.org/a?b=2&a=1"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        ("https://example.org./", "https://example.org"),
        ("https://example.org/%D0%B0?q=%20", "https://example.org/%D0%B0?q=%20"),
        ("urn:uuid:1", "urn:uuid:1"),
        ("http://[broken", "http://[broken"),
        ("http://example.org:port/", "http://example.org:port/"),
    ],
)
def test_an_address_is_known_by_what_identifies_the_page(url: str, canonical: str) -> None:
    """Case, default port, fragment, trailing slash and tracking parameters tell no two pages apart."""
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical


def test_a_publisher_is_whoever_registered_the_name() -> None:
    """Sub-domains are one publisher's, also under suffixes of two labels."""
    assert publisher(host("https://www.en.example.co.kr/x")) == "example.co.kr"
    assert publisher("example.org") == "example.org"


def test_an_edited_article_keeps_its_id() -> None:
    """With a URL, title and body say nothing of which article it is."""
    first = read(url="https://example.org/a?utm_campaign=x")
    assert first.article_id == read(url="https://EXAMPLE.org/a", body="Edited.").article_id
    assert first.article_id != read(url="https://example.org/b").article_id


def test_without_address_the_guid_and_then_the_text_identifies() -> None:
    """A guid counts within its source; without it the text is the article."""
    assert read(guid="1", source="A").article_id == read(guid="1", source="A", body="Edited.").article_id
    assert read(guid="1", source="A").article_id != read(guid="1", source="B").article_id
    assert read().article_id != read(body="Other.").article_id
    by_hand = article_id(url=None, source="x", guid=None, title="A title", body="A body.")
    assert read().article_id == by_hand


def test_a_raw_article_reads_as_itself() -> None:
    """An article that was already normalised is not changed by reading it again."""
    article = read(url="https://example.org/a", published_at="2026-01-09", language="en_US")
    again = {name: getattr(article, name) for name in article.__struct_fields__}
    assert read_article(again, fetched_at=datetime(2027, 1, 1, tzinfo=UTC)) == article


def test_a_text_file_has_its_title_on_the_first_line() -> None:
    """A short first line with text under it is the title."""
    article = article_from_text("A headline\n\nThe text.\n", "notes.txt", FETCHED)
    assert (article.title, article.body, article.published_at) == ("A headline", "The text.", None)


@pytest.mark.parametrize(
    "opening",
    ["City/Capital, January 9, 2026 – ", "CITY, January 9, 2026 (Wire) -- ", "9 января 2026 года. — "],
)
def test_a_text_file_is_dated_by_its_dateline(opening: str) -> None:
    """A full date that ends in a dash at the start of the text is its publication; the file names it."""
    article = article_from_text(opening + "A long first paragraph. " * 20, "some-report.txt", FETCHED)
    assert article.title == "some report"
    assert article.published_at == NINTH


def test_a_date_told_in_the_text_is_no_dateline() -> None:
    """A date in the middle of a sentence does not date the file."""
    article = article_from_text(
        "Headline\nHe said on January 9, 2026 that he would go – at last.", "x.txt", FETCHED
    )
    assert article.published_at is None
