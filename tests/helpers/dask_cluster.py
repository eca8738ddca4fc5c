"""A Dask cluster on this machine, started with the commands of the manual."""

import contextlib
import os
import re
import shlex
import signal
import socket
import subprocess
import sysconfig
from pathlib import Path

import autograder

MANUAL = Path(autograder.__file__).with_name("CLUSTER.md")
SCRIPTS = sysconfig.get_path("scripts")


def commands(section: str) -> list[str]:
    """The commands of a section of the manual."""
    text = re.search(rf"^## {section}$(.*?)^## ", MANUAL.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)[1]
    return [
        line for block in re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL) for line in block.splitlines()
    ]


class Cluster:
    """Started as the manual says, with another port; every command is a process group of its own."""

    def __init__(self, folder: Path, workers: int):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = str(free.getsockname()[1])
        self.address = f"tcp://127.0.0.1:{self._port}"
        scheduler, worker, self._grade = commands("By hand")
        self.folder = folder
        self.groups = [self.start(scheduler, "scheduler")]
        self.groups += [self.start(worker, f"worker{number}") for number in range(workers)]

    def start(self, command: str, name: str) -> subprocess.Popen:
        (self.folder / name).mkdir()
        with (self.folder / f"{name}.log").open("wb") as log:
            environment = {**os.environ, "PATH": f"{SCRIPTS}:{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}
            words = shlex.split(command.replace("8786", self._port))
            return subprocess.Popen(
                words, cwd=self.folder / name, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def grade(self, handed_in: Path, out: Path) -> subprocess.Popen:
        words = {"SUBMISSIONS": shlex.quote(str(handed_in)), "graded": shlex.quote(str(out))}
        return self.start(" ".join(words.get(word, word) for word in self._grade.split()), f"{out.name} of the command")

    def kill(self, number: int) -> None:
        """End a worker, and the one that would start it again, as a power cut does."""
        os.killpg(self.groups[number + 1].pid, signal.SIGKILL)
        self.groups[number + 1].wait()

    def close(self) -> None:
        for group in reversed(self.groups):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group.pid, signal.SIGTERM)
        for group in self.groups:
            group.wait(30)
