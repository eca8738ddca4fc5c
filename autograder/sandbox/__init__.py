"""Runs the code of submissions where it can reach nothing, and lets checks talk to it from outside.

`sandbox.Sandbox` is the grader's side. `server`, `shell` and `kernel` run inside; they hold no expected value.
"""
