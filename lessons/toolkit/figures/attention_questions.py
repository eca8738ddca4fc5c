"""What lesson 03 asks before its experiments, and what these found: for `predictions.ask` and `predictions.answer`."""

from collections.abc import Sequence
from typing import Any

from lessons.toolkit.predictions import option_for
from lessons.toolkit.text import Text, Words, named, said

Run = dict[str, Any]  # as results files have it
Options = dict[str, Words]


def ask(question: Words, **options: Words) -> Options:
    """A question and its options by letter."""
    return {"question": question, **options}


_NEAR = {
    "a": Text("near the baseline"),
    "b": Text("half way between baseline and attention"),
    "c": Text("near attention"),
}

FIRST_WEIGHT = ask(
    question=Text("Scores 5.8, 0.0 and 3.6: what weight does the word 'I' get?"),
    a=Text("about 0.5"),
    b=Text("about 0.6, its share of the sum of the scores"),
    c=Text("about 0.9"),
    d=Text("1, as the greatest"),
)
BEYOND_TRAINING = ask(
    question=Text("From six clauses, the longest in training, to eight: what will exact match do?"),
    a=Text("stay: less than 10 points lost"),
    b=Text("fall by 10 to 79 points"),
    c=Text("break down: 80 points lost or more"),
)
UNIFORM_WEIGHTS = ask(question=Text("Uniform weights, six clauses: where will exact match be?"), **_NEAR)
FIXED_WEIGHTS = ask(
    question=Text("Fixed weights, learnt once and the same at each step: where will exact match be at six clauses?"),
    **_NEAR,
)
LENGTH_IMPOSED = ask(
    question=Text("With the right length imposed, how many more of a hundred eight-clause sentences come out right?"),
    a=Text("fewer than 3"),
    b=Text("3 to 15"),
    c=Text("more than 15"),
)
BEST_SCORE = ask(
    question=Text("Which score gets most sentences of six clauses right?"),
    a=Text("additive"),
    b=Text("dot"),
    c=Text("general"),
    d=Text("no difference beyond the spread of five seeds"),
)
GRADIENT_BEFORE = ask(
    question=Text("Before training, from one clause to six: the gradient at the baseline's first word gets smaller"),
    a=Text("hardly"),
    b=Text("about ten times"),
    c=Text("about a thousand times"),
    d=Text("more than ten thousand times"),
)


def first_weight(weight: float) -> Options:
    """Answer from the weight of the first word."""
    return {
        "right": option_for(weight, 0.55, 0.75, 0.99),
        "measured": said("The weight of I is {weight}.", weight=f"{weight:.2f}"),
        "a": said("A lead of 2.2 looks small, but the weights have the ratio of the exponentials, not of the scores."),
        "b": said(
            "Shares of the scores would be weights too, until a score is negative. Softmax takes exponentials first."
        ),
        "d": said("That would copy one state. Softmax gives every word some weight, if little."),
    }


def beyond_training(accuracy: dict[int, float]) -> Options:
    """Answer from exact match of the run in the lesson, by number of clauses."""
    return {
        "right": option_for(100 * (accuracy[6] - accuracy[8]), 10, 80),
        "measured": said(
            "Exact match is {accuracy} at six clauses, {accuracy_2} at eight, after four epochs.",
            accuracy=f"{accuracy[6]:.0%}",
            accuracy_2=f"{accuracy[8]:.0%}",
        ),
        "a": said("No vector has to hold the sentence any more, so length should not matter. Yet it does."),
        "c": said("What was never practised need not break at once: many longer sentences still come out right."),
    }


def uniform_weights(models: dict[str, Sequence[Run]]) -> Options:
    """Answer from the runs of the models of section 8."""
    return _control(models, "uniform weights") | {
        "b": said("It sees every state, but in the plain mean they all look alike."),
        "c": said("So it would be if seeing the states were enough."),
    }


def fixed_weights(models: dict[str, Sequence[Run]]) -> Options:
    """Answer from the runs of the models of section 8."""
    return _control(models, "fixed weights") | {
        "b": said("The weights are learnt, but every Korean word gets the same mix of states."),
        "c": said("So it would be if it were enough to learn which words matter. They matter at different steps."),
    }


def _control(models: dict[str, Sequence[Run]], name: str) -> Options:
    best = {model: max(run["exact_match"][5] for run in runs) for model, runs in models.items()}
    return {
        "right": option_for(best[name], 0.25, 0.75),
        "measured": said(
            "Six clauses, best seed: {name} {best}, baseline {baseline}, attention {attention}.",
            name=named(name),
            best=f"{best[name]:.1%}",
            baseline=f"{best['baseline']:.1%}",
            attention=f"{best['attention']:.1%}",
        ),
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
        "measured": said(
            "At eight clauses {gained_words} of {sentences} sentences.",
            gained_words=_gained_words(found),
            sentences=sentences,
        ),
        "b": said("Many wrong ones are too short. But a word is wrong before the end is."),
        "c": said("So it would be if the early end were the only mistake in most of them."),
    }


def _gained_words(found: Sequence[int]) -> str:
    return (
        said("the seeds gain {least} to {most}", least=min(found), most=max(found))
        if max(found)
        else said("no seed gains one")
    )


def best_score(scored: dict[str, Sequence[Run]]) -> Options:
    """Answer from the runs of each score: the best one must lead beyond the spread of the seeds."""
    six = {name: [run["exact_match"][5] for run in runs] for name, runs in scored.items()}
    best = max(six, key=lambda name: min(six[name]))
    others = max(max(found) for name, found in six.items() if name != best)
    return {
        "right": {"additive": "a", "dot": "b", "general": "c"}[best] if min(six[best]) > others else "d",
        "measured": said(
            "The worst seed of {best} has {least}, the best of any other score {others}.",
            best=named(best),
            least=f"{min(six[best]):.0%}",
            others=f"{others:.0%}",
        ),
        "b": said("Luong et al. found it good, and it needs no weights. Here it comes second."),
        "c": said("It can imitate dot, so it could be as good. What a model can do, it need not learn."),
        "d": said("That is a good guess before one has seen the spread."),
    }


def gradient_before(runs: Sequence[Run]) -> Options:
    """Answer from the runs of the baseline: the smallest fall of the gradient among the seeds."""
    norms = [run["first_word_gradient"]["before"] for run in runs]
    least = min(row[0] / row[5] for row in norms)
    return {
        "right": option_for(least, 3, 100, 10_000),
        "measured": said(
            "It falls by a factor of {least} or more, in every seed.", least=f"{1000 * int(least / 1000):,}"
        ),
        "a": said("The gates of a GRU are there to prevent this. Before training they do not."),
        "b": said("That is about what it loses at each further clause."),
        "c": said("The loss is a factor for each clause, and factors multiply."),
    }
