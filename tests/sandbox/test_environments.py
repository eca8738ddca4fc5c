"""Wherever the course and its environment lie, a submission is graded and sees neither course nor class.

Or else `grade` says why not, before it writes anything.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import grading_cases as cases
import nbformat
import pytest
from course_copy import COURSE, CourseCopy

from autograder import doctor
from autograder.course.lessons import all_lessons
from autograder.errors import GradingError
from autograder.grading.options import Options
from autograder.results.grades import read_grades
from autograder.sandbox import bubblewrap, libraries
from autograder.sandbox.sandbox import Sandbox

EXCHANGE = Path("/usr/local/share/nbgrader/exchange")  # where nbgrader has it by default
PACKAGES = Path(sysconfig.get_path("purelib"))
# what grading needs nothing of, and links to thousands of files take time
_LEFT_OUT = ("include", "third_party", "tests", "mypy", "mypyc", "pip", "dask", "playwright", "jupyterlab", "debugpy")
_COURSE = ("*attention_course*", "__editable__*")
PLACES = {"in the checkout": COURSE / "build", "below /usr/src": Path("/usr/src"), "below /root": Path("/root")}

# What a submission looks for: names of everything that it can list, and what is in files that it knows.
PROBE = """
import glob, os, subprocess, sys
checkout = {checkout!r}
for folder in (sys.prefix, checkout, checkout + "/lessons", "/usr/src", "/root", "/usr/local/share", {exchange!r}):
    if os.path.isdir(folder):
        print("SEEN", folder, sorted(os.listdir(folder)))
for path in {secrets!r}:
    try:
        print("GOT", path, open(path, "rb").read(10))
    except OSError:
        pass
for pattern in ("/submitted/*/*/*.ipynb", "/graded*/*", "/solutions/*", "/tests/*", "/.git/*", "/autograder/c*"):
    print(*["GOT " + path for path in glob.glob(sys.prefix + pattern) + glob.glob(checkout + pattern)])
print(sorted(name for name in os.listdir("/")))
"""


def with_environment(folder: Path) -> None:
    """Make an environment in a folder, with the packages of this one."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    packages = folder / PACKAGES.relative_to(sys.prefix)
    shutil.rmtree(packages)
    try:
        ignored = shutil.ignore_patterns(*_LEFT_OUT, *_COURSE)
        shutil.copytree(PACKAGES, packages, copy_function=os.link, symlinks=True, ignore=ignored)
    except (OSError, shutil.Error) as error:
        pytest.skip(f"the packages of {PACKAGES} cannot be linked ({str(error)[:100]})")
    (packages / "course.pth").write_text(f"{folder}\n")


def grade(folder: Path, *options: str, python: Path | None = None) -> subprocess.CompletedProcess:
    """Run `autograder grade submitted` in a folder, by an environment's own interpreter."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [str(python or folder / "bin/python"), "-m", "autograder", "grade", "submitted", "--workers", "1"]
    return subprocess.run([*command, *options], cwd=folder, env=environment, capture_output=True, text=True)


@pytest.fixture
def exchange():
    """An exchange with a classmate's notebook at nbgrader's own place, where this user may make one."""
    if EXCHANGE.exists() or not os.access("/usr/local/share", os.W_OK):
        yield EXCHANGE / "course/inbound/kim/notebook.ipynb"
        return
    path = EXCHANGE / "course/inbound/kim/notebook.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text("a classmate's")
    yield path
    shutil.rmtree(EXCHANGE.parent)


@pytest.fixture
def place(request):
    """A folder of its own at one of the places."""
    outer = PLACES[request.param]
    if "checkout" in request.param:
        outer.mkdir(exist_ok=True)
    if not os.access(outer, os.W_OK) or Path("/tmp") in outer.parents:
        pytest.skip(f"no checkout can be made in {outer}")
    made = Path(tempfile.mkdtemp(dir=outer, prefix="course-"))
    yield made
    shutil.rmtree(made)


@pytest.mark.slow
@pytest.mark.sandbox
@pytest.mark.parametrize("place", PLACES, indirect=True)
def test_an_environment_made_in_the_checkout_itself_shows_nothing_of_it(place, exchange, sandbox_or_skip):
    checkout = place / "course"
    CourseCopy(checkout, cases.LESSON)
    with_environment(checkout)
    (checkout / ".git").mkdir()
    (checkout / "graded_old").mkdir()
    secrets = [checkout / ".git/HEAD", checkout / "graded_old/grades.csv", checkout / "tests.txt", exchange]
    for path in secrets[:-1]:
        path.write_text("secret")
    secrets += [checkout / "solutions/01_seq2seq/01_seq2seq.py", checkout / "submitted/kim/01_seq2seq/01_seq2seq.ipynb"]
    cases.hand_in(checkout / "submitted", "kim", cases.answered(cases.ANSWERS))
    source = PROBE.format(checkout=str(checkout), exchange=str(EXCHANGE), secrets=list(map(str, secrets)))
    probe = cases.answered(cases.ANSWERS)
    probe.cells.insert(0, nbformat.v4.new_code_cell(source))
    cases.hand_in(checkout / "submitted", "probe", probe)
    done = grade(checkout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {row.status for row in read_grades(checkout / "graded/grades.csv")} == {"passed"}
    path = checkout / "graded/autograded/probe" / cases.LESSON / f"{cases.LESSON}.ipynb"
    (cell,) = [cell for cell in nbformat.read(path, as_version=4).cells if cell.source == source]
    printed = "".join(output.get("text", "") for output in cell.outputs)
    assert f"SEEN {checkout} ['bin', 'lib', 'pyvenv.cfg']" in printed.replace(", 'lib64'", ""), cell.outputs
    assert "GOT" not in printed
    assert str(EXCHANGE) not in printed


class TestRefusals:
    """What evidently cannot work is said at once, in words, and nothing is written."""

    def environment(self, folder: Path) -> Path:
        """An environment that has no packages of its own."""
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / ".venv")], check=True)
        packages = folder / ".venv" / PACKAGES.relative_to(sys.prefix)
        (packages / "elsewhere.pth").write_text(f"{COURSE}\n{PACKAGES}\n")
        cases.hand_in(folder / "submitted", "kim", cases.answered(cases.ANSWERS))
        return folder / ".venv/bin/python"

    @pytest.mark.slow
    def test_an_environment_under_tmp(self, tmp_path):
        if Path("/tmp") not in tmp_path.parents:
            pytest.skip("temporary files are elsewhere")
        done = grade(tmp_path, python=self.environment(tmp_path))
        assert done.returncode == 2, done.stdout
        assert "Nothing was graded" in done.stderr
        assert "lies under /tmp" in done.stderr
        assert not (tmp_path / "graded").exists()

    @pytest.mark.slow
    @pytest.mark.parametrize("place", ["in the checkout"], indirect=True)
    def test_packages_outside_the_environment(self, place):
        done = grade(place, python=self.environment(place))
        assert done.returncode == 2, done.stdout
        assert f"torch is installed in {PACKAGES.resolve()}" in done.stderr
        assert not (place / "graded").exists()

    def test_what_only_its_owner_can_read_where_this_is_root(self, tmp_path, monkeypatch):
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        (tmp_path / "toolkit").mkdir(mode=0o700)
        assert "chmod -R o+rX" in libraries.obstacle([tmp_path / "toolkit"])
        (tmp_path / "toolkit").chmod(0o755)
        assert "toolkit" not in (libraries.obstacle([tmp_path / "toolkit"]) or "")

    def test_grading_asks_first_and_judging_elsewhere_does_not(self, tmp_path, monkeypatch):
        monkeypatch.setattr(bubblewrap, "obstacle", lambda: "the environment is on the moon")
        with pytest.raises(GradingError, match="Nothing was graded: the environment is on the moon"):
            Options(tmp_path).judge()
        assert Options(tmp_path, scheduler="tcp://elsewhere").judge()
        assert Options(tmp_path, isolation="none").judge()

    def test_the_doctor_says_the_same(self):
        machine = doctor.Machine("Linux", False, False, Path("bwrap"), {}, obstacle="it is on the moon")
        assert doctor.cause(machine, "")[0] == "it is on the moon."

    def test_a_container_is_no_cause_where_an_interpreter_has_started(self):
        machine = doctor.Machine("Linux", False, True, Path("bwrap"), {}, python=Path("/opt/python"))
        said = "Traceback (most recent call last): No module named 'torch'"
        assert "torch" in doctor.cause(machine, said)[0]
        assert "container" in doctor.cause(machine, "Creating new namespace failed")[0]


@pytest.mark.slow
@pytest.mark.sandbox
def test_a_checkout_under_tmp_is_graded(tmp_path, sandbox_or_skip):
    course = CourseCopy(tmp_path / "course", cases.LESSON)
    cases.hand_in(tmp_path / "submitted", "kim", cases.answered(cases.ANSWERS))
    course.run("grade", tmp_path / "submitted", "--out", tmp_path / "graded", "--workers", 1)
    assert {row.status for row in read_grades(tmp_path / "graded/grades.csv")} == {"passed"}


class TestView:
    """The options of bubblewrap, in the order in which it carries them out."""

    def view(self, visible: list[Path], secrets: list[Path]) -> list[tuple[str, str]]:
        """The mounts as (option, place)."""
        options, found = bubblewrap._view(visible, secrets), []
        for place, option in enumerate(options):
            if option in ("--ro-bind", "--symlink"):
                found.append((option, options[place + 2]))
            elif option in ("--tmpfs", "--dir", "--remount-ro"):
                found.append((option, options[place + 1]))
        return found

    def test_a_secret_inside_what_is_shown_is_covered_and_what_is_shown_in_it_comes_after(self, tmp_path):
        library, secret, inside = tmp_path / "lib", tmp_path / "lib/course", tmp_path / "lib/course/.venv/lib"
        inside.mkdir(parents=True)
        mounts = self.view([inside, library], [secret])
        ours = [mount for mount in mounts if mount[1].startswith(str(library))]
        assert ours == [
            ("--ro-bind", str(library)),
            ("--tmpfs", str(secret)),
            ("--dir", str(secret / ".venv")),
            ("--ro-bind", str(inside)),
            ("--remount-ro", str(secret)),
        ]

    def test_a_secret_is_covered_where_a_link_leads_to_it(self, tmp_path):
        (tmp_path / "real/lib/course").mkdir(parents=True)
        (tmp_path / "linked").symlink_to(tmp_path / "real")
        mounts = self.view([tmp_path / "linked/lib"], [tmp_path / "real/lib/course"])
        assert ("--tmpfs", str(tmp_path / "linked/lib/course")) in mounts

    def test_a_secret_around_what_is_shown_needs_no_cover(self, tmp_path):
        (tmp_path / "course/.venv/lib").mkdir(parents=True)
        mounts = self.view([tmp_path / "course/.venv/lib"], [tmp_path / "course", tmp_path / "elsewhere"])
        assert not [mount for mount in mounts if mount[0] == "--tmpfs"]

    def test_links_to_the_interpreter_stay_links(self, tmp_path):
        (tmp_path / "base/bin").mkdir(parents=True)
        (tmp_path / "base/bin/python3.11").touch()
        (tmp_path / "base/bin/python3").symlink_to("python3.11")
        (tmp_path / "venv/bin").mkdir(parents=True)
        (tmp_path / "venv/bin/python").symlink_to(tmp_path / "base/bin/python3")
        found = libraries.executable(tmp_path / "venv/bin/python")
        assert found.file == tmp_path / "base/bin/python3.11"
        assert [path for path, _ in found.links] == [tmp_path / "venv/bin/python", tmp_path / "base/bin/python3"]

    def test_where_a_link_to_packages_leads_is_shown(self, tmp_path, monkeypatch):
        (tmp_path / "packages").mkdir()
        (tmp_path / "lib").mkdir()
        (tmp_path / "lib/linked").symlink_to(tmp_path / "packages")
        monkeypatch.setattr(libraries, "_of_python", lambda: [tmp_path / "lib", tmp_path / "lib/linked"])
        assert tmp_path / "packages" in libraries.library_paths()

    def test_no_prefix_is_shown_as_a_whole(self):
        shown = set(libraries.library_paths())
        assert not shown & {
            Path(sys.prefix),
            Path(sys.base_prefix),
            Path("/usr"),
            Path("/usr/local"),
            Path("/usr/share"),
        }
        assert Path(PACKAGES) in shown
        assert not [path for path in shown if path in EXCHANGE.parents]

    @pytest.mark.slow
    @pytest.mark.sandbox
    def test_what_a_notebook_needs_is_there(self, sandbox_or_skip):
        cells = [
            "import torch, numpy, matplotlib.pyplot as plt, koreanize_matplotlib",
            "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'import torch'], check=True)",
            "import zoneinfo\nzoneinfo.ZoneInfo('Asia/Seoul')\nimport ssl, sqlite3, ctypes, lzma, multiprocessing",
            "!ls / | cat",
            "plt.plot([1, 2], label='한글')\nplt.savefig('a.png')",
        ]
        with Sandbox(all_lessons()[0]) as sandbox, sandbox.submission(cells) as session:
            assert [result.status for result in session.cell_results] == ["ok"] * len(cells), session.cell_results
