"""Beam search with the baseline or the attention model, many sentences at once."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from lessons.earlier.lesson_01 import Seq2Seq
from lessons.toolkit.batches import END, PAD, START, UNKNOWN

NEVER_WRITTEN = [PAD, START, UNKNOWN]

Step = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


def decoder_of(model: nn.Module, source: Tensor, source_mask: Tensor, copies: int) -> tuple[Step, Tensor]:
    """Read a batch, every sentence `copies` times; the decoder as a function of one word, and its first state.

    The function takes words (N,) and state (N, H), N = B * copies, and gives log probabilities (N, V) and a new state.
    """
    states, state = (part.repeat_interleave(copies, 0) for part in model.encoder(source, source_mask))
    mask, decoder, first = source_mask.repeat_interleave(copies, 0), model.decoder, state
    keys = None if isinstance(model, Seq2Seq) else decoder.score.prepare(states)

    def step(words: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        if keys is None:
            logits, state = decoder(words.unsqueeze(1), state, first)
            logits = logits.squeeze(1)
        else:
            state, _ = decoder.step(decoder.embedding(words), state, keys, states, mask)
            logits = decoder.output(state)
        logits[:, NEVER_WRITTEN] = float("-inf")
        return logits.log_softmax(-1), state

    return step, first


@torch.no_grad()
def beam_search(step: Step, state: Tensor, beam: int, max_words: int, length_power: float) -> list[list[int]]:
    """The best translation found when the `beam` most probable beginnings are kept at every step.

    Args:
        step: words (B * beam,), state (B * beam, H) → log probabilities (B * beam, V), state.
        state: (B * beam, H), every sentence `beam` times.
        beam: how many beginnings are kept; 1 is greedy search.
        max_words: how many words are written at most.
        length_power: a translation's score is its log probability divided by its length to this power.

    Returns:
        B lists of word numbers, without END.
    """
    rows = torch.arange(0, len(state), beam, device=state.device).unsqueeze(1)  # (B, 1): first row of each sentence
    scores = state.new_full((len(rows), beam), float("-inf"))
    scores[:, 0] = 0.0  # all beginnings are the same at first
    written = torch.full((len(state), 1), START, device=state.device)
    ended = torch.zeros(len(state), dtype=torch.bool, device=state.device)
    for _ in range(max_words):
        log_probabilities, state = step(written[:, -1], state)
        log_probabilities[ended] = float("-inf")  # what has ended goes on with END, free of charge
        log_probabilities[ended, END] = 0.0
        choices = scores.unsqueeze(-1) + log_probabilities.view(len(rows), beam, -1)
        scores, chosen = choices.flatten(1).topk(beam)
        kept = (rows + chosen // log_probabilities.shape[-1]).flatten()
        words = (chosen % log_probabilities.shape[-1]).flatten()
        state, written = state[kept], torch.cat([written[kept], words.unsqueeze(1)], dim=1)
        ended = ended[kept] | (words == END)
        if ended.all():
            break
    lengths = (written[:, 1:] != END).sum(1).view(len(rows), beam) + 1
    best = (rows + (scores / lengths**length_power).argmax(1, keepdim=True)).flatten()
    return [[number for number in row if number != END] for row in written[best, 1:].tolist()]
