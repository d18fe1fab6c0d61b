"""Workers that die with who started them: a killed batch leaves no process behind."""

import ctypes
import os
import signal
import sys

_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG, linux/prctl.h


def die_with(parent: int) -> None:
    """
    Ask the kernel to end this process when its parent ends; Linux alone can be asked.

    A parent that died before it was asked for is noticed by its number.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
