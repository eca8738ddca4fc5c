"""Where the grader's own files lie."""

import os
from pathlib import Path

PACKAGE = Path(__file__).parent


def environment(**more: str) -> dict[str, str]:
    """That of a process of Python's which is to find the course where this one has found it, and writes UTF-8."""
    places = [str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places)), "PYTHONUTF8": "1", **more}
