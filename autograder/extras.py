"""What of the course is installed here: not all of it in a package for learners, nor with every extra."""

from pathlib import Path

from lessons.toolkit.text import said

#: What an extra of pyproject.toml brings: a module of it, and its name. What one needs is in no other.
EXTRAS = {
    "grade": tuple("nbgrader nbconvert jupytext nbclient nh3 pygments latex2mathml sqlalchemy babel".split()),
    "lab": ("jupyterlab",),
    "dask": ("distributed",),
    "postgres": ("psycopg",),
}


_LACKING_ON_WINDOWS = ("fcntl", "grp", "pwd", "resource", "termios")


def is_whole_course() -> bool:
    """Whether this is the whole course, with solutions and grader, and no package for learners."""
    return Path(__file__).with_name("grading").is_dir()


def lacking(module: str) -> str | None:
    """Say that a module is not installed, and how to get it; None where that is not for the course to say."""
    package = module.partition(".")[0]
    if package == "autograder":
        return said("this is a package for learners, which has no grading; that command needs the whole course")
    if package in _LACKING_ON_WINDOWS:
        return said("this needs Linux or macOS, and here is neither; on Windows, use its Linux: wsl --install")
    extra = next((name for name, modules in EXTRAS.items() if package in modules), None)
    return extra and said(
        "this needs {package}, which is not installed; in the folder of the course, run: {command}",
        package=package,
        command=install(extra),
    )


def install(extra: str) -> str:
    """The command that adds an extra to what is installed."""
    return f'pip install --editable ".[{extra}]"'
