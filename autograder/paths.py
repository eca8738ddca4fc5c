"""Where the grader's own files lie."""

from pathlib import Path

PACKAGE = Path(__file__).parent
