"""nbgrader's configuration of this course, for its commands when they are run from this folder."""

from autograder.nbgrader_settings import configure

configure(get_config())  # noqa: F821 - nbgrader provides get_config
