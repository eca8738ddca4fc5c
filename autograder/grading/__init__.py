"""Grades a class: finds submissions, has an engine judge them, and writes grades and gradebook."""

from autograder.light_imports import import_lightly

import_lightly()
