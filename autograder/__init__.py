"""The course's grader: `check` and `hint` for notebooks, and the `autograder` command line.

Importing this package stays cheap: nbgrader and nbconvert are loaded only by the commands that need them.
"""

from autograder.notebook_api import check, hint

__all__ = ["check", "hint"]
