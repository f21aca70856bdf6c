"""The feed list on a real Kafka."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from kafka import KafkaProducer

from pipeline import codec
from pipeline.broker.topics import ensure_topics
from pipeline.core.feeds import Feed, FeedState, ListedFeed
from pipeline.feed_list import FeedList, FeedListError, partition_of
from pipeline.reading import TopicReader
from pipeline.settings import Settings
from pipeline.topology import FEED_STATES, FEEDS

SettingsFactory = Callable[..., Settings]
PARTITIONS = 4


@pytest.fixture
def own(settings: SettingsFactory) -> Settings:
    """Settings with a feed list of four partitions."""
    made = settings(feed_partitions=PARTITIONS)
    ensure_topics(made)
    return made


@pytest.fixture
def feed_list(own: Settings) -> Iterator[FeedList]:
    """The list of this test alone."""
    with FeedList(own.brokers or "", topic_prefix=own.topic_prefix) as made:
        yield made


def feed(id_: str, url: str = "") -> Feed:
    """Return a feed of a site of its own."""
    return Feed(id=id_, url=url or f"https://{id_}.example/rss", name=id_, family=id_)


def records(own: Settings) -> list[tuple[int, str, bool]]:
    """Return partition and key of each record on the list's topic, and whether it has a value."""
    reader = TopicReader(own.brokers or "", own.topic_prefix + FEEDS.name)
    return [(r.partition, (r.key or b"").decode(), r.value is not None) for r in reader.unordered()]


def test_a_list_is_what_the_profile_and_people_made_of_it(own: Settings, feed_list: FeedList) -> None:
    """Synced, added to, taken off, synced again: each feed is as the last word on it says."""
    assert feed_list.listed() == []
    assert feed_list.sync([feed("a"), feed("b"), feed("c")]) == 3
    assert [one.outcome for one in feed_list.add(feed("mine"), feed("a"))] == ["added", "there already"]
    assert feed_list.remove("b") == [feed("b")]
    assert feed_list.sync([feed("a"), feed("b")]) == 1
    assert feed_list.listed() == [
        ListedFeed(feed=feed("a")),
        ListedFeed(feed=feed("b"), is_off=True),
        ListedFeed(feed=feed("mine"), origin="added"),
    ]
    assert [one.outcome for one in feed_list.add(feed("another", "http://b.example/rss/"))] == ["back on"]
    feed_list.remove("mine")
    assert feed_list.listed() == [ListedFeed(feed=feed("a")), ListedFeed(feed=feed("b"))]
    assert {(partition, key) for partition, key, _ in records(own)} == {
        (partition_of(one, PARTITIONS), one.id) for one in (feed("a"), feed("b"), feed("c"), feed("mine"))
    }


def test_what_contradicts_the_list_changes_nothing(own: Settings, feed_list: FeedList) -> None:
    """An id that has another address cannot be added, an unknown one not removed, nor what is named beside it."""
    feed_list.sync([feed("a")])
    with pytest.raises(FeedListError, match="--id"):
        feed_list.add(feed("new"), feed("a", "https://other.example/rss"))
    with pytest.raises(FeedListError, match="feeds list"):
        feed_list.remove("a", "unknown")
    assert feed_list.listed() == [ListedFeed(feed=feed("a"))]
    assert len(records(own)) == 1


def test_several_syncs_at_once_make_one_list(own: Settings) -> None:
    """Four processes that start together leave the list that one of them would have made."""
    feeds = [feed(f"f{number}") for number in range(50)]

    def sync(_: int) -> int:
        with FeedList(own.brokers or "", topic_prefix=own.topic_prefix) as mine:
            return mine.sync(feeds)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sync, range(4)))
    with FeedList(own.brokers or "", topic_prefix=own.topic_prefix) as mine:
        assert {one.feed.id for one in mine.listed()} == {one.id for one in feeds}
        assert mine.sync(feeds) == 0


def test_a_feed_that_moves_leaves_what_was_remembered_behind(own: Settings, feed_list: FeedList) -> None:
    """Its state is that of its own partition; where it was it is ended, with its state, and no state is another's."""
    old = feed("a", "https://one.example/rss")
    new = next(
        candidate
        for candidate in (feed("a", f"https://site{n}.example/rss") for n in range(100))
        if partition_of(candidate, PARTITIONS) != partition_of(old, PARTITIONS)
    )
    feed_list.sync([old, feed("b")])
    producer = KafkaProducer(bootstrap_servers=own.brokers)
    for one in (old, feed("b"), feed("never-listed")):
        state = FeedState(feed_id=one.id, url=one.url, entries=7)
        producer.send(
            own.topic_prefix + FEED_STATES.name,
            codec.encode(state),
            key=one.id.encode(),
            partition=partition_of(one, PARTITIONS),
        )
    producer.flush()
    producer.close()
    assert {id_: state.url for id_, state in feed_list.states().items()} == {
        "a": old.url,
        "b": feed("b").url,
    }
    feed_list.sync([new, feed("b")])
    assert [one.feed for one in feed_list.listed()] == [new, feed("b")]
    assert list(feed_list.states()) == ["b"]
    assert {(partition_of(new, PARTITIONS), "a", True), (partition_of(old, PARTITIONS), "a", False)} < set(
        records(own)
    )


def test_what_is_no_feed_is_passed_over(own: Settings, feed_list: FeedList) -> None:
    """Rubbish on the topic, or a feed under another's key, is not on the list."""
    producer = KafkaProducer(bootstrap_servers=own.brokers)
    for value in (b"rubbish", codec.encode(ListedFeed(feed=feed("other"))), b"\xff"):
        producer.send(own.topic_prefix + FEEDS.name, value, key=b"a")
    producer.flush()
    producer.close()
    assert feed_list.listed() == []
