"""Lists of feeds as other programs write them, whole, broken and hostile, and as we write them."""

import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.feeds import Feed
from pipeline.feed_list.changes import FeedListError
from pipeline.feed_list.guessing import checked
from pipeline.feed_list.opml import read_opml, write_opml
from pipeline.feed_list.toml_list import read_toml, write_toml

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)
FOLDERS = b"""<?xml version="1.0"?>
<opml version="1.1" xmlns:other="urn:another">
  <head><title>Mine</title></head>
  <body>
    <outline text="Asia">
      <outline text="Korea &amp; Japan" title="x">
        <outline type="rss" text="One" xmlUrl="https://one.example/rss?a=1&amp;b=2" htmlUrl="https://one.example"/>
        <OUTLINE title="Two" XMLURL=" https://two.example/rss " language="ko" other:id="theirs"/>
      </outline>
      <outline text="a note without an address"/>
    </outline>
    <outline text="One again" xmlUrl="https://one.example/rss?a=1&amp;b=2"/>
  </body>
</opml>"""

texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=30
).filter(lambda text: text.strip() == text)
feeds = st.builds(
    Feed,
    id=texts,
    url=texts.map(lambda path: f"https://example.org/{path}"),
    name=texts,
    family=texts,
    kind=st.sampled_from(["state_media", "other", "think_tank"]),
    country=st.none() | st.just("KP"),
    language=st.none() | st.just("ja"),
    via=st.sampled_from(["feed", "sitemap"]),
    text=st.sampled_from(["feed", "page"]),
)
folders = st.builds(
    Feed,
    id=texts,
    url=texts.map("file:///srv/{}".format),
    name=texts,
    family=texts,
    via=st.just("directory"),
)
index_feeds = st.builds(
    Feed,
    id=texts,
    url=texts.map("https://{}".format),
    name=texts,
    family=texts,
    via=st.just("index"),
    links=st.just("/a<b&c/\\d+"),
)


def test_feeds_are_found_however_deep_they_lie() -> None:
    """Folders are passed through; names of elements and attributes count in any case, another's namespace does not."""
    found = read_opml(FOLDERS)
    assert found.fault == ""
    assert found.feeds == [
        {"url": "https://one.example/rss?a=1&b=2", "name": "One"},
        {"url": "https://two.example/rss", "name": "Two", "language": "ko"},
        {"url": "https://one.example/rss?a=1&b=2", "name": "One again"},
    ]


def test_a_bare_ampersand_and_a_name_of_html_stand_for_themselves() -> None:
    """The commonest faults of such files keep nothing from being read."""
    content = (
        b'<opml><body><outline text="A&nbsp;& B &lt;" xmlUrl="https://e.org/?a=1&b=2&#x26;c"/></body></opml>'
    )
    assert read_opml(content).feeds == [{"url": "https://e.org/?a=1&b=2&c", "name": "A&nbsp;& B <"}]


@pytest.mark.parametrize("cut", [b"</outline>", b"</body>"])
def test_of_a_broken_file_the_feeds_before_the_break_are_read(cut: bytes) -> None:
    """A file that was cut off, or whose tags do not match, says where it is broken."""
    content = FOLDERS.replace(b'<outline text="One again"', b"</nonsense><outline", 1)
    for broken in (content, FOLDERS[: FOLDERS.index(cut)]):
        found = read_opml(broken)
        assert len(found.feeds) >= 2
        assert found.fault.startswith("broken at line ")


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8-sig", ""),
        ("utf-16", ""),
        ("windows-1251", 'encoding="windows-1251"'),
        ("koi8-r", "encoding='KOI8-R'"),
    ],
)
def test_the_encoding_is_as_marked_or_declared(encoding: str, declared: str) -> None:
    """A byte order mark counts, else what the file declares."""
    text = f'<?xml version="1.0" {declared}?><opml><body><outline text="ТАСС" xmlUrl="https://tass.ru"/></body></opml>'
    assert read_opml(text.encode(encoding)).feeds == [{"url": "https://tass.ru", "name": "ТАСС"}]


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            f'<!DOCTYPE opml [<!ENTITY l0 "lol">{LAUGHS}]><opml><body><outline text="&l9;"/></body></opml>',
            "entities",
        ),
        ('<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml>&x;</opml>', "entities"),
        ('<!DOCTYPE opml [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]><opml/>', "entities"),
        ("<rss><channel/></rss>", "begins with <rss>"),
        ("", "no element found"),
        ("just text", "no OPML"),
        ('{"version": "https://jsonfeed.org/version/1"}', "no OPML"),
    ],
)
def test_what_is_hostile_or_no_opml_is_refused(content: str, said: str) -> None:
    """Entities are never expanded nor fetched, and the error says what is wrong."""
    with pytest.raises(FeedListError, match=said):
        read_opml(content.encode())


def test_a_file_of_great_depth_takes_little_memory() -> None:
    """A hundred thousand outlines within one another are no burden."""
    depth = 100_000
    content = b"<opml><body>" + b'<outline xmlUrl="https://e.org/">' * depth
    tracemalloc.start()
    found = read_opml(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found.feeds) == depth
    assert peak < 200 * 1024 * 1024


@given(st.lists(feeds | index_feeds | folders, max_size=5))
def test_what_is_exported_is_imported_as_it_was(listed: list[Feed]) -> None:
    """All that the list says of a feed survives OPML, and TOML."""
    opml = read_opml(write_opml(listed, title="Mine", now=NOW))
    assert opml.fault == ""
    assert [checked(fields) for fields in opml.feeds] == listed
    assert [checked(fields) for fields in read_toml(write_toml(listed))] == listed


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not toml", "no TOML"),
        (b"\xff\xfe", "no TOML"),
        (b'[feed]\nid = "a"', "no list"),
        (b"feed = [1]", "no list"),
        (b'[[entity]]\nid = "a"', "'entity'"),
    ],
)
def test_toml_that_is_no_list_says_so(content: bytes, said: str) -> None:
    """The error names what is wrong."""
    with pytest.raises(FeedListError, match=said):
        read_toml(content)
