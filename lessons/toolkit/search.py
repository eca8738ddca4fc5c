"""A beam search for several sentences at once, around one step that is given to it."""

from collections.abc import Callable

import torch
from torch import Tensor

from lessons.toolkit.batches import END, START

Step = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
Grow = Callable[[Tensor, Tensor, Tensor, Tensor], tuple[Tensor, Tensor, Tensor]]


def search_together(
    step: Step, grow: Grow, state: Tensor, beam_size: int, longest: int, alpha: float = 1
) -> list[list[int]]:
    """The best translation of each of B sentences, its END left out.

    A hypothesis that has ended stays in the beam and gets END after END, which costs nothing; so every sentence keeps
    K rows, and those of sentence b begin at row b · K.

    Args:
        step: (words (B · K,), state (B · K, H)) → log-probabilities (B · K, V) of the next words, state (B · K, H).
        grow: (scores (B, K), log-probabilities, words (B · K, T), state) → scores, words (B · K, T + 1), state of the
            new hypotheses.
        state: (B, H), the decoder's first states.
        beam_size: K, the hypotheses of each sentence.
        longest: how often `step` is called at most.
        alpha: hypotheses are compared by their score over their length to the power of alpha.
    """
    scores = torch.full((len(state), beam_size), -torch.inf)
    scores[:, 0] = 0  # before the first word all hypotheses of a sentence are the same: only one of them goes on
    state = state.repeat_interleave(beam_size, dim=0)
    written = torch.full((len(state), 1), START)
    for _ in range(longest):
        log_probabilities, state = step(written[:, -1], state)
        scores, written, state = grow(scores, _after_end(log_probabilities, written), written, state)
        if (written == END).any(dim=1).all():
            break
    return _best(scores, written[:, 1:], alpha)


def _after_end(log_probabilities: Tensor, written: Tensor) -> Tensor:
    """The same, but after END only END can follow, at no cost."""
    only_end = torch.full_like(log_probabilities, -torch.inf)
    only_end[:, END] = 0
    return torch.where(written[:, -1:] == END, only_end, log_probabilities)


def _best(scores: Tensor, written: Tensor, alpha: float) -> list[list[int]]:
    """For each sentence the words of the hypothesis with the best score per word."""
    lengths = (written != END).sum(dim=1) + (written == END).any(dim=1)  # END counts once
    places = (scores / lengths.view_as(scores) ** alpha).argmax(dim=1)
    best = written.view(*scores.shape, -1)[torch.arange(len(scores)), places]
    return [[number for number in row if number != END] for row in best.tolist()]
