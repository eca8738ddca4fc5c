"""What `autograder check` found, as Markdown: a page of GitHub's shows it beside the run of a workflow."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.status import Status
from autograder.text import one_line
from autograder.verdict import Verdict
from lessons.toolkit.text import Text, t

_WORDS: dict[Status, Text] = {Status.PASSED: t("✓ passed"), Status.NOT_ATTEMPTED: t("○ not attempted yet")}
_OTHER = t("✗ not passed")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&@:])")
_HEAD = t("| exercise | result | what the check says |")


def append_verdicts(summary: Path, notebook: Path, exercises: Sequence[str], verdicts: Mapping[str, Verdict]) -> None:
    """Add a table of a notebook's verdicts to the file, a row for each exercise of its lesson."""
    passed = sum(verdict.passed for verdict in verdicts.values())
    title = t("{passed} of {count} exercises passed", passed=passed, count=len(exercises))
    rows = [_row(name, verdicts[name]) for name in exercises if name in verdicts]
    _append(summary, [f"### {_plain(notebook.name)}: {title}", "", str(_HEAD), "| --- | --- | --- |", *rows])


def append_refusal(summary: Path, notebook: Path, told: str) -> None:
    """Add why a notebook could not be checked."""
    _append(summary, [f"### {_plain(notebook.name)}: {t('could not be checked')}", "", _plain(told)])


def _row(name: str, verdict: Verdict) -> str:
    return f"| {_plain(name)} | {_WORDS.get(verdict.status, _OTHER)} | {_plain(_said(verdict))} |"


def _said(verdict: Verdict) -> str:
    return "" if verdict.status in _WORDS else verdict.reason()


def _plain(text: str) -> str:
    """A text on one line in which nothing is Markdown or HTML."""
    return _MARKDOWN.sub(lambda found: f"&#{ord(found[1])};", one_line(text))


def _append(summary: Path, lines: Sequence[str]) -> None:
    with summary.open("a", encoding="utf-8") as file:
        file.write("\n".join([*lines, "", ""]))
