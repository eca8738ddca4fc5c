"""What the page asks for and what it sends, without HTTP: pages as text, changes as plain data."""

import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from autograder import templates
from autograder.csv_tables import number
from autograder.reports.feedback.markup import marked
from autograder.reports.rubric import scores_by_hand as by_hand
from autograder.reports.rubric.class_answers import AnswerPages
from autograder.reports.rubric.questions import Question
from autograder.reports.rubric.scores_by_hand import ByHand, Change

KEYS = "123456789"  # for the items of a rubric


class Refused(Exception):
    """A change that is not entered; the message says why.

    Attributes:
        state: what stands in the gradebook, where somebody else has changed it meanwhile.
    """

    def __init__(self, message: str, state: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.state = state


@dataclass(frozen=True)
class Tally:
    """A question, how many answers to it there are, and how many of them wait."""

    question: Question
    address: str
    answers: int
    waiting: int


class Desk:
    """The written answers of a folder of grades, for one person at a time who reads them.

    Args:
        root: the folder.
        questions: what was asked, at least one.
    """

    def __init__(self, root: Path, questions: Sequence[Question]) -> None:
        self._root = root
        self._questions = {f"/{one.lesson}/{one.name}": one for one in questions}
        self._pages = AnswerPages(root)
        self._one_at_a_time = threading.Lock()

    @property
    def addresses(self) -> list[str]:
        """The paths of the pages, one for each question."""
        return list(self._questions)

    def list_page(self) -> str:
        """The page that lists the questions."""
        tallies = []
        for address, question in self._questions.items():
            known = [one.status for one in by_hand.read_class(self._root, question).values()]
            waits = sum(status in (by_hand.WAITING, by_hand.AGAIN) for status in known)
            tallies.append(Tally(question, address, len(known) - known.count(by_hand.IDLE), waits))
        return _templates().get_template("list.html.j2").render(tallies=tallies, folder=self._root)

    def page(self, address: str) -> str:
        """The page of a question.

        Raises:
            KeyError: there is no such page.
        """
        question = self._questions[address]
        known = by_hand.read_class(self._root, question)
        with self._one_at_a_time:
            answers = self._pages.answers(question, known)
        idle = sorted(student for student, one in known.items() if one.status == by_hand.IDLE)
        most = next((one.most for one in known.values()), 0.0)
        share = most / len(question.rubric.items)
        states = {answer.student: to_data(answer.by_hand) for answer in answers}
        return (
            _templates()
            .get_template("page.html.j2")
            .render(question=question, answers=answers, states=states, idle=idle, most=most, share=share, keys=KEYS)
        )

    def change(self, address: str, asked: Any) -> dict[str, Any]:
        """Enter a change, and return what the gradebook has then.

        Raises:
            KeyError: there is no such page.
            Refused: it is no change that can be entered, or somebody else was faster.
        """
        question = self._questions[address]
        if not isinstance(asked, dict):
            raise Refused("this is no change")
        with self._one_at_a_time:
            found = by_hand.read_class(self._root, question).get(str(asked.get("student")))
            if found is None:
                raise Refused("there is no such answer")
            change = _change(asked, question, found)
            if asked.get("seen") != found.seen:
                raise Refused(
                    "someone else has graded this answer meanwhile, or it was handed in again", to_data(found)
                )
            by_hand.write(self._root, question, str(asked["student"]), change)
            return to_data(by_hand.read_class(self._root, question)[str(asked["student"])])


def to_data(found: ByHand) -> dict[str, Any]:
    """What the page knows of an answer."""
    return {
        "items": list(found.items),
        "points": found.points,
        "comment": found.comment,
        "status": found.status,
        "seen": found.seen,
    }


def _change(asked: Mapping[str, Any], question: Question, found: ByHand) -> Change:
    items, points, comment = asked.get("items"), asked.get("points"), asked.get("comment")
    if not (isinstance(items, list) and len(items) == len(question.rubric.items) and set(map(type, items)) <= {bool}):
        raise Refused("the rubric has changed; load the page again")
    if points is not None and not _is_number(points, found.most):
        raise Refused(f"points are a number from 0 to {number(found.most)}")
    if not isinstance(comment, str) or len(comment) > by_hand.LONGEST_COMMENT:
        raise Refused(f"a comment has at most {by_hand.LONGEST_COMMENT} characters")
    return Change(tuple(items), points, comment, asked.get("graded") is True)


def _is_number(points: Any, most: float) -> bool:
    return type(points) in (int, float) and math.isfinite(points) and 0 <= points <= most


@cache
def _templates() -> jinja2.Environment:
    environment = templates.environment("autograder.reports.rubric")
    environment.filters |= {"points": number, "marked": marked}
    return environment
