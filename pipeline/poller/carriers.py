"""Which feed publishes an entry that several feeds of a site carry."""

from collections.abc import Collection, Iterable


class Carriers:
    """For each entry, by its key, the feed that publishes it, and whether Kafka has it."""

    def __init__(self) -> None:
        self._feeds: dict[str, str] = {}
        self._claimed: set[str] = set()

    def claim(self, keys: Iterable[str], feed_id: str) -> list[str]:
        """Give a feed the entries that no feed has; return them. They are its own to publish now."""
        claimed = [key for key in keys if key not in self._feeds]
        for key in claimed:
            self._feeds[key] = feed_id
        self._claimed.update(claimed)
        return claimed

    def settle(self, keys: Iterable[str]) -> None:
        """Say that Kafka has what was claimed."""
        self._claimed.difference_update(keys)

    def release(self, keys: Iterable[str]) -> None:
        """Say that Kafka may not have what was claimed: the next feed that carries it publishes it."""
        for key in keys:
            self._feeds.pop(key, None)
            self._claimed.discard(key)

    def is_carried_by(self, key: str, feed_id: str) -> bool:
        """Whether an entry is this feed's to publish."""
        return self._feeds.get(key) == feed_id

    def is_settled(self, key: str) -> bool:
        """Whether Kafka has an entry."""
        return key in self._feeds and key not in self._claimed

    def note(self, keys: Iterable[str], feed_id: str) -> None:
        """Take what a feed is remembered to have published."""
        for key in keys:
            self._feeds.setdefault(key, feed_id)

    def drop(self, feed_ids: Collection[str]) -> None:
        """Forget feeds that are polled here no more."""
        self._feeds = {key: feed for key, feed in self._feeds.items() if feed not in feed_ids}
        self._claimed &= self._feeds.keys()
