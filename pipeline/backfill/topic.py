"""What the topic holds that articles are published to."""

from pipeline.headers import trace_id_of
from pipeline.reading import TopicReader


class RawTopic:
    """Says where the topic ends, and which articles have come to it. Raises BrokerError where it is not there."""

    def __init__(self, bootstrap: str, name: str) -> None:
        self._bootstrap = bootstrap
        self._name = name

    def ends(self) -> dict[int, int]:
        """Return where each partition ends now."""
        return TopicReader(self._bootstrap, self._name).ends

    def traces_after(self, offsets: dict[int, int]) -> set[str]:
        """Return the trace ids of the records that stand at these offsets or after them."""
        reader = TopicReader(self._bootstrap, self._name)
        return {
            trace_id
            for partition, end in reader.ends.items()
            for record in reader.between(partition, offsets.get(partition, 0), end)
            if (trace_id := trace_id_of(record.headers)) is not None
        }
