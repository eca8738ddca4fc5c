"""What a submission can use where its user has no control groups: all that /proc can add up, and nothing beside it."""

import contextlib
import fcntl
import os
import re
import time
from pathlib import Path

import pytest
import torch

from autograder import doctor
from autograder.course.lessons import all_lessons
from autograder.sandbox import cgroups, supervision, user_scope
from autograder.sandbox.inside import seccomp
from autograder.sandbox.inside.limits import MIB, Limits
from autograder.sandbox.sandbox import Sandbox

LESSON = all_lessons()[0]
LIMITS = Limits(1.5, 12, wall_factor=4, memory=400 * MIB, processes=24, files=16 * MIB)
HONEST = "def f(a):\n    return a + 1"
SLACK = 800 * MIB  # what can be taken between two readings, and what other tests take meanwhile; unseen it is 2 GiB

sandboxed = [pytest.mark.slow, pytest.mark.sandbox]


@pytest.fixture(scope="module")
def supervised(sandbox_or_skip):
    """As on a machine without control groups."""
    with Sandbox(LESSON, LIMITS, bound=cgroups.Mechanism("supervision")) as made:
        yield made


@pytest.fixture(scope="module")
def bounded(sandbox_or_skip):
    """With the best that works here."""
    with Sandbox(LESSON, LIMITS) as made:
        yield made


LIBC = """
import ctypes, mmap, os, socket, threading, time
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
def map(size, access, flags, descriptor=-1):
    found = libc.mmap(None, size, access, flags, descriptor, 0)
    if found == 2**64 - 1:
        raise MemoryError(ctypes.get_errno())
    return found
"""

# Memory that is in the resident memory of nobody, or of nobody who is looked at. Each would take gigabytes.
UNSEEN = {
    "shared pages that were let go": """
m = mmap.mmap(-1, 2**31)
for at in range(0, 2**31, 2**22):
    m[at : at + 2**22] = b"x" * 2**22
    m.madvise(mmap.MADV_DONTNEED, at, 2**22)
""",
    "shared pages that were let go, of /dev/zero": """
with open("/dev/zero", "r+b") as file:
    p = map(2**31, 3, 1, file.fileno())
for at in range(0, 2**31, 2**22):
    ctypes.memset(p + at, 1, 2**22)
    libc.madvise(p + at, 2**22, 4)
""",
    "page tables": """
p = map(2**40, 1, 0x4022)
libc.madvise(p, 2**40, 15)
for at in range(p, p + 2**40, 2**21):
    ctypes.c_char.from_address(at).value
""",
    "page tables of scattered pages": """
for k in range(60_000):
    at = libc.mmap(ctypes.c_void_p(2**42 + k * 2**30), 4096, 1, 0x100022, -1, 0)
    ctypes.c_char.from_address(at).value
for _ in range(20):
    if os.fork() == 0:
        for k in range(60_000):
            ctypes.c_char.from_address(2**42 + k * 2**30).value
        time.sleep(100)
time.sleep(100)
""",
    "sockets": """
for _ in range(20):
    if os.fork() == 0:
        kept = []
        with __import__("contextlib").suppress(OSError):
            while True:
                kept += socket.socketpair()
                for one in kept[-2:]:
                    one.setblocking(False)
                    with __import__("contextlib").suppress(BlockingIOError):
                        while True:
                            one.send(b"x" * 4096)
        time.sleep(100)
time.sleep(100)
""",
    "sockets that were closed and not accepted": """
kept = []
for k in range(200):
    kept.append(socket.socket(socket.AF_UNIX))
    kept[-1].bind(f"\\0{k}")
    kept[-1].listen(4096)
    for _ in range(4000):
        with socket.socket(socket.AF_UNIX) as one:
            one.connect(f"\\0{k}")
            one.setblocking(False)
            try:
                while True:
                    one.send(b"x" * 4096)
            except BlockingIOError:
                pass
""",
    "pages that pipes hold": """
p, kept = map(2**28, 3, 0x22), []
libc.madvise(p, 2**28, 14)
for _ in range(40):
    for at in range(p, p + 2**28, 2**21):
        ctypes.memset(at, 1, 2**21)
        if len(kept) < 100:
            kept.append(os.pipe())
        vector = (ctypes.c_size_t * 2)(at, 1)
        if libc.vmsplice(kept[hash(at) % len(kept)][1], vector, 1, 2) < 0:
            raise MemoryError
        libc.madvise(p, 2**28, 4)
""",
    "a process whose first thread has ended": """
def fill():
    kept = []
    for _ in range(32):
        kept.append(map(2**26, 3, 0x22))
        ctypes.memset(kept[-1], 1, 2**26)
    time.sleep(100)
for _ in range(8):
    if os.fork() == 0:
        threading.Thread(target=fill).start()
        libc.syscall({"x86_64": 60, "aarch64": 93}[os.uname().machine], 0)
time.sleep(100)
""",
    "programs that have as much as a fork of the server": """
import subprocess, sys
kept = [subprocess.Popen([sys.executable, "-c", "kept = b'x' * 100 * 2**20; input()"], stdin=-1) for _ in range(20)]
time.sleep(100)
""",
    "forks that have pages of their own in place of the server's": """
for _ in range(20):
    if os.fork() == 0:
        kept = map(2**27, 3, 0x22)
        ctypes.memset(kept, 1, 2**27)
        time.sleep(100)
time.sleep(100)
""",
}

# These take memory of the kernel's for which there is no counter at all.
REFUSED = {
    "queues of System V": "assert libc.msgget(0, 0o1666) < 0",
    "semaphores of System V": "assert libc.semget(0, 32000, 0o1666) < 0",
    "huge pages": "map(2**21, 3, 0x40022)",
    "large buffers": "a, b = socket.socketpair()\nbefore = a.getsockopt(1, 7)\na.setsockopt(1, 7, 2**14)\n"
    "assert a.getsockopt(1, 7) == before",
    "filters of sockets": "socket.socket().setsockopt(1, 26, bytes(16))",
    "asynchronous reads": "number = {'x86_64': 206, 'aarch64': 0}[os.uname().machine]\n"
    "assert libc.syscall(number, 8, ctypes.byref(ctypes.c_long())) < 0",
    "rules of Landlock": "assert libc.syscall(444, None, 0, 1) < 0",
    "a pipe's size": "import fcntl\nfcntl.fcntl(os.pipe()[1], 1031, 2**20)",
}


def available() -> int:
    return 1024 * int(re.search(r"MemAvailable:\s+(\d+)", Path("/proc/meminfo").read_text())[1])


def taken_by(sandbox: Sandbox, source: str) -> tuple[int, str]:
    """How much memory a cell took at most, and how it ended; the next cell must be as if it had not been."""
    before = least = available()
    from threading import Event, Thread

    done = Event()

    def look() -> None:
        nonlocal least
        while not done.wait(0.02):
            least = min(least, available())

    watch = Thread(target=look)
    watch.start()
    try:
        with sandbox.submission([LIBC + source, HONEST]) as session:
            found = session.cell_results
            with session.exercise("f") as subject:
                assert subject.call("__call__", 41) == 42
    finally:
        done.set()
        watch.join()
    assert found[1].status == "ok"
    return before - least, f"{found[0].status}: {found[0].error}"


class TestMemory:
    pytestmark = sandboxed

    @pytest.mark.parametrize("name", UNSEEN)
    def test_none_escapes_the_sum(self, name, supervised):
        taken, ended = taken_by(supervised, UNSEEN[name])
        assert taken < LIMITS.memory + SLACK, ended
        # a busy machine may be too slow for it to come as far as a bound on memory
        assert re.search(r"more memory than|MemoryError|Cannot allocate|No such device|^timeout", ended), ended

    @pytest.mark.parametrize("name", REFUSED)
    def test_what_nobody_counts_is_refused(self, name, bounded):
        with bounded.submission([LIBC, REFUSED[name]]) as session:
            result = session.cell_results[1]
        assert re.match(r"None|PermissionError|MemoryError", str(result.error)), result

    def test_pages_that_forks_share_count_once(self, supervised):
        own = f"kept = b'x' * {200 * MIB}\n"
        fork = "import os, time\nfor _ in range(6):\n    if os.fork() == 0:\n        time.sleep(0.5); os._exit(0)\n"
        wait = "for _ in range(6):\n    os.wait()"
        with supervised.submission([own + fork + wait]) as session:
            assert session.cell_results[0].status == "ok", session.cell_results


SPIN = "    started = time.time()\n    while time.time() - started < 0.015: pass\n    os._exit(0)\n"
# Processor time of children that end before anybody looks, and that nobody waits for.
UNHEARD = {
    "ignored": "signal.signal(signal.SIGCHLD, signal.SIG_IGN)",
    "not to be waited for": """
import ctypes
action = (ctypes.c_long * 20)(0, 2, 0)  # SA_NOCLDWAIT, as the C library has it further behind
for place in range(20):
    action = (ctypes.c_long * 20)(*[2 if n == place else 0 for n in range(20)])
    ctypes.CDLL(None).sigaction(17, action, None)
""",
    "orphaned": "orphaned = True",
}


class TestProcessorTime:
    pytestmark = sandboxed

    @pytest.mark.parametrize("name", UNHEARD)
    def test_that_of_children_nobody_waits_for_counts(self, name, supervised):
        source = f"""
import os, signal, time
orphaned = False
{UNHEARD[name]}
began, count = time.time(), 0
while time.time() - began < 5.5:
    try:
        child = os.fork()
    except OSError:
        time.sleep(0.05)
        continue
    if child == 0:
        if orphaned and os.fork():
            os._exit(0)
    {SPIN.replace(chr(10), chr(10) + "    ")}
    count += 1
    time.sleep(0.016)
print(count * 0.015)
"""
        with supervised.submission([source, HONEST]) as session:
            first, honest = session.cell_results
        assert honest.status == "ok"
        if first.status != "timeout":  # so few could be started that they cannot have used more
            assert first.status == "ok", first
            assert float(first.output) < LIMITS.exercise_seconds + 0.5, first

    def test_programs_that_wait_for_children_work(self, supervised, bounded):
        cells = [
            "import subprocess\nprint(subprocess.getoutput('bash -c \"sleep 0.1 & wait; echo bash\"'))",
            "import os\nos.system('echo system > /tmp/a'); print(open('/tmp/a').read())",
            "!echo shell",
            "import multiprocessing\nwith multiprocessing.Pool(2) as pool:\n    print(pool.map(abs, [-1, -2]))",
            "import asyncio\nprint(asyncio.new_event_loop().run_until_complete(asyncio.sleep(0, 'loop')))",
        ]
        for sandbox in (supervised, bounded):
            with sandbox.submission(cells) as session:
                printed = "".join(result.output for result in session.cell_results)
                assert {result.status for result in session.cell_results} == {"ok"}, session.cell_results
            assert re.search(r"bash(.|\n)*system(.|\n)*shell(.|\n)*\[1, 2\](.|\n)*loop", printed), printed


# What one process can do to others that open the same file: the environment's, whose owner it is for an ordinary user.
ON_FILES = {
    "a lease": "fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)",
    "a lease to write": "fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)",
    "notices of a folder": "fcntl.fcntl(os.open(os.path.dirname(path), 0), fcntl.F_NOTIFY, fcntl.DN_ACCESS)",
    "a signal of its choice": "fcntl.fcntl(file, 10, 40)",
    "whom signals go to": "fcntl.fcntl(file, fcntl.F_SETOWN, os.getpid())",
    "inotify": "assert ctypes.CDLL(None, use_errno=True).inotify_init1(0) < 0\nraise PermissionError",
    "fanotify": "assert ctypes.CDLL(None, use_errno=True).fanotify_init(0x200, 0) < 0\nraise PermissionError",
}
LOCKS = {
    "flock": "fcntl.flock(file, fcntl.LOCK_EX)",
    "lockf": "fcntl.lockf(file, fcntl.LOCK_SH)",
    "a lock of the open file": "fcntl.fcntl(file, 37, struct.pack('hhlli', fcntl.F_RDLCK, 0, 0, 0, 0))",
}
OPEN = "import ctypes, fcntl, os, struct\npath = {path!r}\nfile = os.open(path, os.O_RDONLY)\n"


class TestSharedFiles:
    pytestmark = sandboxed
    path = str(Path(torch.__file__).parent / "version.py")

    @pytest.mark.parametrize("name", ON_FILES)
    def test_nothing_is_told_or_kept_from_others(self, name, bounded):
        with bounded.submission([OPEN.format(path=self.path) + ON_FILES[name]]) as session:
            assert str(session.cell_results[0].error).startswith("PermissionError")

    @pytest.mark.parametrize("name", LOCKS)
    def test_a_lock_is_granted_and_not_taken(self, name, bounded):
        with bounded.submission([OPEN.format(path=self.path) + LOCKS[name]]) as session:
            assert session.cell_results[0].status == "ok", session.cell_results
            file = os.open(self.path, os.O_RDWR if os.access(self.path, os.W_OK) else os.O_RDONLY)
            with contextlib.closing(os.fdopen(file)):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                with contextlib.suppress(PermissionError):
                    fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def test_what_locks_its_own_files_works(self, bounded):
        source = (
            "import sqlite3\nbook = sqlite3.connect('/tmp/book.db')\nbook.execute('create table a (b)')\nbook.commit()"
        )
        copy = "import shutil, sys\nshutil.copy(sys.executable, '/tmp/copy')\nprint(open('/dev/zero', 'rb').read(2))"
        with bounded.submission([source, copy]) as session:
            assert [result.status for result in session.cell_results] == ["ok", "ok"], session.cell_results


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize("is_supervised", [True, False])
def test_every_jump_of_the_filter_lands_in_it(machine, is_supervised):
    code = seccomp.program(machine, is_supervised)
    for place, (kind, if_true, if_false, _) in enumerate(code):
        assert if_true < 256, place
        assert kind & 7 != 5 or place + 1 + max(if_true, if_false) < len(code), place
    assert code[-1][0] == 6


class TestReadings:
    def test_memory_of_a_process_is_what_is_in_no_file(self):
        process = supervision.process_of(os.getpid())
        status = Path("/proc/self/status").read_text()
        assert process.pages > 1024 * int(re.search(r"RssAnon:\s+(\d+)", status)[1]) // 2
        assert supervision._own_pages(process) <= process.pages + 50 * MIB
        assert process.faults > process.pages // 4

    def test_the_dead_have_time_and_no_memory(self):
        pid = os.fork()
        if pid == 0:
            started = time.process_time()
            while time.process_time() - started < 0.05:
                pass
            os._exit(0)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        process = supervision.process_of(pid)
        os.waitpid(pid, 0)
        assert process.seconds >= 0.04
        assert process.pages == process.tables == 0
        assert supervision.process_of(pid) is None


class TestGroupsOfUsers:
    """What is found out of the files of /proc; a scope of systemd's itself needs a machine that runs it."""

    def test_a_group_around_this_one_will_do(self, tmp_path):
        (tmp_path / "cgroup").write_text("0::/user.slice/app.slice/term.scope\n")
        (tmp_path / "mountinfo").write_text(f"33 20 0:4 / {tmp_path}/unified rw - cgroup2 cgroup2 rw")
        scope = tmp_path / "unified/user.slice/app.slice/term.scope"
        scope.mkdir(parents=True)
        (scope / "cgroup.subtree_control").write_text("\n")
        (scope.parent / "cgroup.subtree_control").write_text("cpu memory pids\n")
        assert cgroups.folders_v2(tmp_path) == [scope.parent]

    def test_nothing_outside_what_is_mounted_will_do(self, tmp_path):
        (tmp_path / "cgroup").write_text("0::/docker/a\n")
        (tmp_path / "mountinfo").write_text(f"33 20 0:4 /docker/a {tmp_path}/unified rw - cgroup2 cgroup2 rw")
        (tmp_path / "unified").mkdir()
        (tmp_path / "unified/cgroup.subtree_control").write_text("\n")
        (tmp_path / "cgroup.subtree_control").write_text("memory pids\n")
        assert cgroups.folders_v2(tmp_path) == []

    def test_no_scope_without_systemd(self, monkeypatch, tmp_path):
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        assert not user_scope.works()

    def test_the_scope_of_another_process_is_not_taken_for_ones_own(self):
        with pytest.raises(FileNotFoundError):
            user_scope.folder_of(os.getpid())

    def test_the_doctor_says_what_holds_and_what_does_not(self, monkeypatch):
        monkeypatch.setattr(cgroups, "mechanism", lambda: cgroups.Mechanism("supervision"))
        finding = doctor.look_at_limits()
        assert "What holds" in finding.text
        assert "What does not" in finding.text
        assert "enable-linger" in finding.remedy
        monkeypatch.setattr(cgroups, "mechanism", lambda: cgroups.Mechanism("cgroup v2", (Path("/"),)))
        assert "bounded by the kernel" in doctor.look_at_limits().text
