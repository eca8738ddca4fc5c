"""The class report: what a class got wrong and why, exercise by exercise, and what an instructor may want to look at.

`records` reads a folder of grades, `counts`, `suspects` and `similar` count, `page` and `terminal` show.
"""
