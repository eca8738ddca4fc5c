"""Fixtures of more than one module."""

import os

import pytest

from autograder.sandbox import doctor


@pytest.fixture(scope="session")
def sandbox_or_skip() -> None:
    """Skip where submissions cannot be shut in, and say why; where tests must not be skipped, as in CI, fail."""
    machine = doctor.this_machine()
    finding = doctor.look_at_isolation(machine, doctor.try_sandbox)
    if not finding.works:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no sandbox on this machine: {finding.text}")
