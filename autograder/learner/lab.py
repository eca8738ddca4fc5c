"""Opens a learner's folder in JupyterLab."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from autograder.files import write_whole
from autograder.languages import ENGLISH
from autograder.learner.own_notebooks import LearnerError, released_notebooks
from lessons.toolkit.text import said

_LOCALE = "@jupyterlab/translation-extension:plugin"  # the setting that JupyterLab keeps its language in


def jupyter_command(folder: Path, arguments: Sequence[str] = (), lessons: Path | None = None) -> list[str]:
    """The command that opens the first lesson of the learner's `folder` in JupyterLab."""
    first = released_notebooks(lessons)[0]
    root = f"--ServerApp.root_dir={folder.resolve()}"
    page = f"--LabApp.default_url=/lab/tree/{first.parent.name}/{first.name}"
    return [sys.executable, "-m", "jupyterlab", root, page, *arguments]


def jupyter_environment(settings: Path | None = None) -> dict[str, str]:
    """The environment for it: in this server, JupyterLab's news and nbgrader's menus for instructors stay away.

    Folders of configuration that come before the user's own, in which nothing is changed. Two notebooks that train at
    once would stop each other if threads that wait spun for as long as OpenMP has them (GOMP_SPINCOUNT).

    Args:
        settings: a folder of configuration that comes before the course's, such as `menus_in` makes.
    """
    folders = [settings, Path(__file__).parent / "jupyter", os.environ.get("JUPYTER_CONFIG_PATH")]
    path = os.pathsep.join(str(folder) for folder in folders if folder)
    return {"GOMP_SPINCOUNT": "1000", **os.environ, "JUPYTER_CONFIG_PATH": path}


def menus_in(language: str, folder: Path) -> Path | None:
    """Write, out of sight in the learner's `folder`, configuration for menus in a language, and return its folder.

    None for English, and where JupyterLab's language pack is not installed. Who has chosen a language in JupyterLab's
    own settings keeps that.
    """
    if language == ENGLISH:
        return None
    packs = (pack.name for pack in entry_points(group="jupyterlab.languagepack"))
    locale = next((name for name in packs if name.partition("_")[0] == language), None)
    if locale is None:
        return None
    settings = folder / ".released" / "jupyter"
    chosen = json.dumps({_LOCALE: {"locale": locale}}) + "\n"
    write_whole(settings / "labconfig" / "default_setting_overrides.json", chosen.encode())
    return settings


def require_jupyter(folder: Path) -> None:
    """Refuse where there is no JupyterLab.

    Raises:
        LearnerError: there is none; the message says how to get one, or to do without.
    """
    if find_spec("jupyterlab") is None:
        raise LearnerError(
            said(
                "JupyterLab is not installed here; run: {command}, or open {folder} in the notebook server that you "
                "have",
                command=f'{Path(sys.executable).name} -m pip install "jupyterlab>=4.4,<5"',
                folder=str(folder),
            )
        )


def run_jupyter(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run JupyterLab until it ends, and return its exit code; where that can be, in the place of this process."""
    if os.name == "nt":  # where exec would give the terminal back at once, and split paths at their spaces
        return _wait_for(subprocess.Popen(command, env=environment))
    os.execve(command[0], [*command], {**environment})
    return 0


def _wait_for(process: "subprocess.Popen[bytes]") -> int:
    """Wait for a process that hears Ctrl-C too: JupyterLab asks whether to shut down."""
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def refuses_root(arguments: Sequence[str]) -> bool:
    """Whether JupyterLab would refuse to start because the user is root and no flag allows it."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return is_root and not any("allow-root" in argument or "allow_root" in argument for argument in arguments)
