import signal
from collections.abc import Callable

import pytest

from pipeline.commands.interrupts import InterruptBetween


def _whole_step(interrupts: InterruptBetween, done: Callable[[str], None]) -> None:
    with interrupts.step():
        signal.raise_signal(signal.SIGINT)
        done("the whole step")
    done("what follows")


def _between(interrupts: InterruptBetween, done: Callable[[str], None]) -> None:
    with interrupts.step():
        done("a step")
    signal.raise_signal(signal.SIGINT)
    done("what follows")


def _twice(interrupts: InterruptBetween, done: Callable[[str], None]) -> None:
    with interrupts.step():
        signal.raise_signal(signal.SIGINT)
        done("half a step")
        signal.raise_signal(signal.SIGINT)
        done("the other half")


@pytest.mark.parametrize(
    ("run", "expected"), [(_whole_step, "the whole step"), (_between, "a step"), (_twice, "half a step")]
)
def test_where_an_interrupt_counts(run: Callable[..., None], expected: str) -> None:
    """Within a step Ctrl-C counts at its end, between steps at once, and a second one is never put off."""
    done: list[str] = []
    with InterruptBetween() as interrupts, pytest.raises(KeyboardInterrupt):
        run(interrupts, done.append)
    assert done == [expected]


def test_afterwards_ctrl_c_is_what_it_was() -> None:
    """The handler that was there before is there again."""
    before = signal.getsignal(signal.SIGINT)
    with InterruptBetween():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
