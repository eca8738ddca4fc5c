"""What nbval is told when it runs the solution notebooks."""

import pytest

OUTPUT_TIMEOUT = 60  # seconds


def pytest_itemcollected(item: pytest.Item) -> None:
    """Wait longer for a cell's output: nbval's five seconds behind its end are too few on a busy machine."""
    if hasattr(item, "output_timeout"):
        item.output_timeout = OUTPUT_TIMEOUT
