"""Answers under test, wherever they run.

A check talks to a `Subject`. `LocalSubject` acts on the object in this process, as in a learner's kernel;
`WireSubject` does the same to an object in another process. Both send the same requests to the same `Actor`.
"""
