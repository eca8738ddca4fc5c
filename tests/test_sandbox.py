"""What a submission can do to anything outside it, to the next one, and to the grader: nothing, by effect."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import sandbox_cases as cases
import test_zoo as zoo

import autograder
from autograder import course
from autograder.checks.registry import find_check
from autograder.sandbox import doctor, groups
from autograder.sandbox.bubblewrap import find_bubblewrap
from autograder.sandbox.doctor import Machine, cause, this_machine
from autograder.sandbox.limits import MIB, Limits
from autograder.sandbox.sandbox import NotDefined, Sandbox, SandboxError
from autograder.subjects.subject import AnswerError, Crashed, SubjectLost, TimedOut

LESSON = course.all_lessons()[0]
SMALL = Limits(exercise_seconds=1, submission_seconds=8, memory=400 * MIB, processes=24, files=16 * MIB)
HONEST = "def f(a):\n    return a + 1"
SECRET = "SECRET_OF_THE_GRADER"
MECHANISMS = {found.name: found for found in (groups.mechanism(), groups.Mechanism("supervision"))}


@pytest.fixture(scope="module", params=MECHANISMS)
def sandbox(request):
    """One sandbox with small limits, through which all attacks go, under each way to bound them."""
    os.environ[SECRET] = "1"
    try:
        with Sandbox(LESSON, SMALL, bound=MECHANISMS[request.param]) as made:
            yield made
    except SandboxError as error:
        pytest.skip(f"no sandbox on this machine: {cause(this_machine(), str(error))[0]}")
    finally:
        del os.environ[SECRET]


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    """Things outside that a probe can reach for, and that notice it."""
    folder = tmp_path_factory.mktemp("outside")
    secret = folder / "gradebook.db"
    secret.write_text("secret")
    shm, key = Path(f"/dev/shm/outside-{os.getpid()}"), 0x5EED0000 + os.getpid() % 65536
    shm.write_text("secret")
    segment = ctypes.CDLL(None).shmget(key, 64, 0o1666)
    listeners = [listening(("127.0.0.1", 0)), listening(f"\0outside-{os.getpid()}"), listening(str(folder / "socket"))]
    with subprocess.Popen(["/usr/bin/sh", "-c", "trap 'echo hit' USR1; while :; do sleep 1; done"]) as process:
        yield cases.Outside(
            port=listeners[0].getsockname()[1],
            abstract=f"outside-{os.getpid()}",
            unix=str(folder / "socket"),
            secret=str(secret),
            folder=str(folder),
            shm=shm.name,
            key=key,
            pid=process.pid,
            solution=str(LESSON.source),
            recorded=str(next(Path(autograder.__file__).parent.glob("recorded/*/*.msgpack"))),
        )
        process.kill()
    ctypes.CDLL(None).shmctl(segment, 0, None)
    shm.unlink()
    for listener in listeners:
        listener.close()


def listening(address) -> socket.socket:
    made = socket.socket(socket.AF_INET if isinstance(address, tuple) else socket.AF_UNIX)
    made.bind(address)
    made.listen(16)
    return made


def filled(source: str, outside: cases.Outside) -> str:
    for name, value in vars(outside).items():
        source = source.replace("{" + name + "}", str(value))
    return source


def printed(sandbox: Sandbox, *cells: str) -> str:
    with sandbox.submission(cells) as session:
        return "".join(f"{result.output}{result.error or ''}" for result in session.cell_results)


def grades_f(sandbox: Sandbox) -> bool:
    with sandbox.submission([HONEST]) as session, session.exercise("f") as subject:
        return session.cell_results[0].status == "ok" and subject.call("__call__", 41) == 42


@pytest.mark.parametrize("name", cases.REACHING)
def test_reaches_outside_without_a_sandbox(name, outside):
    if os.geteuid() != 0 and name in ("namespace", "trace"):
        pytest.skip("only root can")
    environment = os.environ | {SECRET: "1"}
    command = [sys.executable, "-c", filled(cases.REACHING[name], outside)]
    assert "GOT" in subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("name", cases.REACHING)
def test_reaches_nothing_outside(name, sandbox, outside):
    (Path(outside.folder) / "written").unlink(missing_ok=True)
    found = printed(sandbox, filled(cases.REACHING[name], outside))
    assert "GOT" not in found
    assert found, "the probe did not even try"
    assert not (Path(outside.folder) / "written").exists()


@pytest.mark.parametrize("name", cases.INSIDE)
def test_gains_nothing(name, sandbox):
    assert "GOT" not in printed(sandbox, cases.INSIDE[name])


def test_inherits_only_its_socket(sandbox):
    probe = "import os\nfor i in range(256):\n    try:\n        os.fstat(i)\n        print(i)\n    except OSError: pass"
    assert printed(sandbox, probe).split() == ["0", "1", "2", "3"]


@pytest.mark.parametrize("name", cases.LEAVING)
def test_leaves_nothing_for_the_next(name, sandbox):
    leave, look = cases.LEAVING[name]
    assert "GOT" in printed(sandbox, leave, look), "the probe does not find what is left"
    printed(sandbox, leave)
    assert "GOT" not in printed(sandbox, look)


def test_is_hidden_from_the_one_beside_it(sandbox):
    leave = "import socket\nopen('/tmp/left', 'w').write('x')\ns = socket.socket(1)\ns.bind('\\0left')\ns.listen()"
    look = "import os, socket\nprint(len(os.listdir('/tmp')), os.listdir('/proc'))\nsocket.socket(1).connect('\\0left')"
    assert "refused" not in printed(sandbox, leave, look)
    with sandbox.submission([leave]) as first, first.exercise("s"):
        found = printed(sandbox, look)
    assert found.startswith("2 []")  # home and shm
    assert "ConnectionRefusedError" in found


def processes_with(text: str) -> list[Path]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found += [path] if text in path.read_bytes().decode(errors="replace") else []
        except OSError:
            pass
    return found


def test_daemons_are_dead_when_the_submission_is_released(sandbox):
    seconds = str(10**7 + os.getpid())
    with sandbox.submission([cases.DAEMON.replace("{seconds}", seconds)]):
        deadline = time.monotonic() + 5
        while not processes_with(seconds) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert processes_with(seconds), "the daemon was never there"
    assert not processes_with(seconds)


@pytest.mark.parametrize("name", cases.EXHAUSTING)
def test_a_cell_that_misbehaves_costs_no_other(name, sandbox):
    started = time.monotonic()
    with sandbox.submission([cases.EXHAUSTING[name], HONEST]) as session:
        assert len(session.cell_results) == 2
        assert all(len(result.output) <= SMALL.output for result in session.cell_results)
        try:
            with session.exercise("f") as subject:
                assert subject.call("__call__", 41) == 42
        except SubjectLost:
            # it has broken the process of its own cells in a way that does not show before
            assert name in ("forged reply", "threads")
    assert time.monotonic() - started < SMALL.submission_wall
    assert grades_f(sandbox)


def test_bombs_are_stopped_by_their_limits(sandbox):
    with sandbox.submission([cases.EXHAUSTING["memory"], cases.EXHAUSTING["a spin"], HONEST]) as session:
        memory, spin, honest = session.cell_results
    assert (memory.status, honest.status) in (("crashed", "ok"), ("error", "ok"))  # killed, or told by RLIMIT_DATA
    assert spin.status == "timeout"
    assert "processor time" in str(spin.error)


@pytest.mark.parametrize("name", cases.ANSWERS)
def test_an_answer_that_misbehaves_costs_its_exercise_alone(name, sandbox):
    started = time.monotonic()
    with sandbox.submission([cases.ANSWERS[name], "def h(a):\n    return a + 1"]) as session:
        with pytest.raises((AnswerError, SubjectLost)), session.exercise("f") as subject:
            assert subject.call("__call__", 41) == 42, "what came back is not what an answer gives"
            raise Crashed("it answered in the end")
        with session.exercise("h") as subject:
            assert subject.call("__call__", 41) == 42
    assert time.monotonic() - started < SMALL.submission_wall
    assert grades_f(sandbox)
