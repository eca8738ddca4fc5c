# The plain import of this lesson's answers, and of nothing else.
# base: unsolved
# verdict: all not_attempted
# %%
from lessons.earlier.lesson_01 import *
