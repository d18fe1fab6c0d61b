"""Workers that die with who started them: a killed batch leaves no process behind."""

import ctypes
import os
import signal
import sys

_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG, linux/prctl.h


def die_with_parent() -> None:
    """Ask the kernel to end this process when its parent ends; Linux alone can be asked."""
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:  # it died while we asked
        os.kill(os.getpid(), signal.SIGKILL)
