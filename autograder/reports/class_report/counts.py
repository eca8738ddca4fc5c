"""How each exercise went: who tried, who passed, where the others stopped, how long it took."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from autograder.reports.class_report.discrimination import Discrimination, discriminations
from autograder.reports.class_report.mistakes import Mistake, mistake_of
from autograder.reports.class_report.records import Answer


@dataclass(frozen=True)
class Stop:
    """A mistake and the students who made it."""

    mistake: Mistake
    students: tuple[str, ...]


@dataclass(frozen=True)
class ExerciseCount:
    """How an exercise went.

    Attributes:
        name: the exercise.
        handed_in, tried, passed: how many students.
        stops: why answers failed, the most frequent first.
        seconds: median CPU in the check of an answer; None where that was not measured.
        discrimination: how passing it goes with the rest of the lesson.
    """

    name: str
    handed_in: int
    tried: int
    passed: int
    stops: tuple[Stop, ...]
    seconds: float | None
    discrimination: Discrimination = field(default_factory=lambda: Discrimination(0, None))

    @property
    def failed(self) -> int:
        """How many tried and did not pass."""
        return self.tried - self.passed

    @property
    def share(self) -> float:
        """The difficulty; 1 where nobody tried."""
        return 1.0 if self.difficulty is None else self.difficulty

    @property
    def difficulty(self) -> float | None:
        """Of those who tried, the share who passed; None where nobody tried."""
        return self.passed / self.tried if self.tried else None

    @property
    def stages(self) -> dict[str, list[Stop]]:
        """The stops by stage, in the order of the check; "" for those before any stage."""
        found: dict[str, list[Stop]] = defaultdict(list)
        for stop in self.stops:
            found[stop.mistake.stage].append(stop)
        return dict(sorted(found.items(), key=lambda item: int(item[0].partition(" ")[0] or 0)))

    @property
    def finding(self) -> str:
        """What stands out among the mistakes."""
        if not self.failed:
            return "Everyone who tried passed" if self.tried else "Nobody tried"
        often = len(self.stops[0].students)
        if often == 1 and self.failed > 1:
            return f"{self.failed} answers failed, each in its own way"
        return f"Most often: {self.stops[0].mistake.name} ({often} of {self.failed} that failed)"


@dataclass(frozen=True)
class LessonCount:
    """How a lesson went."""

    name: str
    exercises: tuple[ExerciseCount, ...]

    @property
    def finding(self) -> str:
        """What stands out among the exercises."""
        hardest = min(self.exercises, key=lambda exercise: exercise.share)
        if hardest.share == 1:
            return "Everyone passed every exercise that they tried"
        return f"{hardest.name} was passed least: by {hardest.passed} of {hardest.tried} who tried it"


def count_lessons(answers: Sequence[Answer]) -> list[LessonCount]:
    """The counts of every lesson, in the order of the answers."""
    by_lesson: dict[str, dict[str, list[Answer]]] = defaultdict(lambda: defaultdict(list))
    for answer in answers:
        by_lesson[answer.lesson][answer.exercise].append(answer)
    return [_count_lesson(lesson, exercises) for lesson, exercises in by_lesson.items()]


def _count_lesson(lesson: str, exercises: Mapping[str, Sequence[Answer]]) -> LessonCount:
    found = discriminations(exercises)
    counted = (replace(_count(name, answers), discrimination=found[name]) for name, answers in exercises.items())
    return LessonCount(lesson, tuple(counted))


def _count(name: str, answers: Sequence[Answer]) -> ExerciseCount:
    tried = [answer for answer in answers if answer.tried]
    seconds = [answer.seconds for answer in tried if answer.seconds is not None]
    passed = sum(answer.passed for answer in tried)
    stops = _stops(answer for answer in tried if not answer.passed)
    return ExerciseCount(name, len(answers), len(tried), passed, stops, median(seconds) if seconds else None)


def _stops(failed: Iterable[Answer]) -> tuple[Stop, ...]:
    found: dict[Mistake, list[str]] = defaultdict(list)
    for answer in failed:
        found[mistake_of(answer)].append(answer.student)
    stops = [Stop(mistake, tuple(sorted(students))) for mistake, students in found.items()]
    return tuple(sorted(stops, key=lambda stop: (-len(stop.students), stop.mistake.stage, stop.mistake.name)))
