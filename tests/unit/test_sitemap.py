import asyncio
import gzip
import time

import pytest

from pipeline.core.feeds import Feed
from pipeline.sources.item import SourceError
from pipeline.sources.listing import Document, needs_page
from pipeline.sources.readers import read_listing
from pipeline.sources.sitemap import MAX_ENTRIES, read_sitemap

URL = "https://www.example.org/sitemap.xml"
FEED = Feed(id="example", url=URL, name="Example", family="example", via="sitemap")
_NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"
        xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
 <url><loc> https://www.example.org/old?a=1&b=2 </loc><lastmod>2026-01-08</lastmod></url>
 <url><loc>https://www.example.org/envoy</loc>
  <image:image><image:loc>https://www.example.org/a.jpg</image:loc><image:title>A picture</image:title></image:image>
  <n:news><n:publication><n:name>Example Times</n:name><n:language>en</n:language></n:publication>
   <n:publication_date>2026-01-09T10:00:00+09:00</n:publication_date><n:title>Envoy &amp; &lt;b&gt;aides&lt;/b&gt; arrive</n:title></n:news>
 </url>
</urlset>"""


def _entries(content: bytes | str, feed: Feed = FEED) -> list[dict[str, object]]:
    return read_sitemap(
        Document(URL, content if isinstance(content, bytes) else content.encode()), feed
    ).entries


def _sitemap(*urls: str, root: str = "urlset", item: str = "url") -> str:
    return f"<{root}>" + "".join(f"<{item}>{url}</{item}>" for url in urls) + f"</{root}>"


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_news_sitemap_gives_address_title_date_and_language(pack: object) -> None:
    """The newest comes first; a picture's title is not the article's, a bare ampersand does no harm."""
    assert callable(pack)
    newest, other = _entries(pack(_NEWS.encode()))
    assert newest == {
        "url": "https://www.example.org/envoy",
        "title": "Envoy & aides arrive",
        "published_at": "2026-01-09T10:00:00+09:00",
        "language": "en",
        "source": {"id": "example.org", "name": "Example Times", "family": "example.org"},
        "feed_url": URL,
    }
    assert other["url"] == "https://www.example.org/old?a=1&b=2"
    assert "published_at" not in other  # when a page was changed is not when it was published


def test_the_text_of_what_is_only_linked_to_is_that_of_its_page() -> None:
    """An entry of a sitemap needs its page, whatever the profile says of the feed's text."""
    assert all(needs_page(entry, FEED) for entry in _entries(_NEWS))
    assert not needs_page({"url": "https://example.org/1", "body": ""}, FEED)


def test_what_is_a_week_older_than_the_newest_is_left_out() -> None:
    """The archive that a sitemap of a whole site holds is no news; what has no date may be."""
    dates = {"a": "2026-01-09", "b": "2025-12-30", "c": "2026-01-03T00:00:00Z"}
    urls = [f"<loc>https://example.org/{name}</loc><lastmod>{date}</lastmod>" for name, date in dates.items()]
    found = _entries(
        _sitemap(*urls, "<loc>https://example.org/undated</loc>", "<lastmod>2026-01-09</lastmod>")
    )
    assert [str(entry["url"])[-7:] for entry in found] == ["e.org/a", "e.org/c", "undated"]


def test_the_pattern_chooses_among_the_pages() -> None:
    """Of a sitemap of a whole site only the addresses that `links` matches are articles."""
    feed = Feed(id="e", url=URL, name="E", family="e", via="sitemap", links=r"/news/\d+")
    urls = [f"<loc>https://example.org{path}</loc>" for path in ("/news/1", "/about", "/news/2", "/news/1")]
    assert [entry["url"] for entry in _entries(_sitemap(*urls), feed)] == [
        "https://example.org/news/1",
        "https://example.org/news/2",
    ]


def test_an_index_of_sitemaps_is_read_through_those_that_changed_last() -> None:
    """At most five sitemaps of an index are asked for, those with the newest change first."""
    parts = [f"<loc>/part-{n}.xml</loc><lastmod>2026-01-0{n}</lastmod>" for n in range(1, 9)]
    asked: list[str] = []

    async def fetch(url: str) -> Document:
        asked.append(url)
        return Document(url, _sitemap(f"<loc>{url}/article</loc>").encode())

    index = Document(URL, _sitemap(*parts, root="sitemapindex", item="sitemap").encode())
    listing = asyncio.run(read_listing(index, FEED, fetch))
    assert asked == [f"https://www.example.org/part-{n}.xml" for n in (8, 7, 6, 5, 4)]
    assert [entry["url"] for entry in listing.entries] == [f"{url}/article" for url in asked]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<html><body>Not found</body></html>", "no sitemap: it begins with <html>"),
        (b"", "no sitemap"),
        (b"\x1f\x8b\x00broken", "damaged gzip"),
        (
            b'<!DOCTYPE u [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>',
            "entities",
        ),
        (
            b'<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url><loc>&x;</loc></url></urlset>',
            "entities",
        ),
        (gzip.compress(bytes(60 * 1024 * 1024)), "more than 50 MB"),
    ],
)
def test_what_is_no_sitemap_or_a_trap_says_so(content: bytes, why: str) -> None:
    """Entities are never expanded, and little is unpacked to much only up to a limit."""
    with pytest.raises(SourceError, match=why):
        _entries(content)


def test_a_sitemap_that_breaks_off_gives_what_it_named() -> None:
    """A cut-off answer loses what follows the cut, not what precedes it."""
    whole = _sitemap("<loc>https://example.org/a</loc>", "<loc>https://example.org/b</loc>")
    assert [entry["url"] for entry in _entries(whole[:-20])] == ["https://example.org/a"]


def test_a_very_long_sitemap_is_cut_to_its_newest_entries() -> None:
    """Fifty thousand addresses are read within seconds and give the first thousand."""
    urls = [f"<loc>https://example.org/{n}</loc><lastmod>2026-01-09</lastmod>" for n in range(50_000)]
    started = time.process_time()
    assert len(_entries(_sitemap(*urls))) == MAX_ENTRIES
    assert time.process_time() - started < 30
