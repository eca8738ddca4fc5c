"""Grades a class: finds submissions, has an engine judge them, and writes grades and gradebook."""
