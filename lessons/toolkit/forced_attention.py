"""Runs any model of the course's interface with weights that somebody else has chosen; the model is left as it is."""

import copy
from collections.abc import Collection, Sequence

import torch
from torch import Tensor, nn

from lessons.toolkit.batches import START, UNKNOWN
from lessons.toolkit.shipped_models import Forced, Run


class _ForcedScore(nn.Module):
    """A score that gives the logarithms of given weights at some steps, so that softmax gives the weights.

    Args:
        score: `prepare` and `forward` as in lesson 3; answers at all other steps.
        given: step → weights (S,).
    """

    def __init__(self, score: nn.Module, given: Forced):
        super().__init__()
        self._score, self._given, self._step = score, given, 0

    def prepare(self, states: Tensor) -> Tensor:
        """The score's keys; the steps are counted from here."""
        self._step = 0
        return self._score.prepare(states)

    def forward(self, state: Tensor, keys: Tensor) -> Tensor:
        """The scores (B, S) of one step."""
        given = self._given.get(self._step)
        self._step += 1
        return self._score(state, keys) if given is None else torch.tensor([list(given)]).log()


@torch.no_grad()
def run_model(
    model: nn.Module,
    source: Sequence[int],
    prefix: Sequence[int],
    hidden: Collection[int] = (),
    unread: Collection[int] = (),
    given: Forced | None = None,
) -> Run:
    """Run a model over a prefix; the arguments are those of `ShippedModel`.

    Args:
        model: has `encoder(source, mask)` → states and last state, and `decoder(words, state, states, mask)` →
            logits, state and weights, as in lesson 3. Where weights are given, `decoder.score` is called once a step,
            with `prepare` before.
    """
    words = torch.tensor([[UNKNOWN if i in unread else word for i, word in enumerate(source)]])
    states, last = model.encoder(words, torch.ones_like(words, dtype=torch.bool))
    seen = torch.tensor([[i not in hidden for i in range(len(source))]])
    read = torch.tensor([[START, *prefix]])
    logits, _, weights = _with_given(model.decoder, given or {})(read, last, states, seen)
    values = states[-1] if isinstance(states, tuple) else states  # lesson 5's encoder gives the embedded words, too
    return Run(weights[0], weights[0] @ values[0], logits[0])


def _with_given(decoder: nn.Module, given: Forced) -> nn.Module:
    """A decoder with the same weights that uses the given ones; the learner's own object keeps its score."""
    if not given:
        return decoder
    twin = copy.copy(decoder)
    twin._modules = dict(decoder._modules)  # copy() shares it
    twin.score = _ForcedScore(decoder.score, given)
    return twin
