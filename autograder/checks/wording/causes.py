"""The causes that every check knows, each with the question that leads a learner to it."""

from collections.abc import Mapping

GENERAL_CAUSES: Mapping[str, str] = {
    "differs": "The kind of value is right, the content is not. Which step of the description is missing?",
    "returned-none": "Nothing came back. Does the function end in a return statement on every path?",
    "wrong-type": "The kind of value is another one than the docstring promises. What does it say after Returns?",
    "wrong-dtype": "The kind of number is another one than the docstring promises. Is a conversion missing?",
    "wrong-shape": "The shape is another one than the docstring promises. Which dimension was added, lost or swapped?",
    "wrong-length": "The number of items differs. Is one left out, or one too many kept?",
    "wrong-keys": "The keys differ. Which ones does the docstring ask for?",
    "changed-constructor": "The parameters differ from those that were given. Was `__init__` changed? "
    "Restore it with `autograder reset`.",
    "gradient-cut": "The gradient is missing or wrong. Is there a `detach`, `item` or `no_grad` on the way, or a "
    "new tensor made of numbers?",
    "unusable": "What came back is of another kind than before, or too large to compare. Does every path of your code "
    "return what the docstring promises?",
    "raised": "Your code stopped with an error. Which type or shape has each value in the line where it stopped?",
    "lost": "Your code did not come back with an answer in time. Is there a loop that never ends?",
    "ended": "Your code ended the process that it ran in. Does it call exit, or fill the memory?",
}
