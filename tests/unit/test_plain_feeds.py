"""The fast reader of well-written feeds says what feedparser says, or nothing."""

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sources.bounded_feedparser import parse_bounded
from pipeline.sources.decoding import decode_page
from pipeline.sources.feeds import article_fields
from pipeline.sources.fields import clean
from pipeline.sources.plain_feeds import ParsedFeed, read_plain

_ABOUT = ("title", "link", "language", "ttl", "sy_updateperiod", "sy_updatefrequency")
_NAMESPACES = """xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"
xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" """
_IN_ITEM = (
    "<title>Envoy arrives</title>",
    "<title><![CDATA[Envoy <b>&amp;</b> aide]]></title>",
    "<title/>",
    "<title type='html'>a &amp;lt; b</title>",
    "<title>one<!-- not this --> two</title>",
    "<title>\u0434\u0432\u0430</title>",
    "<title>\u00d0\u00bf\u00d0\u00be</title>",
    "<link>https://example.org/1?a=1&amp;b=2</link>",
    "<link>/relative</link>",
    "<link/>",
    "<atom:link href='https://example.org/2'/>",
    "<atom:link rel='self' href='https://example.org/3'/>",
    "<atom:link rel='enclosure' href='https://example.org/4.mp3'/>",
    "<guid>https://example.org/guid</guid>",
    "<guid isPermaLink='false'>n-1</guid>",
    "<guid>n-2</guid>",
    "<description>short</description>",
    "<description>&lt;p&gt;A longer text with &lt;b&gt;markup&lt;/b&gt;&lt;/p&gt;</description>",
    "<description>in <b>line</b></description>",
    "<content:encoded><![CDATA[<p>The longest of all the texts that an item has</p>]]></content:encoded>",
    "<summary>summary</summary>",
    "<itunes:summary>summary of a broadcast</itunes:summary>",
    "<media:title>Picture</media:title>",
    "<media:description>What the picture shows</media:description>",
    "<media:content url='https://example.org/p.jpg'><media:title>Deep</media:title></media:content>",
    "<pubDate>Thu, 08 Jan 2026 19:00:00 +0900</pubDate>",
    "<pubDate>8/1/2026 7pm</pubDate>",
    "<dc:date>2026-01-09T00:00:00Z</dc:date>",
    "<dc:title>Another title</dc:title>",
    "<dc:creator>Somebody</dc:creator>",
    "<author>Somebody</author>",
    "<category domain='x'>News</category>",
    "<source url='https://example.org/'>Elsewhere</source>",
    "<enclosure url='https://example.org/a.mp3' length='1' type='audio/mpeg'/>",
    "<unknown a='b'>text</unknown>",
    "<links a='b'/>",
    "stray text",
)
_IN_CHANNEL = (
    "<title>Example</title>",
    "<link>https://www.example.org/</link>",
    "<atom:link rel='self' href='https://example.org/feed'/>",
    "<atom:link href='https://example.org/'/>",
    "<language>en-gb</language>",
    "<ttl>60</ttl>",
    "<sy:updatePeriod>daily</sy:updatePeriod>",
    "<description>About</description>",
    "<image><url>https://example.org/i.png</url><title>Picture</title><link>https://example.org/</link></image>",
    "<lastBuildDate>Thu, 08 Jan 2026 19:00:00 +0900</lastBuildDate>",
    "<itunes:title>Broadcast</itunes:title>",
)
_ITEMS = st.lists(st.lists(st.sampled_from(_IN_ITEM), max_size=7), max_size=3)


def _said(feed: ParsedFeed) -> tuple[Any, ...]:
    """Return all that articles are made of."""
    about = [clean(feed.feed.get(name)) for name in _ABOUT]
    return feed.version, about, [article_fields(entry) for entry in feed.entries]


def _by_feedparser(text: str, url: str = "") -> tuple[Any, ...]:
    parsed = parse_bounded(text, url)
    return _said(ParsedFeed(parsed.get("version") or "", parsed.feed, parsed.entries))


def test_the_two_readers_agree_on_every_feed_of_the_corpus(corpus: Path) -> None:
    """On each real feed that the fast reader takes, it says of every field what feedparser says."""
    taken = 0
    with tarfile.open(corpus / "dev-feeds.tar.gz") as archive:
        manifest = archive.extractfile("feeds/manifest.jsonl")
        assert manifest is not None
        for line in manifest:
            name = json.loads(line)["file"]
            file = archive.extractfile(name)
            assert file is not None
            text = decode_page(file.read()).strip()
            if plain := read_plain(text):
                assert _said(plain) == _by_feedparser(text, "https://base.example/feed"), name
                taken += 1
    assert taken > 500


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_IN_CHANNEL), max_size=6), _ITEMS, st.sampled_from(["2.0", "0.91", ""]))
def test_the_two_readers_agree_on_rss_of_any_mixture(
    channel: list[str], items: list[list[str]], version: str
) -> None:
    """Whatever elements an item has, in whatever order: both say the same, or the fast reader says nothing."""
    inside = "".join([*channel, *(f"<item>{''.join(item)}</item>" for item in items)])
    text = f"<rss version='{version}' {_NAMESPACES}><channel>{inside}</channel></rss>"
    if plain := read_plain(text):
        assert _said(plain) == _by_feedparser(text)


_IN_ENTRY = (
    "<title>Envoy</title>",
    "<title type='html'>Envoy &amp;amp; aide</title>",
    "<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>Envoy</div></title>",
    "<id>tag:example.org,2026:1</id>",
    "<id>https://example.org/id</id>",
    "<id>relative</id>",
    "<link href='https://example.org/a'/>",
    "<link rel='alternate' type='text/html' href='https://example.org/b'/>",
    "<link rel='alternate' type='application/json' href='https://example.org/c'/>",
    "<link rel='enclosure' href='https://example.org/d.mp3'/>",
    "<link href='relative'/>",
    "<summary>short</summary>",
    "<summary type='html'>&lt;p&gt;a longer summary&lt;/p&gt;</summary>",
    "<content type='text'>The whole text, which is the longest</content>",
    "<content type='html' xml:base='https://example.org/'>&lt;p&gt;The whole text, which is long&lt;/p&gt;</content>",
    "<content src='https://example.org/elsewhere'/>",
    "<published>2026-01-08T00:00:00Z</published>",
    "<updated>2026-01-09T00:00:00Z</updated>",
    "<updated>yesterday</updated>",
    "<author><name>Somebody</name></author>",
    "<source><title>Elsewhere</title><id>x</id></source>",
    "<category term='news'/>",
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(_IN_ENTRY), max_size=7), max_size=3),
    st.sampled_from(["", "xml:lang='ko_KR'"]),
)
def test_the_two_readers_agree_on_atom_of_any_mixture(entries: list[list[str]], language: str) -> None:
    """Whatever elements an entry has, in whatever order: both say the same, or the fast reader says nothing."""
    inside = "".join(f"<entry>{''.join(entry)}</entry>" for entry in entries)
    text = f"<feed xmlns='http://www.w3.org/2005/Atom' {language}><title>Example</title>{inside}</feed>"
    if plain := read_plain(text):
        assert _said(plain) == _by_feedparser(text)


@pytest.mark.parametrize(
    "item", ["<title>a</title><link>https://example.org/1</link><description>b</description>"]
)
def test_an_ordinary_feed_is_read_fast(item: str) -> None:
    """What every news site writes is taken by the fast reader, and a document type is left to the other."""
    feed = f"<rss version='2.0'><channel><title>t</title><item>{item}</item></channel></rss>"
    assert read_plain(feed) is not None
    assert read_plain(f"<!DOCTYPE rss [<!ENTITY a 'b'>]>{feed}") is None
