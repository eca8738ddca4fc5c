"""Experiments over many seeds: each `lesson_NN` says which trainings it needs and what it measures of them.

`trainings` knows every way to train and keeps the weights, `__main__` does what is missing, `publish` puts finished
results where lessons read them, `models` puts trained models there.
"""

from lessons.experiments import lesson_01, lesson_02, lesson_03, lesson_04, lesson_05, lesson_06, lesson_07
from lessons.experiments.experiment import Experiment

MODULES = (lesson_01, lesson_02, lesson_03, lesson_04, lesson_05, lesson_06, lesson_07)
#: The experiments on the course corpus, by the name of their results file.
EXPERIMENTS: dict[str, Experiment] = {
    experiment.name: experiment
    for experiment in (*(module.EXPERIMENT for module in MODULES), lesson_07.HEADS, lesson_07.LEAK)
}
