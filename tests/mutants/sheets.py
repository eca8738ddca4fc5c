"""Draws wrong answers and writes what their checks say, for readers who judge whether a message leads to the mistake.

One sheet has exercises and messages, nothing else: who reads it says for each number what is wrong with the code. The
other one has the code, for those who compare. Fifty are of the zoo, whose mistakes the checks know, and a hundred
are mutants, whose mistakes they do not.

    python tests/mutants/sheets.py --seed 7 --out build/sheets
"""

import argparse
import os
import random
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mutations import mutants_of_course
from trying import try_all

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))

import zoo_cases as zoo

from autograder.course.lessons import Lesson
from autograder.course.source import read_lesson, unsolved


class Drawn(NamedTuple):
    """A wrong answer: its exercise, whether the zoo has it, what its check says, and its code."""

    lesson: Lesson
    exercise: str
    known: bool
    message: str
    code: str


def main() -> None:
    """Draw, and write both sheets."""
    warnings.simplefilter("ignore")  # of mutants
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--known", type=int, default=50, help="wrong answers of the zoo")
    parser.add_argument("--unknown", type=int, default=100, help="mutants")
    parser.add_argument("--out", type=Path, default=Path("build/sheets"))
    options = parser.parse_args()
    chance = random.Random(options.seed)
    drawn = [*_of_the_zoo(chance, options.known), *_of_mutants(chance, options.unknown)]
    chance.shuffle(drawn)
    options.out.mkdir(parents=True, exist_ok=True)
    for name, text_of in (("messages.md", _message), ("code.md", _code)):
        text = "\n".join(f"## {number}\n\n{text_of(one)}\n" for number, one in enumerate(drawn, 1))
        (options.out / name).write_text(text, encoding="utf-8")
        print(options.out / name)


def _of_the_zoo(chance: random.Random, count: int) -> Iterator[Drawn]:
    for animal in chance.sample(zoo.WRONG, count):
        code = animal.path.read_text(encoding="utf-8")
        yield Drawn(animal.lesson, animal.exercise, True, zoo.verdict(animal, zoo.local(animal), None).text(), code)


def _of_mutants(chance: random.Random, count: int) -> list[Drawn]:
    """Mutants that the recorded case turns down, at most one of those of an exercise that are told the same."""
    found: dict[tuple[str, str], Drawn] = {}
    mutants = mutants_of_course()
    for tried in try_all(chance.sample(mutants, min(len(mutants), 3 * count)), os.cpu_count() or 1, secrets=0):
        told = tried.told[0]
        if not told.passed and told.text and len(found) < count:
            one = tried.mutant
            found.setdefault(
                (one.exercise, told.text),
                Drawn(one.lesson, one.exercise, False, told.text, f"# {one.name}\n{one.code}"),
            )
    return list(found.values())


def _message(one: Drawn) -> str:
    source = read_lesson(one.lesson.source).exercises[one.exercise].source
    return f"```python\n{unsolved(source, '...').strip()}\n```\n\n```\n{one.message}\n```"


def _code(one: Drawn) -> str:
    return f"{one.exercise}, {'zoo' if one.known else 'mutant'}\n\n```python\n{one.code.strip()}\n```"


if __name__ == "__main__":
    main()
