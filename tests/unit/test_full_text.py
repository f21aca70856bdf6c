from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.core.articles import read_article
from pipeline.sources.full_text import page_issue, with_page

NOW = datetime(2026, 1, 10, tzinfo=UTC)
ENTRY = {
    "title": "Envoy arrives in capital for treaty talks",
    "url": "https://example.org/news/1?id=2",
    "body": "<p>The envoy <b>arrived</b> on Friday.</p>",
    "content_type": "text/html",
    "published_at": "2026-01-09T09:00:00+09:00",
}
PAGE = {
    "title": "Envoy arrives in capital for treaty talks",
    "body": "The envoy arrived on Friday for talks about the treaty.\n\nThe minister met him in the capital.",
    "url": "https://example.org/amp/1",
    "language": "en",
    "published_at": "2026-01-09T00:30:00Z",
}


def test_the_page_gives_the_text_and_the_list_is_kept_beside_it() -> None:
    """The article has the page's text and date and the list's address; `listed` has what the list said."""
    article = read_article(with_page(ENTRY, PAGE), fetched_at=NOW)
    assert (article.body, article.content_type, article.language) == (PAGE["body"], "text/plain", "en")
    assert article.published_at == datetime(2026, 1, 9, 0, 30, tzinfo=UTC)
    assert article.url == ENTRY["url"]
    assert article.article_id == read_article(ENTRY, fetched_at=NOW).article_id
    assert article.listed is not None
    assert (article.listed.body, article.listed.content_type) == (ENTRY["body"], "text/html")
    assert article.listed.published_at == datetime(2026, 1, 9, tzinfo=UTC)


def test_an_entry_that_was_only_linked_to_is_made_of_its_page() -> None:
    """What a sitemap names without a headline takes headline, text and date from the page."""
    article = read_article(with_page({"url": ENTRY["url"]}, PAGE), fetched_at=NOW)
    assert (article.title, article.body, article.listed) == (PAGE["title"], PAGE["body"], None)
    assert article.published_at == datetime(2026, 1, 9, 0, 30, tzinfo=UTC)


_LONG = (
    "Please read our terms and manage your privacy settings and partners before you go on to the site. " * 20
)


@pytest.mark.parametrize(
    ("page", "why"),
    [
        pytest.param({"body": "Arrived."}, "no more than the list", id="shorter than the teaser"),
        pytest.param({"body": ""}, "no more than the list", id="no text"),
        pytest.param({"body": _LONG, "title": "We value your privacy"}, "does not speak", id="consent form"),
        pytest.param({"body": _LONG}, "does not speak", id="consent form under the article's title"),
        pytest.param(
            {
                "body": "The page you asked for could not be found. It may have been moved or deleted by its owner."
            },
            "does not speak",
            id="error page",
        ),
        pytest.param({"is_restricted": True}, "for subscribers", id="paywall with a first paragraph"),
        pytest.param({"is_front_page": True}, "front page", id="redirect to the start"),
    ],
)
def test_what_is_not_the_articles_page_leaves_the_entry_as_it_was(page: dict[str, Any], why: str) -> None:
    """A teaser is worth more than a consent form, an error page or the beginning of what must be paid for."""
    assert why in page_issue(ENTRY, PAGE | page)
    assert with_page(ENTRY, PAGE | page) == ENTRY


def test_a_linked_headline_stays_when_its_page_cannot_be_used() -> None:
    """Of an entry of an index page whose own page says nothing the headline is published, without a text."""
    linked = {"title": ENTRY["title"], "url": ENTRY["url"]}
    article = read_article(with_page(linked, PAGE | {"body": _LONG}), fetched_at=NOW)
    assert (article.title, article.body, article.listed) == (ENTRY["title"], "", None)


def test_a_restricted_page_with_a_long_text_is_the_article() -> None:
    """Many publishers call restricted what they show whole."""
    page = PAGE | {"is_restricted": True, "body": "The envoy arrived for treaty talks in the capital. " * 60}
    assert page_issue(ENTRY, page) == ""


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "김정은 위원장, 러시아 파병 군인들에게 축하 편지",
            "김정은 국무위원장이 파병된 군인들에게 편지를 보냈다고 한다.",
        ),
        ("金正恩致信普京强调两国同盟", "朝鲜领导人金正恩日前致信俄罗斯总统普京,强调同盟关系。"),
        ("Посол прибыл на переговоры в столицу", "Посла встретили в столице, где пройдут переговоры сторон."),
        (
            "Re\xadpre\xadsen\xadta\xadtives meet in the ca\u0301pital",
            "The representatives of both sides met in the c\xe1pital.",
        ),
        ("Go on", "A text that has nothing of its headline, which has no word that could tell."),
    ],
)
def test_a_text_speaks_of_its_headline_in_other_forms_of_its_words(title: str, text: str) -> None:
    """Inflected words and scripts without spaces are compared by their parts."""
    assert page_issue({"title": title, "body": ""}, {"body": text}) == ""


@pytest.mark.parametrize(
    ("listed", "of_page", "taken"),
    [
        ("Fri, 09 Jan 2026 00:00:00 GMT", "2026-01-09", "Fri, 09 Jan 2026 00:00:00 GMT"),
        ("2026-01-09T00:00:00Z", "2026-01-09T10:00:00", "2026-01-09T00:00:00Z"),
        ("2026-01-09", "2026-01-09T10:00:00+09:00", "2026-01-09T10:00:00+09:00"),
        ("soon", "2026-01-09", "2026-01-09"),
        (None, "2026-01-09", "2026-01-09"),
        ("2026-01-09", None, "2026-01-09"),
        (None, None, None),
    ],
)
def test_the_date_is_the_one_that_says_most(
    listed: str | None, of_page: str | None, taken: str | None
) -> None:
    """A moment with its zone beats a day or a time that may be anywhere's."""
    fields = with_page(ENTRY | {"published_at": listed}, PAGE | {"published_at": of_page})
    assert fields.get("published_at") == taken


@pytest.mark.parametrize(
    ("of_page", "taken"),
    [
        (
            "Envoy arrives in capital for treaty talks, minister says",
            "Envoy arrives in capital for treaty talks",
        ),
        ("Envoy leaves capital", "Envoy leaves capital"),
        ("Example News", "Envoy arrives in capital for treaty talks"),
        ("", "Envoy arrives in capital for treaty talks"),
    ],
)
def test_the_headline_is_the_pages_unless_it_only_adds_to_the_lists(of_page: str, taken: str) -> None:
    """A changed headline is taken, a section or site name around or instead of the known one is not."""
    assert with_page(ENTRY, PAGE | {"title": of_page})["title"] == taken


def test_what_a_page_shows_before_its_headline_is_no_part_of_the_text() -> None:
    """Pages without a heading element have date and headline as their first paragraphs."""
    page = PAGE | {"title": "Example News", "body": f"9 January 2026\n\n{ENTRY['title']}\n\n{PAGE['body']}"}
    assert with_page(ENTRY, page)["body"] == PAGE["body"]
