"""What lesson 05 asks before its experiments, and what these found: for `predictions.ask` and `predictions.answer`."""

from collections.abc import Mapping
from math import exp

from lessons.toolkit.predictions import option_for
from lessons.toolkit.text import Text, Words, named, said

Options = dict[str, Words]


def ask(question: Words, **options: Words) -> Options:
    """A question and its options by letter."""
    return {"question": question, **options}


ERROR_OF_LESSON_3 = ask(
    question=Text("How large is the alignment error rate of lesson 3's model, by its greatest weights?"),
    a=Text("below 0.1: who translates well aligns well"),
    b=Text("0.1 to 0.24"),
    c=Text("0.25 to 0.39"),
    d=Text("0.4 or more"),
)
OFFSET = ask(
    question=Text("Links paired with the words read, (i, j - 1) instead of (i, j): what does best_offset give?"),
    a="-1",
    b="0",
    c="1",
)
WHICH_CHANGE = ask(
    question=Text(
        "How many of the three changes, alone, take half of lesson 3's error rate away or more? (median over seeds)"
    ),
    a=Text("none: it takes two together"),
    b=Text("one"),
    c=Text("two"),
    d=Text("all three"),
)
HIDDEN_WORD = ask(
    question=Text("Hide a word that has more than 0.8 of the weight: in the median, the right word becomes"),
    a=Text("hardly less probable: the decoder knows it anyway"),
    b=Text("2 to 9 times less probable"),
    c=Text("10 to 49 times less probable"),
    d=Text("50 times less probable, or more"),
)
DARKEST_IN_LESSON_3 = ask(
    question=Text(
        "Lesson 3's model, all target words: hide the word with the most weight. In the median the right word loses"
    ),
    a=Text("less than 0.2 nats: hardly anything"),
    b=Text("0.2 to 0.9 nats"),
    c=Text("1 to 1.9 nats"),
    d=Text("2 nats or more, as the changed model does"),
)
HIDE_GOLD_OR_DARK = ask(
    question=Text(
        "After which hiding is 소라를 (Sora.OBJ) no longer the word that lesson 3's model finds most probable?"
    ),
    a=Text("after each of the three"),
    b=Text("after gold, and after both"),
    c=Text("after dark, and after both"),
    d=Text("after both alone"),
)


def error_of_lesson_3(error: float) -> Options:
    """Answer from the alignment error rate of the model."""
    return {
        "right": option_for(error, 0.1, 0.25, 0.4),
        "measured": said("The error rate of lesson 3's model is {error}.", error=f"{error:.2f}"),
        "a": said("The loss rewards right words. Where the model looked while it wrote them is nowhere in it."),
        "b": said("So good would an alignment be that was almost trained; this model never saw a link."),
        "c": said("The crossing looks right. But count the dark cells that have no frame."),
    }


def offset(found: int) -> Options:
    """Answer from what `best_offset` gave."""
    return {
        "right": option_for(found, 0, 1),
        "measured": said("It gives {found}.", found=found),
        "a": said("That is the slip. Asked for is the offset that takes it back."),
        "b": said("Zero would say that all is well, but every link has slipped by one."),
    }


def which_change(errors: Mapping[str, float]) -> Options:
    """Answer from the median error rates, by model."""
    before = errors["lesson 3's model"]
    alone = [name for name in errors if name not in ("lesson 3's model", "both changes")]
    halved = [name for name in alone if errors[name] <= before / 2]
    told = ", ".join(f"{named(name)} {value:.2f}" for name, value in errors.items())
    return {
        "right": "abcd"[len(halved)],
        "measured": said("Median AER: {told}.", told=told),
        "a": said("Together they do most, but look at each change alone, too."),
        "d": said("An encoder that reads both ways has states that know even more of their neighbours."),
    }


def hidden_word(nats: float) -> Options:
    """Answer from the median loss of log-probability where the weight is great."""
    return {
        "right": option_for(exp(nats), 2, 10, 50),
        "measured": said(
            "In the median the log-probability falls by {nats} nats: {nats_2} times less probable.",
            nats=f"{nats:.1f}",
            nats_2=f"{exp(nats):.0f}",
        ),
        "a": said("That may happen, and would mean that the weights are not used. In this model they are."),
        "d": said("Some words lose that much. But the words written so far often leave few choices."),
    }


def darkest_in_lesson_3(nats: float) -> Options:
    """Answer from the median loss, over target words and seeds."""
    return {
        "right": option_for(nats, 0.2, 1, 2),
        "measured": said("It loses {nats} nats, in the median over words and seeds.", nats=f"{nats:.2f}"),
        "c": said("That would be a model whose weights are used, but less so. This one reads the word elsewhere."),
        "d": said("Both translate well, so they might be alike. But here other states know the same word."),
    }


def hide_gold_or_dark(shares: Mapping[str, float]) -> Options:
    """Answer from the probability that is left with each group hidden."""
    lost = frozenset(name for name, share in shares.items() if share < 0.5)
    sets = {"a": "gold dark both", "b": "gold both", "c": "dark both", "d": "both"}
    letters = {frozenset(names.split()): letter for letter, names in sets.items()}
    return {
        "right": letters[lost],
        "measured": ", ".join(
            said("{name} hidden: {share}", name=named(name), share=f"{share:.2f}") for name, share in shares.items()
        )
        + said(" is left."),
        "a": said("That would need a word that is known to no second state. Here two states know it."),
        "b": said(
            "That is what the model with both changes does: it reads the word itself, and nothing else tells it."
        ),
        "c": said("It looks mostly there. But when it cannot, it finds the word in the state before."),
    }
