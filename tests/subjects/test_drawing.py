"""What draws is loaded where something is drawn: which cells draw, and how the package of figures waits."""

import subprocess
import sys

import pytest

from autograder.course.lessons import all_lessons
from autograder.course.source import read_lesson
from autograder.subjects.drawing import draws


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.slug)
def test_no_setup_cell_seems_to_draw(lesson):
    cells = read_lesson(lesson.source).cells
    assert not any(draws(cell.source) for cell in cells if cell.kind == "setup")
    assert any(draws(cell.source) for cell in cells)


def test_whatever_lies_in_the_package_of_figures_is_loaded_with_it():
    code = """
import sys
from pkgutil import iter_modules
from autograder.subjects.drawing import load_figures, load_figures_when_used
load_figures_when_used()
from lessons.toolkit import figures
names = [found.name for found in iter_modules(figures.__path__)]
loaded = lambda: {name for name in names if f"lessons.toolkit.figures.{name}" in sys.modules}
print(len(loaded()))
load_figures()
print(loaded() == set(names), dir(figures.common) == dir(sys.modules["lessons.toolkit.figures.common"]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "True", "True"]
