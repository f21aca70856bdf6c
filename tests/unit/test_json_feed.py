import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.core.feeds import Feed
from pipeline.core.records import RawArticle
from pipeline.sources import read_source
from pipeline.sources.item import SourceError
from pipeline.sources.listing import Document
from pipeline.sources.readers import READERS

FEED = Feed(id="example", url="https://example.org/feed.json", name="Example", family="example")
ITEM = {
    "id": "1",
    "url": "/news/1",
    "title": "Envoy <b>arrives</b>",
    "content_html": "<p>The envoy arrived.</p>",
}


def _read(feed: object, url: str = FEED.url) -> list[dict[str, object]]:
    return READERS["feed"](Document(url, json.dumps(feed).encode(), "application/json"), FEED).entries


def _feed(*items: object, version: str = "https://jsonfeed.org/version/1.1") -> dict[str, object]:
    return {
        "version": version,
        "title": "Example",
        "home_page_url": "https://example.org/",
        "items": list(items),
    }


def test_an_item_is_an_article_with_its_link_joined_and_its_title_in_plain_text() -> None:
    """A JSON feed is known by its beginning, whatever its type says, and read like any feed."""
    [entry] = _read(_feed(ITEM | {"date_published": "2026-01-09T10:00:00+09:00"}))
    assert entry == {
        "source": {"id": "example.org", "name": "Example", "family": "example.org"},
        "feed_url": FEED.url,
        "title": "Envoy arrives",
        "url": "https://example.org/news/1",
        "guid": "1",
        "content_type": "text/html",
        "published_at": "2026-01-09T10:00:00+09:00",
        "body": "<p>The envoy arrived.</p>",
    }


@pytest.mark.parametrize(
    ("item", "title", "body"),
    [
        ({"id": 7, "content_text": "Only a text."}, "Only a text.", "Only a text."),
        ({"id": "a", "title": "T", "summary": "In short."}, "T", "In short."),
        ({"id": "a", "title": ["T"], "content_html": 5, "content_text": "Text."}, "Text.", "Text."),
        ({"title": "<script>alert(1)</script>Talks &amp; tea"}, "Talks & tea", ""),
    ],
)
def test_what_an_item_lacks_or_has_of_a_wrong_type_does_no_harm(
    item: dict[str, object], title: str, body: str
) -> None:
    """Title and body are made of what is there."""
    [entry] = _read(_feed(item))
    assert (entry["title"], entry["body"]) == (title, body)


@pytest.mark.parametrize(("version", "form"), [("1", "json1"), ("1.1", "json11")])
def test_the_form_says_which_version_it_is(version: str, form: str) -> None:
    """A listing tells what it was read from."""
    feed = _feed(ITEM, "no item", None, version=f"https://jsonfeed.org/version/{version}")
    listing = READERS["feed"](Document(FEED.url, json.dumps(feed).encode()), FEED)
    assert (listing.form, listing.title, len(listing.entries)) == (form, "Example", 1)


@pytest.mark.parametrize(
    "content", [b'{"error": "not found"}', b'{"version": 1', b"{}", b"<html>no feed</html>"]
)
def test_what_is_no_feed_is_said_to_be_none(content: bytes) -> None:
    """An error page or another JSON document is never an empty feed."""
    with pytest.raises(SourceError, match="no feed"):
        READERS["feed"](Document(FEED.url, content, "text/html"), FEED)


def test_a_json_feed_in_a_file_gives_its_items(tmp_path: Path) -> None:
    """`publish` reads a JSON feed like any feed."""
    file = tmp_path / "feed.json"
    file.write_text(json.dumps(_feed(ITEM, ITEM | {"url": "/news/2"}), indent=1))
    items = list(read_source(str(file), datetime(2026, 1, 9, tzinfo=UTC)))
    assert [item.position for item in items] == [f"{file} entry {n}" for n in (1, 2)]
    assert all(isinstance(item.result, RawArticle) for item in items)
