"""A second language costs only its catalogue: lessons, messages, cards, folders and grading in a pseudo-language."""

import copy
import json
import os
from pathlib import Path

import nbformat
import pseudo_language
import pytest

from autograder import languages
from autograder.authoring.editions import Edition, editions
from autograder.authoring.release import make_releases
from autograder.authoring.solution_notebook import compose, notebook_text
from autograder.authoring.staging import staging_copy
from autograder.authoring.translation.lesson import texts_of
from autograder.authoring.tree import CourseTree, write_text
from autograder.checks.registry import find_check
from autograder.course import lessons, settings
from autograder.course.lessons import all_lessons
from autograder.course.source import read_lesson
from autograder.errors import CourseError
from autograder.judging import in_english
from autograder.judging.course_notebook import course_notebook
from autograder.judging.in_english import language_in, retell
from autograder.judging.matching import match
from autograder.learner import lab, notebook_api
from autograder.learner.cards import overview
from autograder.learner.cards.card import card
from autograder.learner.notebook_api import check_recorded, hint
from autograder.learner.progress import read_progress
from autograder.learner.start import start
from autograder.notebooks.spoken import language_of_folder
from autograder.notebooks.verdict_metadata import verdict_note
from lessons.toolkit.text import lang_attribute, language

LESSON = all_lessons()[0]
XX = pseudo_language.LANGUAGE


@pytest.fixture
def xx(monkeypatch, tmp_path):
    """The course has the pseudo-language."""
    pseudo_language.use(monkeypatch, tmp_path / "locale")
    yield
    languages.texts_in.cache_clear()
    languages.speak("en")


@pytest.fixture(scope="module")
def released(tmp_path_factory) -> dict[str, Path]:
    """Folders of released lessons by language: the first lesson in both, without having run."""
    root = tmp_path_factory.mktemp("course")
    course = CourseTree.of_course()
    source = read_lesson(LESSON.source)
    tree = CourseTree(course.solutions, course.lessons, course.datasets, root / "locale", languages=(XX,))
    pseudo_language.write_lesson_catalogue(tree.catalogue(XX, LESSON.slug), texts_of(source))
    found = {}
    with staging_copy(tree, [source]) as staging:
        for edition in editions([source], tree, staging):
            write_text(edition.staging.solution(LESSON.slug), notebook_text(edition.compose()))
            make_releases(edition.staging, [LESSON.slug])
            folder = root / "lessons" if edition.language == "en" else root / "lessons" / edition.language
            write_text(folder / LESSON.slug / f"{LESSON.slug}.ipynb", _text(edition))
            found[edition.language] = root / "lessons"
    return found


def _text(edition: Edition) -> str:
    return edition.staging.release(LESSON.slug).read_text(encoding="utf-8")


def notebook_in(released: dict[str, Path], spoken: str) -> nbformat.NotebookNode:
    folder = released[spoken] if spoken == "en" else released[spoken] / spoken
    return nbformat.read(folder / LESSON.slug / f"{LESSON.slug}.ipynb", as_version=4)


@pytest.mark.slow  # nbgrader takes seconds to load
def test_a_lesson_differs_in_texts_alone(released):
    english, other = (notebook_in(released, spoken) for spoken in ("en", XX))
    assert [cell.id for cell in english.cells] == [cell.id for cell in other.cells]
    for cell in [*english.cells, *other.cells]:
        cell.metadata.get("nbgrader", {}).pop("checksum", None)  # of the text
    assert [cell.metadata for cell in english.cells] == [cell.metadata for cell in other.cells]
    assert other.metadata.autograder == {"language": XX}
    assert "autograder" not in english.metadata
    setup = next(cell.source for cell in other.cells if "setup" in cell.metadata.get("tags", ()))
    assert f"from autograder.{XX} import check, hint, progress" in setup
    assert all("⟦" in cell.source for cell in other.cells if cell.cell_type == "markdown" and cell.source[:1].isalpha())
    assert compose(read_lesson(LESSON.source)).cells[0].source == english.cells[0].source


@pytest.mark.slow
def test_a_notebook_is_judged_as_its_english_one_and_gets_its_texts_back(released, xx, monkeypatch):
    english, other = (notebook_in(released, spoken) for spoken in ("en", XX))
    assert language_in(other, LESSON) == XX
    other.metadata.pop("autograder")  # lost: the setup cell still tells
    assert language_in(other, LESSON) == XX
    assert language_in(english, LESSON) == "en"
    monkeypatch.setitem(settings.in_force()["course"], "language", XX)
    assert language_in(english, LESSON) == "en"
    assert language_in(nbformat.v4.new_notebook(), LESSON) == XX  # nothing tells: that of the class
    was = [cell.source for cell in other.cells]
    exercise = next(cell for cell in other.cells if cell.id == "encode_words")
    answer = exercise.source = exercise.source.replace("raise NotImplementedError", "return 1  #")
    retell(other, notebook_in(released, XX), english)
    assert [cell.source for cell in other.cells if cell.id != "encode_words"] == [
        cell.source for cell in english.cells if cell.id != "encode_words"
    ]
    course = course_notebook(LESSON, english)
    assert match(other, course).release is None
    retell(other, english, notebook_in(released, XX))
    assert [cell.source for cell in other.cells] == [
        answer if cell.id == "encode_words" else source for cell, source in zip(other.cells, was, strict=True)
    ]


@pytest.mark.slow
def test_a_folder_goes_on_in_another_language_with_its_answers(released, xx, tmp_path):
    folder = tmp_path / "my_lessons"
    start(folder, released["en"])
    path = folder / LESSON.slug / f"{LESSON.slug}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cell = next(cell for cell in notebook.cells if cell.id == "encode_words")
    cell.source = answer = cell.source.replace("raise NotImplementedError", "return 1  #")
    guess = next(cell for cell in notebook.cells if 'guess=""' in cell.source)
    guess.source = guess.source.replace('guess=""', 'guess="b"')
    note = next(cell for cell in notebook.cells[3:] if cell.cell_type == "markdown")
    note.source += "\n\nI see."
    nbformat.write(notebook, path)
    assert language_of_folder(folder) == "en"
    for spoken in (XX, "en", XX):
        result = start(folder, released["en"], language=spoken)
        (update,) = result.updated
        assert (update.carried.answers, update.carried.changed, update.carried.lost) == (["encode_words"], [], [])
        assert update.carried.own == 2
        now = nbformat.read(path, as_version=4)
        assert language_in(now, LESSON) == language_of_folder(folder) == spoken
        assert next(cell.source for cell in now.cells if cell.id == "encode_words") == answer
        assert {guess.source, note.source} <= {cell.source for cell in now.cells}
        assert ("⟦" in now.cells[0].source) == (spoken == XX)
    assert start(folder, released["en"]).kept == [path]  # without being told: in the folder's own
    assert json.loads((folder / ".released/course.json").read_text())["language"] == XX


def test_the_course_refuses_a_language_that_it_does_not_have(tmp_path):
    with pytest.raises(Exception, match="the course has no language 'qq'; it has en"):
        start(tmp_path / "my_lessons", language="qq")
    assert not (tmp_path / "my_lessons").exists()


def test_everything_that_a_check_shows_is_in_the_language_and_what_it_keeps_is_not(xx, capsys, tmp_path):
    verdict = check_recorded("encode_words", lambda words, numbers: [numbers.get(word, 3) for word in words])
    english = verdict.text()
    languages.speak(XX)
    assert language() == XX
    shown = verdict.text()
    assert shown.split(",")[0] == english.split(",")[0] == "✗ encode_words"  # the line by which a verdict is known
    for line in shown.splitlines()[1:]:
        assert "⟦" in line, line
    assert "⟦The end token is missing." in card(verdict, find_check("encode_words"))
    assert "⟦Hint ⟧" not in card(verdict, find_check("encode_words"))
    hint("encode_words")
    assert capsys.readouterr().out.count("⟦") == 3
    told = overview.text(read_progress_in_english(tmp_path))
    assert "⟦still to do⟧" in told
    assert "⟦" not in json.dumps(verdict_note(verdict, find_check("encode_words").hints), ensure_ascii=False)
    assert "⟦" not in json.dumps(verdict.to_data(), ensure_ascii=False)


def read_progress_in_english(folder: Path):
    """The titles of lessons come from released notebooks, which are there in published languages alone."""
    with languages.speaking("en"):
        return read_progress(folder)


def test_a_pass_begins_with_the_line_that_nbgrader_needs(xx):
    languages.speak(XX)
    verdict = check_recorded("encode_words", lambda words, numbers: [numbers.get(word, 3) for word in words] + [2])
    assert verdict.passed
    assert verdict.text().startswith("✓ encode_words: ⟦")


@pytest.mark.slow
def test_a_notebook_that_says_nothing_of_its_language_is_known_by_its_texts(released, xx, monkeypatch):
    monkeypatch.setattr(in_english, "PUBLISHED", (XX,))
    monkeypatch.setattr(lessons, "_LESSONS", released["en"])
    in_english._texts_in.cache_clear()
    for spoken in ("en", XX):
        notebook = notebook_in(released, spoken)
        notebook.metadata.pop("autograder", None)
        for cell in notebook.cells:
            cell.source = "" if "import check" in cell.source else cell.source
        assert language_in(notebook, LESSON) == spoken
    in_english._texts_in.cache_clear()


@pytest.mark.slow
def test_cells_that_say_the_same_in_one_language_get_their_own_texts_by_their_ids(released):
    english, other = (notebook_in(released, spoken) for spoken in ("en", XX))
    first, second = [cell for cell in other.cells if cell.cell_type == "markdown"][:2]
    second.source = first.source
    told = copy.deepcopy(other)
    retell(told, other, english)
    assert [cell.source for cell in told.cells] == [cell.source for cell in english.cells]


def test_a_new_folder_has_the_language_of_the_course(tmp_path, monkeypatch):
    settings_file = tmp_path / "course.toml"
    settings_file.write_text(f'[course]\nlanguage = "{languages.PUBLISHED[0]}"\n')
    monkeypatch.setenv("AUTOGRADER_COURSE", str(settings_file))
    assert language_of_folder(tmp_path / "my_lessons") == languages.PUBLISHED[0]
    (tmp_path / "older" / ".released").mkdir(parents=True)  # from a course that had English alone
    assert language_of_folder(tmp_path / "older") == "en"
    settings_file.write_text('[course]\nlanguage = "qq"\n')
    with pytest.raises(CourseError, match=r'line 2: course\.language is "qq", expected one of "en", "ko"'):
        language_of_folder(tmp_path / "my_lessons")


def test_jupyterlab_has_menus_in_the_language_where_its_pack_is_there(tmp_path):
    settings = lab.menus_in("ko", tmp_path / "my_lessons")
    path = lab.jupyter_environment(settings)["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert path[:2] == [str(settings), str(Path(lab.__file__).parent / "jupyter")]
    overrides = json.loads((settings / "labconfig" / "default_setting_overrides.json").read_text())
    assert overrides == {"@jupyterlab/translation-extension:plugin": {"locale": "ko_KR"}}
    assert lab.menus_in("en", tmp_path) is None
    assert lab.menus_in(XX, tmp_path) is None
    assert not (tmp_path / ".released").exists()


def test_what_a_page_shows_says_in_which_language_it_is(xx):
    verdict = check_recorded("encode_words", lambda words, numbers: [numbers.get(word, 3) for word in words])
    shown = [lambda: card(verdict, find_check("encode_words")), lambda: lang_attribute()]
    assert not any("lang=" in one() for one in shown)
    languages.speak(XX)
    assert all(' lang="xx"' in one() for one in shown)


@pytest.mark.parametrize("place", ["", LESSON.slug])
def test_outside_a_notebook_hint_and_progress_follow_the_folder(xx, tmp_path, monkeypatch, capsys, place):
    folder = tmp_path / "my_lessons"
    (folder / LESSON.slug).mkdir(parents=True)
    (folder / ".released").mkdir()
    monkeypatch.chdir(folder / place)
    for spoken in ("en", XX):
        (folder / ".released/course.json").write_text(json.dumps({"version": "0.5.1", "language": spoken}))
        monkeypatch.setattr(notebook_api, "_hints_opened", {})
        monkeypatch.setattr("autograder.learner.progress.released_notebooks", lambda *_: [], raising=False)
        hint("encode_words")
        assert ("⟦Hint" in capsys.readouterr().out) == (spoken == XX)
        assert language() == "en"
