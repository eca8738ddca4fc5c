"""Grades a class: finds submissions, has them judged, and writes grades and gradebook."""

from autograder.lazy_imports import import_lightly

import_lightly()
