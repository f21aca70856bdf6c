"""What a process logs, on stderr."""

import logging

# They warn of every rebalance and of every attempt to reach a broker that is coming up or gone for a while.
_CHATTY = {
    "faust": logging.ERROR,
    "mode": logging.ERROR,
    "aiokafka": logging.ERROR,
    "aiokafka.consumer.group_coordinator": logging.CRITICAL,
    "kafka": logging.CRITICAL,
}


def set_up_logging(level: str) -> None:
    """Log from this level on; at WARNING, which is the default, the Kafka clients say only what matters."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if level == "WARNING":
        for name, least in _CHATTY.items():
            logging.getLogger(name).setLevel(least)
