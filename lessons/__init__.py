"""The course: one folder a lesson, and the toolkit that its notebooks import."""
