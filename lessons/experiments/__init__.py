"""Experiments over many seeds: each `lesson_NN` says which trainings it needs and what it measures of them.

`trainings` knows every way to train and keeps the weights, `__main__` does what is missing, `publish` puts finished
results where lessons read them, `models` puts trained models there.
"""

from lessons.experiments import lesson_01, lesson_02, lesson_03, lesson_04, lesson_05, lesson_06
from lessons.experiments.experiment import Experiment

#: The experiments on the course corpus, by the name of their results file.
EXPERIMENTS: dict[str, Experiment] = {
    module.EXPERIMENT.name: module.EXPERIMENT
    for module in (lesson_01, lesson_02, lesson_03, lesson_04, lesson_05, lesson_06)
}
