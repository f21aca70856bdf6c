"""Feeds in the order in which they fall due, with no more of one host under way than its turn needs."""

import heapq
from collections import Counter, deque

# A host is asked one request at a time; the others of its feeds are being read or published meanwhile.
MOST_OF_A_HOST = 8


class DueFeeds:
    """When each feed is due, in seconds since 1970. A feed is waiting, or under way, or neither."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, str]] = []
        self._due: dict[str, float] = {}
        self._hosts: dict[str, str] = {}
        self._under_way: set[str] = set()
        self._busy: Counter[str] = Counter()
        self._parked: dict[str, deque[str]] = {}

    def __contains__(self, feed_id: str) -> bool:
        return feed_id in self._due or feed_id in self._under_way

    def put(self, feed_id: str, host: str, due: float) -> None:
        """Say when a feed is due."""
        self._due[feed_id] = due
        self._hosts[feed_id] = host
        heapq.heappush(self._heap, (due, feed_id))

    def take(self, now: float) -> str | None:
        """Return a feed that is due, which is under way from now on, the one due longest first; None: there is none."""
        while self._heap and self._heap[0][0] <= now:
            due, feed_id = heapq.heappop(self._heap)
            if self._due.get(feed_id) != due:
                continue
            host = self._hosts[feed_id]
            if self._busy[host] >= MOST_OF_A_HOST:
                self._parked.setdefault(host, deque()).append(feed_id)
                continue
            del self._due[feed_id]
            self._under_way.add(feed_id)
            self._busy[host] += 1
            return feed_id
        return None

    def done(self, feed_id: str) -> None:
        """Say that a feed is under way no more."""
        self._under_way.remove(feed_id)
        host = self._hosts.pop(feed_id)
        self._busy[host] -= 1
        if waiting := self._parked.get(host):
            parked = waiting.popleft()
            heapq.heappush(self._heap, (self._due[parked], parked))
        if not self._busy[host]:
            del self._busy[host]
            self._parked.pop(host, None)

    def next_due(self) -> float | None:
        """Return when the next feed is due that could be polled then; None: nobody knows of any."""
        return self._heap[0][0] if self._heap else None

    def clear_waiting(self) -> None:
        """Forget what waits, not what is under way."""
        self._heap.clear()
        self._due.clear()
        self._parked.clear()
        self._hosts = {feed_id: host for feed_id, host in self._hosts.items() if feed_id in self._under_way}
