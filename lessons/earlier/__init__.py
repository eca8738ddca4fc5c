"""What later lessons use of the solutions of earlier ones (generated), or of the learner's own answers to them."""

from lessons.toolkit.own_parts import use_own

__all__ = ["use_own"]
