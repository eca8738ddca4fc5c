"""Checks of lesson 07: from a soft dictionary to a Transformer, and two instruments for its heads."""

import math
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from autograder.checks.framework.check import Check, Sign, stage
from autograder.checks.framework.compare import either_of, kind_of
from autograder.checks.framework.trial import Trial
from autograder.subjects.codec import Handle
from autograder.subjects.stand_ins import (
    MeanAttention,
    last_two,
    nearest_share,
    reading_blocks,
    rising_places,
    writing_blocks,
)
from autograder.subjects.subject import CallbackRefused
from lessons.toolkit.text import Words, t

Weights = dict[str, Tensor]
Examples = list[tuple[list[tuple[int, int]], list[tuple[int, int]]]]
Part = tuple[list[list[Tensor]], Examples]  # maps of each head and sentence, and gold links


def _require_pair(trial: Trial, got: Any, expected: Any, names: tuple[Words, Words]) -> None:
    """Require two results in the right order; names say both orders."""
    trial.require(isinstance(got, tuple | list) and len(got) == 2, "wrong-type", names[0], kind_of(got))
    swapped = _shaped_like(got[0], expected[1]) and _shaped_like(got[1], expected[0])
    trial.require(not swapped, "swapped", *names)


def _shaped_like(value: object, model: Tensor) -> bool:
    return isinstance(value, Tensor) and value.shape == model.shape


def _linear(weights: Weights, name: str, states: Tensor) -> Tensor:
    return F.linear(states, weights[f"{name}.weight"], weights[f"{name}.bias"])


def _norm(weights: Weights, name: str, states: Tensor) -> Tensor:
    return F.layer_norm(states, states.shape[-1:], weights[f"{name}.weight"], weights[f"{name}.bias"])


def _inner(weights: Weights, states: Tensor) -> Tensor:
    return _linear(weights, "inner.2", _linear(weights, "inner.0", states).relu())


class SoftLookup(Check):
    """One query, a softmax, a mix of values."""

    slug = defines = "soft_lookup"
    causes = {
        "sharpness-ignored": "The result is the same at any sharpness. What does it multiply?",
        "sharpness-late": "The weights are multiplied after the softmax. What do they sum to then?",
        "sharpness-divides": "The larger the sharpness, the softer the mix. Is it a product or a quotient?",
        "weights-returned": "These are the weights. What is each of them the weight of?",
        "best-only": "Only the best entry counts. Then nothing could be learnt: where are the others?",
        "no-softmax": "The fits themselves are the weights. Do they sum to 1, and what of negative ones?",
        "keys-for-values": "The mix is one of keys. What do you want to find in a dictionary?",
    }
    hints = (
        "A dictionary compares the query with each key. What number says here how well they fit?",
        "One dot product for each key, times the sharpness; softmax makes weights of them; the values are added up by "
        "weight.",
        "`@` of (S, A) and (A,) is (S,); a tensor's method `softmax` takes the dimension; `@` of (S,) and (S, H) is a "
        "weighted sum of rows.",
    )

    @stage("a lookup of sharpness 1")
    def plain(self, trial: Trial) -> None:
        """The sharpness changes nothing."""
        self._compare(trial, 1.0)

    @stage("sharper and softer")
    def sharp(self, trial: Trial) -> None:
        """Above and below 1."""
        for sharpness in (2.5, 0.3):
            self._compare(trial, sharpness)

    @stage("gradients reach query, keys and values")
    def gradient(self, trial: Trial) -> None:
        """What makes it learnable."""
        query, keys, values = _dictionary(trial)
        trial.same_gradients([query, keys, values, 1.5], [trial.draw.normal(values.shape[1])])

    @staticmethod
    def _compare(trial: Trial, sharpness: float) -> None:
        query, keys, values = _dictionary(trial)
        expected, got = trial.both(query, keys, values, sharpness)
        fits = keys @ query
        weights = (sharpness * fits).softmax(0)
        suspects = {
            "weights-returned": weights,
            "keys-for-values": weights @ keys,
            "best-only": values[fits.argmax()],
            "no-softmax": (sharpness * fits) @ values,
        }
        if sharpness != 1:
            suspects |= {
                "sharpness-ignored": fits.softmax(0) @ values,
                "sharpness-late": sharpness * fits.softmax(0) @ values,
                "sharpness-divides": (fits / sharpness).softmax(0) @ values,
            }
        trial.equal(expected, got, "H", suspects)


def _dictionary(trial: Trial) -> tuple[Tensor, Tensor, Tensor]:
    size, length, width = trial.draw.sizes(3, 3, 7)
    return trial.draw.normal(size), trial.draw.normal(length, size), trial.draw.normal(length, width)


class Attend(Check):
    """Scaled dot products with a mask, whatever stands in front."""

    slug = defines = "attend"
    causes = {
        "raised": "Your code stopped with the error above. Which two dimensions change places in the keys, however "
        "many stand in front?",
        "not-scaled": "The fits are not divided by a root. What does equation 1 divide by?",
        "scaled-by-the-size": "The fits are divided by the size itself. What does equation 1 divide by?",
        "wrong-size": "The root is of another size. How many numbers take part in the dot product of query and key?",
        "mask-ignored": "Queries look where they may not. Where does the mask come in?",
        "mask-inverted": "Queries look only where they may not. What does True stand for here?",
        "zero-fits": "Where a query may not look, the fit is 0, and some weight is left. For which fit does a softmax "
        "give a weight of 0?",
        "mask-late": "The weights that are left no longer sum to 1. Is the mask there before they are shared out?",
        "over-the-queries": "The columns sum to 1, not the rows. Over which dimension does a query share out its "
        "weight?",
        "swapped": "The results are in the other order. Which one does the docstring name first?",
        "fits-returned": "These are fits and no weights. What follows the mask?",
    }
    hints = (
        "What changes from lesson 6, if the mask has a row for each query, and more dimensions may stand in front?",
        "Fits of every query with every key, divided by the root of A; a fit of minus infinity where a query may not "
        "look; softmax over the keys; the sum of the values by weight.",
        "`transpose(-2, -1)` turns the last two dimensions around; `masked_fill(~allowed, ...)` takes a mask that has "
        "1 in place of some sizes; `softmax(-1)`; `@` multiplies matrices whatever stands in front.",
    )

    @stage("a mask for each query")
    def masked(self, trial: Trial) -> None:
        """One dimension in front."""
        queries, keys, values, allowed = _lookups(trial)
        expected, got = trial.both(queries, keys, values, allowed)
        _require_pair(trial, got, expected, (t("contexts, weights"), t("weights, contexts")))
        fits = queries @ keys.transpose(1, 2) / math.sqrt(queries.shape[-1])
        blocked = fits.masked_fill(~allowed, -torch.inf)
        plain = fits * math.sqrt(queries.shape[-1])
        weights = {
            "mask-ignored": fits.softmax(-1),
            "mask-inverted": fits.masked_fill(allowed, -torch.inf).softmax(-1),
            "mask-late": fits.softmax(-1) * allowed,
            "zero-fits": (fits * allowed).softmax(-1),
            "not-scaled": plain.masked_fill(~allowed, -torch.inf).softmax(-1),
            "scaled-by-the-size": (blocked / math.sqrt(queries.shape[-1])).softmax(-1),
            "over-the-queries": blocked.softmax(-2),
            "fits-returned": either_of(got[1], blocked, fits),
        }
        for size in (values.shape[-1], keys.shape[1], queries.shape[1]):
            mistaken = (plain / math.sqrt(size)).masked_fill(~allowed, -torch.inf).softmax(-1)
            weights["wrong-size"] = either_of(got[1], mistaken, weights.get("wrong-size", mistaken))
        trial.equal(expected[1], got[1], "B T S", weights)
        trial.equal(expected[0], got[0], "B T H")

    @stage("more dimensions in front, or none")
    def in_front(self, trial: Trial) -> None:
        """As with heads: the mask has 1 in their place."""
        rows, heads, *sizes = trial.draw.sizes(6, 2, 8)
        asked, length, size, width = sizes
        allowed = trial.draw.mask(rows, length)[:, None, None]
        inputs = [trial.draw.normal(rows, heads, *shape) for shape in ((asked, size), (length, size), (length, width))]
        for data in ((*inputs, allowed), (*(one[0, 0] for one in inputs), allowed[0, 0])):
            expected, got = trial.both(*data)
            trial.equal(list(expected), list(got) if isinstance(got, tuple | list) else got)

    @stage("gradients reach queries, keys and values")
    def gradient(self, trial: Trial) -> None:
        """What training needs."""
        queries, keys, values, allowed = _lookups(trial)
        shape = *queries.shape[:2], values.shape[-1]
        trial.same_gradients([queries, keys, values, allowed], [trial.draw.normal(*shape), None])


def _lookups(trial: Trial) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Queries (B, T, A), keys (B, S, A), values (B, S, H), allowed (B, T, S) with a True and a False in each row."""
    rows, asked, length, size, width = trial.draw.sizes(5, 3, 8)
    chance = trial.draw.normal(rows, asked, length)
    allowed = chance >= chance.quantile(0.4, -1, keepdim=True)  # two or more, for one alone has all the weight
    shapes = (asked, size), (length, size), (length, width)
    queries, keys, values = (trial.draw.normal(rows, *shape) for shape in shapes)
    return queries, keys, values, allowed


class MultiHeadAttentionCheck(Check):
    """Split, join, and every head at once."""

    slug, defines = "multi_head_attention", "MultiHeadAttention"
    causes = {
        "raised": "Your code stopped with the error above. H is N · A: which sizes has the tensor on that line, and "
        "which ones does it need?",
        "mask-without-heads": "The heads are a dimension between B and T: where does the mask lack it?",
        "words-mixed": "The shape is right, but a head has numbers of several words. Does a `view` move a dimension, "
        "or only count anew?",
        "interleaved": "Each head has every N-th number of a word. Which A numbers belong to the first head?",
        "not-moved": "The heads stand after the words. Which dimension does the docstring put second?",
        "words-mixed-again": "The parts of several words were put side by side. What has to be undone before the last "
        "two dimensions become one?",
        "attend-not-used": "The weights are a softmax of your own. The check hands in another `attend`: is "
        "`self.attend` used?",
        "asking-answers": "Those who ask and those who answer have changed places somewhere. Whose states make "
        "queries, and whose make keys and values?",
        "layer-left-out": "States went into `split` without a layer of their own. Which three layers come before it?",
        "query-and-key-swapped": "Queries and keys come from each other's layer. Which layer belongs to whom?",
        "keys-for-values": "The values are the keys. Which layer makes values?",
        "mask-inverted": "The heads look where they may not. What does True stand for in the mask?",
        "output-missing": "The parts of the heads stand side by side, unmixed. Which layer comes last?",
        "heads-averaged": "One matrix of weights for each sentence came back. Does each head have its own?",
        "swapped": "The results are in the other order. Which one does the docstring name first?",
    }
    signs = {
        "mask-without-heads": Sign(
            "ValueError", r"^attend.* = \(\d+, (\d+), \d+, \d+\).*allowed \((?!\d+, (?:1|\1), \d+, \d+\))"
        ),
        "asking-answers": Sign(
            "ValueError",
            r"^attend.*queries \((\d+, \d+), \d+, (\d+)\), keys \(\1, \d+, \2\), values \(\1, \d+, \2\)",
        ),
    }
    hints = (
        "A word has H numbers, and each head takes A of them that lie side by side. Which dimension has to be cut into "
        "two, and which then has to move?",
        "Split: cut H into N and A, then let heads and words change places. Join: the same two steps backwards. "
        "Forward: three layers, split each, attend with a mask that all heads share, join, the last layer.",
        "`unflatten(-1, (N, -1))` or `view` cuts a dimension, `transpose(1, 2)` moves it, `flatten(2)` joins the last "
        "ones; `unsqueeze(1)` gives the mask a place for the heads.",
    )

    @stage("the constructor is as given")
    def constructor(self, trial: Trial) -> None:
        """Same parameters as the reference."""
        trial.once(_heads_case)

    @stage("split: each head has its own numbers of every word")
    def split(self, trial: Trial) -> None:
        """Sizes that all differ."""
        _, (asking, _, _), heads = trial.once(_heads_case)
        expected, got = trial.both(asking, method="split")
        rows, length, size = asking.shape
        suspects = {
            "words-mixed": asking.reshape(rows, heads, length, size // heads),
            "interleaved": asking.unflatten(-1, (-1, heads)).permute(0, 3, 1, 2),
            "not-moved": asking.unflatten(-1, (heads, -1)),
        }
        trial.equal(expected, got, "B N T A", suspects)

    @stage("join: the way back")
    def join(self, trial: Trial) -> None:
        """From parts that the check made up."""
        _, (asking, _, _), heads = trial.once(_heads_case)
        rows, length, size = asking.shape
        parts = trial.draw.normal(rows, heads, length, size // heads)
        expected, got = trial.both(parts, method="join")
        suspects = {
            "words-mixed-again": parts.reshape(rows, length, size),
            "interleaved": parts.permute(0, 2, 3, 1).flatten(2),
        }
        trial.equal(expected, got, "B T H", suspects)

    @stage("forward: where each head looks")
    def weights(self, trial: Trial) -> None:
        """Who asks and who answers differ."""
        weights, inputs, heads = trial.once(_heads_case)
        mistaken = _mistaken_heads(weights, inputs, heads)
        expected, got = trial.both(*inputs, method="forward")
        _require_pair(trial, got, expected, (t("found, weights"), t("weights, found")))
        suspects = {cause: looked for cause, (_, looked) in mistaken.items()}
        suspects["layer-left-out"] = either_of(got[1], *(looked for _, looked in _left_out(weights, inputs, heads)))
        trial.equal(expected[1], got[1], "B N T S", {**suspects, "heads-averaged": expected[1].mean(1)})

    @stage("forward: what the heads found, mixed by the last layer")
    def found(self, trial: Trial) -> None:
        """The first result."""
        weights, inputs, heads = trial.once(_heads_case)
        expected, got = trial.both(*inputs, method="forward")
        suspects = {cause: found for cause, (found, _) in _mistaken_heads(weights, inputs, heads).items()}
        suspects["layer-left-out"] = either_of(got[0], *(found for found, _ in _left_out(weights, inputs, heads)))
        trial.equal(expected[0], got[0], "B T H", suspects)

    @stage("one mask for all sentences")
    def shared_mask(self, trial: Trial) -> None:
        """As the causal mask: 1 in place of B."""
        _, (asking, answering, allowed), _ = trial.once(_heads_case)
        expected, got = trial.both(asking, answering, allowed[:1], method="forward")
        trial.equal(list(expected), list(got) if isinstance(got, tuple | list) else got)

    @stage("gradients reach all states and every parameter")
    def gradient(self, trial: Trial) -> None:
        """What training needs."""
        _, inputs, _ = trial.once(_heads_case)
        trial.same_gradients(list(inputs), [trial.draw.normal(*inputs[0].shape), None], "forward")


def _heads_case(trial: Trial) -> tuple[Weights, tuple[Tensor, Tensor, Tensor], int]:
    """Build both with a stand-in; return weights, (asking, answering, allowed) and N."""
    rows, asked, length, heads, part = trial.draw.sizes(5, 3, 7)
    weights = trial.build(size=heads * part, heads=heads, attend=trial.stand_in("attend", "function", "nearest_share"))
    asking, answering = (trial.draw.normal(rows, count, heads * part) for count in (asked, length))
    chance = trial.draw.normal(rows, asked, length)
    return weights, (asking, answering, chance >= chance.quantile(0.4, -1, keepdim=True)), heads


@torch.no_grad()
def _mistaken_heads(
    weights: Weights, inputs: tuple[Tensor, Tensor, Tensor], heads: int
) -> dict[str, tuple[Tensor, Tensor]]:
    """What was found and the weights, for known mistakes in `forward`."""
    asking, answering, allowed = inputs

    def split(name: str, states: Tensor) -> Tensor:
        return _linear(weights, name, states).unflatten(-1, (heads, -1)).transpose(1, 2)

    def mixed(queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor = allowed) -> tuple[Tensor, Tensor]:
        found, looked = nearest_share(queries, keys, values, mask.unsqueeze(1))
        return _linear(weights, "output", found.transpose(1, 2).flatten(2)), looked

    queries, keys, values = split("query", asking), split("key", answering), split("value", answering)
    fits = queries @ keys.transpose(-2, -1) / math.sqrt(queries.shape[-1])
    softmax = fits.masked_fill(~allowed.unsqueeze(1), -torch.inf).softmax(-1)
    found, looked = nearest_share(queries, keys, values, allowed.unsqueeze(1))
    return {
        "attend-not-used": (_linear(weights, "output", (softmax @ values).transpose(1, 2).flatten(2)), softmax),
        "query-and-key-swapped": mixed(split("key", asking), split("query", answering), values),
        "keys-for-values": mixed(queries, keys, keys),
        "mask-inverted": mixed(queries, keys, values, ~allowed),
        "output-missing": (found.transpose(1, 2).flatten(2), looked),
    }


@torch.no_grad()
def _left_out(weights: Weights, inputs: tuple[Tensor, Tensor, Tensor], heads: int) -> list[tuple[Tensor, Tensor]]:
    """What was found and the weights, where some of the first three layers are left out."""
    asking, answering, allowed = inputs

    def given(kept: str) -> tuple[Tensor, Tensor]:
        named = ("query", asking), ("key", answering), ("value", answering)
        made = [_linear(weights, name, states) if name in kept else states for name, states in named]
        queries, keys, values = (states.unflatten(-1, (heads, -1)).transpose(1, 2) for states in made)
        found, looked = nearest_share(queries, keys, values, allowed.unsqueeze(1))
        return _linear(weights, "output", found.transpose(1, 2).flatten(2)), looked

    return [given(kept) for kept in ("query key", "query value", "key value", "value", "")]


class Sinusoids(Check):
    """Sines and cosines of places."""

    slug = defines = "sinusoids"
    causes = {
        "raised": "Your code stopped with the error above. T places and H/2 waves: which dimension does each need for "
        "a table of both?",
        "side-by-side": "All sines stand to the left of all cosines. Do they take turns along a row?",
        "cosine-first": "Cosine comes first. Which one has the even numbers?",
        "counted-from-one": "The first place is 1. From which number does the docstring count?",
        "wave-per-number": "Each number has a wave of its own. Which two numbers share one?",
        "exponent-doubled": "The waves become slow twice as fast. Does the step of two stand in the exponent already?",
        "exponent-halved": "The waves become slow half as fast. What is divided by H in the exponent?",
        "too-fast": "The later waves swing faster, not slower. Is the place multiplied or divided?",
        "transposed": "Places and numbers have changed places. Which one has a row?",
    }
    hints = (
        "Each pair of numbers in a row is one wave at one place. What differs between the pairs, and what between the "
        "rows?",
        "Make a table of angles: a row for each place, a column for each i, the place over 10000 to the power 2i/H. "
        "Then take sine and cosine of it and let the two take turns along the row.",
        "`torch.arange(0, H, 2)` gives every 2i; `unsqueeze(1)` makes places a column; `torch.stack(..., dim=-1)` and "
        "`flatten(1)` let two tables take turns, or write into `table[:, 0::2]` and `table[:, 1::2]`.",
    )

    @stage("one wave: two numbers for each place")
    def one_wave(self, trial: Trial) -> None:
        """The fastest one."""
        for places in trial.draw.sizes(3, 3, 40):
            self._compare(trial, places, 2)

    @stage("several waves of different length")
    def waves(self, trial: Trial) -> None:
        """More places than numbers, and fewer."""
        places, halves, more_places, more_halves = trial.draw.sizes(4, 2, 20)
        for length, size in ((places, 2 * halves), (places, 2 * halves + 2), (more_places, 2 * more_halves)):
            self._compare(trial, length, size)

    @staticmethod
    def _compare(trial: Trial, length: int, size: int) -> None:
        expected, got = trial.both(length, size)
        evens = torch.arange(0, size, 2)
        sine, cosine = expected[:, 0::2], expected[:, 1::2]
        suspects = {
            "side-by-side": torch.cat([sine, cosine], 1),
            "cosine-first": torch.stack([cosine, sine], -1).flatten(1),
            "counted-from-one": _waves(torch.arange(1, length + 1), 10000 ** (evens / size)),
            "exponent-doubled": _waves(torch.arange(length), 10000 ** (2 * evens / size)),
            "exponent-halved": _waves(torch.arange(length), 10000 ** (evens / 2 / size)),
            "too-fast": _in_turn(torch.arange(length).unsqueeze(1) * 10000 ** (evens / size)),
            "wave-per-number": _wave_per_number(length, size),
            "transposed": expected.T,
        }
        trial.equal(expected, got, "T H", suspects)


def _waves(places: Tensor, slowness: Tensor) -> Tensor:
    return _in_turn(places.unsqueeze(1) / slowness)


def _in_turn(angles: Tensor) -> Tensor:
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(1)


def _wave_per_number(length: int, size: int) -> Tensor:
    """The exponent of each number is its own: j / H for both of a pair."""
    angles = torch.arange(length).unsqueeze(1) / 10000 ** (torch.arange(size) / size)
    return torch.where(torch.arange(size) % 2 == 0, angles.sin(), angles.cos())


class MovedBy(Check):
    """Change one word, see what moves."""

    slug = defines = "moved_by"
    causes = {
        "raised": "Your code stopped with the error above. What does `decode` take, and what does it give?",
        "transposed": "Rows and columns have changed places. What was changed in column s?",
        "changes-pile-up": "Every change stays for the next one. Does each start from the right words?",
        "all-numbers": "An output counts as moved only if all of its numbers move. Is one enough?",
        "falls-ignored": "Only numbers that grow count. What of those that fall?",
        "rounding": "Differences of rounding count as moves. From which size on does the docstring speak of moving?",
        "best-only": "Only a change of the greatest number counts. Of which numbers does the docstring speak?",
        "numbers-together": "All numbers of an output are taken together, as a sum or a mean. How far must one alone "
        "move?",
        "all-changed": "All words are changed at once. How many does one column change?",
        "one-change": "One word was changed, and its column stands for all. How many columns are there?",
        "others-left": "The right words take the place of the others. Which of the two is `decode` to read unchanged?",
        "how-far": "These are distances. What does the docstring want at each place?",
        "words-changed": "Your code changed the words that it was given. How can you keep a copy?",
    }
    hints = (
        "To find out whether one word matters to an output, which two results do you have to compare?",
        "Decode the right words once. For each place: copy them, put the other word there, decode again, and note for "
        "each output whether any of its numbers differs by more than rounding. That is one column.",
        "`words.clone()` copies; `abs`, a comparison and `any(dim=1)` make (T,) of (T, V); `torch.stack(..., dim=1)` "
        "puts columns side by side.",
    )

    @stage("each change alone, each output by itself")
    def moves(self, trial: Trial) -> None:
        """A decoder whose outputs depend on some words and not on others."""
        self._compare(trial, noise=0.0)

    @stage("rounding is no movement")
    def rounding(self, trial: Trial) -> None:
        """All outputs differ a little each time, as when sums are made in another order; two words hardly matter."""
        self._compare(trial, noise=1e-7)

    @staticmethod
    def _compare(trial: Trial, noise: float) -> None:
        """The words come first: where they have changed, every other pattern may come of that."""
        words, others, needed, table = _hardly_leaky(trial) if noise else _leaky(trial)
        decode = trial.callback("decode", lambda: partial(_decode, needed, table, noise))
        kept = trial.keep("words", words)
        expected, got = trial.both(decode, kept, others)
        trial.arguments = decode, words, others
        trial.equal(words, trial.kept(kept)[1], otherwise="words-changed")
        suspects = _mistaken_moves(needed, table, words, others)
        if noise:
            suspects = _mistaken_sizes(got, needed, table, words, others)
        trial.equal(expected, got, "T T", {**suspects, "transposed": expected.T})


def _mistaken_moves(needed: Tensor, table: Tensor, words: Tensor, others: Tensor) -> dict[str, Tensor]:
    differences = _differences(needed, table, words, others, False)  # (T, T, V): output, change, number
    piled = _differences(needed, table, words, others, True)
    before, after = _decode(needed, table, 0.0, words), _decode(needed, table, 0.0, others)
    moved = (differences.abs() > 1e-4).any(-1)
    return {
        "changes-pile-up": (piled.abs() > 1e-4).any(-1),
        "all-numbers": (differences.abs() > 1e-4).all(-1),
        "best-only": (before.unsqueeze(1) + differences).argmax(-1) != before.argmax(-1, keepdim=True),
        "falls-ignored": (differences > 1e-4).any(-1),
        "one-change": moved[:, :1].expand(-1, len(words)),
        "all-changed": ((after - before).abs() > 1e-4).any(-1, keepdim=True).expand(-1, len(words)),
        "others-left": (_differences(needed, table, others, words, False, words).abs() > 1e-4).any(-1),
        "how-far": differences.abs().amax(-1),
    }


def _mistaken_sizes(got: Any, needed: Tensor, table: Tensor, words: Tensor, others: Tensor) -> dict[str, Tensor]:
    sizes = _differences(needed, table, words, others, False).abs()
    sums, means = sizes.sum(-1) > 1e-4, sizes.mean(-1) > 1e-4
    return {
        "rounding": either_of(got, (sizes > 1e-5).any(-1), torch.ones_like(sums)),
        "numbers-together": either_of(got, sums, means),
    }


def _leaky(trial: Trial) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Words and other words (T,), which output needs which word (T, T), and a table (V, numbers) of words.

    A change moves one number of an output, up or down; at one place it moves all of them. One output needs no word at
    all, and one its own alone.
    """
    words, others, needed, table = _words_and_needs(trial, numbers=4)
    length = len(words)
    sizes = torch.tensor([1.0, -1.0] * (length // 2)) * (1 + trial.draw.normal(length).abs())
    table[others] = table[words]
    table[others, torch.arange(length) % 4] += sizes
    everywhere, idle, alone = trial.draw.shuffled(list(range(1, length)))[:3]
    table[others[everywhere]] = table[words[everywhere]] + sizes[everywhere] * torch.tensor([1.0, 0.7, 0.5, 0.4])
    needed[idle] = 0
    needed[alone] = F.one_hot(torch.tensor(alone), length).float()
    return words, others, needed, table


def _hardly_leaky(trial: Trial) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """As `_leaky`, with more numbers and small changes.

    A change moves one number far enough, but not their mean, at one place just so; at another it moves one number too
    little, and at another all of them, each too little.
    """
    numbers = 24
    words, others, needed, table = _words_and_needs(trial, numbers)
    sizes = 1.2e-3 * (1 + 0.3 * trial.draw.normal(len(words)).abs().clamp(max=2))
    one, every, just = trial.draw.shuffled([1, 2, 4, 5])[:3]  # counted from the end, these are other places
    sizes[just] = 4e-4
    sizes[one] = 6e-5
    table[others] = table[words]
    table[others, torch.arange(len(words)) % numbers] += sizes
    table[others[every]] = table[words[every]] + 6e-5
    return words, others, needed, table


def _words_and_needs(trial: Trial, numbers: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    length = 6
    order = trial.draw.permutation(2 * length)
    chance = trial.draw.normal(length, length)
    needed = chance > chance.median(1, keepdim=True).values
    needed = needed & ~needed.T | torch.eye(length, dtype=torch.bool)
    words, others = torch.tensor(order[:length]), torch.tensor(order[length:])
    return words, others, needed.float(), trial.draw.normal(2 * length, numbers)


def _decode(needed: Tensor, table: Tensor, noise: float, words: Any) -> Tensor:
    """Stands in for a decoder: outputs (T, V) are sums of the rows of the words that they need."""
    if not isinstance(words, Tensor) or words.shape != needed.shape[:1]:
        had = tuple(words.shape) if isinstance(words, Tensor) else kind_of(words)
        raise CallbackRefused(f"decode: words must have shape (T,) = {tuple(needed.shape[:1])}, got {had}")
    return needed @ table[words] + noise * (1 + words.sum())


def _differences(
    needed: Tensor, table: Tensor, words: Tensor, others: Tensor, piled: bool, before: Tensor | None = None
) -> Tensor:
    """By how much each number of each output moves with each change, (T, T, V)."""
    first = _decode(needed, table, 0.0, words if before is None else before)
    changed, columns = words.clone(), []
    for place in range(len(words)):
        changed = changed if piled else words.clone()
        changed[place] = others[place]
        columns.append(_decode(needed, table, 0.0, changed) - first)
    return torch.stack(columns, 1)


class CausalMask(Check):
    """Own place and those before."""

    slug = defines = "causal_mask"
    is_repair = True
    causes = {
        "unrepaired": "Each place still sees the next one. Which word does the next place of the input hold?",
        "own-place-hidden": "No place sees itself, and the first one sees nothing at all. Which word lies at the own "
        "place, after the shift?",
        "turned-round": "Each place sees itself and what comes after. Which index is the one that looks?",
        "turned-unrepaired": "Each place sees itself, what comes after, and the one place before. Which index is the "
        "one that looks?",
        "inverted": "True stands where a place may not look. Which polarity does this course have?",
        "all-allowed": "Every place sees every other. What does the decoder not have when it translates?",
    }
    hints = (
        "Write down the input and the wanted output of a sentence of three words, one above the other. At the second "
        "place: which word is wanted, and where does the input hold it?",
        "A place t may look at a place s if s is not after t. The shift has done its work before the mask comes.",
        "Comparing `places` with `places.unsqueeze(1)` gives a table with a row for each place that looks. "
        "`torch.tril` would do as well.",
    )

    @stage("each place sees itself and what comes before")
    def several(self, trial: Trial) -> None:
        """Sentences of several lengths."""
        for length in trial.draw.sizes(3, 3, 30):
            expected, got = trial.both(length)
            square = torch.ones_like(expected)
            suspects = {
                "unrepaired": square.tril(1),
                "own-place-hidden": square.tril(-1),
                "turned-round": square.triu(),
                "turned-unrepaired": square.triu(-1),
                "inverted": square.triu(1),
                "all-allowed": square,
            }
            trial.equal(expected, got, "T T", suspects)

    @stage("a sentence of one word, and long ones")
    def single(self, trial: Trial) -> None:
        """One word sees itself."""
        for length in (1, *trial.draw.sizes(3, 31, 60)):
            trial.equal(*trial.both(length), axes="T T")


class LayerNorm(Check):
    """Mean 0, variance 1, then gain and bias."""

    slug = defines = "layer_norm"
    causes = {
        "over-the-words": "The mean runs over the words of a sentence. Whose numbers does layer norm look at?",
        "over-the-sentence": "All numbers of a sentence share one mean. Whose numbers does layer norm look at?",
        "over-the-batch": "The mean runs over the sentences of the batch. May one sentence change another?",
        "over-everything": "All numbers of the batch share one mean. Whose numbers does layer norm look at?",
        "divided-by-one-less": "The variance is divided by H - 1. What does the text divide by?",
        "not-centred": "The mean is still in it. What is subtracted first?",
        "not-scaled": "The states are centred, but their scale is the old one. What are they divided by?",
        "divided-by-the-variance": "The states are divided by the variance. What is its root for?",
        "gain-ignored": "The gain changes nothing. What does it multiply?",
        "bias-ignored": "The bias changes nothing. Where is it added?",
        "bias-scaled": "The bias is multiplied by the gain. Which of the two comes last?",
        "no-epsilon": "States whose numbers hardly differ come out too large. What is added before the root?",
        "epsilon-outside": "The 1e-5 is added after the root. Where does the text put it?",
    }
    hints = (
        "A state has H numbers. After this, what are their mean and their spread, before gain and bias?",
        "Subtract from each state its own mean. The mean of the squares of what is left is the variance. Divide by the "
        "root of it and 1e-5 together, then gain, then bias.",
        "`mean(-1, keepdim=True)` keeps a dimension of 1, so that the result can be subtracted; `torch.sqrt`.",
    )

    @stage("each state to one scale, then gain and bias")
    def scaled(self, trial: Trial) -> None:
        """States far from the scale."""
        self._compare(trial, 3.0)

    @stage("a state whose numbers hardly differ")
    def flat(self, trial: Trial) -> None:
        """The 1e-5 decides."""
        self._compare(trial, 0.004)

    @stage("gradients reach states, gain and bias")
    def gradient(self, trial: Trial) -> None:
        """What training needs."""
        states, gain, bias = _norm_case(trial, 0.5)
        states = states + 3 * torch.arange(states.shape[-1])  # numbers that hardly differ make gradients of rounding
        trial.same_gradients([states, gain, bias], [trial.draw.normal(*states.shape)])

    @staticmethod
    def _compare(trial: Trial, scale: float) -> None:
        states, gain, bias = _norm_case(trial, scale)
        expected, got = trial.both(states, gain, bias)
        centred = states - states.mean(-1, keepdim=True)
        variance = (centred**2).mean(-1, keepdim=True)
        root, size = torch.sqrt(variance + 1e-5), states.shape[-1]

        def over(*dims: int) -> Tensor:
            middle = states.mean(dims, keepdim=True)
            spread = states.var(dims, unbiased=False, keepdim=True)
            return gain * (states - middle) / torch.sqrt(spread + 1e-5) + bias

        suspects = {
            "over-the-words": over(1),
            "over-the-batch": over(0),
            "over-the-sentence": over(1, 2),
            "over-everything": over(0, 1, 2),
            "divided-by-one-less": gain * centred / torch.sqrt(variance * size / (size - 1) + 1e-5) + bias,
            "not-centred": gain * states / root + bias,
            "not-scaled": gain * centred + bias,
            "divided-by-the-variance": gain * centred / (variance + 1e-5) + bias,
            "gain-ignored": centred / root + bias,
            "bias-ignored": gain * centred / root,
            "bias-scaled": gain * (centred / root + bias),
            "no-epsilon": gain * centred / variance.sqrt() + bias,
            "epsilon-outside": gain * centred / (variance.sqrt() + 1e-5) + bias,
        }
        trial.equal(expected, got, "B T H", suspects)


def _norm_case(trial: Trial, scale: float) -> tuple[Tensor, Tensor, Tensor]:
    rows, length, size = trial.draw.sizes(3, 3, 7)
    states = trial.draw.normal(rows, length, size, scale=scale) + scale * (1 + trial.draw.normal(size).abs())
    return states, 1 + trial.draw.normal(size).abs(), trial.draw.normal(size)


class EncoderBlockCheck(Check):
    """Norm, attention, add; norm, network, add."""

    slug, defines = "encoder_block", "EncoderBlock"
    causes = {
        "raised": "Your code stopped with the error above. What does the attention take, and how many results does it "
        "give?",
        "norm-after": "The sums are normalised, as in the paper. Where does this course put the norm?",
        "found-not-added": "What attention found took the place of the state. What is a residual?",
        "inner-not-added": "What the network made took the place of the state. What is a residual?",
        "normed-kept": "The normalised state was added to, not the state itself. Which one goes on?",
        "asking-unnormed": "Attention gets the states as they are. What comes before it?",
        "answering-unnormed": "The words ask normalised, but answer as they are. Who answers in self-attention?",
        "inner-unnormed": "The network gets the state as it is. What comes before it?",
        "norms-swapped": "The two norms have changed places. Which one is named for attention?",
        "one-norm-for-both": "Attention and network share a norm. Which one is named for which?",
        "nothing-added": "Neither of the two steps adds anything to the state. What is a residual?",
        "old-state-thinks": "The network reads the state as it came in. Which state holds what attention found?",
        "mask-inverted": "Words look at padding only. What does True stand for in the mask?",
        "inner-first": "The network comes before the attention. In which order does the text name them?",
    }
    hints = (
        "Two steps, and each of them adds something to the states. What does each one read?",
        "Normalise, let the normalised states ask and answer, add what was found to the states. Normalise the sum, "
        "send it through the network, add again.",
        "`self.attention` gives two results; `self.inner` is a module that is called with states.",
    )

    @stage("the constructor is as given")
    def constructor(self, trial: Trial) -> None:
        """Same parameters as the reference."""
        trial.once(_encoder_block_case)

    @stage("forward: both steps read normalised states and add")
    def steps(self, trial: Trial) -> None:
        """An attention that the check made up."""
        weights, states, allowed = trial.once(_encoder_block_case)
        expected, got = trial.both(states, allowed, method="forward")
        suspects: dict[str, Any] = {**_mistaken_encoder_block(weights, states, allowed)}
        for cause, forms in _forms_of_encoder_block(weights, states, allowed).items():
            suspects[cause] = either_of(got, *forms)
        trial.equal(expected, got, "B S H", suspects)

    @stage("gradients reach the states and every parameter")
    def gradient(self, trial: Trial) -> None:
        """What training needs."""
        _, states, allowed = trial.once(_encoder_block_case)
        trial.same_gradients([states, allowed], [trial.draw.normal(*states.shape)], "forward")


def _encoder_block_case(trial: Trial) -> tuple[Weights, Tensor, Tensor]:
    rows, length, size, inner = trial.draw.sizes(4, 3, 8)
    attention = trial.stand_in("attention", "mean_attention", size, 2)
    weights = trial.build(attention=attention, size=size, inner_size=inner)
    allowed = trial.draw.mask(rows, length).unsqueeze(1)
    # with room on both sides: what may be looked at and what may not
    return weights, trial.draw.normal(rows, length, size), _with_both(allowed)


def _with_both(allowed: Tensor) -> Tensor:
    """The same mask, but its last place is never allowed, so that each row has a False."""
    blocked = allowed.clone()
    blocked[..., -1] = False
    return blocked


def _mean_attention(weights: Weights, name: str, heads: int = 2) -> MeanAttention:
    scale = weights[f"{name}.scale"]
    attention = MeanAttention(len(scale), heads)
    attention.load_state_dict({"scale": scale})
    return attention


@torch.no_grad()
def _mistaken_encoder_block(weights: Weights, states: Tensor, allowed: Tensor) -> dict[str, Tensor]:
    attention, inner = _mean_attention(weights, "attention"), partial(_inner, weights)
    first, second = partial(_norm, weights, "before_attention"), partial(_norm, weights, "before_inner")

    def look(asking: Tensor, answering: Tensor, mask: Tensor = allowed) -> Tensor:
        return attention(asking, answering, mask)[0]

    def think(states: Tensor) -> Tensor:
        return states + inner(second(states))

    normed = first(states)
    found = look(normed, normed)
    total, thought = states + found, think(states)
    after = first(states + look(states, states))
    return {
        "norm-after": second(after + inner(after)),
        "found-not-added": think(found),
        "inner-not-added": inner(second(total)),
        "normed-kept": think(normed + found),
        "asking-unnormed": think(states + look(states, states)),
        "answering-unnormed": think(states + look(normed, states)),
        "inner-unnormed": total + inner(total),
        "norms-swapped": _swapped_norms(states, first, second, look, inner),
        "mask-inverted": think(states + look(normed, normed, ~allowed)),
        "inner-first": thought + look(first(thought), first(thought)),
        "nothing-added": inner(second(found)),
    }


@torch.no_grad()
def _forms_of_encoder_block(weights: Weights, states: Tensor, allowed: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
    """Mistakes that learners write in two ways."""
    attention, inner = _mean_attention(weights, "attention"), partial(_inner, weights)
    first, second = partial(_norm, weights, "before_attention"), partial(_norm, weights, "before_inner")

    def with_found(norm: Any) -> Tensor:
        found: Tensor = attention(norm(states), norm(states), allowed)[0]
        return states + found

    total, other = with_found(first), with_found(second)
    return {
        "one-norm-for-both": (total + inner(first(total)), other + inner(second(other))),
        "old-state-thinks": (total + inner(second(states)), total + inner(first(states))),
    }


def _swapped_norms(states: Tensor, first: Any, second: Any, look: Any, inner: Any) -> Tensor:
    total = states + look(second(states), second(states))
    return total + inner(first(total))


class DecoderBlockCheck(Check):
    """Own words, the source, the network."""

    slug, defines = "decoder_block", "DecoderBlock"
    causes = {
        "raised": "Your code stopped with the error above. Who asks and who answers in each attention, and which mask "
        "belongs to which?",
        "cross-first": "The source is looked at before the own words. In which order does the text name them?",
        "own-not-added": "What the own words gave took the place of the state. What is a residual?",
        "cross-not-added": "What the source gave took the place of the state. What is a residual?",
        "inner-not-added": "What the network made took the place of the state. What is a residual?",
        "source-normed": "The source is normalised again. How does it come from the encoder?",
        "cross-unnormed": "The target asks the source with states as they are. What comes before each step?",
        "old-state-asks": "The source is asked by the state as it came in. Which state has looked at its own words?",
        "one-norm-for-both": "Both attentions share a norm. Which one is named for the source?",
        "source-unread": "The second attention looks at the target again. Whose states does it ask?",
        "own-mask-ignored": "The own words look at all places. Which mask hides those to come?",
        "source-mask-ignored": "The target looks at all of the source. Which mask hides its padding?",
        "own-weights": "These are the weights among the own words. Whose weights does the docstring want?",
        "swapped": "The results are in the other order. Which one does the docstring name first?",
    }
    hints = (
        "Three steps, each reads normalised states and adds. Which of the three reads something that is not the "
        "target's?",
        "First as in the encoder's block. Then normalise the sum and let it ask the source, as it comes; add. Then the "
        "network. Keep the weights of the second attention.",
        "`self.own` and `self.cross` take (asking, answering, allowed) and give two results each.",
    )

    @stage("the constructor is as given")
    def constructor(self, trial: Trial) -> None:
        """Same parameters as the reference."""
        trial.once(_decoder_block_case)

    @stage("forward: three steps read normalised states and add")
    def steps(self, trial: Trial) -> None:
        """Attentions that the check made up."""
        weights, inputs = trial.once(_decoder_block_case)
        expected, got = trial.both(*inputs, method="forward")
        _require_pair(trial, got, expected, (t("states, weights"), t("weights, states")))
        suspects: dict[str, Any] = {**_mistaken_decoder_block(weights, *inputs)}
        suspects["source-unread"] = either_of(got[0], *_source_unread(weights, *inputs[:2]))
        trial.equal(expected[0], got[0], "B T H", suspects)

    @stage("forward: the weights of the attention to the source")
    def looks(self, trial: Trial) -> None:
        """The second result."""
        weights, inputs = trial.once(_decoder_block_case)
        expected, got = trial.both(*inputs, method="forward")
        states, allowed = inputs[:2]
        own = _mean_attention(weights, "own", 3)(states, states, allowed)[1].detach()
        trial.equal(expected[1], got[1], "B N T S", {"own-weights": own})

    @stage("gradients reach target, source and every parameter")
    def gradient(self, trial: Trial) -> None:
        """What training needs."""
        _, inputs = trial.once(_decoder_block_case)
        trial.same_gradients(list(inputs), [trial.draw.normal(*inputs[0].shape), None], "forward")


def _decoder_block_case(trial: Trial) -> tuple[Weights, tuple[Tensor, Tensor, Tensor, Tensor]]:
    rows, asked, length, size, inner = trial.draw.sizes(5, 4, 9)
    own, cross = (trial.stand_in(name, "mean_attention", size, 3) for name in ("own", "cross"))
    weights = trial.build(own=own, cross=cross, size=size, inner_size=inner)
    states, source = trial.draw.normal(rows, asked, size), trial.draw.normal(rows, length, size, scale=2.0)
    source_allowed = _with_both(trial.draw.mask(rows, length).unsqueeze(1))
    return weights, (states, last_two(asked).unsqueeze(0), source, source_allowed)


@torch.no_grad()
def _mistaken_decoder_block(
    weights: Weights, states: Tensor, allowed: Tensor, source: Tensor, source_allowed: Tensor
) -> dict[str, Tensor]:
    own, cross = (_mean_attention(weights, name, 3) for name in ("own", "cross"))
    inner, norm = partial(_inner, weights), partial(_norm, weights)

    def look(states: Tensor, mask: Tensor = allowed) -> Tensor:
        normed = norm("before_own", states)
        return own(normed, normed, mask)[0]

    def read(states: Tensor, mask: Tensor = source_allowed, name: str = "before_cross") -> Tensor:
        return cross(norm(name, states), source, mask)[0]

    def think(states: Tensor) -> Tensor:
        return states + inner(norm("before_inner", states))

    seen = states + look(states)
    both, everywhere = seen + read(seen), states + look(states, torch.ones_like(allowed))
    early = states + read(states)
    return {
        "cross-first": think(early + look(early)),
        "own-not-added": think(look(states) + read(look(states))),
        "cross-not-added": think(read(seen)),
        "inner-not-added": inner(norm("before_inner", both)),
        "source-normed": think(
            seen + cross(norm("before_cross", seen), norm("before_cross", source), source_allowed)[0]
        ),
        "cross-unnormed": think(seen + cross(seen, source, source_allowed)[0]),
        "old-state-asks": think(seen + read(states)),
        "one-norm-for-both": think(seen + read(seen, name="before_own")),
        "own-mask-ignored": think(everywhere + read(everywhere)),
        "source-mask-ignored": think(seen + read(seen, torch.ones_like(source_allowed))),
    }


@torch.no_grad()
def _source_unread(weights: Weights, states: Tensor, allowed: Tensor) -> list[Tensor]:
    """The second attention looks at the target's own states, normalised or not."""
    own, cross = (_mean_attention(weights, name, 3) for name in ("own", "cross"))
    normed = _norm(weights, "before_own", states)
    seen = states + own(normed, normed, allowed)[0]
    asking = _norm(weights, "before_cross", seen)
    both = [seen + cross(asking, answering, allowed)[0] for answering in (asking, seen)]
    return [total + _inner(weights, _norm(weights, "before_inner", total)) for total in both]


class TransformerEncoderCheck(Check):
    """Words, positions, blocks, a norm."""

    slug, defines = "transformer_encoder", "TransformerEncoder"
    causes = {
        "raised": "Your code stopped with the error above. What do the embedding, `positions` and a block each take, "
        "and what do they give?",
        "mask-for-none": "The mask has two dimensions, and a block takes three: B, S, S. Where do the words go that "
        "look?",
        "positions-unfit": "Words and patterns of places have different sizes. How many places does a sentence have, "
        "and how many numbers does an embedded word have?",
        "padding-sees-nothing": "There is nan: a row of the mask allows nothing, so its weights cannot sum to 1. At "
        "what may padding look?",
        "positions-missing": "The states do not depend on the places. What is added to the embedded words?",
        "positions-each-block": "The positions are added again before each block. When does a word get its place?",
        "positions-multiplied": "Words and positions are multiplied. Which sign does the text put between them?",
        "own-positions": "The positions are not those that were handed in. Is `self.positions` used?",
        "last-block-only": "Each block reads the embedded words. What does the second one read?",
        "first-block-only": "Only the first block was used. How many are there?",
        "norm-missing": "The states are as the last block left them. What comes at the end?",
        "norm-first": "The last norm comes before the blocks. Where does the docstring put it?",
        "norm-each-block": "The last norm comes after each block. How often does the text want it?",
        "mask-inverted": "Words look at padding only. What does True stand for in the mask?",
        "written-not-empty": "The decoder would start with words already written. Which shape says *nothing yet*?",
        "written-floats": "`written` holds floats; word numbers are int64. Which dtype has a tensor of zeros?",
    }
    signs = {
        "mask-for-none": Sign("ValueError", r"block.*: allowed must be .*got \(\d+, \d+\)"),
        "positions-unfit": Sign("RuntimeError", "must match the size of tensor", r"positions|places"),
    }
    hints = (
        "What does a word need before the first block so that its place is not lost?",
        "Embed, add the positions of S places, let each block read what the one before it made, normalise. The second "
        "result has a row for each sentence and no column.",
        "`self.positions(length, size)`; `unsqueeze(1)` gives the mask a dimension for who looks; a slice up to column "
        "0 has none.",
    )

    @stage("the constructor is as given")
    def constructor(self, trial: Trial) -> None:
        """Same parameters as the reference."""
        trial.once(_encoder_case)

    @stage("forward: words and places, through all blocks")
    def states(self, trial: Trial) -> None:
        """Blocks and positions that the check made up."""
        weights, source, mask = trial.once(_encoder_case)
        expected, got = trial.both(source, mask, method="forward")
        two = isinstance(got, tuple | list) and len(got) == 2
        trial.require(two, "wrong-type", t("states, written"), kind_of(got))
        suspects = _mistaken_encoder(weights, source, mask)
        suspects["padding-sees-nothing"] = torch.full_like(expected[0], torch.nan)  # no other line divides
        trial.equal(expected[0], got[0], "B S H", suspects)

    @stage("forward: nothing is written yet")
    def written(self, trial: Trial) -> None:
        """The second result."""
        _, source, mask = trial.once(_encoder_case)
        expected, got = trial.both(source, mask, method="forward")
        empty = isinstance(got[1], Tensor) and got[1].numel() == 0
        shape = str(tuple(got[1].shape)) if isinstance(got[1], Tensor) else kind_of(got[1])
        trial.require(
            empty, "written-not-empty", t("shape {shape}", shape=str((len(source), 0))), t("{had}", had=shape)
        )
        trial.equal(expected[1], got[1], "B T", {"written-floats": expected[1].float()})

    @stage("gradients reach every parameter")
    def gradient(self, trial: Trial) -> None:
        """What training needs."""
        weights, source, mask = trial.once(_encoder_case)
        shape = *source.shape, weights["norm.weight"].shape[0]
        trial.same_gradients([source, mask], [trial.draw.normal(*shape), None], "forward")


def _encoder_case(trial: Trial) -> tuple[Weights, Tensor, Tensor]:
    rows, length, half = trial.draw.sizes(3, 3, 6)
    size = 2 * half
    blocks = trial.stand_in("blocks", "reading_blocks", size, 2)
    places = trial.stand_in("positions", "function", "rising_places")
    weights = trial.build(vocabulary_size=13, size=size, blocks=blocks, positions=places)
    mask = _with_both(trial.draw.mask(rows, length))
    return weights, trial.draw.integers(4, 13, rows, length), mask


def _blocks(weights: Weights, blocks: Any) -> Any:
    """The blocks with their weights."""
    names = dict(blocks.named_parameters())
    blocks.load_state_dict({name: weights[f"blocks.{name}"] for name in names})
    return blocks


@torch.no_grad()
def _mistaken_encoder(weights: Weights, source: Tensor, mask: Tensor) -> dict[str, Tensor]:
    words = F.embedding(source, weights["embedding.weight"])
    places = rising_places(*words.shape[1:])
    blocks, norm = _blocks(weights, reading_blocks(words.shape[-1], 2)), partial(_norm, weights, "norm")

    def through(states: Tensor, allowed: Tensor = mask, between: Any = lambda states: states) -> Tensor:
        for block in blocks:
            states = block(between(states), allowed.unsqueeze(1))
        return states

    start = words + places
    each = start
    for block in blocks:
        each = norm(block(each, mask.unsqueeze(1)))
    return {
        "positions-missing": norm(through(words)),
        "positions-each-block": norm(through(words, between=lambda states: states + places)),
        "positions-multiplied": norm(through(words * places)),
        "own-positions": norm(through(words + _waves_of(*words.shape[1:]))),
        "last-block-only": norm(blocks[1](start, mask.unsqueeze(1))),
        "first-block-only": norm(blocks[0](start, mask.unsqueeze(1))),
        "norm-missing": through(start),
        "norm-first": through(norm(start)),
        "norm-each-block": each,
        "mask-inverted": norm(through(start, ~mask)),
    }


def _waves_of(length: int, size: int) -> Tensor:
    return _waves(torch.arange(length), 10000 ** (torch.arange(0, size, 2) / size))


class TransformerDecoderCheck(Check):
    """All that was written, the new words, blocks, logits."""

    slug, defines = "transformer_decoder", "TransformerDecoder"
    causes = {
        "raised": "Your code stopped with the error above. How many words are read in all, and which shapes do the two "
        "masks need?",
        "mask-without-batch": "The causal mask has two dimensions, and a block takes three. Where does the batch go?",
        "source-mask-for-none": "The mask of the source has two dimensions, and a block takes three: B, T, S. Where do "
        "the words go that look?",
        "written-ignored": "Only the new words are read. What has been written before them?",
        "written-last": "What was written comes after the new words. In which order was it written?",
        "counted-anew": "The places of the new words are counted from 0 again. How many words come before them?",
        "positions-missing": "The outputs do not depend on the places. What is added to the embedded words?",
        "own-mask": "The mask is not the one that was handed in. Is `self.causal_mask` used?",
        "no-causal-mask": "Each place sees those to come. Which mask do the own words need?",
        "source-mask-inverted": "The decoder looks at padding only. What does True stand for in the mask?",
        "norm-missing": "The last norm is missing. What comes between the blocks and the logits?",
        "probabilities": "The scores are probabilities. The loss of this course takes raw scores.",
        "old-words-scored": "There are logits for words that were written before. For which words does the docstring "
        "want them?",
        "first-words": "These are the results of the first words that were read. Where do the new ones lie?",
        "last-word-only": "There are logits for one word only. How many words are read now?",
        "new-words-only": "The second result has only the new words. What will the next call need?",
        "weights-of-old-words": "There are weights for words that were written before. For which words does the "
        "docstring want them?",
        "weights-of-one-block": "The weights are those of one block. Over what is their mean?",
        "weights-of-one-head": "The weights are those of one head. Over what is their mean?",
        "swapped": "The second and the third result have changed places. Which of the two does the docstring "
        "name first?",
        "weights-of-each-head": "Each head's weights came back. Over what is their mean?",
    }
    signs = {
        "mask-without-batch": Sign("ValueError", r": allowed must be .*got \(\d+, \d+\)"),
        "source-mask-for-none": Sign("ValueError", r": source_allowed must be .*got \(\d+, \d+\)"),
    }
    hints = (
        "What must the decoder read so that it knows what it has written, and for which of these words is a result "
        "wanted?",
        "Join old and new words, embed, add positions, go through the blocks with both masks and keep their weights, "
        "normalise, make logits. Cut logits and weights to the new words.",
        "`torch.cat` joins; `unsqueeze(0)` and `unsqueeze(1)` give the masks their missing dimension; `mean(1)` over "
        "the heads; `torch.stack(...).mean(0)` over the blocks; a slice from `written.shape[1]` on.",
    )

    @stage("the constructor is as given")
    def constructor(self, trial: Trial) -> None:
        """Same parameters as the reference."""
        trial.once(_decoder_case)

    @stage("forward: the logits, where nothing was written before")
    def training(self, trial: Trial) -> None:
        """As in training."""
        weights, words, written, source, mask = trial.once(_decoder_case)
        self._logits(trial, weights, words, written[:, :0], source, mask)

    @stage("forward: the logits, where something was written before")
    def writing(self, trial: Trial) -> None:
        """As in translating, but with several new words."""
        weights, *inputs = trial.once(_decoder_case)
        self._logits(trial, weights, *inputs)

    @stage("forward: all that was read, and where the new words looked")
    def state_and_weights(self, trial: Trial) -> None:
        """The second and third result."""
        weights, *inputs = trial.once(_decoder_case)
        words, written = inputs[:2]
        expected, got = trial.both(*inputs, method="forward")
        _require_pair(trial, got[1:], expected[1:], (t("logits, written, weights"), t("logits, weights, written")))
        trial.equal(expected[1], got[1], "B T", {"new-words-only": words})
        _, looked = _read(weights, *inputs)
        whole = torch.stack([each.mean(1) for each in looked]).mean(0)
        new = [each.mean(1)[:, written.shape[1] :] for each in looked]
        of_heads = torch.stack(looked).mean(0)[:, :, written.shape[1] :]
        suspects = {
            "weights-of-old-words": whole,
            "weights-of-one-block": either_of(got[2], new[0], new[-1]),
            "first-words": whole[:, : words.shape[1]],
            "weights-of-one-head": either_of(got[2], *of_heads.unbind(1)),
            "weights-of-each-head": of_heads,
        }
        trial.equal(expected[2], got[2], "B T S", suspects)

    @stage("one word at a time")
    def one_word(self, trial: Trial) -> None:
        """A batch of one."""
        _, words, written, source, mask = trial.once(_decoder_case)
        expected, got = trial.both(words[:1, :1], written[:1], source[:1], mask[:1], method="forward")
        trial.equal(list(expected), list(got))

    @stage("gradients reach the source and every parameter")
    def gradient(self, trial: Trial) -> None:
        """What training needs."""
        _, *inputs = trial.once(_decoder_case)
        shape = trial.both(*inputs, method="forward")[0][0].shape
        trial.same_gradients(inputs, [trial.draw.normal(*shape), None, None], "forward")

    @staticmethod
    def _logits(trial: Trial, weights: Weights, *inputs: Tensor) -> None:
        expected, got = trial.both(*inputs, method="forward")
        three = isinstance(got, tuple | list) and len(got) == 3
        trial.require(three, "wrong-type", t("logits, written, weights"), kind_of(got))
        suspects = _mistaken_decoder(weights, *inputs)
        suspects["probabilities"] = expected[0].softmax(-1)
        suspects["last-word-only"] = expected[0][:, -1:]
        if not inputs[1].shape[1]:
            del suspects["written-ignored"], suspects["written-last"], suspects["old-words-scored"]
        trial.equal(expected[0], got[0], "B T V", suspects)


def _decoder_case(trial: Trial) -> tuple[Weights, Tensor, Tensor, Tensor, Tensor]:
    rows, length, new, old, half = trial.draw.sizes(5, 3, 7)
    size = 2 * half
    parts: dict[str, Handle] = {
        "blocks": trial.stand_in("blocks", "writing_blocks", size, 2, 3),
        "positions": trial.stand_in("positions", "function", "rising_places"),
        "causal_mask": trial.stand_in("causal_mask", "function", "last_two"),
    }
    weights = trial.build(vocabulary_size=17, size=size, **parts)
    words, written = trial.draw.integers(4, 17, rows, new), trial.draw.integers(4, 17, rows, old)
    return weights, words, written, trial.draw.normal(rows, length, size), _with_both(trial.draw.mask(rows, length))


@torch.no_grad()
def _read(
    weights: Weights,
    words: Tensor,
    written: Tensor,
    source: Tensor,
    mask: Tensor,
    allowed: Tensor | None = None,
    places: Tensor | None = None,
) -> tuple[Tensor, list[Tensor]]:
    """What the blocks make of all words: states and the weights of each block."""
    read = torch.cat([written, words], 1)
    states = F.embedding(read, weights["embedding.weight"])
    states = states + (rising_places(*states.shape[1:]) if places is None else places)
    allowed = last_two(read.shape[1]) if allowed is None else allowed
    looked = []
    for block in _blocks(weights, writing_blocks(states.shape[-1], 2, 3)):
        states, seen = block(states, allowed.unsqueeze(0), source, mask.unsqueeze(1))
        looked.append(seen)
    return states, looked


@torch.no_grad()
def _mistaken_decoder(
    weights: Weights, words: Tensor, written: Tensor, source: Tensor, mask: Tensor
) -> dict[str, Tensor]:
    count, size = words.shape[1] + written.shape[1], len(weights["norm.weight"])
    square = torch.ones(count, count, dtype=torch.bool)

    def logits(states: Tensor, normed: bool = True) -> Tensor:
        return _linear(weights, "output", _norm(weights, "norm", states) if normed else states)

    def scored(
        words: Tensor, written: Tensor, source: Tensor, mask: Tensor, old: int = written.shape[1], **options: Any
    ) -> Tensor:
        return logits(_read(weights, words, written, source, mask, **options)[0][:, old:])

    inputs = words, written, source, mask
    return {
        "written-ignored": scored(words, written[:, :0], source, mask, old=0),
        "written-last": scored(written, words, source, mask),
        "counted-anew": scored(
            *inputs, places=torch.cat([rising_places(len(part.T), size) for part in (written, words)])
        ),
        "positions-missing": scored(*inputs, places=torch.zeros(1)),
        "first-words": scored(*inputs, old=0)[:, : words.shape[1]],
        "own-mask": scored(*inputs, allowed=square.tril()),
        "no-causal-mask": scored(*inputs, allowed=square),
        "source-mask-inverted": scored(words, written, source, ~mask),
        "norm-missing": logits(_read(weights, *inputs)[0][:, written.shape[1] :], normed=False),
        "old-words-scored": scored(*inputs, old=0),
    }


class ChooseHead(Check):
    """Choose on one set, report on another."""

    slug = defines = "choose_head"
    causes = {
        "raised": "Your code stopped with the error above. What does a head have for each sentence, and what does "
        "`error_rate` take?",
        "chosen-on-test": "The head is the best one on the test sentences. On which ones is it to be chosen?",
        "worst-chosen": "This is the head with the greatest error. Is a high error rate good?",
        "validation-error": "The error is that of the validation sentences. On which ones does chance no longer help?",
        "links-turned": "Source and target have changed places in the links. Which one does a pair name first?",
        "over-the-targets": "Each source word is linked to a target word. Who looks at whom?",
        "swapped": "The results are in the other order. Which one does the docstring name first?",
        "gold-confused": "Sure and possible links have changed places. In which order does `error_rate` take them?",
        "mean-error": "The error is the mean over all heads. Whose error is wanted?",
        "mean-of-sentences": "Each sentence has an error rate of its own here, and their mean came back. What does "
        "`error_rate` take: one sentence, or all?",
        "links-of-tensors": "The links hold tensors, and two tensors in a set never count as the same, whatever "
        "numbers they hold. What makes a plain number of one?",
        "parts-mixed": "Weights of one part met the gold of the other. Which gold belongs to the test sentences?",
        "sentence-chosen": "A sentence was chosen in place of a head. What are the items of the outer list?",
    }
    signs = {"links-of-tensors": Sign("ValueError", "a link must hold two ints")}
    hints = (
        "The best of eight heads on a set of sentences looks better there than it is. Where must its score come from?",
        "For each head: links of every sentence, with gold, into one error rate. The head with the least is chosen. "
        "Only then look at the test sentences, and only for that head.",
        "`weights.argmax(1)` gives the source word of each target word; `zip` goes through weights and gold together; "
        "`min` takes a `key`, or `list.index` finds the least.",
    )

    @stage("one head: its error rate on the test sentences")
    def one_head(self, trial: Trial) -> None:
        """There is no choice yet."""
        self._compare(trial, heads=1)

    @stage("several heads: chosen on validation, reported on test")
    def heads(self, trial: Trial) -> None:
        """The best one differs between the two sets."""
        self._compare(trial, heads=6)

    @staticmethod
    def _compare(trial: Trial, heads: int) -> None:
        order = trial.draw.permutation(heads)
        order.sort(key=lambda head: head < 3)  # the best one has a number that no sentence has
        ways = ["half"] * heads
        valid_ways, test_ways = ways.copy(), ways.copy()
        valid_ways[order[1 % heads]], valid_ways[order[0]] = "wrong", "right"
        test_ways[order[2 % heads]] = "all but two"
        valid = _head_maps(trial, valid_ways, ((3, 6), (5, 4), (4, 7)))
        test = _head_maps(trial, test_ways, ((6, 5), (4, 8)))
        rate = trial.callback("error_rate", lambda: _lopsided_rate)
        (number, error), got = trial.both(*valid, *test, rate)
        two = isinstance(got, tuple | list) and len(got) == 2
        trial.require(two, "wrong-type", t("head, error"), kind_of(got))
        swapped = isinstance(got[0], float) and isinstance(got[1], int)
        trial.require(not swapped, "swapped", t("head, error"), t("error, head"))
        errors = {name: [_error(maps, part[1]) for maps in part[0]] for name, part in (("v", valid), ("t", test))}
        suspects = _mistaken_choices(number, errors, valid, test)
        suspects["parts-mixed"] = either_of(list(got), *_mixed(number, valid, test))
        trial.equal([number, error], list(got), suspects=suspects)


def _mistaken_choices(number: int, errors: dict[str, list[float]], valid: Part, test: Part) -> dict[str, Any]:
    """What known mistakes give; errors are those of all heads, on validation ("v") and test ("t")."""
    best, worst = errors["t"].index(min(errors["t"])), errors["v"].index(max(errors["v"]))
    maps, gold = test[0][number], test[1]
    alone = [_error([weights], [links]) for weights, links in zip(maps, gold, strict=True)]
    suspects: dict[str, Any] = {
        "validation-error": [number, errors["v"][number]],
        "links-turned": [number, _error(maps, gold, turned=True)],
        "gold-confused": [number, _error(maps, [(b, a) for a, b in gold])],
        "over-the-targets": [number, _error([weights.T for weights in maps], gold, turned=True)],
        "mean-of-sentences": [number, sum(alone) / len(alone)],
    }
    if len(errors["t"]) > 1:
        of_sentences = [_error(list(heads)[: len(valid[1])], valid[1]) for heads in zip(*valid[0], strict=True)]
        sentence = of_sentences.index(min(of_sentences))
        suspects |= {
            "chosen-on-test": [best, errors["t"][best]],
            "worst-chosen": [worst, errors["t"][worst]],
            "mean-error": [number, sum(errors["t"]) / len(errors["t"])],
            "sentence-chosen": [sentence, errors["t"][sentence]],
        }
    return suspects


def _mixed(number: int, valid: Part, test: Part) -> list[list[Any]]:
    """The errors where maps of one part meet the gold of the other, as far as both go."""
    short = min(len(valid[1]), len(test[1]))
    pairs = (test[0], valid[1]), (valid[0], test[1])
    return [[number, _error(maps[number][:short], gold[:short])] for maps, gold in pairs]


def _head_maps(trial: Trial, ways: list[str], shapes: tuple[tuple[int, int], ...]) -> Part:
    """Weights (T, S) of each head in each sentence, which follow the gold links in its way, and these links."""
    maps: list[list[Tensor]] = [[] for _ in ways]
    examples: Examples = []
    for target, source in shapes:
        places = [trial.draw.permutation(source)[0] for _ in range(target)]
        links = [(i, j) for j, i in enumerate(places)]
        examples.append((links[1:], links[:1]))
        wanted, rows = F.one_hot(torch.tensor(places), source), torch.arange(target)
        follows = {"right": rows >= 0, "wrong": rows < 0, "half": rows % 4 == 0, "all but two": rows > 1}
        for way, kept in zip(ways, maps, strict=True):
            pull = torch.where(follows[way], 9.0, -9.0).unsqueeze(1)
            kept.append((trial.draw.normal(target, source) + pull * wanted).softmax(1))
    return maps, examples


def _error(maps: list[Tensor], examples: Examples, turned: bool = False) -> float:
    found = [[(i, j) for j, i in enumerate(weights.argmax(1).tolist())] for weights in maps]
    found = [[(j, i) for i, j in links] for links in found] if turned else found
    return _lopsided_rate([(links, *gold) for links, gold in zip(found, examples, strict=True)])


def _lopsided_rate(examples: Any) -> float:
    """Stands in for the AER: it counts links by their places, so that it tells all its inputs apart."""
    total = hits = 0.0
    for number, (links, sure, possible) in enumerate(examples, 1):
        found, must, may = (_pairs(group) for group in (links, sure, possible))
        right = 2 * sum(1 + i / 10 + j / 7 for i, j in found & must) + sum(1 + i / 10 + j / 7 for i, j in found & may)
        hits += number * (right + sum(i + j / 3 for i, j in found) / 50)  # no two misses are alike, either
        total += number * (len(found) + 2 * len(must) + sum(i + 2 * j for i, j in found) / 20 + 0.3 * len(may))
    return 1 - hits / ((3.5 + 0.5 * len(examples)) * total)


def _pairs(links: Any) -> set[tuple[int, int]]:
    found = [tuple(link) for link in links]
    if any(isinstance(end, Tensor) for link in found for end in link):
        raise CallbackRefused("error_rate: a link must hold two ints, got a tensor")
    return set(found)


class SilenceHeads(Check):
    """Columns of zeros."""

    slug = defines = "silence_heads"
    causes = {
        "rows": "Rows are zero, not columns. Which dimension of the matrix reads what the heads found?",
        "interleaved": "Every N-th column is zero. Where do the A numbers of one head lie after `join`?",
        "counted-wrong": "A head has as many columns as there are heads. How many columns are there for each?",
        "first-only": "Only the first of the heads is silent. When does the function end?",
        "others-silent": "The other heads are silent, and those that were named still speak. Which ones go?",
        "one-late": "The head after the one that was named is silent. From which number are heads counted?",
        "one-early": "The head before the one that was named is silent. From which number are heads counted?",
        "rows-too": "Rows are zero as well as columns. Which dimension of the matrix reads what the heads found?",
        "all-between": "Heads between those that were named are silent, too. Which ones does the list name?",
        "matrix-changed": "The matrix that came in has changed. How can the model get its heads back?",
        "column-only": "One column of each head is zero. How many numbers does a head have?",
    }
    hints = (
        "The joined heads are a row of H numbers, A of each. Which entries of the matrix multiply those of head 0?",
        "Find A, copy the matrix, and for each head set its A neighbouring columns to zero.",
        "`clone` copies; a slice `[:, first:last]` is a group of columns and can be assigned to.",
    )

    @stage("one head: its columns are zero")
    def one(self, trial: Trial) -> None:
        """Neither the first nor the last head."""
        count = trial.draw.sizes(1, 4, 6)[0]
        self._compare(trial, count, [1 + trial.draw.permutation(count - 2)[0]])

    @stage("several heads")
    def several(self, trial: Trial) -> None:
        """In any order, with another between them."""
        count = trial.draw.sizes(1, 4, 6)[0]
        first, *others = trial.draw.permutation(count)
        self._compare(trial, count, [first, next(head for head in others if abs(head - first) > 1)])

    @stage("the matrix that came in stays as it is")
    def unchanged(self, trial: Trial) -> None:
        """The model needs it again."""
        output, count = trial.draw.normal(12, 12), 3
        kept = trial.keep("output", output)
        trial.both(kept, [2, 0], count)
        _, after = trial.kept(kept)
        trial.equal(output, after, "H H", otherwise="matrix-changed")

    @staticmethod
    def _compare(trial: Trial, count: int, heads: list[int]) -> None:
        part = next(size for size in (trial.draw.sizes(3, 2, 7)) if size != count)
        output = trial.draw.normal(count * part, count * part)
        expected, got = trial.both(output, heads, count)
        number = torch.arange(count * part)

        def without(silent: Tensor) -> Tensor:
            return output * ~silent

        named = torch.tensor(heads)
        head_of = number // part
        silent = (head_of.unsqueeze(1) == named).any(1)
        suspects = {
            "rows": output * ~silent.unsqueeze(1),
            "interleaved": without((number % count).unsqueeze(1).eq(named).any(1)),
            "counted-wrong": without((number // count).unsqueeze(1).eq(named).any(1)),
            "others-silent": without(~silent),
            "one-late": without((head_of - 1).unsqueeze(1).eq(named).any(1)),
            "one-early": without((head_of + 1).unsqueeze(1).eq(named).any(1)),
            "rows-too": without(silent) * ~silent.unsqueeze(1),
            "column-only": without((number.unsqueeze(1) == named * part).any(1)),
        }
        if len(heads) > 1:
            suspects["first-only"] = without(head_of == heads[0])
            suspects["all-between"] = without((head_of >= min(heads)) & (head_of <= max(heads)))
        trial.equal(expected, got, "H H", suspects)
