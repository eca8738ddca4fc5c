"""What a run of grading waits for at its start is no more than it needs."""

import subprocess
import sys
from pathlib import Path

import grading_cases as cases
import nbgrader
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from autograder.gradebook.nbgrader_patch import newest_version

LIGHTLY = """
from autograder.lazy_imports import import_lightly, import_nbgrader_lightly
import_lightly()
import_nbgrader_lightly()
"""
GRADE = """
import multiprocessing, sys
from pathlib import Path
from worker_cases import TellingJudge
from autograder.grading.console import progress
from autograder.grading.options import Options
from autograder.grading.run import Run
given = multiprocessing.get_context
multiprocessing.get_context = lambda method=None: (print("by", method, file=sys.stderr), given(method))[1]
with progress() as on_progress:
    Run(Options(Path(sys.argv[1]), Path(sys.argv[2])), TellingJudge(), on_progress, may_fork=True).grade()
"""


def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run it in a process of its own, of one thread."""
    helpers = f"import sys; sys.path.insert(0, {str(Path(cases.__file__).parent)!r})\n"
    command = [sys.executable, "-c", helpers + code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True)


def test_the_process_that_enters_loads_no_pages_of_jupyterlab_and_no_web_server():
    code = "import nbgrader.converters, nbgrader.api, jupytext, sys\nprint(*(name for name in sys.modules))"
    found = set(run(LIGHTLY + code).stdout.split())
    assert not found & {"nbgrader.exchange", "nbgrader.apps", "jupyter_server.serverapp", "alembic"}
    assert not found & {"requests", "setuptools", "arrow"}  # of nbgrader's, of its zips, of jsonschema's durations
    assert not {name for name in found if name.startswith("nbgrader.server_extensions.formgrader.")}
    assert "nbgrader.converters.generate_assignment" in found


def test_jupytext_reads_lessons_without_what_is_left_out():
    code = "from autograder.course.lessons import all_lessons\nfrom autograder.course.source import read_lesson\n"
    code += "print(*(len(read_lesson(lesson.source).cells) > 9 for lesson in all_lessons()))"
    assert set(run(LIGHTLY + code).stdout.split()) == {"True"}


def test_the_version_of_a_new_gradebook_is_the_one_that_alembic_says():
    config = Config()
    config.set_main_option("script_location", str(Path(nbgrader.__file__).parent / "alembic"))
    assert newest_version() == ScriptDirectory.from_config(config).get_current_head()


@pytest.mark.parametrize("mode", [0o755, 0o777, 0o700])
def test_the_process_that_enters_is_a_fork_whatever_there_is_to_tell(tmp_path, mode):
    """Whoever shows a line may start a thread, and a process of two threads cannot be forked."""
    cases.hand_in(tmp_path / "class", "kim", cases.RELEASE)
    (tmp_path / "class").chmod(mode)
    (tmp_path / "graded").mkdir(mode)
    done = run(GRADE, tmp_path / "class", tmp_path / "graded")
    assert ("other users of this machine" in done.stdout) == (mode != 0o700)
    assert "by fork" in done.stderr
    assert "by spawn" not in done.stderr
