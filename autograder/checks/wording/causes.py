"""The causes that every check knows, each with the question that leads a learner to it."""

from collections.abc import Mapping

GENERAL_CAUSES: Mapping[str, str] = {
    "differs": "The kind of value is right, the content is not. Take the first place that differs: which line of yours "
    "makes that value, and from what? Two lines may be off at once: put them right one at a time.",
    "returned-none": "What came back is None. Does every path of the function end in a return statement, with a value "
    "where the docstring asks for one?",
    "wrong-type": "The kind of value is another one than the docstring promises. What does it say after Returns?",
    "tensors-kept": "The list holds tensors where the docstring promises plain numbers. What makes a number of a "
    "tensor that holds one?",
    "wrong-dtype": "The kind of number is another one than the docstring promises. Is a conversion missing?",
    "wrong-shape": "The shape is another one than the docstring promises. Which dimension was added, lost or swapped?",
    "wrong-size": "A dimension has another length than the docstring promises. Which one, and what does it count?",
    "wrong-length": "The number of items differs. Is one left out, or one too many kept?",
    "wrong-keys": "The keys differ. Which ones does the docstring ask for?",
    "changed-constructor": "The parameters differ from those that were given. Was `__init__` changed? "
    "Restore it with `autograder reset`.",
    "gradient-cut": "The gradient is missing or wrong. Is there a `detach`, `item` or `no_grad` on the way, or a "
    "new tensor made of numbers?",
    # What the machine has found of a difference that a check does not foresee.
    "nan": "There is nan among the values. What is divided by 0, is 0 times infinity, or is a softmax over places that "
    "are all hidden?",
    "zero": "The result is 0. What cancels out there, or is never added?",
    "constant": "All values are the same. Which of the inputs do they not depend on?",
    "negated": "All signs are turned. What is taken from what, and which way round is it wanted?",
    "complement": "What came back is the rest to 1. Which of the two shares does the docstring ask for?",
    "reciprocal": "The fraction stands upside down. What is divided by what?",
    "logarithm": "What came back are logarithms. Does the docstring ask for them?",
    "exponential": "What came back are exponentials. Does the docstring ask for the numbers before?",
    "square": "What came back are squares. Is something multiplied once too often, or a root not taken?",
    "root": "What came back are roots. Is one taken that is not asked for?",
    "factor": "All values are off by one factor. What should they be divided by, or multiplied with?",
    "offset": "All values are off by one number. Where does counting or adding begin, and what is added in the end?",
    "transposed": "Two dimensions have changed places. In which order does the docstring name them?",
    "other-shape": "The numbers are right, the shape is not. Which dimension is one too many, or was lost?",
    "reversed": "The order is turned around. Where should it begin?",
    "one-late": "Everything stands one place too late. Which index does the first value belong to?",
    "one-early": "Everything stands one place too early. Which index does the first value belong to?",
    "reordered": "The right values stand in other places. What decides the order?",
    "not-reduced": "A dimension is left that should not be there any more. What makes one value of the many along it?",
    "reduced": "A dimension is gone that the docstring names. What made one value of the many along it?",
    "results-swapped": "The results are in the other order. Which one does the docstring name first?",
    "too-many": "There are more items than expected. Which condition should have kept some out, or ended the loop?",
    "too-few": "There are fewer items than expected. Which condition kept some out, or ended the loop too early?",
    "one-of-several": "Among the values that came back is the right one. How many does the docstring ask for?",
    "other-kind": "The numbers are right, what holds them is not. Which kind of value does the docstring ask for?",
    "inverted": "True and False have changed places. Which of the two does the docstring ask for?",
    "at-padding": "What is wrong lies at padding alone. What should stand there, and where does the mask come in?",
    "at-words": "Padding is right, the real words are not. Which way round is the mask?",
    "at-the-first": "Only the first place is wrong. What does it begin with, and where should that come from?",
    "at-the-last": "Only the last place is wrong. Where does your loop or slice end?",
    "after-the-first": "After the first place nothing is right. What should change from one place to the next?",
    "before-the-last": "Only the last place is right. What is different there?",
    "at-one-place": "A part of it is right, another is not. Which line makes the part that is not?",
    "as-given": "What came back is an input as it was. Which line of yours changes it, and is the change returned?",
    "arguments-exchanged": "Two arguments have changed roles. Which one does each line of the docstring mean?",
    "argument-unread": "One of the arguments has no effect. What does the docstring say that it is for?",
    "unusable": "What came back is of another kind than before, or too large to compare. Does every path of your code "
    "return what the docstring promises?",
    "raised": "Your code stopped with an error. Which type or shape has each value in the line where it stopped?",
    "lost": "Your code did not come back with an answer in time. Is there a loop that never ends?",
    "ended": "Your code ended the process that it ran in. Does it call exit, or fill the memory?",
}
