"""The course as the grader sees it: its lessons, what `course.toml` sets, and the sources of the lessons."""
