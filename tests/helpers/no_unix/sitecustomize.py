"""Makes Python on Linux lack what it lacks on Windows: put this folder first on PYTHONPATH, and all processes have it.

Modules are refused to the course alone: Python's own asyncio needs fcntl on Linux, and has no need of it on Windows.
"""

import builtins
import os
import platform
import signal
import subprocess

MODULES = {"fcntl", "grp", "pwd", "resource", "termios", "tty"}
CALLS = ("fork", "forkpty", "geteuid", "getuid", "getpgid", "killpg", "setsid", "sched_getaffinity", "pidfd_open")
SIGNALS = {"SIGABRT", "SIGFPE", "SIGILL", "SIGINT", "SIGSEGV", "SIGTERM"}
COURSE = ("autograder", "lessons")
_import = builtins.__import__


def _refusing(name, globals=None, *others, **named):
    """Import, unless a module of the course wants what is not there."""
    if name in MODULES and str((globals or {}).get("__name__")).startswith(COURSE):
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    return _import(name, globals, *others, **named)


builtins.__import__ = _refusing
for call in CALLS:
    if hasattr(os, call):
        delattr(os, call)
for known in [name for name in dir(signal) if name.startswith("SIG") and not name.startswith("SIG_")]:
    if known not in SIGNALS:
        delattr(signal, known)
for call in ("setitimer", "pidfd_send_signal", "pthread_kill"):
    if hasattr(signal, call):
        delattr(signal, call)
subprocess.Popen.kill = subprocess.Popen.terminate
platform.system = lambda: "Windows"
