"""What a check hands to an answer in place of the parts that other exercises build.

A stand-in lives beside the answer, because gradients flow through it. It is simple on purpose: a linear model
shows every mistake of a training step as well as a GRU does. Nothing here knows an expected value.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from lessons.toolkit.batches import Batch, shift_right


class LinearTranslator(nn.Module):
    """Scores for every target word from the word before it and the mean of the source words.

    Args:
        weights: `previous` (V, V) and `source` (V, V), for a vocabulary of V words a side.
    """

    def __init__(self, weights: dict[str, Tensor]):
        super().__init__()
        self.previous = nn.Parameter(weights["previous"].clone())
        self.source = nn.Parameter(weights["source"].clone())

    def forward(self, batch: Batch) -> Tensor:
        """The scores, (B, T, V), of a batch."""
        real = batch.source_mask.unsqueeze(-1)  # (B, S, 1)
        mean = (self.source[batch.source] * real).sum(1) / real.sum(1)  # (B, V)
        return self.previous[shift_right(batch.target)] + mean.unsqueeze(1)


class DistanceScore(nn.Module):
    """A score for attention that no lesson builds: the nearer a state, the higher.

    Args:
        hidden_size: H.
        limit: how often `prepare` may be called.
    """

    def __init__(self, hidden_size: int, limit: int):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(hidden_size))
        self._left = limit

    def prepare(self, states: Tensor) -> Tensor:
        """Keys (B, S, H) from states (B, S, H)."""
        self._left -= 1
        if self._left < 0:
            raise ValueError("score.prepare was called again for the same states")
        return states * self.scale

    def forward(self, state: Tensor, keys: Tensor) -> Tensor:
        """Scores (B, S) from a state (B, H) and keys."""
        return -((keys - state.unsqueeze(1)) ** 2).mean(-1)


def largest_share(scores: Tensor, states: Tensor, source_mask: Tensor) -> tuple[Tensor, Tensor]:
    """Stands in for attention without being it: context (B, H) and weights (B, S), neither from a softmax nor a sum."""
    shares = source_mask / (1 + scores**2)
    weights = shares / shares.sum(1, keepdim=True)
    return (states * weights.unsqueeze(-1)).amax(1), weights


def squared_loss(logits: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """Mean squared distance to the one-hot target over real tokens, from (B, T, V), (B, T) and (B, T)."""
    wanted = nn.functional.one_hot(target, logits.shape[-1]).to(logits.dtype)
    distance = ((logits - wanted) ** 2).sum(-1)
    return (distance * mask).sum() / mask.sum()


class PlainDescent:
    """Stochastic gradient descent with the methods of torch.optim.SGD.

    The real one takes two seconds to import, and a check should answer within one.

    Args:
        model: a stand-in; all its parameters are moved.
        learning_rate: how far.
    """

    def __init__(self, model: nn.Module, learning_rate: float):
        self.param_groups: list[dict[str, Any]] = [{"params": list(model.parameters()), "lr": learning_rate}]

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Clear all gradients."""
        for parameter in self.param_groups[0]["params"]:
            parameter.grad = None if set_to_none else torch.zeros_like(parameter)

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> None:
        """Move every parameter that has a gradient against it."""
        for parameter in self.param_groups[0]["params"]:
            if parameter.grad is not None:
                parameter -= self.param_groups[0]["lr"] * parameter.grad


class TableEncoder(nn.Module):
    """States that are rows of one table, and a context that is none of them: the mean of rows of another.

    Args:
        states, context: tables (V, H), for a vocabulary of V words.
    """

    def __init__(self, states: Tensor, context: Tensor):
        super().__init__()
        self.states = nn.Parameter(states.clone())
        self.context = nn.Parameter(context.clone())

    def forward(self, source: Tensor, source_mask: Tensor) -> tuple[Tensor, Tensor]:
        """States (B, S, H) and context (B, H) of source words (B, S)."""
        real = source_mask.unsqueeze(-1)  # (B, S, 1)
        return self.states[source], (self.context[source] * real).sum(1) / real.sum(1)


class TracedModel:
    """Learns nothing, but remembers all that it was made of and trained with, in one number.

    Args:
        facts: what it is made of, such as a size and a seed.
    """

    def __init__(self, *facts: int):
        self.trace = 1
        self.goes_through(*facts)

    def goes_through(self, *facts: int) -> None:
        """Remember something more."""
        for fact in facts:
            self.trace = (self.trace * 1_000_003 + fact + 7) % (2**31 - 1)


def train_traced(model: TracedModel, seed: int, epochs: int = 1) -> list[float]:
    """Stands in for a training: a loss for each epoch, which depend on all that the model went through before."""
    model.goes_through(seed, epochs)
    return [5.0 * loss for loss in _numbers(model, epochs, 1)]


def score_traced(model: TracedModel) -> float:
    """Stands in for a score, which depends on all that the model went through."""
    return _numbers(model, 1, 2)[0]


def score_traced_by_length(model: TracedModel) -> dict[int, float]:
    """Stands in for a score at each of five lengths."""
    return dict(enumerate(_numbers(model, 5, 3), 1))


def _numbers(model: TracedModel, count: int, salt: int) -> list[float]:
    numbers: list[float] = torch.rand(count, generator=torch.Generator().manual_seed(model.trace + salt)).tolist()
    return numbers


def function(name: str) -> Callable[..., Any]:
    """A stand-in that is a function or a class, by name."""
    found: dict[str, Callable[..., Any]] = {
        "squared_loss": squared_loss,
        "largest_share": largest_share,
        "traced_model": TracedModel,
        "train_traced": train_traced,
        "score_traced": score_traced,
        "score_traced_by_length": score_traced_by_length,
    }
    return found[name]


def value(given: Any) -> Any:
    """Plain data, kept as it is, so that a check can see whether an answer changes it."""
    return given


class StepTable(nn.Module):
    """One step of a decoder: words (B,) and state (B, H) give logits (B, V) and the next state (B, H).

    Args:
        weights: `words` (V, H), `state` (H, H) and `output` (H, V).
    """

    def __init__(self, weights: dict[str, Tensor]):
        super().__init__()
        self.words, self.state, self.output = (nn.Parameter(weights[name].clone()) for name in STEP_TABLE_WEIGHTS)

    def forward(self, words: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (B, V) and the state (B, H) behind the words."""
        state = torch.tanh(self.words[words] + state @ self.state)
        return state @ self.output, state


STEP_TABLE_WEIGHTS = ("words", "state", "output")


def generator(seed: int) -> torch.Generator:
    """A source of randomness in a known state."""
    return torch.Generator().manual_seed(seed)


KINDS: dict[str, Callable[..., Any]] = {
    "linear_translator": LinearTranslator,
    "plain_descent": PlainDescent,
    "table_encoder": TableEncoder,
    "distance_score": DistanceScore,
    "function": function,
    "value": value,
    "step_table": StepTable,
    "generator": generator,
}
