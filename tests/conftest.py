"""Fixtures of more than one module, what processes of tests have in their environment, and which files begin first."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

IN_PARALLEL = "PYTEST_XDIST_WORKER" in os.environ
LIGHT = Path(__file__).parent / "helpers" / "light"
LONGEST = [  # of those that start kernels or sandboxes, by their minutes: what begins last is to end soon
    *("test_attacks", "test_every_lesson_graded", "test_guide", "test_load", "test_sandbox_judge", "test_term"),
    *("test_lessons", "test_sandbox", "test_cluster", "test_regrade", "test_install", "test_grading"),
    *("test_gradebook", "test_attempts", "test_postgres", "test_messages_as_keys", "test_build"),
]

os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(LIGHT), os.environ.get("PYTHONPATH")]))
if IN_PARALLEL:  # processes of several threads each would wait for one another in turns
    os.environ["OMP_NUM_THREADS"] = "1"  # read once, when torch is loaded: the course is not to be imported above


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in the background of a script: no test would be interrupted
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where two processes take one file after another, have them take the longest first."""
    if IN_PARALLEL:
        place = {name: number for number, name in enumerate(LONGEST)}
        items.sort(key=lambda item: place.get(item.path.stem, len(place)))


@pytest.fixture(scope="session")
def sandbox_or_skip() -> None:
    """Skip where submissions cannot be shut in, and say why; where tests must not be skipped, as in CI, fail."""
    from autograder import doctor

    machine = doctor.this_machine()
    finding = doctor.look_at_isolation(machine, doctor.try_sandbox)
    if not finding.works:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no sandbox on this machine: {finding.text}")


@pytest.fixture(scope="module")
def kernels(tmp_path_factory) -> Iterator[None]:
    """For modules that have stock nbgrader run many notebooks: kernels that have loaded what these load."""
    from warm_kernels import warm_kernels

    with warm_kernels(tmp_path_factory.mktemp("kernels")):
        yield
