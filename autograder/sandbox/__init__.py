"""Runs the code of submissions where it can reach nothing, and lets checks talk to it from outside.

`sandbox.Sandbox` is the grader's side; what is in `inside` runs beside the submission and holds no expected value.
"""
