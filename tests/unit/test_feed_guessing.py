"""What is guessed of a feed of which little is said."""

from typing import Any

import pytest

from pipeline.core.feeds import Feed
from pipeline.core.publishers import Publishers
from pipeline.feed_list.changes import FeedListError
from pipeline.feed_list.guessing import guessed_feed
from pipeline.profiles import load_profile


@pytest.fixture(scope="module")
def publishers() -> Publishers:
    """The publishers that a shipped profile knows."""
    return Publishers(load_profile("dprk-russia"))


def test_all_is_guessed_of_an_address(publishers: Publishers) -> None:
    """An unknown site gives the family, the host the name, the site's owner the id."""
    assert guessed_feed({"url": "https://news.example.co.uk/rss.xml"}, publishers, taken=()) == Feed(
        id="example",
        url="https://news.example.co.uk/rss.xml",
        name="news.example.co.uk",
        family="example.co.uk",
    )


def test_a_known_publisher_is_recognised_by_its_host(publishers: Publishers) -> None:
    """Family, kind and country are the profile's; the name is what the feed calls itself."""
    feed = guessed_feed(
        {"url": "https://world.rodong.rep.kp/rss", "name": "Rodong\x1b[31m Sinmun"},
        publishers,
        taken=(),
        titles=["경애하는 김정은동지께서 로씨야련방 대통령에게 축전을 보내시였다"],
    )
    assert feed == Feed(
        id="rodong-ko",
        url="https://world.rodong.rep.kp/rss",
        name="Rodong Sinmun",
        family="kcna",
        kind="state_media",
        country="KP",
        language="ko",
    )


def test_what_is_said_is_not_guessed(publishers: Publishers) -> None:
    """Every field that is given stands."""
    said = {
        "id": "x",
        "url": "https://tass.com/rss/v2.xml",
        "name": "Mine",
        "family": "own",
        "kind": "other",
        "country": "DE",
        "language": "de",
        "text": "page",
    }
    assert guessed_feed(said, publishers, taken=(), titles=["Hello there"]) == Feed(**said)  # type: ignore[arg-type]


def test_ids_are_told_apart(publishers: Publishers) -> None:
    """A taken id is made longer by the address's last word, then by a hash of it; again the same is guessed."""
    taken: set[str] = set()
    ids = []
    for path in ("rss.xml", "rss/asia.xml", "asia/asia.rss", "asia/more/asia.rss"):
        feed = guessed_feed({"url": f"https://example.org/{path}", "language": "en"}, publishers, taken=taken)
        ids.append(feed.id)
        taken.add(feed.id)
    assert ids[:2] == ["example-en", "example-en-asia"]
    assert len(set(ids)) == 4
    assert all(id_.startswith("example-en-asia-") for id_ in ids[2:])


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({}, "no address"),
        ({"url": "ftp://example.org/x"}, "no address"),
        ({"url": "javascript:alert(1)"}, "no address"),
        ({"url": "https://example.org", "kind": "blog"}, "kind"),
        ({"url": "https://example.org", "country": "Korea"}, "country"),
        ({"url": "https://example.org", "via": "index"}, "needs `links`"),
        ({"url": "https://example.org", "links": "/a/"}, "names its articles itself"),
        ({"url": "https://example.org", "via": "index", "links": "(a"}, "no regular expression"),
        ({"url": "https://example.org", "colour": "red"}, "unknown key 'colour'"),
        ({"url": "https://example.org", "name": 7}, "name"),
        ({"url": 7}, "no address"),
    ],
)
def test_what_is_wrong_is_named(publishers: Publishers, said: dict[str, Any], named: str) -> None:
    """An address that is none, a field of the wrong form or an unknown one is refused by name."""
    with pytest.raises(FeedListError, match=named):
        guessed_feed(said, publishers, taken=())
