"""Starts a lesson's warm process inside bubblewrap, and has it fork. Importing this module loads no torch."""

import json
import os
import random
import select
import socket
import struct
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from autograder.course.lessons import Lesson
from autograder.course.source import read_lesson, without_magics, without_markers
from autograder.errors import CourseError
from autograder.sandbox.bubblewrap import command, find_bubblewrap
from autograder.sandbox.cgroups import Mechanism, mechanism
from autograder.sandbox.inside.limits import Limits

STARTING_SECONDS = 120.0  # importing torch on a busy machine
FORKING_SECONDS = 20.0
ENDING_SECONDS = 10.0


class SandboxError(CourseError):
    """There is no sandbox to be had on this machine, or it broke; the message says what to do."""


class WarmServer:
    """The process in which `server` runs. It gets ready by itself once this object is made.

    Processes that are forked later can have it fork too: an order is one message with descriptors, and the kernel
    neither splits nor joins such messages.

    Args:
        lesson: whose submissions it runs.
        limits: what each of them may use.
        hidden: folders that no submission may see.
        bound: how the sum over a submission's processes is bounded; by default the best that works here.

    Raises:
        SandboxError: there is no bubblewrap.
    """

    def __init__(self, lesson: Lesson, limits: Limits, hidden: Sequence[Path], bound: Mechanism | None = None):
        bwrap = find_bubblewrap()
        if bwrap is None:
            raise SandboxError("bubblewrap is not installed: run `autograder doctor` to see how to get it")
        self._ready, self._maker, self._bound = False, os.getpid(), bound or mechanism()
        self._control, theirs = socket.socketpair()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the server runs
        with theirs:
            self._process = subprocess.Popen(
                [*self._bound.prefix, *command(bwrap, lesson, theirs.fileno(), hidden)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
            )
        self._pidfd = os.pidfd_open(self._process.pid)
        cells = [without_magics(without_markers(cell.source)) for cell in read_lesson(lesson.source).setup_cells]
        supervised = not self._bound.has_groups
        order = json.dumps({"limits": asdict(limits), "cells": cells, "supervised": supervised}).encode()
        with suppress(OSError):  # if it has ended already, nobody will find it ready
            self._control.sendall(struct.pack("!I", len(order)) + order)

    def wait_until_ready(self) -> None:
        """Return when it can fork.

        Raises:
            SandboxError: it did not start; the message says what it wrote.
        """
        if self._ready:
            return
        try:
            self._control.settimeout(STARTING_SECONDS)
            self._ready = bool(self._control.recv(1))
            self._control.settimeout(FORKING_SECONDS)
        except OSError:
            pass
        if not self._ready:
            self._errors.seek(0)
            said = self._errors.read()[-1000:].decode("utf-8", "replace").strip() or "nothing"
            self.close()
            raise SandboxError(f"the sandbox did not start; run `autograder doctor`. It said: {said}")
        self._settle()

    def _settle(self) -> None:
        """Get ready what bounds submissions where the server runs."""
        try:
            self._bound.settle(self.pid)
        except OSError as error:
            self.close()
            raise SandboxError(f"the sandbox could not be bounded ({error}); grade again") from None

    @property
    def pid(self) -> int:
        """Of the process that was started."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        ended, _, _ = select.select([self._pidfd], [], [], 0)
        return not ended

    def fork(self, draws: bool) -> tuple[socket.socket, int]:
        """Start a submission's process: its socket, and a pipe that says how it ended.

        Args:
            draws: whether it will draw: what that takes is loaded before the first that does.
        """
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)  # the kernel will name who writes
        ended, end = os.pipe()
        try:
            order = struct.pack("!I?", random.getrandbits(32), draws)
            socket.send_fds(self._control, [order], [theirs.fileno(), end])
        except OSError as error:
            raise SandboxError(f"the sandbox broke ({error.strerror}); grade again") from None
        finally:
            theirs.close()
            os.close(end)
        return ours, ended

    def close(self) -> None:
        """End it, and with it all that it forked; in another process than its maker, let go of it."""
        self._control.close()
        if os.getpid() == self._maker:
            self._process.kill()
            self._process.wait(timeout=ENDING_SECONDS)
        os.close(self._pidfd)
        self._errors.close()
