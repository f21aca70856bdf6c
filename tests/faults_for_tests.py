"""What the fault tests count."""

from dataclasses import dataclass


@dataclass
class Faults:
    """What was injected, and the records that were lost or came out twice, over all tests."""

    injected: int = 0
    lost: int = 0
    doubled: int = 0
