"""Inside the sandbox: a process that has torch loaded and forks once for each submission.

The grader sends a start order with two descriptors: the submission's socket, and a pipe that says how it ended. The
server forks a supervisor, which makes new namespaces and forks process 1 of them; that one runs the cells, and forks
once for each exercise. Everything from process 1 on belongs to the submission: the grader believes nothing it says.
"""

import contextlib
import gc
import json
import os
import select
import signal
import socket
import struct
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from autograder.sandbox.inside import kernel
from autograder.sandbox.inside.limits import Limits
from autograder.subjects.actor import Actor
from autograder.subjects.cells import run_cells
from autograder.subjects.codec import decode, encode
from autograder.subjects.drawing import load_figures, load_figures_when_used
from autograder.subjects.errors import describe
from autograder.subjects.subject import SubjectLost
from autograder.subjects.wire import Frames, asker
from lessons.toolkit.text import t

if TYPE_CHECKING:
    from autograder.sandbox.inside.shell import BoundedText, Shell

START = struct.Struct("!I?")
HEADER = struct.Struct("!I")


class _Start(NamedTuple):
    """How a submission's process begins: its number, and whether its time is added up from /proc."""

    number: int
    supervised: bool


def main() -> None:
    """Get ready, say so, then serve until the grader closes the control socket."""
    control = socket.socket(fileno=int(sys.argv[1]))
    order = json.loads(Frames(control).receive())
    limits, supervised = Limits(**order["limits"]), bool(order["supervised"])
    shell = _warm_up(order["cells"])
    control.sendall(b"+")
    kernel.use_huge_pages()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # supervisors need no burial
    while start := _receive_start(control):
        number, draws, session, ended = start
        if draws:
            load_figures()  # for this submission and all that come after it
        _fork_supervisor(_Start(number, supervised), session, ended, shell, limits, control)


def _warm_up(cells: list[str]) -> "Shell":
    """Import whatever submissions are likely to, on one thread: a process that ran more cannot be forked safely."""
    gc.disable()
    import torch

    torch.set_num_threads(1)
    vars(torch)["set_num_threads"] = lambda count: None  # nor safely from what a cell has computed on more
    from autograder.sandbox.inside.shell import Shell
    from autograder.sandbox.inside.warm_up import rehearse

    shell = Shell()
    load_figures_when_used()
    run_cells(cells, {"__name__": "warm_up"})
    for source in ("%matplotlib inline\nimport numpy as np\nimport torch.nn.functional", "1 / 0", "def unfinished(:"):
        shell.run(source, _forgotten())  # errors too load something when they are shown for the first time
    rehearse()
    shell.namespace.pop("np", None)
    shell.namespace.pop("torch", None)
    gc.freeze()  # forks share what is never collected
    gc.enable()
    return shell


def _forgotten() -> "BoundedText":
    from autograder.sandbox.inside.shell import BoundedText

    return BoundedText(0)


def _receive_start(control: socket.socket) -> tuple[int, bool, int, int] | None:
    """The submission's number, whether it draws, its socket and its pipe; None when the grader has gone."""
    data, descriptors, _, _ = socket.recv_fds(control, START.size, 2)
    if len(data) < START.size or len(descriptors) != 2:
        return None
    number, draws = START.unpack(data)
    session, ended = descriptors
    return number, draws, session, ended


def _fork_supervisor(
    start: "_Start", session: int, ended: int, shell: Any, limits: Limits, control: socket.socket
) -> None:
    with contextlib.suppress(OSError):  # no process to be had: the grader sees both descriptors closed
        if os.fork() == 0:
            try:
                control.close()
                _keep(start, session, ended, shell, limits)
            finally:
                os._exit(0)
    os.close(session)
    os.close(ended)


def _keep(start: "_Start", session: int, ended: int, shell: Any, limits: Limits) -> None:
    """Fork process 1 of new namespaces, wait for its end, which is the end of all in them, and report it.

    It is ended here if the grader's process has died, which would have done so.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    kernel.libc.prctl(kernel.DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    try:
        kernel.separate()
        first = os.fork()
    except OSError as error:
        Frames(socket.socket(fileno=session)).send(encode({"refused": str(error)}))
        return
    if first == 0:
        os.close(ended)
        _be_submission(start, session, shell, limits)
        os._exit(0)
    os.close(session)
    waiting = select.poll()
    waiting.register(os.pidfd_open(first), select.POLLIN)
    waiting.register(ended, 0)  # an error, when nobody is left to read from the pipe
    waiting.poll()
    os.kill(first, signal.SIGKILL)
    _, status = os.waitpid(first, 0)
    os.write(ended, struct.pack("!i", os.waitstatus_to_exitcode(status)))


def _be_submission(start: "_Start", session: int, shell: Any, limits: Limits) -> None:
    connection = socket.socket(fileno=session)
    frames = Frames(connection)
    os.setsid()  # a signal to the process group would reach the server, across namespaces
    try:
        kernel.limit_resources(limits)
        kernel.private_files(limits)
        os.chdir("/tmp/home")
        sys.path.insert(0, "")  # as in a kernel: what a cell has written there can be imported
        kernel.give_up_privileges(start.number, start.supervised)
    except OSError as error:
        frames.send(encode({"refused": str(error)}))
        return
    from autograder.sandbox.inside.shell import close_standard_streams

    close_standard_streams()
    frames.send(encode({"ready": True}))
    with contextlib.suppress(SubjectLost):
        _Submission(connection, shell, limits).serve()


class _Submission:
    """Carries out the grader's orders in process 1."""

    def __init__(self, connection: socket.socket, shell: Any, limits: Limits):
        from autograder.sandbox.inside.shell import BoundedText

        self._connection, self._frames, self._shell = connection, Frames(connection), shell
        self._text = BoundedText(limits.output)
        self._exercise = 0

    def serve(self) -> None:
        """Orders one after another, until the grader closes the socket."""
        while True:
            order, descriptors = self._receive()
            match order:
                case {"cell": str(source)}:
                    self._run_cell(source)
                case {"exercise": str(name)}:
                    self._fork_exercise(name, *descriptors)
                case {"end": _}:
                    self._reply({"exit": self._end_others()})

    def _run_cell(self, source: str) -> None:
        result = self._shell.run(source, self._text)
        if os.getpid() != 1:
            os._exit(0)  # the cell has forked and this is the child: it is nobody's business what it would say
        if result["error"]:
            self._end_others()  # a fork bomb that failed goes on in its children, in the next cell's time
        self._reply(result)

    def _reply(self, message: dict[str, Any]) -> None:
        self._frames.send(encode(message))

    def _receive(self) -> tuple[Any, list[int]]:
        """An order, with the descriptors that came with its first byte."""
        data, descriptors, _, _ = socket.recv_fds(self._connection, HEADER.size, 1)
        if not data:
            raise SubjectLost(t("the grader has gone"))
        data += self._frames.read(HEADER.size - len(data))
        return decode(self._frames.read(*HEADER.unpack(data))), descriptors

    def _fork_exercise(self, name: str, descriptor: int) -> None:
        self._end_others()  # what cells have left running costs no exercise its processes
        with contextlib.suppress(OSError):  # no process to be had: the grader sees the socket closed
            self._exercise = os.fork()
            if self._exercise == 0:
                self._connection.close()
                with contextlib.suppress(BaseException):
                    _serve_exercise(Frames(socket.socket(fileno=descriptor)), self._shell.namespace, name)
                os._exit(0)
        os.close(descriptor)

    def _end_others(self) -> int | None:
        """End everything but this process; how the exercise's own process ended, if it was there."""
        with contextlib.suppress(OSError):
            os.kill(-1, signal.SIGKILL)
        found = None
        with contextlib.suppress(ChildProcessError):
            while True:
                child, status = os.waitpid(-1, 0)
                found = os.waitstatus_to_exitcode(status) if child == self._exercise else found
        return found


def _serve_exercise(frames: Frames, namespace: dict[str, Any], name: str) -> None:
    if name not in namespace:
        frames.send(encode({"missing": name}))
        return
    frames.send(encode({"value": None}))
    actor, process = Actor(namespace[name], asker(frames)), os.getpid()
    while request := frames.receive():
        reply = _reply(actor.reply, request)
        if os.getpid() != process:
            return  # the answer has forked, and this is the child
        frames.send(reply)


def _reply(reply: Callable[[bytes], bytes], request: bytes) -> bytes:
    """As `Actor.reply`, for errors too that are no ordinary exception."""
    try:
        return reply(request)
    except BaseException as error:
        return encode({"error": describe(error)})


if __name__ == "__main__":
    main()
