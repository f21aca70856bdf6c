"""Counts the faults of a run and what they cost, and says so in the very last line."""

import pytest
from faults_for_tests import Faults

_faults = pytest.StashKey[Faults]()


def pytest_configure(config: pytest.Config) -> None:
    """Begin to count."""
    config.stash[_faults] = Faults()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Say what came of the faults, where any were injected."""
    counted = config.stash[_faults]
    if counted.injected:
        print(f"faults: {counted.injected} injected, {counted.lost} lost, {counted.doubled} doubled")  # noqa: T201 - the line to read


@pytest.fixture
def faults(pytestconfig: pytest.Config) -> Faults:
    """The count to add to."""
    return pytestconfig.stash[_faults]
