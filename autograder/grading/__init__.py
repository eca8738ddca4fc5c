"""Grades a class: finds submissions, has an engine judge them, and writes grades and gradebook."""

from autograder.lazy_imports import import_lightly

import_lightly()
