"""A user who may do nothing special, made for a test that root runs and removed after it."""

import os
import shutil
import stat
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

import autograder

_SCRIPT = """\
#!{python}
import sys
from importlib.metadata import entry_points

(found,) = {{one.value: one for one in entry_points(group="console_scripts", name="{name}")}}.values()
sys.exit(found.load()())
"""
_LOOK = """\
from autograder import doctor

raise SystemExit(not doctor.look_at_isolation(doctor.this_machine(), doctor.try_sandbox).works)
"""
CHECKOUT = Path(autograder.__file__).parents[1]


class OrdinaryUser:
    """Runs commands as that user, in a folder of the user's own."""

    def __init__(self, name: str, home: Path):
        self.name, self.home = name, home
        self._has_sandbox: bool | None = None

    def give(self, path: Path) -> None:
        """Make a file, or a folder with all in it, the user's own."""
        subprocess.run(["chown", "-R", f"{self.name}:", path], check=True)

    def python(self, folder: Path | None = None) -> str:
        """A Python with the course's packages that the user may run: this one, or another one of its version.

        Args:
            folder: where its environment is made; the user's home if none.
        """
        if _is_reachable(Path(sys.executable).resolve()):
            return sys.executable
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        found = shutil.which(version, path="/usr/bin:/usr/local/bin")
        if found is None:
            pytest.skip(f"{sys.executable} is root's alone, and there is no other {version}")
        environment = (folder or self.home) / "environment"
        if not environment.exists():
            subprocess.run([found, "-m", "venv", "--without-pip", environment], check=True)
            packages = environment / "lib" / version / "site-packages"
            packages.rmdir()
            packages.symlink_to(sysconfig.get_path("purelib"))  # its own, as a sandbox wants them
        return str(environment / "bin" / "python")

    def scripts(self, *names: str) -> Path:
        """A folder with these commands of the course's environment, which `python` runs."""
        folder = self.home / "scripts"
        folder.mkdir(exist_ok=True)
        for name in names:
            (folder / name).write_text(_SCRIPT.format(python=self.python(), name=name))
            (folder / name).chmod(0o755)
        return folder

    def has_sandbox(self) -> bool:
        """Whether the system lets the user shut a program in."""
        if self._has_sandbox is None:
            self._has_sandbox = self.run(self.python(), "-c", _LOOK).returncode == 0
        return self._has_sandbox

    def run(
        self, *command: object, environment: Mapping[str, str] | None = None, timeout: float = 300
    ) -> subprocess.CompletedProcess[str]:
        """What a command comes to, started by the user."""
        settings = {"HOME": str(self.home), "PYTHONPATH": str(CHECKOUT), "PATH": os.environ["PATH"]}
        settings |= {"OMP_NUM_THREADS": "2", "GOMP_SPINCOUNT": "1000", "COLUMNS": "200", **(environment or {})}
        words = [f"{name}={value}" for name, value in settings.items()]
        whole = ["runuser", "-u", self.name, "--", "env", "-i", *words, *map(str, command)]
        return subprocess.run(whole, cwd=self.home, capture_output=True, text=True, timeout=timeout)


def _is_reachable(path: Path) -> bool:
    return all(one.stat().st_mode & stat.S_IXOTH for one in (path, *path.parents))


@contextmanager
def made(name: str = "") -> Iterator[OrdinaryUser]:
    """Make a user with a home of its own; skip where only an administrator could."""
    if os.geteuid() != 0 or shutil.which("useradd") is None or shutil.which("runuser") is None:
        pytest.skip("only root can make another user")
    name = name or f"course{os.getpid()}"
    home = Path(tempfile.mkdtemp(prefix=f"{name}-", dir="/var/tmp"))
    home.chmod(0o755)
    subprocess.run(["useradd", "--no-create-home", "--home-dir", home, "--shell", "/bin/sh", name], check=True)
    user = OrdinaryUser(name, home)
    try:
        user.give(home)
        yield user
    finally:
        subprocess.run(["userdel", name], check=True, capture_output=True)
        shutil.rmtree(home, ignore_errors=True)
