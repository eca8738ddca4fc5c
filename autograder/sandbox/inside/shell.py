"""An IPython shell without a kernel: runs the cells of a submission, and keeps what they print, up to a limit."""

import gc
import io
import sys
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from typing import Any

import traitlets
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config, Configurable

from autograder.subjects.cells import stopped_at
from autograder.subjects.debuggers import debuggers_off
from autograder.subjects.errors import describe

# Magics that mean nothing here, or that would take away what cells above have defined.
_LEFT_OUT = ("autosave", "conda", "mamba", "micromamba", "pip", "uv", "reset", "reset_selective", "xdel")


class BoundedText(io.TextIOBase):
    """Keeps the first `budget` characters written to it, over all its life."""

    def __init__(self, budget: int):
        self._budget = budget
        self._parts: list[str] = []

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str) -> int:
        """Keep as much of it as the budget allows."""
        kept = str(text)[: self._budget]
        self._budget -= len(kept)
        if kept:
            self._parts.append(kept)
        return len(text)

    def take(self) -> str:
        """What was written since the last time."""
        text, self._parts = "".join(self._parts), []
        return text


class InlineBackend(Configurable):
    """Takes what cells set with `%config InlineBackend`, and does nothing: the real one loads matplotlib."""

    figure_format = traitlets.Any().tag(config=True)
    figure_formats = traitlets.Any().tag(config=True)
    close_figures = traitlets.Any().tag(config=True)
    print_figure_kwargs = traitlets.Any().tag(config=True)
    rc = traitlets.Any().tag(config=True)


class Shell:
    """Made once in the warm server; each submission has the copy that its fork brings."""

    def __init__(self) -> None:
        config = Config()
        config.HistoryManager.enabled = False  # it would write a database, in a thread
        config.InteractiveShell.colors = "nocolor"
        self._shell = _instance(config)
        self._shell.showtraceback = self._shell.showsyntaxerror = lambda *_, **__: None  # costs 50 ms; see `describe`
        self._shell.enable_matplotlib = lambda gui=None: ("agg", "Agg")  # figures are drawn and shown nowhere
        self._shell.enable_gui = lambda gui=None: None
        self._shell.atexit_operations = lambda: None
        self._shell.reset = lambda *_, **__: None
        self._open = ExitStack()
        self._open.enter_context(debuggers_off())
        for name in _LEFT_OUT:
            self._shell.register_magic_function(lambda line, cell=None: None, "line_cell", name)
        self._shell.configurables.append(InlineBackend(parent=self._shell))

    @property
    def namespace(self) -> dict[str, Any]:
        """What the cells have defined."""
        names: dict[str, Any] = self._shell.user_ns
        return names

    def run(self, source: str, text: BoundedText) -> dict[str, Any]:
        """Run one cell; say how it ended, in which line of its own, and what it printed."""
        with redirect_stdout(text), redirect_stderr(text):
            result = self._shell.run_cell(source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        told, line = error and describe(error), stopped_at(error) if error else 0
        if isinstance(error, MemoryError):
            self._let_go(error)
        return {"error": told, "line": line, "output": text.take()}

    def _let_go(self, error: MemoryError) -> None:
        """Free what the functions that it passed held: a bomb of memory would burden all that comes after."""
        error.__traceback__ = self._shell.InteractiveTB.tb = None
        for name in ("last_type", "last_value", "last_traceback"):
            vars(sys).pop(name, None)
        gc.collect()


def _instance(config: Config) -> Any:
    """IPython's shell, whose methods are replaced, which no type allows."""
    return InteractiveShell.instance(config=config)


def close_standard_streams() -> None:
    """Nothing to read; what is written below Python's own streams goes nowhere."""
    import os

    nothing = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)
    sys.stdin = io.StringIO()
