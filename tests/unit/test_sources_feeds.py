import io
import json
import tarfile
import time
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest

from pipeline.core.errors import RecordError
from pipeline.core.records import RawArticle
from pipeline.sources import Item
from pipeline.sources.feeds import parse_feed, read_feed

NOW = datetime(2026, 1, 9, 12, tzinfo=UTC)
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Example News</title><link>https://www.example.org/</link>
<language>en-gb</language>{items}</channel></rss>"""
ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Example Agency</title><link href="https://example.org/"/>
<updated>2026-01-08T10:00:00Z</updated>{items}</feed>"""


def _articles(feed: str | bytes) -> list[RawArticle]:
    return [
        _article(item)
        for item in read_feed(io.BytesIO(feed if isinstance(feed, bytes) else feed.encode()), "feed", NOW)
    ]


def _article(item: Item) -> RawArticle:
    assert isinstance(item.result, RawArticle), item.result
    return item.result


def _rss(item: str) -> RawArticle:
    [article] = _articles(RSS.format(items=f"<item>{item}</item>"))
    return article


def test_an_rss_item_becomes_an_article() -> None:
    """Title, link, text, date, language and publisher are those of item and channel."""
    article = _rss(
        "<title>Envoy arrives</title><link>https://www.example.org/1</link><guid>tag:1</guid>"
        "<pubDate>Thu, 08 Jan 2026 19:00:00 +0900</pubDate><description>&lt;p&gt;The envoy &lt;b&gt;arrived&lt;/b&gt;.&lt;/p&gt;</description>"
    )
    assert article.title == "Envoy arrives"
    assert article.url == "https://www.example.org/1"
    assert article.published_at == datetime(2026, 1, 8, 10, tzinfo=UTC)
    assert (article.content_type, article.body) == ("text/html", "<p>The envoy <b>arrived</b>.</p>")
    assert (article.language, article.source.id, article.source.name) == (
        "en-gb",
        "example.org",
        "Example News",
    )


def test_an_atom_entry_becomes_an_article() -> None:
    """The whole content wins over the summary, the date of publication over that of the last change."""
    [article] = _articles(
        ATOM.format(
            items="<entry><id>tag:a</id><title type='html'>Envoy &amp;amp; delegation</title>"
            "<link href='https://example.org/a'/><updated>2026-01-09T00:00:00Z</updated>"
            "<published>2026-01-08T00:00:00Z</published><summary>Short.</summary>"
            "<content type='text'>The whole report, which is much longer than the summary.</content></entry>"
        )
    )
    assert article.title == "Envoy & delegation"
    assert article.published_at == datetime(2026, 1, 8, tzinfo=UTC)
    assert (article.content_type, article.body[:16]) == ("text/plain", "The whole report")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-01-08", datetime(2026, 1, 8, tzinfo=UTC)),
        ("Thu, 08 Jan 2026 10:00:00 GMT", datetime(2026, 1, 8, 10, tzinfo=UTC)),
        ("2026-01-08T10:00:00+09:00", datetime(2026, 1, 8, 1, tzinfo=UTC)),
        ("at noon, more or less", None),
        ("", None),
    ],
)
def test_dates_as_feeds_write_them(written: str, read: datetime | None) -> None:
    """A date is read in the forms that feeds use; what is no date leaves the article undated."""
    assert _rss(f"<title>a</title><pubDate>{written}</pubDate>").published_at == read


def test_an_entry_without_a_date_takes_its_change_for_it_and_never_the_fetch() -> None:
    """Where only the last change is dated that is the date; where nothing is, there is none."""
    changed, undated = _articles(
        ATOM.format(
            items="<entry><id>1</id><title>a</title><updated>2026-01-07T00:00:00Z</updated></entry>"
            "<entry><id>2</id><title>b</title></entry>"
        )
    )
    assert changed.published_at == datetime(2026, 1, 7, tzinfo=UTC)
    assert undated.published_at is None


def test_an_entry_without_a_link_is_known_by_its_guid() -> None:
    """The same guid gives the same article whatever its text, another guid another."""
    first = _rss("<title>Envoy</title><guid isPermaLink='false'>n-1</guid>")
    edited = _rss("<title>Envoy leaves</title><guid isPermaLink='false'>n-1</guid>")
    other = _rss("<title>Envoy</title><guid isPermaLink='false'>n-2</guid>")
    assert first.url is None
    assert first.article_id == edited.article_id != other.article_id


def test_an_entry_without_a_title_is_titled_by_its_beginning() -> None:
    """Short messages have no title: the beginning of their text stands for it, cut at a word."""
    words = "word " * 60
    article = _rss(f"<description>The &lt;i&gt;envoy&lt;/i&gt; {words}</description>")
    assert article.title.startswith("The envoy word")
    assert len(article.title) <= 160
    assert article.title.endswith("word")


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("&lt;b&gt;Envoy&lt;/b&gt; arrives", "Envoy arrives"),
        ("<![CDATA[Envoy &amp; aide]]>", "Envoy & aide"),
        ("Kim&amp;#8217;s letter", "Kim’s letter"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Envoy", "Envoy"),
        ("5 &amp;lt; 6", "5 < 6"),
        ("  two\n lines ", "two lines"),
    ],
)
def test_titles_hold_no_markup(written: str, title: str) -> None:
    """Markup in a title is dropped, and what was escaped twice is unescaped twice."""
    assert _rss(f"<title>{written}</title>").title == title


def test_an_entry_with_nothing_in_it_is_an_item_that_says_so() -> None:
    """An empty entry is no article; the ones beside it are."""
    feed = RSS.format(items="<item><title>a</title></item><item/><item><title>b</title></item>")
    first, empty, last = read_feed(io.BytesIO(feed.encode()), "feed.xml", NOW)
    assert isinstance(empty.result, RecordError)
    assert empty.position == "feed.xml entry 2"
    assert (_article(first).title, _article(last).title) == ("a", "b")


@pytest.mark.parametrize(
    "content", [b"<html><body>Not found</body></html>", b"plain words", b"<a><b></a>", b"\x00\xff" * 99]
)
def test_what_is_no_feed_says_so(content: bytes) -> None:
    """Content that is neither RSS nor Atom is one item that says so."""
    [item] = read_feed(io.BytesIO(content), "page", NOW)
    assert "no feed" in str(item.result)


@pytest.mark.parametrize("reference", ["&#xD800;", "&#xdfff;", "&#99999999999;", "&#1114112;"])
def test_a_reference_to_no_character_costs_that_character_only(reference: str) -> None:
    """A numeric reference that names no character does not take the feed with it."""
    feed = RSS.format(
        items=f"<item><title>En{reference}voy &#233;</title></item><item><title>b</title></item>"
    )
    assert [article.title for article in _articles(feed)] == ["En\ufffdvoy é", "b"]


@pytest.mark.parametrize(
    "odd",
    [
        "<pubDate>Thu, 99999999999999999999 Jan 2026 10:00:00 GMT</pubDate>",
        "<updated>99999999999999999999-01-01T00:00:00Z</updated>",
        "<gml:pos>here</gml:pos>",
        "<textinput><name>a</name></textinput>",
        "<psc:chapter start='soon'/>",
    ],
)
def test_an_element_that_feedparser_stumbles_over_costs_no_more_than_itself(odd: str) -> None:
    """One odd element of one entry takes neither the entry nor the feed with it."""
    feed = RSS.format(items=f"<item><title>a</title>{odd}</item><item><title>b</title></item>")
    assert [article.title for article in _articles(feed)] == ["a", "b"]


def test_a_feed_that_feedparser_stumbles_over_is_one_bad_item(monkeypatch: pytest.MonkeyPatch) -> None:
    """What feedparser raises at a feed beyond mending is told as an error of that feed."""

    def stumble(*_: str) -> None:
        raise KeyError("where")

    monkeypatch.setattr("pipeline.sources.feeds.parse_bounded", stumble)
    [item] = read_feed(io.BytesIO(b"<rss><channel><foo:odd/></channel></rss>"), "feed", NOW)
    assert "too broken to read" in str(item.result)


def test_an_xml_bomb_and_external_entities_are_harmless(tmp_path: Path) -> None:
    """Entities that multiply do not fill the memory, and those that name a file are not opened."""
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    entities = '<!ENTITY a0 "lollollollol">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
    )
    item = "<item><title>a</title><description>&a9;&x;</description></item>"
    doctype = f'<!DOCTYPE rss [{entities}<!ENTITY x SYSTEM "file://{secret}">]>'
    feed = parse_feed((f"{doctype}<rss version='2.0'><channel>{item}</channel></rss>").encode())
    assert all(len(str(entry)) < 100_000 and "SECRET" not in str(entry) for entry in feed.entries)


def test_relative_links_are_relative_to_where_the_feed_was_found() -> None:
    """A link without a host is made whole with the feed's own address."""
    feed = parse_feed(
        b"<rss version='2.0'><channel><item><title>a</title><link>/news/1</link></item></channel></rss>",
        url="https://example.org/feeds/main.xml",
    )
    assert feed.entries[0]["url"] == "https://example.org/news/1"


def test_the_charset_in_the_header_is_heeded() -> None:
    """A feed that does not name its encoding is in the one that the server names."""
    content = RSS.format(items="<item><title>Посол</title></item>").replace(' encoding="UTF-8"', "")
    feed = parse_feed(content.encode("koi8-r"), content_type="application/xml; charset=koi8-r")
    assert feed.entries[0]["title"] == "Посол"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("<ttl>60</ttl>", 3600),
        ("<ttl> 15 </ttl>", 900),
        ("<ttl>999999999</ttl>", 604_800),
        ("<ttl>0</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>an hour</ttl>", None),
        ("<ttl>" + "9" * 5000 + "</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 1800),
        ("<sy:updatePeriod>Weekly</sy:updatePeriod>", 604_800),
        ("<sy:updateFrequency>24</sy:updateFrequency>", 3600),
        ("<sy:updatePeriod>sometimes</sy:updatePeriod>", None),
        ("<sy:updateFrequency>0</sy:updateFrequency>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><ttl>60</ttl><odd:x/>", 3600),
        ("", None),
    ],
)
def test_how_long_a_feed_says_that_it_stays_as_it_is(said: str, seconds: int | None) -> None:
    """Ttl is in minutes and wins over the syndication module's period; nonsense says nothing."""
    syndication = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"
    feed = f"<rss version='2.0' {syndication}><channel><title>t</title>{said}</channel></rss>"
    assert parse_feed(feed.encode()).ttl_seconds == seconds


_FILLER = "<item><foo:odd/><title>a</title>"  # an undeclared prefix: not for the fast reader


@pytest.mark.parametrize(
    "content",
    [
        "<?xml " + "encoding='" * 100_000 + "<rss><foo:odd/>",
        "<?xml " + "encoding='" * 100_000,
        "<!-- x -->" + "\n" * 300_000 + f"<rss><channel>{_FILLER}",
        f"<rss><channel>{_FILLER}<media:keywords>" + ",".join(map(str, range(50_000))) + "</media:keywords>",
        "<rss><channel><item " + " ".join(f"a{n}='b'" for n in range(100_000)) + f"/>{_FILLER}",
        f"<rss><channel>{_FILLER}<pubDate>" + "2026-" * 200_000 + "</pubDate>",
        f"<rss><channel>{_FILLER}<pubDate>" + "Jan 1, " * 150_000 + "</pubDate>",
        "<rss><channel>" + "<a>" * 20_000,
        f"<!DOCTYPE l [<!ENTITY a '{'x' * 50_000}'>]><rss><channel><item><title>{'&a;' * 50_000}</title></item></channel></rss>",
    ],
    ids=[
        "declaration",
        "nothing but a declaration",
        "blank lines",
        "keywords",
        "attributes",
        "date",
        "words of a date",
        "depth",
        "entities",
    ],
)
@pytest.mark.timeout(60)
def test_feeds_made_to_keep_a_reader_busy_do_not(content: str) -> None:
    """What grows with the square of a feed's length for others (hours, for these) is read or refused at once."""
    begun = time.thread_time()
    items = list(read_feed(io.BytesIO(content.encode()), "feed", NOW))
    assert time.thread_time() - begun < 20
    assert sum(len(item.raw) for item in items) < 3 * len(content)


@pytest.mark.parametrize(
    ("said", "url"),
    [
        ("<guid>https://example.org/1</guid>", "https://example.org/1"),
        ("<guid isPermaLink='true'>HTTPS://example.org/1</guid>", "https://example.org/1"),
        ("<guid isPermaLink='false'>https://example.org/1</guid>", None),
        ("<guid>n-1</guid>", None),
        ("<guid>null</guid>", None),
        ("<guid/>", None),
        ("<guid>tag:example.org,2026:1</guid>", None),
        ("<link>/news/1</link>", "https://example.org/news/1"),
        ("<link>javascript:alert(1)</link>", None),
        ("<link>mailto:desk@example.org</link>", None),
        ("<guid>n-1</guid><link>https://example.org/2</link>", "https://example.org/2"),
        ("<enclosure url='https://example.org/1.mp3'/>", None),
    ],
)
def test_what_is_an_entry_s_address(said: str, url: str | None) -> None:
    """A link, made whole; else a name that is a whole web address and does not say that it is none; never another scheme."""
    feed = f"<rss version='2.0'><channel><item><title>a</title>{said}</item></channel></rss>"
    for content in (feed, feed.replace("</channel>", "<foo:odd/></channel>")):  # both readers
        [entry] = parse_feed(content.encode(), url="https://example.org/feeds/main.xml").entries
        assert entry.get("url") == url


def test_an_entry_without_link_or_name_is_known_by_what_is_attached() -> None:
    """A broadcast that has an attachment only keeps its id when its text is edited."""
    first, edited = (
        _rss(f"<title>{title}</title><enclosure url='https://example.org/1.mp3'/>") for title in ("a", "b")
    )
    assert first.article_id == edited.article_id


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("En\u00advoy\u200b", "Envoy"),
        ("&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;Envoy", "Envoy"),
        ("<![CDATA[<img src=x onerror=alert(1)>Envoy]]>", "Envoy"),
        ("Envoy\u202egnp.exe", "Envoygnp.exe"),
        ("Envoy&#27;[31m red", "Envoy [31m red"),
        ("Envoy&#x9b;31m", "Envoy 31m"),
    ],
)
def test_titles_hold_nothing_unseen(written: str, title: str) -> None:
    """Soft hyphens, escapes for terminals, turns of direction and markup escaped twice do not reach a title."""
    assert _rss(f"<title>{written}</title>").title == title


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_feed_of_the_corpus_goes_through(corpus: Path) -> None:
    """No real feed, however broken, raises anything, and each has as many entries as feedparser says."""
    counted = 0
    with tarfile.open(corpus / "dev-feeds.tar.gz") as archive:
        manifest = archive.extractfile("feeds/manifest.jsonl")
        assert manifest is not None
        for line in manifest:
            file = archive.extractfile(json.loads(line)["file"])
            assert file is not None
            content = file.read()
            expected = len(feedparser.parse(io.BytesIO(content)).entries)
            feed = parse_feed(content)
            assert len(feed.entries) == expected
            items = list(read_feed(io.BytesIO(content), "feed", NOW))
            if feed.form or feed.entries:
                assert len(items) == expected
            counted += 1
    assert counted == 1622
