"""`autograder package learner`: no solution is in it, and a learner has all that the course promises."""

import ast
import json
import os
import re
import subprocess
import sys
import textwrap
import zipfile
from collections import Counter
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from typer.testing import CliRunner

import autograder
from autograder import doctor
from autograder.authoring.learner_package import package_learner, wheel_files
from autograder.cli import app
from autograder.course.lessons import all_lessons
from autograder.course.source import BEGIN_SOLUTION, END_SOLUTION, STUB, read_lesson, without_markers

ZOO = Path(autograder.__file__).parent / "checks/zoo"
FIRST, SECOND, *_ = all_lessons()
LEAST_NODES = 20  # of a solution's syntax tree: shorter ones, such as `return figure`, are written everywhere
TEXTS = (".py", ".ipynb", ".toml", ".md", ".j2", ".json")


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """What a wheel of all lessons holds, of which none is over."""
    return dict(wheel_files(all_lessons(), ()))


def regions(lesson) -> dict[str, list[str]]:
    """The text of each solution region, by exercise."""
    marked = re.compile(rf"{BEGIN_SOLUTION}\n(.*?)^\s*(?:{re.escape(STUB)}|{END_SOLUTION})$", re.MULTILINE | re.DOTALL)
    cells = read_lesson(lesson.source).exercises.items()
    return {exercise: [textwrap.dedent(found) for found in marked.findall(cell.source)] for exercise, cell in cells}


def model_answers(lesson) -> list[str]:
    return [cell.source.partition("\n")[2] for cell in read_lesson(lesson.source).written.values()]


def as_lines(text: str) -> str:
    """A text without what space and comments make of it; of a notebook, the text of its cells."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("#"))


def text_of(name: str, content: bytes) -> str:
    text = content.decode()
    return "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"]) if name.endswith("ipynb") else text


def holds(files: dict[str, bytes], lessons) -> list[tuple[str, str]]:
    """Which file has which exercise's solution in it, or which model answer."""
    texts = {name: as_lines(text_of(name, content)) for name, content in files.items() if name.endswith(TEXTS)}
    found = [(exercise, text) for one in lessons for exercise, all_of in regions(one).items() for text in all_of]
    wanted = [(exercise, as_lines(text)) for exercise, text in found if size(ast.parse(text).body) >= LEAST_NODES]
    wanted += [("a model answer", as_lines(text)) for one in lessons for text in model_answers(one)]
    return [(name, exercise) for exercise, text in wanted for name, found in texts.items() if text in found]


def size(statements: list[ast.stmt]) -> int:
    return sum(1 for statement in statements for _ in ast.walk(statement))


def test_no_text_of_a_solution_or_model_answer_is_in_it(files):
    assert holds(files, all_lessons()) == []


def test_the_whole_course_would_be_found_out():
    """As would be a package that has the solutions of a lesson that is over."""
    lesson = FIRST
    whole = {
        "a.py": lesson.source.read_bytes(),
        "lessons/earlier/lesson_01.py": dict(wheel_files([lesson], [lesson]))["lessons/earlier/lesson_01.py"],
    }
    found = Counter(name for name, _ in holds(whole, [lesson]))
    assert found["a.py"] >= len(regions(lesson))
    assert found["lessons/earlier/lesson_01.py"] >= len(regions(lesson))


# Written with other names, a solution would be one all the same


def form(statements: list[ast.stmt]) -> str:
    """Statements without names, annotations and types of nodes' places."""
    names: dict[str, str] = {}
    tree = ast.parse("\n".join(map(ast.unparse, statements)))
    for node in ast.walk(tree):
        for field in ("id", "arg", "name"):
            if isinstance(node, ast.Name | ast.arg | ast.FunctionDef) and isinstance(getattr(node, field, None), str):
                setattr(node, field, names.setdefault(getattr(node, field), str(len(names))))
        if isinstance(node, ast.arg):
            node.annotation = None
    return ast.dump(tree, annotate_fields=False)


def bodies(text: str) -> list[list[ast.stmt]]:
    fields = [getattr(node, name, None) for node in ast.walk(ast.parse(text)) for name in ("body", "orelse")]
    return [field for field in fields if isinstance(field, list) and field and isinstance(field[0], ast.stmt)]


def shapes(statements: list[ast.stmt]) -> tuple[int, ...]:
    """What two pieces of code have in common if they differ by names alone: cheap to find out."""
    return tuple(sum(1 for _ in ast.walk(statement)) for statement in statements)


def renamed_in(files: dict[str, bytes], lessons) -> set[tuple[str, str]]:
    """Which file has which exercise's solution in it, whatever its names are."""
    solutions: dict[tuple[int, ...], list[tuple[str, str]]] = {}
    for lesson in lessons:
        for exercise, found in regions(lesson).items():
            for statements in (ast.parse(text).body for text in found):
                if size(statements) >= LEAST_NODES:
                    solutions.setdefault(shapes(statements), []).append((exercise, form(statements)))
    lengths = {len(shape) for shape in solutions}
    hits = set()
    for name, content in files.items():
        for body in bodies(content.decode()) if name.endswith(".py") else []:
            sizes = shapes(body)
            for length in lengths:
                for at in range(len(body) - length + 1):
                    for exercise, wanted in solutions.get(sizes[at : at + length], ()):
                        if form(body[at : at + length]) == wanted:
                            hits.add((name, exercise))
    return hits


def test_no_check_has_a_solution_under_other_names(files):
    assert renamed_in(files, all_lessons()) == set()


def test_other_names_hide_nothing():
    solution = regions(FIRST)["pad_batch"][0]
    other = re.sub(r"\b(\w*length\w*|sequences|rows?|ids|mask)\b", r"my_\1", solution)
    hidden = f"def _expected(sequences):\n    note = 1\n{textwrap.indent(other, '    ')}"
    assert other != solution
    assert renamed_in({"checks/x.py": hidden.encode()}, [FIRST]) == {("checks/x.py", "pad_batch")}


# What is in it, and what is not


def test_it_has_no_grader_and_no_wrong_answer(files):
    parts = {part for name in files for part in Path(name).parts}
    assert not parts & {"solutions", "zoo", "grading", "reports", "gradebook", "authoring", "sandbox"}
    assert not any("executed" in name for name in files)
    assert not any(name.startswith(("lessons/experiments/", "lessons/corpus_generator/")) for name in files)


def test_every_module_finds_what_it_imports_of_the_course(files):
    """Commands and the doctor ask first whether the whole course is there."""
    modules = {name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in files}
    asks = {"autograder/cli.py", "autograder/doctor.py"}
    for name, content in files.items():
        if name.endswith(".py") and name not in asks:
            for node in ast.walk(ast.parse(content)):
                module = node.module if isinstance(node, ast.ImportFrom) else None
                if module and module.split(".")[0] in ("autograder", "lessons") and "CellResult" not in ast.dump(node):
                    assert module in modules, f"{name} imports {module}"


def test_only_the_lessons_that_were_asked_for_are_there(tmp_path):
    made = package_learner(tmp_path, ["02"], ["01"])
    names = zipfile.ZipFile(made.wheel).namelist()
    notebooks = [f"{place}/{SECOND.slug}/{SECOND.slug}.ipynb" for place in ("lessons", "lessons/ko")]
    assert [name for name in names if name.endswith(".ipynb")] == notebooks
    assert [name for name in names if "/checks/lesson_" in name] == ["autograder/checks/lesson_02.py"]
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.ipynb")) == sorted(notebooks)
    read = zipfile.ZipFile(made.wheel).read
    assert b"NotImplementedError" not in read("lessons/earlier/lesson_01.py")
    assert read("lessons/earlier/lesson_02.py").count(b"raise NotImplementedError") == len(regions(SECOND))
    assert made.lacking == ()
    assert package_learner(tmp_path, ["02"]).lacking == (FIRST,)


def test_the_command_says_what_it_wrote(tmp_path):
    to = str(tmp_path / "for kim")
    done = CliRunner().invoke(app, ["package", "learner", "--lessons", "01", "02", "--over", "01", "--to", to])
    assert done.exit_code == 0, done.output
    assert "lessons 01, 02" in done.output
    assert "Solutions in it: 01, which you named as over." in done.output
    assert "[lab]" in done.output
    done = CliRunner().invoke(app, ["package", "learner", "--lessons", "02", "--to", to])
    assert "It has no solutions." in done.output
    assert "Neither in it nor over: 01; learners need their own answers" in done.output


def test_pip_takes_the_later_of_two_for_an_upgrade(tmp_path):
    from packaging.version import Version

    from autograder.course.versions import course_version

    made = package_learner(tmp_path, ["01"]).wheel
    version = made.name.split("-")[1]
    assert Version(course_version()) < Version(version)
    assert re.fullmatch(r".*\+learner\.\d{14}", version)


@pytest.mark.parametrize("names", [["07_nothing"], ["99"], ["01", "x"]])
def test_a_lesson_that_does_not_exist_is_named_with_those_that_do(names, tmp_path):
    for options in (["--lessons", *names], ["--over", *names]):
        done = CliRunner().invoke(app, ["package", "learner", *options, "--to", str(tmp_path / "new")])
        assert f"there is no lesson '{names[-1]}'; the course has 01_seq2seq, " in str(done.exception)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("words", [["--lessons"], ["--lessons", "--over", "01"], ["--lessons", "01", "--over"]])
def test_an_option_that_names_no_lesson_is_told(words, tmp_path):
    done = CliRunner().invoke(app, ["package", "learner", *words, "--to", str(tmp_path / "new")])
    assert re.fullmatch(r"--(lessons|over) names no lesson; write numbers or names after it, .*", str(done.exception))
    assert not (tmp_path / "new").exists()


def test_without_options_it_has_all_lessons(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["package", "learner"])
    assert done.exit_code == 0, done.exception
    numbers = ", ".join(lesson.number for lesson in all_lessons())
    assert f" MB, lessons {numbers}; notebooks are in learners_package/lessons" in " ".join(done.stdout.split())


def test_pip_says_which_python_it_needs(tmp_path):
    """In the words of pip, which reads it in the wheel."""
    wheel = package_learner(tmp_path, ["01"]).wheel
    pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-deps", "--no-index", "--target", tmp_path / "x"]
    done = subprocess.run([*pip, "--python-version", "3.10", wheel], capture_output=True, text=True)
    assert done.returncode != 0
    assert "requires a different Python: 3.10" in done.stderr
    assert "not in '>=3.11'" in done.stderr


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    done = CliRunner().invoke(app, ["package", "learner", "--lessons", "01", "--to", str(tmp_path / "file")])
    assert "cannot be written" in str(done.exception)
    assert "--to FOLDER" in str(done.exception)


def test_the_doctor_says_who_can_read_the_solutions(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "find_solutions", lambda: tmp_path)
    tmp_path.chmod(0o700)
    finding = doctor.look_at_solutions()
    assert finding.works
    assert f"they are in {tmp_path}, which not every user can read" in finding.text
    monkeypatch.setattr(doctor, "readable_by_others", lambda folder: f"{folder}: others can read it; run: chmod")
    finding = doctor.look_at_solutions()
    assert not finding.works
    assert f"every user of this machine can read them: {tmp_path}" in finding.text
    assert "autograder package learner" in finding.lines()


# As it is installed

# An editable install, as the tests' own, finds in the checkout what the package lacks.
WITHOUT_THE_CHECKOUT = """
import sys
is_editable = lambda finder: "editable" in str(getattr(finder, "__module__", "")).lower()
sys.meta_path[:] = [finder for finder in sys.meta_path if not is_editable(finder)]
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Runs Python where a package of two lessons is installed, none of which is over."""
    made = package_learner(tmp_path_factory.mktemp("made"), ["01", "02"])
    target, work = tmp_path_factory.mktemp("installed"), tmp_path_factory.mktemp("learner")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(made.wheel)]
    subprocess.run(pip, check=True, cwd=work)
    (target / "sitecustomize.py").write_text(WITHOUT_THE_CHECKOUT)

    def run(*arguments, where=work):
        command = [sys.executable, "-P", "-m", "autograder", *map(str, arguments)]
        return subprocess.run(command, cwd=where, env=run.environment, capture_output=True, text=True)

    run.environment = os.environ | {"PYTHONPATH": str(target), "OMP_NUM_THREADS": "1"}
    run.folder, run.target = work, target
    run("start", "mine")
    return run


@pytest.mark.slow
def test_only_what_learners_have_is_listed_and_the_rest_says_why_not(installed):
    listed = set(re.findall(r"^│ (\w+) ", installed("--help").stdout, re.MULTILINE))
    assert listed == {"start", "lab", "check", "reset", "progress", "doctor", "fetch"}
    for command in (["grade", "submissions"], ["build"], ["package", "learner"], ["report", "graded"]):
        done = installed(*command)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
        assert "a package for learners" in done.stderr
    version = installed("--version").stdout
    assert re.fullmatch(r"autograder \d+\.\d+\.\d+\n", version)


def answered(folder: Path, lesson, answers: dict[str, str]) -> Path:
    path = folder / lesson.slug / f"{lesson.slug}.ipynb"
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    nbformat.write(notebook, path)
    return path


def solutions(lesson) -> dict[str, str]:
    return {name: without_markers(cell.source) for name, cell in read_lesson(lesson.source).exercises.items()}


@pytest.mark.slow
@pytest.mark.parametrize("lesson", [FIRST, SECOND], ids=str)
def test_check_reset_and_progress_work(installed, lesson):
    notebook = answered(installed.folder / "mine", lesson, solutions(lesson))
    count = len(solutions(lesson))
    done = installed("check", notebook)
    assert f"{count} of {count} exercises passed" in done.stdout, done.stdout + done.stderr
    exercise, *_ = solutions(lesson)
    assert "is back to its stub" in installed("reset", notebook, exercise).stdout
    mistake = sorted((ZOO / lesson.slug / exercise).glob("wrong_*"))[0].read_text(encoding="utf-8")
    wrong = answered(installed.folder / "mine", lesson, {exercise: mistake})
    done = installed("check", wrong)
    assert done.returncode == 1
    assert f"✗ {exercise}" in done.stdout
    assert f"{count - 1} of {count}" in done.stdout
    assert "Traceback" not in done.stderr
    told = installed("progress", "mine").stdout
    assert "\n2 · " in told
    assert "\n3 · " not in told


@pytest.mark.slow
def test_the_doctor_says_that_it_holds_no_solutions(installed):
    done = installed("doctor")
    assert "this environment holds none: it is a package for learners" in done.stdout
    assert "isolation" not in done.stdout
    assert done.returncode == 0


def in_kernel(installed, lesson, cells: list[str]) -> list[str]:
    """What each cell shows in a kernel of the lesson's folder."""
    kept = {name: value for name, value in installed.environment.items() if name != "AUTOGRADER_REFERENCE"}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    place = {"metadata": {"path": str(installed.folder / "mine" / lesson.slug)}}
    NotebookClient(notebook, resources=place, timeout=600, allow_errors=True).execute(env=kept)
    return ["".join(out.get("text", "") or out.get("evalue", "") for out in cell.outputs) for cell in notebook.cells]


@pytest.mark.slow
def test_a_later_lesson_names_the_parts_that_are_missing_and_then_runs_on_ones_own(installed):
    setup = "\n".join(cell.source for cell in read_lesson(SECOND.source).setup_cells)
    using = f"{setup}\nown = earlier.use_own()"
    (told,) = in_kernel(installed, SECOND, [using])
    assert told.startswith("Missing, for this course is installed without solutions: solve what is named here")
    assert "- encode_words: exercise encode_words of lesson 01\n" in told
    first = read_lesson(FIRST.source)
    setup_cells = ["\n\n".join(cell.source for cell in first.setup_cells)]
    checks = [f"{text}\ncheck('{name}', {defined(text)})" for name, text in solutions(FIRST).items()]
    in_kernel(installed, FIRST, [*setup_cells, *checks])
    told = in_kernel(installed, SECOND, [using, "print(encode_words(['a'], {'a': 7})[0])"])
    assert told[0].startswith("Yours: ")
    assert "Missing" not in told[0]
    assert told[1] == "7\n"
    part = installed.folder / "mine/own_parts/encode_words.py"
    part.write_text(part.read_text().replace("in use: yes", "in use: no"))
    (told,) = in_kernel(installed, SECOND, [using])
    assert "- encode_words: exercise encode_words of lesson 01; you switched yours off" in told


def defined(text: str) -> str:
    return [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef | ast.ClassDef)][-1]
