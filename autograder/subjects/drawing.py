"""Loads what draws only where something is drawn: matplotlib takes most of a second, the longest to look for fonts."""

import pkgutil
import re
from importlib.util import LazyLoader, find_spec, module_from_spec

_DRAWS = re.compile(r"\b(plt|pyplot|pylab|seaborn)\b|figures\b(\.|\s+import)")


def draws(source: str) -> bool:
    """Whether a cell seems to draw; one that does without seeming so loads what it needs by itself."""
    return _DRAWS.search(source) is not None


def is_drawing(module: str) -> bool:
    """Whether a module of the toolkit only draws, by its name."""
    return module.endswith("figures") or module == "visual_language"


def load_figures_when_used() -> None:
    """Let setup cells import the toolkit's modules of figures without loading any of them."""
    from lessons import toolkit

    for found in pkgutil.iter_modules(toolkit.__path__, f"{toolkit.__name__}."):
        name = found.name.rpartition(".")[2]
        if name.endswith("figures") and not hasattr(toolkit, name):
            spec = find_spec(found.name)
            if spec is not None and spec.loader is not None:
                spec.loader = LazyLoader(spec.loader)
                module = module_from_spec(spec)
                spec.loader.exec_module(module)
                setattr(toolkit, name, module)


def load_figures() -> None:
    """Load matplotlib and the toolkit's figures now."""
    import matplotlib.pyplot  # noqa: F401

    from lessons import toolkit

    for name, module in list(vars(toolkit).items()):
        if name.endswith("figures"):
            dir(module)  # a module that waits for its first use loads now
