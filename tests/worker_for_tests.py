"""A worker process with the stages of stages_for_tests: `python worker_for_tests.py STAGES [SECONDS-A-REPORT]`.

Its settings come from the environment.
"""

import sys
from functools import partial

from stages_for_tests import context

from pipeline.app import stages_named
from pipeline.commands.running import run_worker
from pipeline.settings import load_settings

if __name__ == "__main__":
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    run_worker(
        load_settings(),
        stages_named(sys.argv[1]),
        tell=lambda text: print(text, file=sys.stderr, flush=True),
        context_of=partial(context, seconds=seconds),
    )
