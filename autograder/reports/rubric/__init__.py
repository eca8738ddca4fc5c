"""`autograder rubric`: one written answer of a whole class on one page, graded by its rubric, by keys."""
