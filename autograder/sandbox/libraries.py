"""What a submission's interpreter needs: its own library, the packages that a notebook imports, the system's libraries.

Nothing else of a prefix is named: it may be the checkout of the course, or hold submissions and an nbgrader exchange.
"""

import os
import site
import stat
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

PACKAGES = ("torch", "numpy", "msgpack", "IPython", "traitlets", "matplotlib")  # what a submission imports at least

_SYSTEM = (
    *("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32", "/usr/lib64"),
    *("/usr/libexec", "/usr/local/lib", "/usr/local/lib64", "/etc/ld.so.cache", "/etc/alternatives"),
)
_SHARED = (  # of /usr/share: fonts, time zones, languages, certificates, and what programs and packages read there
    *("fonts", "fontconfig", "zoneinfo", "zoneinfo-icu", "terminfo", "tabset", "locale", "i18n", "icu", "mime", "misc"),
    *("ca-certificates", "matplotlib", "python3", "perl", "perl5", "git-core", "dict", "nltk_data"),
)
_STANDARD = ("stdlib", "platstdlib", "purelib", "platlib")  # of sysconfig


class Executable(NamedTuple):
    """The interpreter, and the links that lead to it."""

    links: list[tuple[Path, Path]]
    file: Path


def library_paths() -> list[Path]:
    """The folders and files that are shown, and where links lead that are among them; `executable` comes to them."""
    shared = (Path("/usr/share", name) for name in _SHARED)
    found = [path for path in (*map(Path, _SYSTEM), *shared, *_of_python()) if os.path.lexists(path)]
    # inside a folder that is shown, a link is shown as one
    targets = [path.resolve() for path in found if path.is_symlink() and path.exists()]
    return list(dict.fromkeys([*found, *targets]))


def _of_python() -> Iterator[Path]:
    """Of the base installation its libraries; of an environment only its packages and what says that it is one."""
    for base in {sys.base_prefix, sys.base_exec_prefix}:
        yield from (Path(base, name) for name in ("lib", "lib64"))
    yield from (Path(sysconfig.get_path(name)) for name in _STANDARD)
    yield from map(Path, site.getsitepackages())
    yield Path(sys.prefix, "pyvenv.cfg")


def executable(path: Path = Path(sys.executable)) -> Executable:
    """Follow the links from a path of the interpreter: an environment's is one, and says by its place what it is of."""
    links = []
    while path.is_symlink():
        target = Path(os.path.normpath(os.path.join(os.path.realpath(path.parent), os.readlink(path))))
        links.append((path, target))
        path = target
    return Executable(links, path)


def obstacle(course: Iterable[Path] = ()) -> str | None:
    """Why no sandbox can run this interpreter, in words, or None where nothing speaks against it.

    Args:
        course: what of the course is shown.
    """
    paths = [*library_paths(), Path(sys.executable), executable().file]
    return _under_tmp(paths) or _not_shown(paths) or _not_readable([*paths, *course])


def _under_tmp(paths: Iterable[Path]) -> str | None:
    for path in paths:
        if Path("/tmp") in path.parents:
            told = "lies under /tmp, which a sandbox covers with a folder of its own; make the environment elsewhere"
            return f"the environment of {path} {told}"
    return None


def _not_shown(paths: Iterable[Path]) -> str | None:
    shown = {path.resolve() for path in paths}
    for name in PACKAGES:
        place = _place_of(name)
        if place is not None and not any(folder in shown for folder in (place, *place.parents)):
            told = "where a sandbox does not look; install the course into an environment of its own (python -m venv)"
            return f"{name} is installed in {place.parent}, {told}"
    return None


def _not_readable(paths: Iterable[Path]) -> str | None:
    """Submissions run as another user where this is root, so files are readable for everybody, or of no use."""
    if os.geteuid() != 0:
        return None
    for path in [*paths, *filter(None, map(_place_of, PACKAGES))]:
        mode = path.stat().st_mode
        if mode & 0o004 == 0 or (stat.S_ISDIR(mode) and mode & 0o001 == 0):
            remedy = f"make it readable (chmod -R o+rX {path}), or grade as the user who owns it"
            return f"{path} can be read by its owner alone, and submissions run as another user; {remedy}"
    return None


def _place_of(package: str) -> Path | None:
    spec = find_spec(package)
    return None if spec is None or spec.origin is None else Path(spec.origin).resolve().parent
