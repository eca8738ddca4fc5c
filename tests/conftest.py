"""Fixtures of more than one module, and how many threads a process of tests has."""

import os

import pytest

if "PYTEST_XDIST_WORKER" in os.environ:  # processes of several threads each would wait for one another in turns
    os.environ["OMP_NUM_THREADS"] = "1"  # read once, when torch is loaded: the course is not to be imported above


@pytest.fixture(scope="session")
def sandbox_or_skip() -> None:
    """Skip where submissions cannot be shut in, and say why; where tests must not be skipped, as in CI, fail."""
    from autograder import doctor

    machine = doctor.this_machine()
    finding = doctor.look_at_isolation(machine, doctor.try_sandbox)
    if not finding.works:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no sandbox on this machine: {finding.text}")
