"""The page that a learner gets back: one HTML file for a student and a lesson, made by `nbgrader generate_feedback`."""
