"""What lesson 02 asks before its experiments, and what these found: for `predictions.ask` and `predictions.answer`."""

from collections.abc import Sequence
from statistics import median
from typing import Any

from lessons.toolkit.figures.context import Counts, Run, mean_errors
from lessons.toolkit.predictions import option_for
from lessons.toolkit.text import Text, Words, said

Options = dict[str, Words]


def ask(question: Words, **options: Words) -> Options:
    """A question and its options by letter."""
    return {"question": question, **options}


FOUR_CLAUSES = ask(
    question=Text("Of a hundred sentences with four clauses, how many will be exactly right?"),
    a=Text("fewer than 20"),
    b=Text("20 to 49"),
    c=Text("50 to 79"),
    d=Text("80 or more"),
)
KNEE_MOVES = ask(
    question=Text("From 6 numbers to 128, by how many clauses will the knee move?"),
    a=Text("not at all"),
    b=Text("by 1 or 2"),
    c=Text("by 3 or 4"),
    d=Text("out of the grid: with 128 numbers there is none"),
)
PARTING = ask(
    question=Text("Which measurement says most about 'cannot hold'?"),
    a=Text("new sentences of six clauses, with a state four times as large"),
    b=Text("six-clause sentences seen many times in training, after four times the steps"),
    c=Text("new sentences of six clauses, with a context of 96 numbers"),
    d=Text("new sentences of six clauses, read backwards"),
)
SEEN_AND_NEW = ask(
    question=Text("Four times the steps. How many six-clause sentences are right: seen in training, and new?"),
    a=Text("few of the seen, few of the new"),
    b=Text("most of the seen, few of the new"),
    c=Text("most of the seen, most of the new"),
)
WORST_CLAUSE = ask(
    question=Text("In sentences of six clauses, from which clause come the most wrong words?"),
    a=Text("the first clause"),
    b=Text("one in between"),
    c=Text("the last clause"),
)
SAME_PLACE = ask(
    question=Text(
        "Words of clauses 1, 2 and 3, all fifth or sixth in the Korean sentence: which are wrong least often?"
    ),
    a=Text("those of clause 1, by far"),
    b=Text("about the same for all three"),
    c=Text("those of clause 3, by far"),
)
BACKWARDS = ask(
    question=Text(
        "The first clause is now read last. If the baseline forgets what it read long ago, "
        "its errors there must fall. What will they do?"
    ),
    a=Text("fall clearly"),
    b=Text("stay about the same, or rise"),
)


def four_clauses(accuracy: dict[int, float]) -> Options:
    """Answer from the accuracies of the baseline, by number of clauses."""
    return {
        "right": option_for(100 * accuracy[4], 20, 50, 80),
        "measured": said(
            "At four clauses {accuracy} are exactly right, at one clause {accuracy_2}.",
            accuracy=f"{accuracy[4]:.0%}",
            accuracy_2=f"{accuracy[1]:.0%}",
        ),
        "a": said("It falls, but not at once to the floor."),
        "c": said("That would be a gentle slope. The fall begins early and is steep."),
        "d": said("It practised as many sentences of four clauses as of one; practice is not all."),
    }


def knee_moves(knees: dict[int, list[int | None]]) -> Options:
    """Answer from the knees of the seeds, by size of the context."""
    smallest, largest = knees[min(knees)], knees[max(knees)]
    gone = None in largest
    return {
        "right": "d" if gone else option_for(median(largest) - median(smallest), 1, 3),
        "measured": said(
            "Knees of the seeds: {listed} clauses with {least} numbers, {listed_2} with {most}.",
            listed=_listed(smallest),
            least=min(knees),
            listed_2=_listed(largest),
            most=max(knees),
        ),
        "a": said("It moves, but slowly: several sizes share a knee."),
        "c": said("The room grows much faster than the length that fits into it."),
        "d": said("Even the whole state loses half of its best before six clauses."),
    }


def parting() -> Options:
    """Answer by argument: only one measurement has outcomes that exclude each other."""
    return {
        "right": "b",
        "measured": said(
            "If even practised sentences failed, 'cannot hold' would gain weight. If they come "
            "out right, it loses its best support, but is not refuted."
        ),
        "a": said("A larger state is more room and a stronger network at once: a rise would fit both explanations."),
        "c": said("A narrower context fails at shorter sentences under both explanations."),
        "d": said("It moves words around, which tests forgetting. Low scores would fit both explanations."),
    }


def seen_and_new(runs: Sequence[Run]) -> Options:
    """Answer from the runs with four times the steps."""
    new, seen = ([end(run[field][5] for run in runs) for end in (min, max)] for field in _FIELDS)
    return {
        "right": "a" if seen[0] < 0.5 else "b" if new[1] < 0.5 else "c",
        "measured": said(
            "Six clauses, worst and best seed: {seen} and {seen_2} of the sentences that were "
            "seen, {new} and {new_2} of new ones.",
            seen=f"{seen[0]:.0%}",
            seen_2=f"{seen[1]:.0%}",
            new=f"{new[0]:.0%}",
            new_2=f"{new[1]:.0%}",
        ),
        "a": said("So it would be if no amount of practice brought them in."),
        "c": said(
            "So it would be if practice were all that is missing. It helps new sentences of four "
            "clauses, hardly those of six."
        ),
    }


def worst_clause(errors: Sequence[float]) -> Options:
    """Answer from the share of wrong words of each clause."""
    worst, last = max(range(len(errors)), key=errors.__getitem__), len(errors) - 1
    return {
        "right": {0: "a", last: "c"}.get(worst, "b"),
        "measured": said(
            "Wrong words, from the first clause to the last: {listed}.",
            listed=", ".join(f"{value:.0%}" for value in errors),
        ),
        "a": said("It was read longest ago. But its words are also written first, when little can have gone wrong."),
        "c": said("It is written last, and still fails less often than the clause before it."),
    }


def same_place(tables: Sequence[Counts]) -> Options:
    """Answer from the sheets of the seeds, at the fifth and the sixth place."""
    first, second, third = (mean_errors(tables, clause, (4, 5)) for clause in range(3))
    far = "a" if first < 0.5 * min(second, third) else "c" if third < 0.5 * min(first, second) else "b"
    return {
        "right": far,
        "measured": said(
            "Mean of the fifth and sixth place: {first} of the words of clause 1 are wrong, "
            "{second} of clause 2, {third} of clause 3.",
            first=f"{first:.0%}",
            second=f"{second:.0%}",
            third=f"{third:.0%}",
        ),
        "a": said("So it looks over the whole sentence. At one place little of the advantage is left."),
        "c": said("It was read last of the three, so forgetting would favour it. It does not show."),
    }


def backwards(first_clause: Sequence[float]) -> Options:
    """Answer from the share of wrong words of the first clause, read first and read last."""
    before, after = first_clause
    return {
        "right": "a" if after < 0.8 * before else "b",
        "measured": said(
            "In the first clause {before} of the words are wrong when it is read first, {after} when last.",
            before=f"{before:.0%}",
            after=f"{after:.0%}",
        ),
        "a": said("So it would be if the model failed because it forgets what it read long ago."),
    }


_FIELDS = ("exact_match", "seen_exact_match")


def _listed(values: Sequence[Any]) -> str:
    return ", ".join(map(str, values))
