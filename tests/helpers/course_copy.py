"""A copy of the course that a test may change, with its command line."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

COURSE = Path(__file__).parents[2]
_PARTS = ("autograder", "lessons", "datasets", "solutions")


class CourseCopy:
    """Its own package in its own folder; a command runs in a process that imports it from there."""

    def __init__(self, folder: Path, *lessons: str):
        self.folder = folder
        for name in _PARTS:
            shutil.copytree(COURSE / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for solution in folder.glob("solutions/[0-9]*"):
            if lessons and solution.name not in lessons:
                shutil.rmtree(solution)

    def edit(self, path: str, old: str, new: str) -> None:
        """Change a file of the copy where it says `old`, once."""
        file = self.folder / path
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, (path, old)
        file.write_text(text.replace(old, new), encoding="utf-8")

    def run(self, *arguments: object, code: int = 0) -> str:
        """What `autograder ...` prints."""
        return self._python("-m", "autograder", *map(str, arguments), code=code)

    def record(self, lesson: str) -> None:
        """Make the lesson's recorded cases anew, as `autograder build` does."""
        self._python("-c", f"from autograder.checks.recording import record; record({lesson!r})")

    def recorded(self, lesson: str) -> dict[str, bytes]:
        """The lesson's recorded cases."""
        folder = self.folder / "autograder/checks/recorded" / lesson
        return {path.stem: path.read_bytes() for path in sorted(folder.glob("*.msgpack"))}

    def _python(self, *arguments: str, code: int = 0) -> str:
        environment = {**os.environ, "PYTHONPATH": str(self.folder), "COLUMNS": "200"}
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True)
        assert done.returncode == code, done.stdout + done.stderr
        return " ".join((done.stdout + done.stderr).split())
