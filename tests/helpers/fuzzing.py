"""How many cases the property tests of grading draw: a few, the same each time, or `FUZZ_CASES` new ones."""

import os
from collections.abc import Callable

from hypothesis import HealthCheck, settings

CASES = int(os.environ.get("FUZZ_CASES", 0))


def fuzzed(few: int) -> Callable:
    """Settings of a test that has this many cases in every run."""
    return settings(
        max_examples=CASES or few,
        derandomize=not CASES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
