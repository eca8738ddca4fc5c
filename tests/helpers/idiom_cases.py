"""Answers in the style of other codebases, and on how many draws a check tells the right ones from the slips."""

import os
from pathlib import Path

import zoo_cases as zoo

DRAWS = int(os.environ.get("IDIOM_DRAWS", "3"))
FOLDER = Path(__file__).parents[1] / "idioms"
IDIOMS = [zoo.Animal(path) for path in sorted(FOLDER.glob("*/*/*.py"))]
EXERCISES = sorted({idiom.exercise for idiom in IDIOMS})


def is_right(idiom: zoo.Animal) -> bool:
    """Whether it does what the docstring asks for; else it is a slip."""
    return idiom.path.name.startswith("right_")


def misjudged(idiom: zoo.Animal, draws: int = DRAWS) -> dict[int | None, str]:
    """Where the verdict is another than it should be: number of the draw (None: recorded) → the words."""
    subject, found = zoo.local(idiom), {}
    for seed in (None, *range(draws)):
        verdict = zoo.verdict(idiom, subject, seed)
        if verdict.passed != is_right(idiom):
            found[seed] = verdict.text()
    return found
