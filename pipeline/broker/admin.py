"""A Kafka admin client whose failures say which broker and how to mend it."""

from collections.abc import Iterator
from contextlib import contextmanager

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from pipeline.core.errors import BrokerError


@contextmanager
def admin_client(bootstrap: str, timeout_seconds: float = 10.0) -> Iterator[KafkaAdminClient]:
    """Yield an admin client that has reached a broker; close it in the end.

    Raises BrokerError where no broker answers in time, and for whatever Kafka refuses inside the block.
    """
    try:
        client = KafkaAdminClient(
            bootstrap_servers=bootstrap.split(","), bootstrap_timeout_ms=int(timeout_seconds * 1000)
        )
    except (KafkaError, OSError, ValueError) as error:
        raise unreachable(bootstrap, error) from error
    try:
        yield client
    except KafkaError as error:
        raise BrokerError(f"Kafka at {bootstrap} refused: {error}") from error
    finally:
        client.close()


def unreachable(bootstrap: str, error: Exception) -> BrokerError:
    """Return the error to raise where no broker answers."""
    return BrokerError(
        f"cannot reach Kafka at {bootstrap}: {error}; start it, or leave --brokers out to use the embedded one"
    )
