"""README's commands to install without a network, to upgrade in the middle of a term, and to uninstall, as typed."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from autograder.authoring.learner_package import package_learner
from autograder.course.lessons import all_lessons

CHECKOUT = Path(__file__).parents[2]
LESSON, EXERCISE = "01_seq2seq", "encode_words"
ANSWER = "def encode_words(words, numbers):\n    return [numbers[word] for word in words]  # mine\n"

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]


def command(beginning: str) -> str:
    """README's command that begins so; one stands there."""
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"`({re.escape(beginning)}[^`]*)`", text)
    return found


class Machine:
    """An environment that holds what the course needs, but not the course, and reaches no index.

    Attributes:
        folder: where commands are typed.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        venv.create(folder / ".venv", with_pip=False, symlinks=True)
        packages = folder / f".venv/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
        borrowed = folder / "borrowed"
        borrowed.mkdir()
        for path in Path(sysconfig.get_path("purelib")).iterdir():
            if "attention_course" not in path.name:
                (borrowed / path.name).symlink_to(path)
        (packages / "borrowed.pth").write_text(f"{borrowed}\n")

    def type(self, line: str, code: int = 0) -> str:
        """What a command says, typed in the activated environment."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHONPATH"))}
        environment = {**kept, "PIP_NO_INDEX": "1", "OMP_NUM_THREADS": "1", "COLUMNS": "200"}
        whole = ["bash", "-c", f"source .venv/bin/activate && {line}"]
        done = subprocess.run(whole, cwd=self.folder, env=environment, capture_output=True, text=True)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    @property
    def notebook(self) -> Path:
        return self.folder / "my_lessons" / LESSON / f"{LESSON}.ipynb"

    def answer(self) -> str:
        """The source of the exercise that the learner works at."""
        cells = json.loads(self.notebook.read_text(encoding="utf-8"))["cells"]
        return next("".join(cell["source"]) for cell in cells if cell["id"] == EXERCISE)

    def solve(self) -> None:
        content = json.loads(self.notebook.read_text(encoding="utf-8"))
        next(cell for cell in content["cells"] if cell["id"] == EXERCISE)["source"] = ANSWER
        self.notebook.write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture(scope="module")
def machine(tmp_path_factory) -> Machine:
    """One to which the folder `wheels` was carried, with the course's own wheel; what that needs is there."""
    source, there = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("there")
    for name in ("lessons", "autograder", "solutions", "datasets"):
        shutil.copytree(CHECKOUT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md", "CHANGELOG.md", "LICENSE", "requirements.lock"):
        shutil.copy(CHECKOUT / name, source)
    wheel = command("python -m pip wheel").replace("python", sys.executable, 1)
    subprocess.run(f"{wheel} --quiet --no-deps --no-build-isolation", shell=True, check=True, cwd=source)
    shutil.copytree(source / "wheels", there / "wheels")
    return Machine(there)


def test_from_wheels_to_lessons_a_newer_package_and_back_to_nothing(machine, tmp_path):
    machine.type(command("python -m pip install --no-index --find-links wheels"))
    code = "import autograder, lessons; print(autograder.__file__, lessons.__file__)"
    assert machine.type(f'python -c "{code}"').count(str(machine.folder / ".venv")) == 2
    assert f"{len(all_lessons())} lessons copied to my_lessons" in machine.type("autograder start my_lessons")
    machine.solve()
    newer = package_learner(tmp_path, ["01", "02"]).wheel
    machine.type(command("python -m pip install --upgrade").replace("FILE", str(newer)))
    code = "from importlib.metadata import version; print(version('attention-course'))"
    assert f"-{machine.type(f'python -c {shlex.quote(code)}').strip()}-py3" in newer.name
    machine.type("autograder start my_lessons")
    assert machine.answer() == ANSWER
    machine.type(f"{command('python -m pip uninstall')} --yes")
    assert "No module named 'autograder'" in machine.type('python -c "import autograder"', code=1)
    assert machine.answer() == ANSWER
    assert not list(machine.folder.glob(".venv/lib/python*/site-packages/lessons"))
