import pytest

from pipeline.core.publishers import Publishers
from pipeline.core.records import Source
from pipeline.profiles import load_profile

PUBLISHERS = Publishers(load_profile("dprk-russia"))


def unknown(name: str) -> Source:
    """A source of which no more than a name is known."""
    return Source(id="x", name=name, family="x")


@pytest.mark.parametrize(
    ("name", "url", "family", "kind"),
    [
        ("KCNA", None, "kcna", "state_media"),
        ("조선중앙통신", None, "kcna", "state_media"),
        ("ТАСС", None, "tass", "state_media"),
        ("the guardian", None, "guardian", "newspaper"),
        ("edition.cnn.com", None, "cnn", "broadcaster"),
        ("unknown", "https://www.koreaherald.com/article/1", "korea-herald", "newspaper"),
        ("KCNA", "https://example.org/1", "kcna", "state_media"),
    ],
)
def test_a_known_publisher_is_described(name: str, url: str | None, family: str, kind: str) -> None:
    """A name in any language, a host below a known one, or else the article's address tells the publisher."""
    found = PUBLISHERS.described(unknown(name), url)
    assert (found.family, found.kind) == (family, kind)


@pytest.mark.parametrize(
    ("name", "url"), [("Daily Planet", None), ("example.org", "https://com/x"), ("notcnn.com", None)]
)
def test_an_unknown_publisher_stands_as_it_is(name: str, url: str | None) -> None:
    """What the profile does not know is not guessed."""
    assert PUBLISHERS.described(unknown(name), url) == unknown(name)


def test_a_source_that_says_its_kind_stands_as_it_is() -> None:
    """A producer that knows its source better is believed."""
    source = Source(id="kcna-mirror", name="KCNA", family="mirror", kind="aggregator")
    assert PUBLISHERS.described(source, None) == source
