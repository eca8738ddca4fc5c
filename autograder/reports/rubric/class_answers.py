"""The answers of a class to one question, as HTML that is safe to open, made in a process of its own as feedback is."""

import hashlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from autograder.reports.feedback.process import PageMaker
from autograder.reports.rubric.questions import Question
from autograder.reports.rubric.scores_by_hand import IDLE, ByHand
from lessons.toolkit.text import t

_TOO_MUCH = t("This answer cannot be shown here; see it in formgrader.")


@dataclass(frozen=True)
class Answer:
    """A student's answer.

    Attributes:
        html: as it is shown.
        by_hand: what stands in the gradebook about it.
    """

    student: str
    html: Markup
    by_hand: ByHand


class AnswerPages:
    """Makes the HTML of answers, and keeps it as long as the notebook stays as it is."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._made: dict[tuple[Path, int, str], Markup] = {}

    def answers(self, question: Question, known: dict[str, ByHand]) -> list[Answer]:
        """The answers to read, in an order that tells nothing about who wrote them and is the same each time."""
        students = [student for student, by_hand in known.items() if by_hand.status != IDLE]
        ordered = sorted(students, key=lambda student: _place(question, student))
        shown = self._shown(question, ordered)
        return [Answer(student, html, known[student]) for student, html in zip(ordered, shown, strict=True)]

    def _shown(self, question: Question, students: Sequence[str]) -> list[Markup]:
        with closing(PageMaker()) as maker:
            return [self._html(maker, question, student) for student in students]

    def _html(self, maker: PageMaker, question: Question, student: str) -> Markup:
        path = self._root / "autograded" / student / question.lesson / f"{question.lesson}.ipynb"
        try:
            key = (path, path.stat().st_mtime_ns, question.name)
            if key not in self._made:
                made = maker.make_answer(path.read_bytes(), question.name)
                self._made[key] = Markup(made.html.decode()) if made else Markup("<p>{}</p>").format(_TOO_MUCH)
            return self._made[key]
        except OSError as error:
            return Markup("<p>{}: {}</p>").format(path.name, error.strerror)


def _place(question: Question, student: str) -> bytes:
    return hashlib.sha256(f"{question.name}\0{student}".encode("utf-8", "surrogatepass")).digest()
