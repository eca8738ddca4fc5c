"""What is found of an answer to an exercise, as data: kept and sent as it is, made words of where it is shown."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from autograder.status import Status
from lessons.toolkit.columns import padded
from lessons.toolkit.text import Words, composed, from_data, t, to_data

TO_DO = t("Replace the line that raises NotImplementedError, run that cell, then this one.")
TO_MEND = t("Find the mistake in the code above, mend it, run that cell, then this one.")

Say = Callable[[Words], str]  # makes words of a text: `str` in English


@dataclass(frozen=True)
class Raised:
    """An error that the answer raised.

    Attributes:
        told: its type and message, as Python says them.
        line, number: the learner's own line, "" and 0 where the error passed none.
        values: what the names on that line held.
        advice: what to look at for an error of its kind, None where the check's question says more.
    """

    told: str
    line: str = ""
    number: int = 0
    values: tuple[tuple[str, Words], ...] = ()
    advice: Words | None = None

    @property
    def sentence(self) -> Words:
        """The error and its place."""
        if not self.line:
            return self.told
        return t("{error}, in line {number}: {line}", error=self.told, number=self.number, line=self.line)

    def to_data(self) -> dict[str, Any]:
        """As `Verdict.to_data`."""
        values = [[name, to_data(words)] for name, words in self.values]
        advice = self.advice and to_data(self.advice)
        return {"told": self.told, "line": self.line, "number": self.number, "values": values, "advice": advice}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Raised":
        """As `Verdict.from_data`."""
        values = tuple((_of_kind(name, str), from_data(words)) for name, words in data["values"])
        told, line, number = _of_kind(data["told"], str), _of_kind(data["line"], str), _of_kind(data["number"], int)
        return cls(told, line, number, values, from_data(data["advice"]) if data["advice"] else None)


@dataclass(frozen=True)
class Entry:
    """One place of a table.

    Attributes:
        text: what stands there, "" where there is nothing.
        shade: -1 to 1, how dark it is drawn; negative numbers have a colour of their own.
        differs: whether the other side has something else there; `first`, whether it is the first such place.
    """

    text: str
    shade: float = 0.0
    differs: bool = False
    first: bool = False


@dataclass(frozen=True)
class Table:
    """A value, or the part of it around the first difference.

    Attributes:
        title: its shape, and which part is shown.
        letters: of the dimension key that the title names.
        row_axis, column_axis: letters of the dimension key, "" where they are not known.
        row_names, column_names: indices, or the keys of a dict.
        rows: the entries.
    """

    title: Words
    letters: tuple[str, ...]
    row_axis: str
    column_axis: str
    row_names: tuple[str, ...]
    column_names: tuple[str, ...]
    rows: tuple[tuple[Entry, ...], ...]


class Row(NamedTuple):
    """A line of what is shown of a failure.

    Attributes:
        kind: "given", "expected", "got", "evidence", "error", "line" or "values".
        label, words: in the language that is shown.
    """

    kind: str
    label: str
    words: str


@dataclass(frozen=True)
class Verdict:
    """What is found of an answer.

    Attributes:
        exercise: its slug.
        status: how it ended.
        stage, stages: the number of the stage that failed, from 1 (0 where none was reached), and of all stages.
        name, title: of that stage; the title says what it asks, or what is wrong where no stage was reached.
        cause: the likely cause by name, and `question`, the same in words.
        given, expected, got: the arguments and both sides; None where there is nothing to show.
        evidence: what explains how the two sides differ; None where nothing is known of it.
        raised: the error that ended it, if one did.
        case: which inputs decided, "recorded" or "fresh"; "" where the answer was not called.
        hidden: whether it may be shown only which stage failed: the answer has seen inputs that nobody is to see.
        notes: what grading mended of the exercise.
        seconds: of CPU that the answer took in its check.
        margin: how clearly a number differs, in tolerances; in a check's own verdict alone.
        tables: `expected` and `got` drawn, where they are small enough; in a check's own verdict alone.
    """

    exercise: str
    status: Status
    stage: int = 0
    stages: int = 0
    name: str = ""
    title: Words = ""
    cause: str = ""
    question: Words = ""
    given: Words | None = None
    expected: Words | None = None
    got: Words | None = None
    evidence: Words | None = None
    raised: Raised | None = None
    case: str = "recorded"
    hidden: bool = False
    notes: tuple[Words, ...] = ()
    seconds: float = 0.0
    margin: float = math.inf
    tables: tuple[Table, Table] | None = field(default=None, compare=False)

    @property
    def passed(self) -> bool:
        """Whether every stage was passed."""
        return self.status == Status.PASSED

    @property
    def advice(self) -> Words:
        """What leads the learner on: for an error what is known of its kind, else the question of the cause."""
        return (self.raised and self.raised.advice) or self.question

    def hide(self) -> "Verdict":
        """Leave out all that the answer was given, and all that it can have made of it."""
        return replace(self, given=None, expected=None, got=None, evidence=None, raised=None, tables=None, hidden=True)

    # In words

    def reason(self, say: Say = str) -> str:
        """What a table of grades says: nothing for a pass, and never an input or an expected value."""
        return "; ".join([*filter(None, [say(self._reason())]), *map(say, self.notes)])

    def _reason(self) -> Words:
        if self.passed:
            return ""
        if self.status == Status.NOT_ATTEMPTED:
            return t("not attempted")
        lost = self.status in (Status.TIMEOUT, Status.CRASHED) or not self.stage
        asked = self.got if lost and self.got else self.question
        told = t("{title}: {question}", title=self.title, question=asked) if asked else self.title
        if self.raised is not None:
            return t("{reason} It was {error}", reason=told, error=self.raised.sentence)
        return t("on fresh inputs, {reason}", reason=told) if self.hidden else told

    def in_short(self, say: Say = str) -> list[str]:
        """What failed, in a line, and the question that leads on, in another."""
        if self.status == Status.NOT_ATTEMPTED:
            return [f"{self.exercise}: {say(t('still to do. {advice}', advice=self.question or TO_DO))}"]
        heading = composed("{place} {title}", place=self.heading, title=self.title) if self.hidden else self.heading
        told = composed("{exercise}, {heading}", exercise=self.exercise, heading=heading)
        return list(filter(None, [say(told), say(self.advice)]))

    def text(self, say: Say = str) -> str:
        """Everything as plain text for learners."""
        notes = [f"  {say(t('Note: {note}.', note=note))}" for note in self.notes]
        return "\n".join([*self._lines(say), *notes])

    def _lines(self, say: Say) -> list[str]:
        if self.passed:
            return [f"✓ {self.exercise}: {say(self.heading)}"]  # stock nbgrader's grading looks for this line
        if self.status == Status.NOT_ATTEMPTED:
            return [f"○ {self.exercise}: {say(t('still to do. {advice}', advice=self.question or TO_DO))}"]
        head = f"✗ {self.exercise}{', ' if self.stage else ': '}{say(self.heading)}"
        if self.hidden:
            return [head, f"    {say(self.title)}", f"    {say(self.question)}"]
        rows = [f"    {padded(row.label, 9)} {_indented(row.words)}" for row in self.rows(say)]
        advice = [f"    {words}"] if (words := say(self.advice)) else []
        more = t('For a hint: hint("{exercise}")', exercise=self.exercise)
        return [head, *rows, *advice, *([f"  {say(more)}"] if self.case == "recorded" else [])]

    @property
    def heading(self) -> Words:
        """What is said first."""
        if self.passed:
            if self.stages == 1:
                return t("passed")
            return t("all {stages} stages passed", stages=self.stages) if self.stages else t("all stages passed")
        if not self.stage:
            return self.title
        place = {"stage": self.stage, "stages": self.stages}
        if self.hidden:
            return t("stage {stage} of {stages}, on inputs that are not shown:", **place)
        return t("stage {stage} of {stages}: {title}", title=self.title, **place)

    def rows(self, say: Say = str) -> list[Row]:
        """What is shown of the failure: the call, and both sides or the error and its place."""
        rows = [
            ("given", t("given"), self.given),
            ("expected", t("expected"), self.expected),
            ("got", t("got"), self.got),
            ("evidence", t("compared"), self.evidence),
        ]
        if self.raised is not None:
            values = [say(t("{name} is {value}", name=name, value=value)) for name, value in self.raised.values]
            rows += [
                ("error", t("error"), self.raised.told),
                ("line", t("line {number}", number=self.raised.number), self.raised.line),
                ("values", t("there"), "\n".join(values)),
            ]
        return [Row(kind, say(label), say(words)) for kind, label, words in rows if words]

    # As data

    def to_data(self) -> dict[str, Any]:
        """Give all but margin and tables as plain data, for JSON and msgpack."""
        plain = {**{name: getattr(self, name) for name in _PLAIN}, "seconds": round(self.seconds, 4)}
        texts = {name: to_data(words) for name in _TEXTS if (words := getattr(self, name)) is not None}
        found = {**plain, "status": str(self.status), **texts, "notes": [to_data(note) for note in self.notes]}
        if self.raised is not None:
            found["raised"] = self.raised.to_data()
        return {name: value for name, value in found.items() if value not in ("", [], 0, None, False) or name == "case"}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Verdict":
        """Read what `to_data` gave.

        Raises:
            ValueError: it is nothing of the kind.
        """
        try:
            plain: dict[str, Any] = {name: _of_kind(data[name], kind) for name, kind in _PLAIN.items() if name in data}
            texts: dict[str, Any] = {name: from_data(data[name]) for name in _TEXTS if name in data}
            notes = tuple(from_data(note) for note in data.get("notes", ()))
            raised = Raised.from_data(data["raised"]) if "raised" in data else None
            return cls(status=Status(data["status"]), **plain, **texts, notes=notes, raised=raised)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a verdict: {type(error).__name__}: {error}") from error


_TEXTS = ("title", "question", "given", "expected", "got", "evidence")
_PLAIN: Mapping[str, type] = {
    "exercise": str,
    "stage": int,
    "stages": int,
    "name": str,
    "cause": str,
    "case": str,
    "hidden": bool,
    "seconds": float,
}


def _of_kind(value: Any, kind: type) -> Any:
    if isinstance(value, kind) or (kind is float and isinstance(value, int)):
        return value
    raise ValueError(f"not a verdict: {value!r:.80} is no {kind.__name__}")


def _indented(text: str) -> str:
    """Every line below the first, so that none can be taken for a line of the check's own."""
    return f"\n{' ' * 14}".join(text.splitlines())
