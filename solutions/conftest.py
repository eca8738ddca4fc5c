"""What nbval and its kernels need: `pytest --nbval solutions` asks for no other option, and for no variable."""

import os

import pytest

from autograder.authoring.solution_notebook import KERNEL_ENVIRONMENT

OUTPUT_TIMEOUT = 60  # seconds
# Two threads are what the notebooks were executed with; those that wait spin for a moment only (see the Makefile).
THREADS = {"OMP_NUM_THREADS": "2", "GOMP_SPINCOUNT": "1000"}

os.environ.update(THREADS | dict(os.environ) | KERNEL_ENVIRONMENT)  # kernels inherit it


def pytest_itemcollected(item: pytest.Item) -> None:
    """Wait longer for a cell's output: nbval's five seconds after its end are too few on a busy machine."""
    if hasattr(item, "output_timeout"):
        item.output_timeout = OUTPUT_TIMEOUT
