"""The class report as one HTML page: it loads nothing, runs nothing, and escapes all that comes from submissions."""

from functools import cache

import jinja2

from autograder import templates
from autograder.reports.class_report import discrimination, similar, suspects
from autograder.reports.class_report.report import ClassReport
from autograder.reports.class_report.terminal import discrimination as correlation
from autograder.reports.class_report.terminal import seconds, share
from autograder.reports.feedback.markup import marked
from autograder.text import harmless

LONGEST_CODE = 4_000  # characters of an answer that are shown


def render(report: ClassReport) -> str:
    """The page."""
    return _template().render(report=report, suspects=suspects, similar=similar, discrimination=discrimination)


def _shown(text: str) -> str:
    """A text of a submission's: nothing invisible in it, and not too long. The template escapes it."""
    left_out = len(text) - LONGEST_CODE
    return harmless(text[:LONGEST_CODE]) + (f"\n… {left_out:,} more characters" if left_out > 0 else "")


@cache
def _template() -> jinja2.Template:
    environment = templates.environment("autograder")
    environment.filters |= {
        "shown": _shown,
        "seconds": seconds,
        "share": share,
        "correlation": correlation,
        "marked": marked,
    }
    return environment.get_template("reports/class_report/page.html.j2")
