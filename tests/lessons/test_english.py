"""The English of the course is what a teacher would say aloud: habits that were edited out stay out."""

import ast
import re
from pathlib import Path

import pytest

from autograder.course.lessons import all_lessons
from autograder.course.source import read_lesson

ROOT = Path(__file__).parents[2]
COUNTED = r"(?:nats|numbers?|times|rows?|lines?|links?|verdicts?|shares?|scores?|columns?|points?|pages?|lists?|steps?)"
EACH = "(?:word|sentence|exercise|submission|lesson|clause|batch)"
HABITS = {
    "behind, where English says after": r"\bbehind\b(?! the (?:cell|figure|scenes))",
    "beside, where English says compared with": r"\bBeside\b",
    "a word, where English says per word": rf"\b{COUNTED} an? {EACH}\b",
    "find back": r"\bfind(?:s|ing)? back\b",
    "stand, where English says be": r"\bwhat stands (?:at|in|there)\b",
    "for want of": r"\bfor want of\b",
    "an inverted question": r"^(?:So|Then)? ?[Hh]ow (?:will|does|do) [^?]* be\?",
}
TEXTS = [ROOT / name for name in ("README.md", "CHANGELOG.md", "datasets/README.md", "autograder/GUIDE.md")]
MODULES = sorted(
    path
    for folder in ("autograder/checks", "autograder/learner", "lessons/toolkit")
    for path in (ROOT / folder).rglob("*.py")
    if "zoo" not in path.parts
)


def told_by(path: Path) -> str:
    """What a file says to people: all of a text; of a module its strings."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return text
    nodes = ast.walk(ast.parse(text))
    return "\n".join(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def habits_in(text: str) -> list[str]:
    words = re.sub(r"\s+", " ", text)
    found = ((name, match) for name, habit in HABITS.items() for match in re.finditer(habit, words))
    return [f"{name}: …{words[max(0, match.start() - 30) : match.end() + 20]}…" for name, match in found]


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.slug)
def test_lessons_have_none_of_the_old_habits(lesson):
    assert [found for cell in read_lesson(lesson.source).cells for found in habits_in(cell.source)] == []


@pytest.mark.parametrize("path", [*TEXTS, *MODULES], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nor_have_other_texts(path):
    assert habits_in(told_by(path)) == []


def test_a_habit_is_found():
    assert len(habits_in("The state behind the last word costs 2 nats a word, and the model does not find back.")) == 3
