"""Loads what draws only where something is drawn: matplotlib takes most of a second, the longest to look for fonts."""

import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

#: The package of the toolkit in which lies what only draws, and nothing else.
_PACKAGE = "figures"
#: A cell that only imports a module of the package draws nothing yet.
_DRAWS = re.compile(rf"\b(plt|pyplot|pylab|seaborn)\b|(?<!toolkit\.){_PACKAGE}\.")


def draws(source: str) -> bool:
    """Whether a cell seems to draw; one that does without seeming so loads what it needs by itself."""
    return _DRAWS.search(source) is not None


def is_drawing(module: Path) -> bool:
    """Whether a module only draws, by its place below the toolkit's folder."""
    return module.parts[0] == _PACKAGE


def load_figures_when_used() -> None:
    """Let setup cells import the toolkit's modules of figures without loading any of them."""
    package = _package()
    for name in _modules(package):
        attribute = name.rpartition(".")[2]
        if not hasattr(package, attribute):
            setattr(package, attribute, _LoadedWhenUsed(name))


def load_figures() -> None:
    """Load matplotlib and the toolkit's figures now."""
    import matplotlib.pyplot  # noqa: F401

    for name in _modules(_package()):
        import_module(name)


class _LoadedWhenUsed(ModuleType):
    """Stands for a module that is loaded when something of it is used.

    It is in its package and not in `sys.modules`: whoever looks through all modules there would load it.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__name__), name)

    def __dir__(self) -> list[str]:
        return dir(import_module(self.__name__))


def _package() -> ModuleType:
    return import_module(f"lessons.toolkit.{_PACKAGE}")


def _modules(package: ModuleType) -> Iterator[str]:
    return (found.name for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."))
