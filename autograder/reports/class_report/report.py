"""All that the class report says."""

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.course import settings
from autograder.reports.class_report.counts import LessonCount, count_lessons
from autograder.reports.class_report.published import Published, published
from autograder.reports.class_report.records import Answer, without_names
from autograder.reports.class_report.similar import Pair, similar_pairs
from autograder.reports.class_report.suspects import BestFail, FreshFail, best_fail, fresh_fails


@dataclass(frozen=True)
class ClassReport:
    """What page and terminal show.

    Attributes:
        course: its name, as course.toml has it.
        students: how many.
        anonymous: whether numbers stand for students; then no page shows what they wrote.
        lessons: the counts.
        best_fail, fresh_fails, pairs, published: what to look at.
    """

    course: str
    students: int
    anonymous: bool
    lessons: Sequence[LessonCount]
    best_fail: Sequence[BestFail]
    fresh_fails: Sequence[FreshFail]
    pairs: Sequence[Pair]
    published: Sequence[Published]


def report_of(answers: Sequence[Answer], anonymous: bool = False) -> ClassReport:
    """The report on a class; where it is anonymous, names are gone before anything is counted."""
    answers = without_names(answers) if anonymous else answers
    students = len({answer.student for answer in answers})
    name = settings.in_force()["course"]["name"]
    looked_at = best_fail(answers), fresh_fails(answers), similar_pairs(answers), published(answers)
    return ClassReport(name, students, anonymous, count_lessons(answers), *looked_at)
