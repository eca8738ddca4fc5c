"""The folder of grades as an nbgrader course: all that needs nbgrader."""
