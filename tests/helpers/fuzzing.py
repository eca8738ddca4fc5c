"""How many cases the property tests of grading draw: a few, the same each time, or `FUZZ_CASES` new ones.

Where cases take long, the quick tests draw few of them, and a twin draws more, which is `more_than_quick`.
"""

import os
from collections.abc import Callable

import pytest
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


def more_than_quick(test: Callable) -> Callable:
    """Mark the twin of a quick test, which has all its cases where `FUZZ_CASES` says how many."""
    return pytest.mark.long(pytest.mark.skipif(bool(CASES), reason="its quick twin draws all cases")(test))
