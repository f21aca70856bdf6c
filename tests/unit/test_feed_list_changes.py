"""Where a feed lies, and what has to change on the list, without Kafka."""

import subprocess
import sys

import msgspec
import pytest

from pipeline.core.feeds import Feed, ListedFeed
from pipeline.core.profile import FeedEntry
from pipeline.feed_list.changes import Change, Placed, changes, in_line_with, newest
from pipeline.feed_list.partitions import partition_of, site_of


def feed(id_: str, url: str = "", **fields: str) -> Feed:
    """Return a feed of a site of its own."""
    return Feed(id=id_, url=url or f"https://{id_}.example/rss", name=id_, family=id_, **fields)  # type: ignore[arg-type]


def profile_feed(id_: str, url: str = "") -> FeedEntry:
    """Return the feed as a profile has it."""
    return FeedEntry(**msgspec.structs.asdict(feed(id_, url)))


def by_length(one: Feed) -> int:
    """Place a feed by the length of its address: a partition that a test can see."""
    return len(one.url)


def placed(*listed: ListedFeed) -> list[Placed]:
    """Return the records of a list where they belong, written one after the other."""
    return [Placed(by_length(one.feed), one, written) for written, one in enumerate(listed)]


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.example.co.uk/rss", "example.co.uk"),
        ("http://feeds.news.example.co.uk:8080/x?y", "example.co.uk"),
        ("https://en.kcna.kp/feed", "kcna.kp"),
        ("https://one.github.io/feed", "one.github.io"),
        ("http://127.0.0.1:8000/feed", "127.0.0.1"),
        ("http://127.0.1.1:8000/feed", "127.0.1.1"),
        ("http://localhost/feed", "localhost"),
        ("file:///srv/news/", "/srv/news/"),
    ],
)
def test_a_site_is_what_its_owner_registered(url: str, site: str) -> None:
    """Hosts of one registered domain are one site; numbers, bare names and folders are sites of their own."""
    assert site_of(url) == site


def test_every_process_puts_a_feed_on_the_same_partition() -> None:
    """The partition does not depend on the process's hash seed, and feeds of a site share it."""
    code = (
        "from pipeline.core.feeds import Feed; from pipeline.feed_list.partitions import partition_of;"
        "print(partition_of(Feed(id='b', url='https://b.example.org/2', name='b', family='b'), 997))"
    )
    elsewhere = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert elsewhere == {str(partition_of(feed("a", "https://a.example.org/1"), 997))}


def test_sites_are_spread_over_the_partitions() -> None:
    """A thousand sites fill eight partitions about evenly."""
    counts = [0] * 8
    for number in range(1000):
        counts[partition_of(feed(f"site{number}"), 8)] += 1
    assert min(counts) > 80


def test_a_profile_fills_an_empty_list() -> None:
    """Each feed is written once, as a plain feed of the profile; a second look changes nothing."""
    feeds = [profile_feed("a"), profile_feed("bb")]
    wanted = in_line_with(feeds, {})
    todo = changes([], wanted, by_length)
    assert [(change.feed_id, change.listed) for change in todo] == [
        ("a", ListedFeed(feed=feed("a"))),
        ("bb", ListedFeed(feed=feed("bb"))),
    ]
    there = [Placed(c.partition, c.listed, 0) for c in todo if c.listed is not None]
    assert changes(there, in_line_with(feeds, newest(there)), by_length) == []


def test_what_left_the_profile_is_ended_and_what_changed_is_written() -> None:
    """A feed that is gone from the profile is ended; another name is written without forgetting what was seen."""
    there = placed(ListedFeed(feed=feed("gone")), ListedFeed(feed=feed("kept")))
    renamed = msgspec.structs.replace(profile_feed("kept"), name="Renamed")
    todo = changes(there, in_line_with([renamed], newest(there)), by_length)
    assert [(c.feed_id, c.listed.feed.name if c.listed else None, c.is_forgotten) for c in todo] == [
        ("kept", "Renamed", False),
        ("gone", None, True),
    ]


def test_what_a_person_did_stays() -> None:
    """A feed taken off stays off when it changes; one that was added stays as added, whatever the profile says."""
    off = ListedFeed(feed=feed("off"), is_off=True)
    added = ListedFeed(feed=feed("added"), origin="added")
    there = placed(off, added)
    profile = [profile_feed("off", "https://off.example/new"), profile_feed("added", "https://other.example")]
    wanted = in_line_with(profile, newest(there))
    assert wanted["off"] == ListedFeed(feed=feed("off", "https://off.example/new"), is_off=True)
    assert wanted["added"] == added
    assert in_line_with([], newest(there)) == {"added": added}


def test_a_feed_whose_site_changed_moves() -> None:
    """It is written on its new partition before it is ended on the old one, where what was seen is forgotten."""
    there = placed(ListedFeed(feed=feed("a")))
    moved = profile_feed("a", "https://elsewhere.example/rss")
    assert changes(there, in_line_with([moved], newest(there)), by_length) == [
        Change(
            len(moved.url), "a", ListedFeed(feed=Feed(**msgspec.structs.asdict(moved))), is_forgotten=False
        ),
        Change(len(feed("a").url), "a", None, is_forgotten=True),
    ]


def test_another_address_on_the_same_site_forgets_what_was_seen() -> None:
    """What is remembered (its ETag, where it moved to) is of the old address."""
    there = placed(ListedFeed(feed=feed("a", "https://a.example/1")))
    todo = changes(there, in_line_with([profile_feed("a", "https://a.example/2")], newest(there)), by_length)
    assert [(c.feed_id, c.is_forgotten) for c in todo] == [("a", True)]


def test_a_move_that_broke_off_is_ended() -> None:
    """Of a feed on two partitions the later record counts, and the other is ended."""
    old = Placed(3, ListedFeed(feed=feed("a", "https://a.example/1")), written=1)
    new = Placed(by_length(feed("a")), ListedFeed(feed=feed("a")), written=2)
    for there in ([old, new], [new, old]):
        assert newest(there) == {"a": new.listed}
        assert changes(there, in_line_with([profile_feed("a")], newest(there)), by_length) == [
            Change(3, "a", None, is_forgotten=True)
        ]
