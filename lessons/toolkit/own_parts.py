"""Runs later lessons on the learner's own answers to earlier ones.

A check that passes keeps the answer as a **part**: a Python file in `own_parts`, beside the lessons. One line of a
notebook, `own = earlier.use_own()`, puts the parts in place of the course's solutions. It does so in a learner's kernel
only: not in grading, building, tests and experiments, and nowhere where AUTOGRADER_REFERENCE=1 is set. A part that
was changed by hand, that raises, or that is slow gives way to the course's, with a sentence.

Where the course is installed without solutions, the course's part is a stub, and nothing can give way to it: the
learner's own is used as it is, and one that is not there is named.
"""

import functools
import hashlib
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from lessons.toolkit.readiness import is_unfinished
from lessons.toolkit.text import said, t

FOLDER = "own_parts"
MOST_TIMES_SLOWER = 10.0
SIZE_LIMIT = 200_000  # bytes of a part; nobody writes more by hand

_HEAD = """\
# {begins}
# {to_go_back}
# {is_slow}
# in use: {in_use}
# time: {times:.1f} times that of the course's
# text: {digest}

"""
_MISSING = t(
    "Missing, for this course is installed without solutions: solve what is named here, check it there, then run this "
    "cell again."
)
_HEAD_LINE = re.compile(r"# (in use|time|text): (\S*)")
_EARLIER = re.compile(r"lessons\.earlier\.lesson_\d\d")
_swapped: dict[str, tuple[Any, Any]] = {}  # exercise → the course's, and what stands in its place now


@dataclass(frozen=True)
class Part:
    """A learner's answer, as it is kept.

    Attributes:
        exercise: its slug.
        path: its file.
        text: the code.
        in_use: whether the learner wants it to be used.
        unchanged: whether the code is what its check has passed.
        times: how many times the course's time it took in its check.
    """

    exercise: str
    path: Path
    text: str
    in_use: bool
    unchanged: bool
    times: float

    @property
    def why_not(self) -> str:
        """Why it is not used; "" where it is."""
        if not self.in_use:
            return said("you switched yours off")
        if not self.unchanged:
            return said("yours was changed since its check passed")
        if self.times > MOST_TIMES_SLOWER:
            return said("yours took {times} times as long when its check was run", times=f"{self.times:.0f}")
        return ""


class OwnParts:
    """Whose parts a notebook runs on.

    Args:
        yours: the names that are the learner's own.
        why_not: name → why its part is not used, where there is one.
        missing: name → which exercise has to be solved for it, where the course has no solution to offer.
    """

    def __init__(self, yours: list[str], why_not: dict[str, str], missing: dict[str, str] | None = None):
        self.yours, self.why_not, self.missing = yours, why_not, missing or {}

    def __repr__(self) -> str:
        """What a learner reads."""
        parts = [said("Yours: {names}.", names=self.yours)] if self.yours else []
        if self.missing:
            parts.append(str(_MISSING))
        elif self.yours:
            parts.append(said("The other parts of earlier lessons are the course's."))
        else:
            parts.append(said("All parts of earlier lessons are the course's."))
        reasons = "".join(f"\n- {name}: {reason}" for name, reason in {**self.missing, **self.why_not}.items())
        return " ".join(parts) + reasons


def use_own() -> OwnParts:
    """Put the learner's own parts in place of the course's, in the calling notebook and in earlier lessons.

    Returns:
        Whose parts the notebook runs on now; it is printed, too.
    """
    caller = inspect.currentframe().f_back.f_globals
    _restore(caller)
    found = _use(caller) if is_learners_kernel() else OwnParts([], {})
    print(found)
    return found


def read_parts(folder: Path) -> dict[str, Part]:
    """The parts of a learner's folder by exercise; what cannot be read is passed over."""
    found = {}
    for path in sorted((folder / FOLDER).glob("[a-z]*.py")):
        try:
            found[path.stem] = _read(path)
        except (OSError, ValueError):
            continue
    return found


def part_text(exercise: str, name: str, code: str, times: float, in_use: bool = True) -> str:
    """The file of a part.

    Args:
        exercise: its slug.
        name: of the function or class.
        code: what defines it.
        times: how many times the course's time its check took.
        in_use: whether it is to be used.
    """
    told = {
        "begins": t(
            "Your {name}: what you wrote for {exercise}, kept when its check passed. Later lessons run on it.",
            name=name,
            exercise=exercise,
        ),
        "to_go_back": t('To go back to the course\'s, write no after "in use", or delete this file.'),
        "is_slow": t(
            "A part that took more than {times} times as long as the course's is not used; if the machine was busy, "
            "run its check again.",
            times=f"{MOST_TIMES_SLOWER:g}",
        ),
    }
    wish = "yes" if in_use else "no"
    return _HEAD.format(**told, in_use=wish, times=times, digest=_digest(code)) + code


def _read(path: Path) -> Part:
    """Raise ValueError where it is no part."""
    with path.open("rb") as file:
        head, _, code = file.read(SIZE_LIMIT).decode("utf-8").partition("\n\n")
    noted = dict(_HEAD_LINE.findall(head))
    if noted.keys() != {"in use", "time", "text"}:
        raise ValueError(f"{path} is no part")
    unchanged = noted["text"] == _digest(code)
    return Part(path.stem, path, code, noted["in use"].lower() == "yes", unchanged, float(noted["time"]))


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()[:16]


def is_reference_run() -> bool:
    """Whether a notebook runs for the course, in grading, building or tests, and not for whoever learns with it."""
    return os.environ.get("AUTOGRADER_REFERENCE") == "1" or "NBGRADER_EXECUTION" in os.environ


def is_learners_kernel() -> bool:
    """Whether a learner sits at this kernel: not in grading, building, nbval and tests."""
    if is_reference_run():
        return False
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None


def _learners_folder() -> Path:
    """The folder around the lesson's that a notebook runs in."""
    place = Path.cwd()
    return place.parent if re.fullmatch(r"\d\d_\w+", place.name) else place


def _use(caller: dict[str, Any]) -> OwnParts:
    parts, found = read_parts(_learners_folder()), OwnParts([], {})
    offered = [one for one in _solutions() if one[0] in parts or is_unfinished(one[2])]
    wanted = [(slug, name, old) for slug, name, old in offered if _is_used(old, caller)]
    for slug, name, old in wanted:  # all are loaded before one is swapped: each sees the course's others
        why = _try(parts.get(slug), name, old)
        if why is None:
            found.yours.append(name)
        elif is_unfinished(old):
            place = said("exercise {slug} of lesson {number}", slug=slug, number=old.__module__.rpartition("_")[2])
            found.missing[name] = f"{place}; {why}" if why else place
        else:
            found.why_not[name] = said("{why}, so the course's is used", why=why)
    for old, new in _swapped.values():
        _replace(old, new, caller)
    return found


def _try(part: Part | None, name: str, old: Any) -> str | None:
    """Load a part, or say why it is not used; "" where there is none."""
    if part is None:
        return ""
    slow_but_alone = is_unfinished(old) and part.in_use and part.unchanged
    return ("" if slow_but_alone else part.why_not) or _load(part, name, old) or None


def _solutions() -> Iterator[tuple[str, str, Any]]:
    """Exercise, name and the course's solution, for each exercise of the earlier lessons that are loaded."""
    for module in _earlier_modules():
        for slug, name in module.EXERCISES.items():
            yield slug, name, vars(module)[name]


def _earlier_modules() -> list[ModuleType]:
    return [module for name, module in sorted(sys.modules.items()) if _EARLIER.fullmatch(name)]


def _namespaces(caller: dict[str, Any]) -> list[dict[str, Any]]:
    return [caller, *(vars(module) for module in _earlier_modules())]


def _is_used(solution: Any, caller: dict[str, Any]) -> bool:
    """Whether the notebook, or an earlier lesson that is not the solution's own, has it."""
    own = [value for space in _namespaces(caller) for value in space.values() if value is solution]
    return len(own) > 1


def _load(part: Part, name: str, old: Any) -> str:
    """Run a part and note that it is to be used; why not, where it cannot be."""
    space = {"__name__": f"{FOLDER}.{part.exercise}", "__file__": str(part.path)}
    try:
        exec(compile(part.path.read_text(encoding="utf-8"), str(part.path), "exec"), space)
        new = space[name]
    except Exception as error:
        return said("yours stopped with {error}", error=f"{type(error).__name__}: {error}")
    _swapped[part.exercise] = (old, _guarded(new, old, name))
    return ""


def _restore(caller: dict[str, Any]) -> None:
    """Undo what an earlier call has done."""
    for old, new in _swapped.values():
        _replace(new, old, caller)
    _swapped.clear()


def _replace(old: Any, new: Any, caller: dict[str, Any]) -> None:
    for space in _namespaces(caller):
        for name, value in list(space.items()):
            if value is old:
                space[name] = new


def _guarded(own: Any, course: Any, name: str) -> Any:
    """The part, in whose place the course's goes on from the first error, where it has one."""
    if is_unfinished(course):
        return own
    if isinstance(own, type):
        for method, function in list(vars(own).items()):
            if inspect.isfunction(function) and method in vars(course) and method != "__init__":
                setattr(own, method, _guarded_method(function, course, name))
        return own
    return _guarded_function(own, course, name)


def _guarded_function(own: Callable[..., Any], course: Callable[..., Any], name: str) -> Callable[..., Any]:
    @functools.wraps(own)
    def either(*arguments: Any, **named: Any) -> Any:
        if either.gave_way:
            return course(*arguments, **named)
        try:
            return own(*arguments, **named)
        except Exception as error:
            either.gave_way = True
            _tell(name, error)
            return course(*arguments, **named)

    either.gave_way = False
    return either


def _guarded_method(own: Callable[..., Any], course: type, name: str) -> Callable[..., Any]:
    @functools.wraps(own)
    def either(self: Any, *arguments: Any, **named: Any) -> Any:
        try:
            return own(self, *arguments, **named)
        except Exception as error:
            _tell(name, error)
            self.__class__ = course  # which has the same parameters: its check has seen to that
            return getattr(self, own.__name__)(*arguments, **named)

    return either


def _tell(name: str, error: Exception) -> None:
    told = f"{type(error).__name__}: {error}"
    print(said("Your {name} stopped with {error}. The course's goes on in its place.", name=name, error=told))
