from typing import Any

import pytest

from pipeline.core.errors import ProfileError
from pipeline.core.feeds import Feed, feed_issue
from pipeline.core.profile import parse_profile


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, ""),
        ({"via": "sitemap"}, ""),
        ({"via": "sitemap", "links": "/news/"}, ""),
        ({"via": "index", "links": r"/news/\d+$"}, ""),
        ({"via": "directory", "url": "file:///srv/in", "links": "jsonl$"}, ""),
        ({"url": "file:///srv/feed.xml"}, ""),
        ({"url": "ftp://example.org/rss"}, "neither http: nor https:"),
        ({"via": "index"}, "needs `links`"),
        ({"via": "index", "links": "(a"}, "no regular expression"),
        ({"via": "index", "links": r"(a)\1"}, "no regular expression"),
        ({"links": "/news/"}, "a feed names its articles itself"),
        ({"via": "directory"}, "file:///"),
    ],
)
def test_a_feed_that_can_never_be_read_says_why(fields: dict[str, Any], why: str) -> None:
    """How a feed is read, its address and its pattern belong together."""
    feed = Feed(**({"id": "x", "url": "https://example.org/rss", "name": "X", "family": "x"} | fields))
    assert why in feed_issue(feed)
    assert bool(why) == bool(feed_issue(feed))


def test_a_profile_names_the_feed_that_can_never_be_read() -> None:
    """feeds.toml with such a feed does not load."""
    files = {
        "profile.toml": 'id = "own"\nname = "Own"\nparties = ["KP", "RU"]\n',
        "feeds.toml": '[[feed]]\nid = "x"\nname = "X"\nfamily = "x"\nvia = "index"\nurl = "https://example.org/"\n',
    }
    with pytest.raises(ProfileError, match=r"feeds\.toml: feed 'x': an index page needs `links`"):
        parse_profile(files)
