"""How the feeds do, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from pipeline.poller.progress import FeedResult

_HOST = "127.0.0.1"


class Metrics:
    """Counts polls and articles, and keeps of each feed when it was last read and how often in a row it failed."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._polls = Counter("pactwatch_polls", "Polls of feeds.", ["outcome"], registry=self._registry)
        self._entries = Counter(
            "pactwatch_entries", "New or edited entries of feeds.", ["outcome"], registry=self._registry
        )
        self._failures = Gauge(
            "pactwatch_feed_failures", "Failed polls in a row.", ["feed"], registry=self._registry
        )
        self._read_at = Gauge(
            "pactwatch_feed_last_success_timestamp_seconds",
            "When the feed was last read.",
            ["feed"],
            registry=self._registry,
        )
        self._dead = Gauge("pactwatch_feed_dead", "Not read for a day.", ["feed"], registry=self._registry)

    def note(self, result: FeedResult) -> None:
        """Count a poll."""
        feed = result.feed.id
        self._polls.labels("failed" if result.error else "read").inc()
        self._entries.labels("published").inc(result.published)
        self._entries.labels("dead_letter").inc(result.bad)
        if result.failures or not result.error:  # where Kafka failed, the feed did not
            self._failures.labels(feed).set(result.failures)
        if not result.error:
            self._read_at.labels(feed).set_to_current_time()
        if result.has_died or not result.error:
            self._dead.labels(feed).set(result.has_died)

    def serve(self, port: int) -> str:
        """Serve them on loopback, for as long as the process lives; return the address."""
        server, _ = start_http_server(port, addr=_HOST, registry=self._registry)
        return f"http://{_HOST}:{server.server_port}/metrics"
