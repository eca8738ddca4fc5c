"""What holds for every lesson: the release leaks nothing and stops only where it should, the solution is whole."""

import os
import re
import tempfile

import nbformat
import pytest
import torch
from nbclient import NotebookClient
from safetensors.torch import load_file

from autograder.checks.recording import stale
from autograder.checks.registry import checks_of
from autograder.course.lessons import all_lessons, lessons_folder
from autograder.course.source import code_in, read_lesson, stub_of
from autograder.gradebook.executed_checks import printed
from lessons.earlier.lesson_01 import pad_batch
from lessons.earlier.lesson_02 import Vocabularies
from lessons.earlier.lesson_03 import greedy_with_weights
from lessons.experiments.models import MODELS
from lessons.experiments.trainings import TRAININGS, new_model
from lessons.toolkit.batches import make_batches
from lessons.toolkit.corpus import load_split
from lessons.toolkit.paths import datasets_folder
from lessons.toolkit.results import load_results, runs_of

LESSONS = pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.slug)
SHORT = 20  # a line of fewer characters says nothing
BETWEEN = 2  # a code cell has prose within so many cells


def solution_lines(lesson):
    """The lines inside solution regions that no given cell has, nor faulty code that learners are given."""
    source = read_lesson(lesson.source)
    inside, outside = set(), set()
    for cell in source.cells:
        if cell.kind == "exercise":
            inside |= {line.strip() for line in code_in(cell.source, "solution")}
            outside |= {line.strip() for line in code_in(cell.source, "given")}
            outside |= {line.strip() for line in (stub_of(cell.source) or "").splitlines()}
        else:
            (inside if cell.kind == "written" else outside).update(map(str.strip, cell.source.splitlines()))
    return {line for line in inside - outside if len(line) >= SHORT}


@LESSONS
def test_no_solution_is_released(lesson):
    lines = solution_lines(lesson)
    assert lines
    for path in lessons_folder().rglob("*"):
        if path.is_file() and path.suffix in (".ipynb", ".py") and "earlier" not in path.parts:
            text = path.read_text(encoding="utf-8")
            if path.suffix == ".ipynb":
                text = "\n".join(cell.source for cell in nbformat.reads(text, as_version=4).cells)
            leaked = {line for line in lines if line in text}
            assert not leaked, (path, leaked)


@LESSONS
def test_exercises_checks_and_recordings_match(lesson):
    source = read_lesson(lesson.source)
    assert list(source.exercises) == [check.slug for check in checks_of(lesson.number)]
    assert stale(lesson.slug) is None


@LESSONS
def test_every_code_cell_has_prose_near_it(lesson):
    cells = nbformat.read(lesson.release_notebook, as_version=4).cells
    for index, cell in enumerate(cells):
        if cell.cell_type == "code":
            before = cells[max(0, index - BETWEEN) : index]
            assert any(_has_prose(near) for near in before), cell.source[:80]


def _has_prose(cell: nbformat.NotebookNode) -> bool:
    """Whether it is written for a reader: a text, or a question before an experiment."""
    return cell.cell_type == "markdown" or "predictions.ask(" in cell.source


@LESSONS
def test_every_exercise_has_between_one_and_about_twelve_lines(lesson):
    for slug, cell in read_lesson(lesson.source).exercises.items():
        assert 1 <= len(code_in(cell.source, "solution")) <= 15, slug


@LESSONS
def test_the_solution_notebook_has_no_errors_and_small_outputs(lesson):
    for cell in nbformat.read(lesson.solution_notebook, as_version=4).cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error"
            assert output.get("name") != "stderr"
            assert len(str(output)) < 150_000, cell.source[:60]


@LESSONS
def test_every_statement_that_the_solution_prints_is_true(lesson):
    for cell in nbformat.read(lesson.solution_notebook, as_version=4).cells:
        for output in cell.get("outputs", ()):
            false = [line for line in output.get("text", "").splitlines() if line.rstrip().endswith(": False")]
            assert not false, f"{lesson.slug}: the corpus or a model has changed under this sentence: {false}"


@LESSONS
def test_every_check_of_the_solution_passed(lesson):
    for cell in nbformat.read(lesson.solution_notebook, as_version=4).cells:
        if "check" in cell.metadata.get("tags", []):
            assert printed(cell).startswith("✓"), cell.source


@LESSONS
def test_figures_have_texts_for_those_who_cannot_see_them(lesson):
    outputs = [
        output
        for cell in nbformat.read(lesson.solution_notebook, as_version=4).cells
        for output in cell.get("outputs", [])
        if "data" in output
    ]
    assert not any("image/png" in output.data for output in outputs), "use figures.show"
    images = [re.findall(r'<img alt="([^"]*)"', output.data.get("text/html", "")) for output in outputs]
    texts = [text for found in images for text in found]
    assert texts
    assert all(len(text) > 30 for text in texts)


def run_all(lesson, solved=()):
    """A released lesson after "Run all", with some exercises solved; it raises where that would stop."""
    notebook = nbformat.read(lesson.release_notebook, as_version=4)
    answers = {cell.id: cell.source for cell in nbformat.read(lesson.solution_notebook, as_version=4).cells}
    for cell in notebook.cells:
        if cell.id in solved:
            cell.source = answers[cell.id]
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with tempfile.TemporaryDirectory() as folder:  # checks keep what has passed, and how far one is
        resources = {"metadata": {"path": folder}}
        NotebookClient(notebook, timeout=120, kernel_name="python3", resources=resources).execute()
    return notebook


def stopped_checks(notebook):
    """The checks that raised, by exercise."""
    stopped = {}
    for cell in notebook.cells:
        errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
        if errors:
            assert "check" in cell.metadata.tags, cell.source
            stopped[cell.metadata.nbgrader.grade_id.removeprefix("check-")] = errors[0]
    return stopped


def waiting_cells(notebook):
    """What each cell that waits says."""
    texts = [
        output.text
        for cell in notebook.cells
        if "exploration" in cell.metadata.get("tags", [])
        for output in cell.get("outputs", [])
        if output.output_type == "stream"
    ]
    return [text for text in texts if "This cell waits for" in text]


@pytest.fixture(scope="module", params=all_lessons(), ids=lambda lesson: lesson.slug)
def untouched(request):
    """A lesson and its released notebook after "Run all"."""
    return request.param, run_all(request.param)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_run_all_reaches_the_end_of_an_untouched_lesson_and_only_checks_fail(untouched):
    lesson, notebook = untouched
    stopped = stopped_checks(notebook)
    assert list(stopped) == [check.slug for check in checks_of(lesson.number)]
    assert {error.ename for error in stopped.values()} == {"NotAttempted"}
    assert all(len(error.traceback) <= 3 for error in stopped.values())  # what is to do, and nothing of Python's


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_each_cell_of_an_untouched_lesson_that_waits_says_in_a_line_for_which_exercise(untouched):
    lesson, notebook = untouched
    exercises = {check.defines for check in checks_of(lesson.number)}
    texts = waiting_cells(notebook)
    assert len(texts) >= 4
    for text in texts:
        assert text.strip().count("\n") == 0
        assert re.search(r"waits for (\w+):", text).group(1) in exercises, text


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_lesson_left_half_done_says_where_to_go_on():
    lesson = all_lessons()[0]
    exercises = checks_of(lesson.number)
    first = [check.slug for check in exercises].index("encoder")  # the model needs it, and all that is done with it
    notebook = run_all(lesson, solved=[check.slug for check in exercises[:first]])
    assert list(stopped_checks(notebook)) == [check.slug for check in exercises[first:]]
    texts = waiting_cells(notebook)
    assert texts
    assert all(re.search(r"waits for (Encoder|masked_loss):", text) for text in texts), texts
    assert sum("waits for Encoder:" in text for text in texts) > len(texts) / 2


def test_five_seeds_reach_what_the_lesson_promises():
    results = load_results("01_seq2seq")
    runs = runs_of(results, "one and two clauses")
    assert [run["seed"] for run in runs] == [1, 2, 3, 4, 5]
    assert min(run["exact_match"] for run in runs) >= 0.9
    assert 0 < results["held_fixed"]["lookup_exact_match"] < 0.1


def test_the_trained_models_are_those_that_make_models_writes_and_small():
    found = list((datasets_folder() / "models").glob("*.safetensors"))
    assert {path.stem for path in found} == set(MODELS)
    assert all(path.stat().st_size < 1_500_000 for path in found)


def by_seed(take):
    """What lesson 04's runs found, seed by seed: way → what `take` finds in the run."""
    runs = load_results("04_teacher_forcing")["runs"]
    seeds = sorted({run["seed"] for run in runs})
    return [{run["training"]: take(run) for run in runs if run["seed"] == seed} for seed in seeds]


def test_no_way_beats_forcing_and_none_goes_on_worse_after_an_error():
    exact, loss = (by_seed(lambda run, key=key: run[key]) for key in ("exact_match", "loss"))
    after = by_seed(lambda run: sum(run["free_after_error"][:4]) / 4)
    assert len(exact) == 5
    for found, shares, losses in zip(exact, after, loss, strict=True):
        assert max(found.values()) == found["ratio 1.0"]
        assert min(found, key=found.get) == "ratio 0.0"
        assert min(shares, key=shares.get) == "ratio 1.0"
        assert max(shares, key=shares.get) == "ratio 0.0"
        assert losses["inverse sigmoid"] > 2 * losses["ratio 1.0"]


def test_a_word_of_the_same_kind_throws_no_model_and_one_that_changes_the_structure_those_that_were_forced():
    same, structure = (
        by_seed(lambda run, kind=kind: run["injected_errors"][kind]["rest_kept"]) for kind in ("same_kind", "structure")
    )
    for kept, changed in zip(same, structure, strict=True):
        assert min(kept.values()) > 0.9
        assert min(changed, key=changed.get) == "ratio 1.0"
        assert max(changed, key=changed.get) == "ratio 0.0"
        assert changed["ratio 1.0"] < 0.6 < 0.8 < changed["ratio 0.0"]


def test_every_model_gets_the_same_errors():
    assert len({run["injected_errors"]["places"] for run in load_results("04_teacher_forcing")["runs"]}) == 1


def test_the_half_trained_model_makes_the_mistake_that_lesson_04_tells():
    pair = next(
        pair for pair in load_split("by_length") if pair.source == "Jihun was tired but you will not open the door"
    )
    words = Vocabularies(load_split("train"))
    model = new_model(TRAININGS["half trained"], seed=1)
    model.load_state_dict(load_file(datasets_folder() / "models" / "04_half_trained.safetensors"))
    (batch,) = make_batches([words.encode(pair)], pad_batch, 1)
    with torch.no_grad():
        forced = model.eval()(batch).argmax(-1)[0].tolist()
        free = greedy_with_weights(model, batch.source, batch.source_mask, 60)[0][0]
    as_text = [" ".join(words.target[number] for number in written) for written in (forced, free)]
    assert as_text == ["지훈이는 안 넌 문을 안 열 거야 <end>", "지훈이는 안 웃을 거고 선생님은 안 할 거야"]
