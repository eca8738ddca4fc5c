"""The grader's side: starts a lesson's sandbox, has it run a submission's cells, and gives checks a subject to talk to.

Nothing that comes out is trusted: frames are bounded, decoded by the codec, and every read has a deadline.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from autograder.course.lessons import Lesson
from autograder.sandbox.cgroups import Mechanism, mechanism
from autograder.sandbox.forkserver import WarmServer
from autograder.sandbox.inside.limits import Limits
from autograder.sandbox.process import SandboxedProcess
from autograder.sandbox.session import Cell, Session
from autograder.subjects.drawing import draws


class Sandbox:
    """A warm process that no submission can leave, for one lesson. Use it in a `with` statement.

    bubblewrap ends it with the thread that made it, so keep that one alive. Processes that this one forks can use it
    too; each starts its own only when the common one has died.

    Args:
        lesson: whose submissions it runs.
        limits: what each of them may use.
        hidden: folders that no submission may see, such as the output folder.
        bound: how the sum over processes is bounded; by default the best that works here.
        server: one for the same lesson, limits and folders that has been started before; it is closed with this.
    """

    def __init__(
        self,
        lesson: Lesson,
        limits: Limits | None = None,
        hidden: Sequence[Path] = (),
        bound: Mechanism | None = None,
        server: WarmServer | None = None,
    ):
        self._lesson, self._hidden = lesson, tuple(hidden)
        self.limits = limits or Limits()
        self._bound = bound or mechanism()
        self._server = server
        self._lock = threading.Lock()

    def __enter__(self) -> "Sandbox":
        self._live_server()
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    @contextmanager
    def submission(self, cells: Sequence[str | Cell]) -> Iterator["Session"]:
        """Run the cells of a submission; everything that they started is dead when the block ends.

        Raises:
            SandboxError: no process could be had for it.
        """
        found = [Cell(cell) if isinstance(cell, str) else cell for cell in cells]
        start = partial(self._start, any(draws(cell.source) for cell in found))
        session = Session(found, self.limits, start)
        try:
            session.run_cells()
            yield session
        finally:
            session.close()

    def _start(self, may_draw: bool = False) -> "SandboxedProcess":
        with self._lock:
            server = self._live_server()
            ours, ended = server.fork(may_draw)
        return SandboxedProcess(ours, ended, self._bound.group(self.limits, server.pid))

    def _live_server(self) -> WarmServer:
        """The server, ready; a new one if it has died."""
        if self._server is None or not self._server.alive:
            if self._server is not None:
                self._server.close()
            self._server = WarmServer(self._lesson, self.limits, self._hidden, self._bound)
        self._server.wait_until_ready()
        return self._server
