"""Become the program given as arguments, and end when the parent process ends, however it ends.

Run as a script of its own: code between fork and exec would not be safe in a parent that has threads.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(parent: str, program: str, *arguments: str) -> None:
    """Ask the kernel for SIGTERM at the parent's death, then run the program in this process."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != int(parent):
            sys.exit("the parent process has ended")
    os.execv(program, [program, *arguments])  # noqa: S606 - the very purpose, and no shell is wanted


if __name__ == "__main__":
    main(*sys.argv[1:])
