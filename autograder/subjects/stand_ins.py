"""What a check hands to an answer in place of the parts that other exercises build.

A stand-in lives beside the answer, because gradients flow through it. It is simple on purpose: a linear model
shows every mistake of a training step as well as a GRU does. Nothing here knows an expected value.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from lessons.toolkit.batches import START, Batch, shift_right


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
    shares = source_mask / (1 + (scores - 2) ** 2)
    weights = shares / shares.sum(1, keepdim=True)
    return (states * weights.unsqueeze(-1)).amax(1), weights


class ScriptedTranslator(nn.Module):
    """An encoder and an attention decoder that write scripts, as long as the decoder reads what it has written.

    A state holds the number of the script, the word that was written last, and how many were written. What they are
    given besides, keys, states and mask, decides on the weights alone.

    Args:
        scripts: (N, T) int64 words; a source whose first word is 4 + n is translated by script n, END and all.
        table: (V, 3), a state for each source word.
        limit: how often keys may be prepared.
    """

    def __init__(self, scripts: Tensor, table: Tensor, limit: int):
        super().__init__()
        self.table = table
        self.decoder = ScriptedDecoder(scripts, limit)

    def encoder(self, source: Tensor, source_mask: Tensor) -> tuple[Tensor, Tensor]:
        """States (B, S, 3) of source words (B, S), and the decoder's first state (B, 3)."""
        _require_source_mask("encoder(source, source_mask)", source_mask, source)
        first = torch.stack([source[:, 0] - 4, torch.full_like(source[:, 0], START), 0 * source[:, 0]], 1)
        return self.table[source] + source_mask.float().mean(1)[:, None, None], first / _SCRIPTED


class ScriptedDecoder(nn.Module):
    """The decoder of a `ScriptedTranslator`."""

    def __init__(self, scripts: Tensor, limit: int):
        super().__init__()
        self.score = DistanceScore(3, limit)
        self.score.scale.data = torch.tensor([0.4, 1.5, -0.8])  # keys are no states
        self.scripts, self._steps = scripts, 0

    def embedding(self, words: Tensor) -> Tensor:
        """An embedding of one number for each word."""
        if words.dtype is torch.bool or words.is_floating_point():
            raise ValueError(f"embedding(words): words must be whole numbers, got {words.dtype}")
        return words.unsqueeze(-1) / 10

    def step(
        self, embedded: Tensor, state: Tensor, keys: Tensor, states: Tensor, source_mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """State (B, 3) after embedded words (B, 1), and weights (B, S); other words than expected lead astray."""
        self._steps += 1
        if self._steps > PATIENCE:
            raise ValueError(f"decoder.step was called more than {PATIENCE} times")
        call = "step(embedded, state, keys, states, source_mask)"
        for name, value in (("keys", keys), ("states", states)):
            _require_states(f"{call}: {name}", value, len(state))
        _require_source_mask(call, source_mask, keys)
        weights = largest_share(self.score(state, keys), states, source_mask)[1] * (2 + states.mean(-1).tanh())
        weights = weights / weights.sum(1, keepdim=True)
        script, before, place = (state * _SCRIPTED).round().long().unbind(1)
        read = (10 * embedded[:, 0]).round().long()
        astray = torch.where(read == START, CONFUSED, LOST)
        told = self.scripts[script, place.clamp(max=self.scripts.shape[1] - 1)]
        return torch.stack([script, torch.where(read == before, told, astray), place + 1], 1) / _SCRIPTED, weights

    def output(self, state: Tensor) -> Tensor:
        """Logits (..., V) from states (..., 3)."""
        written = (state * _SCRIPTED).round().long()[..., 1]
        return 2.0 * nn.functional.one_hot(written, CONFUSED + 1)

    def forward(
        self, words: Tensor, state: Tensor, states: Tensor, source_mask: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Logits (B, T, V), state (B, 3) and weights (B, T, S), as lesson 3's decoder gives them."""
        keys, new, weights = self.score.prepare(states), [], []
        for embedded in self.embedding(words).unbind(1):
            state, looked = self.step(embedded, state, keys, states, source_mask)
            new.append(state)
            weights.append(looked)
        return self.output(torch.stack(new, 1)), state, torch.stack(weights, 1)


def _require_source_mask(call: str, mask: Any, of: Tensor) -> None:
    if not isinstance(mask, Tensor) or mask.dtype is not torch.bool or mask.shape != of.shape[:2]:
        raise ValueError(f"{call}: source_mask must be a tensor of bools of shape (B, S) = {tuple(of.shape[:2])}")


def _require_states(name: str, value: Any, rows: int) -> None:
    if not isinstance(value, Tensor) or value.dim() != 3 or value.shape[::2] != (rows, 3):
        had = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
        raise ValueError(f"{name} must have shape (B, S, H), got {had}")


def nearest_share(queries: Tensor, keys: Tensor, values: Tensor, allowed: Tensor) -> tuple[Tensor, Tensor]:
    """Stands in for lesson 07's attention without being it: contexts (..., T, H) and weights (..., T, S).

    The nearer a key is to the query, the more weight; contexts are the greatest products, and no sum.
    """
    _require_lookups(queries, keys, values, allowed)
    distances = (queries.unsqueeze(-2) - keys.unsqueeze(-3)).abs().mean(-1)
    shares = allowed / (1 + distances**2)
    weights = shares / shares.sum(-1, keepdim=True)
    return (values.unsqueeze(-3) * weights.unsqueeze(-1)).amax(-2), weights


def _require_lookups(queries: Tensor, keys: Tensor, values: Tensor, allowed: Tensor) -> None:
    """Refuse what does not fit together, with all shapes: an error inside would name none of them."""
    fits = (*queries.shape[:-1], *keys.shape[-2:-1])  # (..., T, S)
    mask = (*(1 for _ in fits[allowed.dim() :]), *allowed.shape)
    fit = len(mask) == len(fits) and all(had in (1, wanted) for had, wanted in zip(mask, fits, strict=True))
    if fit and keys.shape == (*queries.shape[:-2], *keys.shape[-2:]) and values.shape[:-1] == keys.shape[:-1]:
        return
    called = ("queries", queries), ("keys", keys), ("values", values), ("allowed", allowed)
    had = ", ".join(f"{name} {tuple(value.shape)}" for name, value in called)
    raise ValueError(f"attend: allowed must be (..., T, S) = {fits}, and there must be a value for each key; got {had}")


def _require_mask(mask: Any, name: str, sizes: tuple[int, int, int], axes: str, called: str) -> None:
    """Refuse what is no bool mask of three dimensions, each as long as wanted or 1."""
    is_table = isinstance(mask, Tensor) and mask.dtype is torch.bool and mask.dim() == 3
    if is_table and all(had in (1, wanted) for had, wanted in zip(mask.shape, sizes, strict=True)):
        return
    had = f"{tuple(mask.shape)} of {mask.dtype}" if isinstance(mask, Tensor) else type(mask).__name__
    wanted = f"bool of ({axes}) = {sizes}, or with 1 in place of a size"
    raise ValueError(f"{called}: {name} must be {wanted}, got {had}")


class MeanAttention(nn.Module):
    """Attention that no lesson builds: the mean of what may be looked at, less half of who asks.

    Args:
        size: H.
        heads: N, how many matrices of weights it gives.
    """

    def __init__(self, size: int, heads: int):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(size))
        self._heads = heads

    def forward(self, asking: Tensor, answering: Tensor, allowed: Tensor) -> tuple[Tensor, Tensor]:
        """What was found (B, T, H) and weights (B, N, T, S) that differ from head to head."""
        sizes = len(asking), asking.shape[1], answering.shape[1]
        _require_mask(allowed, "allowed", sizes, "B, T, S", "attention(asking, answering, allowed)")
        shares = allowed.expand(sizes)
        shares = shares / shares.sum(-1, keepdim=True)
        found = shares @ (answering * self.scale) - asking / 2
        return found, torch.stack([shares / number for number in range(1, self._heads + 1)], 1)


class ReadingBlock(nn.Module):
    """A block of an encoder that no lesson builds; it bends the states, so that the order of blocks matters.

    Args:
        size: H.
        number: of the block; it is added.
    """

    def __init__(self, size: int, number: int):
        super().__init__()
        self.mean = MeanAttention(size, 1)
        self._number = number

    def forward(self, states: Tensor, allowed: Tensor) -> Tensor:
        """States (B, S, H) from states (B, S, H)."""
        rows, length, _ = states.shape
        _require_mask(allowed, "allowed", (rows, length, length), "B, S, S", "block(states, allowed)")
        found, _ = self.mean(states, states, allowed)
        return torch.tanh(states + found) + 0.3 * (self._number + 1)  # turned signs make a difference in every block


class WritingBlock(nn.Module):
    """A block of a decoder that no lesson builds.

    Args:
        size: H.
        number: of the block; it is added.
        heads: N.
    """

    def __init__(self, size: int, number: int, heads: int):
        super().__init__()
        self.read = ReadingBlock(size, number)
        self.cross = MeanAttention(size, heads)
        self._number = number

    def forward(self, states: Tensor, allowed: Tensor, source: Tensor, source_allowed: Tensor) -> tuple[Tensor, Tensor]:
        """States (B, T, H) and weights (B, N, T, S), which differ from block to block and from state to state."""
        (rows, length, _), called = states.shape, "block(states, allowed, source, source_allowed)"
        _require_mask(allowed, "allowed", (rows, length, length), "B, T, T", called)
        _require_mask(source_allowed, "source_allowed", (rows, length, source.shape[1]), "B, T, S", called)
        found, weights = self.cross(states, source, source_allowed)
        grown = weights * (1 + self._number + states.mean(-1).abs()[:, None, :, None])
        return self.read(states, allowed) + found, grown


def reading_blocks(size: int, count: int) -> nn.ModuleList:
    """Several blocks of an encoder, each with its number."""
    return nn.ModuleList(ReadingBlock(size, number) for number in range(count))


def writing_blocks(size: int, count: int, heads: int) -> nn.ModuleList:
    """Several blocks of a decoder, each with its number."""
    return nn.ModuleList(WritingBlock(size, number, heads) for number in range(count))


def rising_places(length: int, size: int) -> Tensor:
    """Stands in for patterns of places: (length, size) numbers that rise along both."""
    places, numbers = torch.arange(1, length + 1), torch.arange(1, size + 1)
    return (places.unsqueeze(1) / 5 + numbers / 7) * (-1.0) ** numbers


def last_two(length: int) -> Tensor:
    """Stands in for a causal mask without being it: (length, length) bool, a place sees itself and the one before."""
    steps = torch.arange(length).unsqueeze(1) - torch.arange(length)
    return (steps >= 0) & (steps < 2)


LOST, CONFUSED, PATIENCE = 18, 19, 60
_SCRIPTED = torch.tensor([4.0, 10.0, 4.0])


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
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Move every parameter that has a gradient against it, after a call of `closure`, whose loss is returned."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for parameter in self.param_groups[0]["params"]:
            if parameter.grad is not None:
                parameter -= self.param_groups[0]["lr"] * parameter.grad
        return loss


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
        "nearest_share": nearest_share,
        "rising_places": rising_places,
        "last_two": last_two,
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
    "scripted_translator": ScriptedTranslator,
    "function": function,
    "value": value,
    "step_table": StepTable,
    "generator": generator,
    "mean_attention": MeanAttention,
    "reading_blocks": reading_blocks,
    "writing_blocks": writing_blocks,
}
