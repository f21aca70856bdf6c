"""A worker process with the stages of stages_for_tests: `python worker_for_tests.py STAGES [WRITES]`.

Its settings come from the environment. With WRITES it kills itself as soon as so many writes are acknowledged.
"""

import os
import signal
import sys
from collections.abc import Iterable
from functools import partial

import typer
from stages_for_tests import context

from pipeline.app import stages_named
from pipeline.engine.outbox import Outbox, Outgoing, Written
from pipeline.running import run_worker
from pipeline.settings import load_settings


def die_after(writes: int) -> None:
    """Let this process end by kill -9 when that many writes are acknowledged."""
    write = Outbox.write
    left = [writes]

    async def mortal(self: Outbox, records: Iterable[Outgoing]) -> Written:
        written = await write(self, records)
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return written

    Outbox.write = mortal  # type: ignore[method-assign] # the fault is put in from outside


if __name__ == "__main__":
    if len(sys.argv) > 2:
        die_after(int(sys.argv[2]))
    stages = stages_named(sys.argv[1])
    run_worker(load_settings(), stages, tell=partial(typer.echo, err=True), context_of=context)
