"""What lesson 02 asks before its experiments, and what these found: for `predictions.ask` and `predictions.answer`."""

from collections.abc import Sequence
from statistics import median
from typing import Any

from lessons.toolkit.figures.context import Counts, Run, mean_errors
from lessons.toolkit.predictions import option_for

Options = dict[str, str]


def ask(question: str, **options: str) -> Options:
    """A question and its options by letter."""
    return {"question": question, **options}


FOUR_CLAUSES = ask(
    question="Of a hundred sentences with four clauses, how many will be exactly right?",
    a="fewer than 20",
    b="20 to 49",
    c="50 to 79",
    d="80 or more",
)
KNEE_MOVES = ask(
    question="From 6 numbers to 128, by how many clauses will the knee move?",
    a="not at all",
    b="by 1 or 2",
    c="by 3 or 4",
    d="out of the grid: with 128 numbers there is none",
)
PARTING = ask(
    question="Which measurement says most about 'cannot hold'?",
    a="new sentences of six clauses, with a state four times as large",
    b="six-clause sentences seen many times in training, after four times the steps",
    c="new sentences of six clauses, with a context of 96 numbers",
    d="new sentences of six clauses, read backwards",
)
SEEN_AND_NEW = ask(
    question="Four times the steps. How many six-clause sentences are right: seen in training, and new?",
    a="few of the seen, few of the new",
    b="most of the seen, few of the new",
    c="most of the seen, most of the new",
)
WORST_CLAUSE = ask(
    question="In sentences of six clauses, from which clause come the most wrong words?",
    a="the first",
    b="one in between",
    c="the last",
)
SAME_PLACE = ask(
    question="Words of clauses 1, 2 and 3, all fifth or sixth in the Korean sentence: which are wrong least often?",
    a="those of clause 1, by far",
    b="about the same for all three",
    c="those of clause 3, by far",
)
BACKWARDS = ask(
    question="The first clause is now read last. If the baseline forgets what it read long ago, its errors there "
    "must fall. What will they do?",
    a="fall clearly",
    b="stay about the same, or rise",
)


def four_clauses(accuracy: dict[int, float]) -> Options:
    """Answer from the accuracies of the baseline, by number of clauses."""
    return {
        "right": option_for(100 * accuracy[4], 20, 50, 80),
        "measured": f"At four clauses {accuracy[4]:.0%} are exactly right, at one clause {accuracy[1]:.0%}.",
        "a": "It falls, but not at once to the floor.",
        "c": "That would be a gentle slope. The fall begins early and is steep.",
        "d": "It practised as many sentences of four clauses as of one; practice is not all.",
    }


def knee_moves(knees: dict[int, list[int | None]]) -> Options:
    """Answer from the knees of the seeds, by size of the context."""
    smallest, largest = knees[min(knees)], knees[max(knees)]
    gone = None in largest
    return {
        "right": "d" if gone else option_for(median(largest) - median(smallest), 1, 3),
        "measured": f"Knees of the seeds: {_listed(smallest)} clauses with {min(knees)} numbers, {_listed(largest)} "
        f"with {max(knees)}.",
        "a": "It moves, but slowly: several sizes share a knee.",
        "c": "The room grows much faster than the length that fits into it.",
        "d": "Even the whole state loses half of its best before six clauses.",
    }


def parting() -> Options:
    """Answer by argument: only one measurement has outcomes that exclude each other."""
    return {
        "right": "b",
        "measured": "If even practised sentences failed, 'cannot hold' would gain weight. If they come out right, it "
        "loses its best support, but is not refuted.",
        "a": "A larger state is more room and a stronger network at once: a rise would fit both explanations.",
        "c": "A narrower context fails at shorter sentences under both explanations.",
        "d": "It moves words around, which tests forgetting. Low scores would fit both explanations.",
    }


def seen_and_new(runs: Sequence[Run]) -> Options:
    """Answer from the runs with four times the steps."""
    new, seen = ([end(run[field][5] for run in runs) for end in (min, max)] for field in _FIELDS)
    return {
        "right": "a" if seen[0] < 0.5 else "b" if new[1] < 0.5 else "c",
        "measured": f"Six clauses, worst and best seed: {seen[0]:.0%} and {seen[1]:.0%} of the sentences that were "
        f"seen, {new[0]:.0%} and {new[1]:.0%} of new ones.",
        "a": "So it would be if no amount of practice brought them in.",
        "c": "So it would be if practice were all that is missing. It helps new sentences of four clauses, "
        "hardly those of six.",
    }


def worst_clause(errors: Sequence[float]) -> Options:
    """Answer from the share of wrong words of each clause."""
    worst, last = max(range(len(errors)), key=errors.__getitem__), len(errors) - 1
    return {
        "right": {0: "a", last: "c"}.get(worst, "b"),
        "measured": f"Wrong words, from the first clause to the last: {', '.join(f'{value:.0%}' for value in errors)}.",
        "a": "It was read longest ago. But its words are also written first, when little can have gone wrong.",
        "c": "It is written last, and still fails less often than the clause before it.",
    }


def same_place(tables: Sequence[Counts]) -> Options:
    """Answer from the sheets of the seeds, at the fifth and the sixth place."""
    first, second, third = (mean_errors(tables, clause, (4, 5)) for clause in range(3))
    far = "a" if first < 0.5 * min(second, third) else "c" if third < 0.5 * min(first, second) else "b"
    return {
        "right": far,
        "measured": f"Mean of the fifth and sixth place: {first:.0%} of the words of clause 1 are wrong, {second:.0%} "
        f"of clause 2, {third:.0%} of clause 3.",
        "a": "So it looks over the whole sentence. At one place little of the advantage is left.",
        "c": "It was read last of the three, so forgetting would favour it. It does not show.",
    }


def backwards(first_clause: Sequence[float]) -> Options:
    """Answer from the share of wrong words of the first clause, read first and read last."""
    before, after = first_clause
    return {
        "right": "a" if after < 0.8 * before else "b",
        "measured": f"In the first clause {before:.0%} of the words are wrong when it is read first, {after:.0%} "
        "when last.",
        "a": "So it would be if the model failed because it forgets what it read long ago.",
    }


_FIELDS = ("exact_match", "seen_exact_match")


def _listed(values: Sequence[Any]) -> str:
    return ", ".join(map(str, values))
