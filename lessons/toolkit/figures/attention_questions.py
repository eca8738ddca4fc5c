"""What lesson 03 asks before its experiments, and what these found: for `predictions.ask` and `predictions.answer`."""

from collections.abc import Sequence
from typing import Any

from lessons.toolkit.predictions import option_for

Run = dict[str, Any]  # as results files have it
Options = dict[str, str]


def ask(question: str, **options: str) -> Options:
    """A question and its options by letter."""
    return {"question": question, **options}


_NEAR = {"a": "near the baseline", "b": "half way between baseline and attention", "c": "near attention"}

FIRST_WEIGHT = ask(
    question="Scores 5.8, 0.0 and 3.6: what weight does the word 'I' get?",
    a="about 0.5",
    b="about 0.6, its share of the sum of the scores",
    c="about 0.9",
    d="1, as the greatest",
)
BEYOND_TRAINING = ask(
    question="From six clauses, the longest in training, to eight: what will exact match do?",
    a="stay: less than 10 points lost",
    b="fall by 10 to 79 points",
    c="break down: 80 points lost or more",
)
UNIFORM_WEIGHTS = ask(question="Uniform weights, six clauses: where will exact match be?", **_NEAR)
FIXED_WEIGHTS = ask(
    question="Fixed weights, learnt once and the same at each step: where will exact match be at six clauses?", **_NEAR
)
LENGTH_IMPOSED = ask(
    question="With the right length imposed, how many more of a hundred eight-clause sentences come out right?",
    a="fewer than 3",
    b="3 to 15",
    c="more than 15",
)
BEST_SCORE = ask(
    question="Which score gets most sentences of six clauses right?",
    a="additive",
    b="dot",
    c="general",
    d="no difference beyond the spread of five seeds",
)
GRADIENT_BEFORE = ask(
    question="Before training, from one clause to six: the gradient at the baseline's first word gets smaller",
    a="hardly",
    b="about ten times",
    c="about a thousand times",
    d="more than ten thousand times",
)


def first_weight(weight: float) -> Options:
    """Answer from the weight of the first word."""
    return {
        "right": option_for(weight, 0.55, 0.75, 0.99),
        "measured": f"The weight of I is {weight:.2f}.",
        "a": "A lead of 2.2 looks small, but the weights have the ratio of the exponentials, not of the scores.",
        "b": "Shares of the scores would be weights too, until a score is negative. Softmax takes exponentials first.",
        "d": "That would copy one state. Softmax gives every word some weight, if little.",
    }


def beyond_training(accuracy: dict[int, float]) -> Options:
    """Answer from exact match of the run in the lesson, by number of clauses."""
    return {
        "right": option_for(100 * (accuracy[6] - accuracy[8]), 10, 80),
        "measured": f"Exact match is {accuracy[6]:.0%} at six clauses, {accuracy[8]:.0%} at eight, after four epochs.",
        "a": "No vector has to hold the sentence any more, so length should not matter. Yet it does.",
        "c": "What was never practised need not break at once: many longer sentences still come out right.",
    }


def uniform_weights(models: dict[str, Sequence[Run]]) -> Options:
    """Answer from the runs of the models of section 8."""
    return _control(models, "uniform weights") | {
        "b": "It sees every state, but in the plain mean they all look alike.",
        "c": "So it would be if seeing the states were enough.",
    }


def fixed_weights(models: dict[str, Sequence[Run]]) -> Options:
    """Answer from the runs of the models of section 8."""
    return _control(models, "fixed weights") | {
        "b": "The weights are learnt, but every Korean word gets the same mix of states.",
        "c": "So it would be if it were enough to learn which words matter. They matter at different steps.",
    }


def _control(models: dict[str, Sequence[Run]], name: str) -> Options:
    best = {model: max(run["exact_match"][5] for run in runs) for model, runs in models.items()}
    return {
        "right": option_for(best[name], 0.25, 0.75),
        "measured": f"Six clauses, best seed: {name} {best[name]:.1%}, baseline {best['baseline']:.1%}, "
        f"attention {best['attention']:.1%}.",
    }


def gained(runs: Sequence[Run], clauses: int, sentences: int) -> list[int]:
    """Count the sentences that come out right only when the length is imposed, for each seed."""
    fields = ("exact_match_given_length", "exact_match")
    pairs = ((run[field][clauses - 1] for field in fields) for run in runs)
    return [round(sentences * (given - free)) for given, free in pairs]


def length_imposed(runs: Sequence[Run], sentences: int) -> Options:
    """Answer from the runs of attention, at eight clauses."""
    found = gained(runs, 8, sentences)
    return {
        "right": option_for(100 * sum(found) / len(found) / sentences, 3, 15),
        "measured": f"At eight clauses {_gained_words(found)} of {sentences} sentences.",
        "b": "Many wrong ones are too short. But a word is wrong before the end is.",
        "c": "So it would be if the early end were the only mistake in most of them.",
    }


def _gained_words(found: Sequence[int]) -> str:
    return f"the seeds gain {min(found)} to {max(found)}" if max(found) else "no seed gains one"


def best_score(scored: dict[str, Sequence[Run]]) -> Options:
    """Answer from the runs of each score: the best one must lead beyond the spread of the seeds."""
    six = {name: [run["exact_match"][5] for run in runs] for name, runs in scored.items()}
    best = max(six, key=lambda name: min(six[name]))
    others = max(max(found) for name, found in six.items() if name != best)
    return {
        "right": {"additive": "a", "dot": "b", "general": "c"}[best] if min(six[best]) > others else "d",
        "measured": f"The worst seed of {best} has {min(six[best]):.0%}, the best of any other score {others:.0%}.",
        "b": "Luong et al. found it good, and it needs no weights. Here it comes second.",
        "c": "It can imitate dot, so it could be as good. What a model can do, it need not learn.",
        "d": "That is a good guess before one has seen the spread.",
    }


def gradient_before(runs: Sequence[Run]) -> Options:
    """Answer from the runs of the baseline: the smallest fall of the gradient among the seeds."""
    norms = [run["first_word_gradient"]["before"] for run in runs]
    least = min(row[0] / row[5] for row in norms)
    return {
        "right": option_for(least, 3, 100, 10_000),
        "measured": f"It falls by a factor of {1000 * int(least / 1000):,} or more, in every seed.",
        "a": "The gates of a GRU are there to prevent this. Before training they do not.",
        "b": "That is about what it loses at each further clause.",
        "c": "The loss is a factor for each clause, and factors multiply.",
    }
