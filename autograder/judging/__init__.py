"""Decides on the exercises of a submission, and writes nothing; the checks and the sandbox are its means."""
