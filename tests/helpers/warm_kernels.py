"""Kernels that are forked from a process that has loaded what notebooks load, which is most of what a kernel costs.

For tests that ask stock nbgrader about many notebooks: whose kernels they are, they do not ask. A kernel's manager
starts a messenger (`main`), which has the kernel forked, hands its interrupts on, and ends as it ends, and with which
the kernel ends.
"""

import json
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

STATUS = struct.Struct("!i")
INTERRUPT = b"!"


@contextmanager
def warm_kernels(folder: Path) -> Iterator[None]:
    """Have all kernels called python3 that processes start from here on be such ones."""
    address = str(folder / "kernels.socket")
    _write_spec(folder / "kernels" / "python3", address)
    server, before = _started_server(address), os.environ.get("JUPYTER_PATH")
    os.environ["JUPYTER_PATH"] = str(folder)
    try:
        assert server.stdout.read(1), "no kernels can be forked"  # a kernel has a minute to say that it is there
        yield
    finally:
        os.environ.pop("JUPYTER_PATH")
        os.environ.update({"JUPYTER_PATH": before} if before is not None else {})
        server.kill()
        server.communicate()


def _write_spec(folder: Path, address: str) -> None:
    from ipykernel.kernelspec import get_kernel_dict  # here, since a messenger is to start at once

    folder.mkdir(parents=True)
    command = [sys.executable, __file__, address, "-f", "{connection_file}"]
    (folder / "kernel.json").write_text(json.dumps({**get_kernel_dict(), "argv": command}))


def _started_server(address: str) -> subprocess.Popen:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        command = [sys.executable, __file__, str(listening.fileno())]
        return subprocess.Popen(command, stdout=subprocess.PIPE, pass_fds=[listening.fileno()])


# --- the process that is forked --------------------------------------------------------------------------------------


class _Server:
    """Serves the messengers, until it is killed."""

    def __init__(self, listening: socket.socket):
        self._listening, self._selector = listening, selectors.DefaultSelector()
        self._selector.register(listening, selectors.EVENT_READ, self._fork)

    def serve(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if self._selector.get_map().get(key.fd) is key:  # else it was closed with the other of its two
                    key.data()

    def _fork(self) -> None:
        connection, _ = self._listening.accept()
        order, descriptors, _, _ = socket.recv_fds(connection, 2**20, 3)
        if (child := os.fork()) == 0:
            self._selector.close()
            self._listening.close()
            connection.close()
            _be_kernel(json.loads(order), descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        ended = os.pidfd_open(child)
        self._selector.register(connection, selectors.EVENT_READ, lambda: self._hear(connection, child, ended))
        self._selector.register(ended, selectors.EVENT_READ, lambda: self._forget(connection, child, ended))

    def _hear(self, connection: socket.socket, child: int, ended: int) -> None:
        told = b""
        with suppress(OSError):
            told = connection.recv(1)
        signal.pidfd_send_signal(ended, signal.SIGINT if told else signal.SIGKILL)
        if not told:  # the messenger is dead
            self._forget(connection, child, ended)

    def _forget(self, connection: socket.socket, child: int, ended: int) -> None:
        _, status = os.waitpid(child, 0)
        for one in (connection, ended):
            self._selector.unregister(one)
        with suppress(OSError):
            connection.sendall(STATUS.pack(os.waitstatus_to_exitcode(status)))
        connection.close()
        os.close(ended)


def _be_kernel(order: dict, descriptors: list[int]) -> None:
    try:
        os.setsid()
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.environ.clear()
        os.environ.update({**order["environment"], "JPY_PARENT_PID": str(os.getppid())})
        os.chdir(order["folder"])
        sys.argv = ["ipykernel_launcher", *order["options"]]
        sys.path[0] = ""  # the notebook's folder, as `python -m` has it
        from ipykernel import kernelapp

        kernelapp.launch_new_instance()
    finally:
        os._exit(0)


def _serve(descriptor: int) -> None:
    import ipykernel.kernelapp  # noqa: F401

    import autograder.checks.registry
    import autograder.learner.notebook_api  # noqa: F401
    from autograder.grading.executor import end_with_parent

    end_with_parent()
    print("+", flush=True)
    _Server(socket.socket(fileno=descriptor)).serve()


# --- the messenger ---------------------------------------------------------------------------------------------------


def _ask(address: str, options: list[str]) -> None:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(address)
    order = {"options": options, "folder": os.getcwd(), "environment": dict(os.environ)}
    signal.signal(signal.SIGINT, lambda *_: connection.sendall(INTERRUPT))
    socket.send_fds(connection, [json.dumps(order).encode()], [0, 1, 2])
    code = STATUS.unpack(connection.recv(STATUS.size))[0]
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


def main() -> None:
    """Serve a socket that is named by its number, or ask at an address for a kernel with the options that follow."""
    if len(sys.argv) == 2:
        _serve(int(sys.argv[1]))
    else:
        _ask(sys.argv[1], sys.argv[2:])


if __name__ == "__main__":
    main()
