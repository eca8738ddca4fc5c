"""Opens a learner's folder in JupyterLab."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from autograder.learner.own_notebooks import released_notebooks


def jupyter_command(folder: Path, arguments: Sequence[str] = (), lessons: Path | None = None) -> list[str]:
    """The command that opens the first lesson of the learner's `folder` in JupyterLab."""
    first = released_notebooks(lessons)[0]
    root = f"--ServerApp.root_dir={folder.resolve()}"
    page = f"--LabApp.default_url=/lab/tree/{first.parent.name}/{first.name}"
    return [sys.executable, "-m", "jupyterlab", root, page, *arguments]


def jupyter_environment() -> dict[str, str]:
    """The environment for it: in this server, JupyterLab's news and nbgrader's menus for instructors stay away.

    A folder of configuration that comes before the user's own, in which nothing is changed. Two notebooks that train at
    once would stop each other if threads that wait spun for as long as OpenMP has them (GOMP_SPINCOUNT).
    """
    folder = str(Path(__file__).parent / "jupyter")
    paths = [folder, os.environ.get("JUPYTER_CONFIG_PATH", "")]
    return {"GOMP_SPINCOUNT": "1000", **os.environ, "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, paths))}


def refuses_root(arguments: Sequence[str]) -> bool:
    """Whether JupyterLab would refuse to start because the user is root and no flag allows it."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return is_root and not any("allow-root" in argument or "allow_root" in argument for argument in arguments)
