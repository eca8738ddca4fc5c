"""Keeps libraries from loading what the course never uses, in processes that are the course's own."""

import sys
from types import ModuleType

# None: importing it fails at once, and its library does without it, as where it is not installed.
_LEFT_OUT = (
    # jsonschema would load grammars of web addresses and of durations, for formats that no notebook has
    *("rfc3987_syntax", "rfc3986_validator", "isoduration"),
    *("jupytext.sync_contentsmanager", "jupytext.async_contentsmanager"),  # JupyterLab's, with a web server
)
_PAGES = ("assignment_list", "course_list", "formgrader", "validate_assignment")
_OF_NBGRADER = (
    *(f"nbgrader.server_extensions.{page}" for page in _PAGES),
    "nbgrader.auth.jupyterhub",  # who may use the exchange; it loads a client of web servers
    "setuptools.archive_util",  # what unpacks the archives of `nbgrader zip_collect`
)


def import_lightly() -> None:
    """Before nbformat and jupytext are loaded: that takes seconds with all that they load."""
    for name in _LEFT_OUT:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # what import takes for "there is none"


def import_nbgrader_lightly() -> None:
    """Before nbgrader is loaded, in a process that grades: leave out what nbgrader adds to JupyterLab and to a hub.

    nbgrader loads it always, and with it the exchange and a web server.
    """
    for name in _OF_NBGRADER:
        sys.modules.setdefault(name, _StandIn(name))


class _StandIn(ModuleType):
    """A module whose names all mean nothing."""

    def __getattr__(self, name: str) -> None:
        if name.startswith("__"):
            raise AttributeError(name)
