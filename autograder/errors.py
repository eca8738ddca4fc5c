"""The errors that end a command with one message: what is wrong, where, and what to do."""


class CourseError(Exception):
    """Something about the course's own files is wrong; the message names file and remedy."""


class GradingError(CourseError):
    """Nothing can be graded as asked; the message says what, where and what to do."""
