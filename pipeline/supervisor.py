"""Keeps a worker process alive: a worker ends itself at what it cannot survive, and is started again."""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence

from pipeline.pauses import Pause

log = logging.getLogger(__name__)

FIRST_PAUSE = 1.0  # seconds before the first restart; doubled each time
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0  # a worker that ran this long had recovered: the pause starts over
STOP_WITHIN = 20.0


class WorkerProcess:
    """A `pactwatch` command as a child process, started again with growing pauses whenever it fails.

    The child has a session of its own, so that Ctrl-C at the terminal reaches only the parent, which then
    ends the parts in the right order.
    """

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = [sys.executable, "-m", "pipeline", *arguments]
        self._environment = {**os.environ, **environment}
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_alive, name="worker-supervisor", daemon=True)
        self.restarts = 0

    def start(self) -> None:
        """Start the child and watch over it."""
        self._thread.start()

    def stop(self) -> None:
        """End the child with SIGTERM, and with SIGKILL if it takes longer than STOP_WITHIN seconds."""
        self._stopping.set()
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                log.warning(
                    "the worker (pid %d) did not stop in %.0f s; killing it", process.pid, STOP_WITHIN
                )
                process.kill()
        self._thread.join(STOP_WITHIN)

    def _keep_alive(self) -> None:
        pauses = Pause(FIRST_PAUSE, LONGEST_PAUSE)
        while not self._stopping.is_set():
            started = time.monotonic()
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdin=subprocess.DEVNULL, start_new_session=True
            )
            if self._stopping.is_set():  # asked to stop while the child was being started
                self._process.terminate()
            code = self._process.wait()
            if self._stopping.is_set():
                return
            if time.monotonic() - started > STEADY_AFTER:
                pauses.reset()
            pause = pauses.next()
            self.restarts += 1
            log.warning("the worker ended with exit code %d; starting it again in %.0f s", code, pause)
            self._stopping.wait(pause)
