"""Runs a model of lesson 3 or 5 step by step, with weights that somebody else has chosen, and with words hidden.

The playground asks it in a notebook, and the checks judge by it what was found there. It needs no class of a lesson:
only the trained weights, as they lie in `datasets/models`. They are rounded to half precision, because the pages carry
them so, and an answer that is right there shall be right here.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache, partial
from itertools import accumulate, count
from typing import NamedTuple

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional as F

from lessons.toolkit.batches import END, START, UNKNOWN
from lessons.toolkit.paths import datasets_folder

Forced = Mapping[int, Sequence[float]]  # step → weights (S,) in place of those that the model would choose


class Run(NamedTuple):
    """What a model does when it reads a prefix of T words, START among them.

    Attributes:
        weights: (T, S), how much each step looked at each source place.
        contexts: (T, C), what each step read.
        logits: (T, V), the raw scores of the next word after each word.
    """

    weights: Tensor
    contexts: Tensor
    logits: Tensor


class ShippedModel:
    """A trained model that the course ships, computed by hand.

    Args:
        weights: name → tensor, as in `03_attention.safetensors` or `05_word_reader.safetensors`.
    """

    def __init__(self, weights: Mapping[str, Tensor]):
        self._weights = dict(weights)
        self._reads_words = reads_words(weights)

    @torch.no_grad()
    def __call__(
        self,
        source: Sequence[int],
        prefix: Sequence[int],
        hidden: Collection[int] = (),
        unread: Collection[int] = (),
        given: Forced | None = None,
    ) -> Run:
        """Read the words written so far, after START.

        Args:
            source: S word numbers, END included.
            prefix: the words written so far, without START.
            hidden: places whose state no step may look at; not all of them.
            unread: places where the encoder reads an unknown word.
            given: step → weights (S,) to use there, in place of the model's own.
        """
        read = self._reader(source, hidden, unread, given)
        return Run(*(torch.stack(column) for column in zip(*map(read, [START, *prefix]), strict=True)))

    @torch.no_grad()
    def translate(self, source: Sequence[int], given: Forced | None = None, most: int = 40) -> list[int]:
        """Translate with the best word at each step, and with given weights at some; numbers without END."""
        read = self._reader(source, given=given)
        written: list[int] = []
        word = START
        while len(written) < most:
            word = int(read(word).logits.argmax())
            if word == END:
                break
            written.append(word)
        return written

    def _reader(
        self,
        source: Sequence[int],
        hidden: Collection[int] = (),
        unread: Collection[int] = (),
        given: Forced | None = None,
    ) -> Callable[[int], Run]:
        """Encode a source; each call reads the next target word, START first: a `Run` of one step, without its T."""
        states, values = self._encode([UNKNOWN if i in unread else word for i, word in enumerate(source)])
        keys = self._linear("decoder.score.key", states)
        mask = torch.tensor([i in hidden for i in range(len(source))])
        state, steps = states[-1], count()

        def read(word: int) -> Run:
            nonlocal state
            chosen = (given or {}).get(next(steps))
            weights = None if chosen is None else torch.tensor(chosen, dtype=torch.float32)
            state, *done = self._step(word, state, keys, values, mask, weights)
            return Run(*done)

        return read

    def _encode(self, source: Sequence[int]) -> tuple[Tensor, Tensor]:
        """States (S, H), and what is read: states or embedded words."""
        embedded = self._weights["encoder.embedding.weight"][list(source)]
        begin = torch.zeros(self._weights["encoder.gru.weight_hh_l0"].shape[1])
        read = partial(self._gru, "encoder.gru", "_l0")
        keys = torch.stack(list(accumulate(embedded, lambda state, word: read(word, state), initial=begin))[1:])
        return keys, embedded if self._reads_words else keys

    def _step(
        self, word: int, state: Tensor, keys: Tensor, values: Tensor, hidden: Tensor, chosen: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Read one word: new state (H,), weights (S,), context (C,) and logits (V,)."""
        embedded = self._weights["decoder.embedding.weight"][word]
        if self._reads_words:
            state = self._gru("decoder.gru", "_l0", embedded, state)
            weights = self._look(state, keys, hidden) if chosen is None else chosen
            context = weights @ values
            mixed = torch.tanh(self._linear("decoder.mix", torch.cat([state, context])))
            return state, weights, context, self._linear("decoder.output", mixed)
        weights = self._look(state, keys, hidden) if chosen is None else chosen
        context = weights @ values
        state = self._gru("decoder.cell", "", torch.cat([embedded, context]), state)
        return state, weights, context, self._linear("decoder.output", state)

    def _look(self, state: Tensor, keys: Tensor, hidden: Tensor) -> Tensor:
        query = self._weights["decoder.score.query.weight"] @ state
        scores = torch.tanh(query + keys) @ self._weights["decoder.score.output.weight"][0]
        return scores.masked_fill(hidden, -torch.inf).softmax(0)

    def _linear(self, name: str, inputs: Tensor) -> Tensor:
        return F.linear(inputs, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _gru(self, name: str, suffix: str, inputs: Tensor, state: Tensor) -> Tensor:
        """One step of a GRU, its gates in PyTorch's order: reset, update, new."""
        read, kept = (
            F.linear(one, self._weights[f"{name}.weight_{end}{suffix}"], self._weights[f"{name}.bias_{end}{suffix}"])
            for one, end in ((inputs, "ih"), (state, "hh"))
        )
        read, kept = read.chunk(3), kept.chunk(3)
        reset, update = ((r + k).sigmoid() for r, k in zip(read[:2], kept[:2], strict=True))
        fresh = torch.tanh(read[2] + reset * kept[2])
        return (1 - update) * fresh + update * state


def reads_words(weights: Mapping[str, Tensor]) -> bool:
    """Whether a decoder with these weights reads embedded words, as one of lesson 5 does, and not states."""
    return "decoder.mix.weight" in weights


@cache
def shipped(name: str) -> ShippedModel:
    """The model `datasets/models/NAME.safetensors`, its weights rounded to half precision."""
    return ShippedModel(rounded(shipped_weights(name)))


def shipped_weights(name: str) -> dict[str, Tensor]:
    """The weights of `datasets/models/NAME.safetensors` as they were trained."""
    return load_file(datasets_folder() / "models" / f"{name}.safetensors")


def rounded(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Round weights to half precision: float32 again, with the numbers that pages carry."""
    return {name: weight.half().float() for name, weight in weights.items()}
