"""Whether the cell that was to define an answer is one that Python could not read."""

import ast
import re
import sys

from autograder.course.source import without_magics


def error_in_last_definition(name: str) -> str:
    """What Python says of the cell, of those run before this one, that was the last to define a name; "" if it ran.

    An older definition is still there then, and a check would answer for that.
    """
    shell = sys.modules.get("IPython") and sys.modules["IPython"].get_ipython()
    history = getattr(shell, "history_manager", None)
    begins = re.compile(rf"^[ \t]*(def|class)[ \t]+{re.escape(name)}\b", re.MULTILINE)
    cells = history.input_hist_raw[:-1] if history else []  # the last one is the cell that asks
    source = next((cell for cell in reversed(cells) if begins.search(cell)), "")
    try:
        ast.parse(without_magics(source))
    except SyntaxError as error:
        return f"{type(error).__name__}: {error.msg}" + (f", line {error.lineno}" if error.lineno else "")
    return ""
