"""nbgrader's configuration of this course, for its commands when they are run from this folder."""

from pathlib import Path

from autograder.nbgrader_settings import configure, set_gradebook, set_root

c = get_config()  # noqa: F821 - nbgrader provides get_config
configure(c)
set_root(c, Path(__file__).parent)
set_gradebook(c, Path(__file__).parent)
# What is handed out has the points of course.toml: it goes into a folder of its own, and `lessons` stays as it is.
c.CourseDirectory.release_directory = "release"
