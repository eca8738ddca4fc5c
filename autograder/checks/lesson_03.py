"""Checks of lesson 03: attention, from one score by hand to the decoder that looks back."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from autograder.checks.framework.check import Check, Sign, stage
from autograder.checks.framework.compare import difference, kind_of
from autograder.checks.framework.random_inputs import told_apart
from autograder.checks.framework.trial import Trial
from autograder.subjects.codec import Handle
from autograder.subjects.stand_ins import CONFUSED, LOST, DistanceScore, ScriptedTranslator, largest_share
from autograder.subjects.subject import AnswerError, CallbackRefused
from lessons.toolkit.batches import END, START
from lessons.toolkit.playground_tasks import CAUSES, FREE, SWAP, Task, form_of, judge
from lessons.toolkit.text import t


class ScoreOne(Check):
    """One score from two states, by a feed-forward layer."""

    slug = defines = "score_one"
    causes = {
        "raised": "Your code stopped with the error above. How many numbers does the layer read, and how many have "
        "the two states together?",
        "no-tanh": "The hidden layer has no tanh. What would two linear layers in a row be?",
        "encoder-first": "The encoder's state comes first. Which one does the docstring put first?",
        "decoder-ignored": "The score does not depend on the decoder's state. How would it change from word to word?",
        "output-ignored": "The hidden units are added as they are. What are the weights in `output` for?",
        "tanh-of-the-score": "The tanh comes last. Does it belong to the hidden units, or to the one output?",
        "hidden-returned": "One number for each hidden unit came back. Which weights make one score of them?",
        "plain-number": "The score is a plain number. Through what would training reach the layer then?",
    }
    hints = (
        "Two states go in and one number comes out. Which two sets of parameters lie between, and what happens in the "
        "middle?",
        "Put the states side by side, multiply by the layer, bend every result with tanh, weigh the results and add.",
        "`torch.cat` joins two vectors; `@` multiplies a matrix by a vector, and a vector by a vector.",
    )

    @stage("one hidden unit")
    def one_unit(self, trial: Trial) -> None:
        """Its output weight is 1, so the score is what the unit gives."""
        self._compare(trial, units=1, output=torch.ones(1))

    @stage("several hidden units, each with its own weight in the score")
    def several_units(self, trial: Trial) -> None:
        """Sizes that differ from one another."""
        self._compare(trial, units=4, output=trial.draw.normal(4, scale=1.5))

    @staticmethod
    def _compare(trial: Trial, units: int, output: Tensor) -> None:
        hidden = 5
        layer = trial.draw.normal(units, 2 * hidden, scale=0.6)
        for _ in range(6):
            pair = told_apart(lambda: _States(trial.draw.normal(hidden), trial.draw.normal(hidden), layer, output))
            expected, got = trial.both(*pair)
            is_number = isinstance(got, int | float) and not isinstance(got, bool)
            trial.require(not is_number, "plain-number", t("a tensor of shape {shape}", shape="()"), kind_of(got))
            trial.equal(expected, got, suspects=_mistaken_score(*pair))


class _States(NamedTuple):
    """Two states (H,), the layer (A, 2H) and the output (A,) that score them."""

    decoder: Tensor
    encoder: Tensor
    layer: Tensor
    output: Tensor

    def found(self) -> dict[str, Tensor]:
        """The score, and what mistakes of one hidden unit would make of it."""
        right = self.output @ torch.tanh(self.layer @ torch.cat(self[:2]))
        mistaken = _mistaken_score(*self)
        return {"right": right} | {name: mistaken[name] for name in ("no-tanh", "encoder-first", "decoder-ignored")}


def _mistaken_score(decoder: Tensor, encoder: Tensor, layer: Tensor, output: Tensor) -> dict[str, Tensor]:
    inside = layer @ torch.cat([decoder, encoder])
    return {
        "no-tanh": output @ inside,
        "encoder-first": output @ torch.tanh(layer @ torch.cat([encoder, decoder])),
        "decoder-ignored": output @ torch.tanh(layer[:, len(decoder) :] @ encoder),
        "output-ignored": torch.tanh(inside).sum(),
        "tanh-of-the-score": torch.tanh(output @ inside),
        "hidden-returned": torch.tanh(inside),
    }


class LookBack(Check):
    """Softmax and weighted sum for one sentence and one target word."""

    slug = defines = "look_back"
    causes = {
        "no-exponential": "The weights are the scores divided by their sum. What becomes of a negative score?",
        "best-only": "The best word has all the weight. How would the others get a gradient?",
        "log-weights": "These are logarithms of weights. Do they sum to 1?",
        "each-alone": "Each score became a weight by itself. How do the weights come to sum to 1?",
        "order-turned": "The lowest score has the greatest weight. Which way round should it be?",
        "swapped": "The results are in the other order. Which one does the docstring name first?",
        "scores-for-weights": "The states are multiplied by the scores. What did you compute the weights for?",
        "scores-for-states": "The weights are multiplied by the scores. What is it that you want to mix?",
        "best-state": "The context is the best state alone. What do the other weights do?",
        "mean-state": "The context is the plain mean of the states. Where do the weights come in?",
        "first-state": "The context is the first state alone. Which other states have weight?",
        "not-summed": "Each state has its weight, but there are still S of them. What makes them one vector?",
    }
    hints = (
        "When all weights are positive and sum to 1, what kind of average does the second result become?",
        "Raise e to each score and divide by the total. Then add up the states, each times its own weight.",
        "A tensor's method `softmax` takes the dimension; `@` of (S,) and (S, H) is a weighted sum of rows.",
    )

    @stage("the weights: positive, with sum 1, from the exponentials of the scores")
    def weights(self, trial: Trial) -> None:
        """The first of the two results."""
        scores, states = _one_sentence(trial)
        expected, got = trial.both(scores, states)
        trial.require(
            isinstance(got, tuple | list) and len(got) == 2, "wrong-type", t("weights, context"), kind_of(got)
        )
        swapped = _shaped_like(got[0], expected[1]) and _shaped_like(got[1], expected[0])
        trial.require(not swapped, "swapped", t("weights, context"), t("context, weights"))
        suspects = {
            "no-exponential": scores / scores.sum(),
            "best-only": F.one_hot(scores.argmax(), len(scores)).float(),
            "log-weights": scores.log_softmax(0),
            "each-alone": scores.sigmoid(),
            "order-turned": (-scores).softmax(0),
        }
        trial.equal(expected[0], got[0], "S", suspects)

    @stage("the context: the states, each times its weight, added up")
    def context(self, trial: Trial) -> None:
        """The second of the two results."""
        scores, states = _one_sentence(trial)
        (weights, context), got = trial.both(scores, states)
        suspects = {
            "scores-for-weights": scores @ states,
            "scores-for-states": _either(got[1], weights * scores, weights @ scores),
            "best-state": states[scores.argmax()],
            "mean-state": states.mean(0),
            "first-state": _either(got[1], states[0], weights[0] * states[0]),
            "not-summed": weights.unsqueeze(1) * states,
        }
        trial.equal(context, got[1], "H", suspects)


def _one_sentence(trial: Trial) -> tuple[Tensor, Tensor]:
    """Scores (S,), the best one neither first nor last, and states (S, H)."""
    hidden, length = trial.draw.sizes(2, 4, 7)
    scores = trial.draw.normal(length)
    best = torch.arange(length) == 1 + trial.draw.permutation(length - 2)[0]
    return torch.where(best, scores.max() + 0.5, scores), trial.draw.normal(length, hidden)


def _either(got: object, *forms: Tensor) -> Tensor:
    """Of several forms of one mistake, the one that the answer's shape or values point to."""
    return next((form for form in forms if difference(form, got) is None), forms[-1])


def _shaped_like(value: object, model: Tensor) -> bool:
    return isinstance(value, Tensor) and value.shape == model.shape


class EachStep(Check):
    """The same states, looked back at once for each state of the decoder."""

    slug = defines = "each_step"
    causes = {
        "raised": "Your code stopped with the error above. What do `score` and `look_back` take and give back, in "
        "which order, and in which shapes?",
        "arguments-swapped": "The encoder's state comes first in each score. Which one does the docstring put first?",
        "swapped": "Weights and contexts have changed places. Which one does `look_back` give first, and which one "
        "comes first in your result?",
        "scores-returned": "These rows are scores. What does `look_back` make of them?",
        "one-query": "Every step has the weights of the first. Which state asks at the second step?",
        "one-late": "Each step is scored with the state of the step before. Does row t of the states belong to row t "
        "of the result?",
        "last-only": "Only the last step came back. How many rows does the docstring want?",
        "first-only": "Only the first step came back. When does the function end?",
        "transposed": "Steps and source words have changed places. Which one has a row in the result?",
        "scores-negated": "The scores reach `look_back` with their signs turned. Which state should have the greatest "
        "weight, the one with the highest score or the lowest?",
    }
    hints = (
        "What is new at the second step: the states of the encoder, the layer, or the one who asks?",
        "For each state of the decoder: score all states of the encoder with it, look back, and keep both results.",
        "A loop over `decoder_states` gives one (H,) at a time; `torch.stack` makes one tensor of several.",
    )

    @stage("one word is written")
    def one_step(self, trial: Trial) -> None:
        """A single state asks."""
        self._compare(trial, steps=1)

    @stage("each state of the decoder asks anew")
    def steps(self, trial: Trial) -> None:
        """Several words, more than there are source words."""
        self._compare(trial, steps=5)

    @staticmethod
    def _compare(trial: Trial, steps: int) -> None:
        hidden, length = trial.draw.sizes(2, 2, 4)
        asking, states = trial.draw.normal(steps, hidden), trial.draw.normal(length, hidden)
        score = trial.callback("score", lambda: partial(_fit, hidden))
        look_back = trial.callback("look_back", lambda: partial(_largest_of_one, length, hidden))
        (weights, contexts), got = trial.both(asking, states, score, look_back)
        two = isinstance(got, tuple | list) and len(got) == 2
        trial.require(two, "wrong-type", t("weights, contexts"), kind_of(got))
        swapped = _shaped_like(got[0], contexts) and _shaped_like(got[1], weights)
        trial.require(not swapped, "swapped", t("weights, contexts"), t("contexts, weights"))
        late = torch.cat([asking[:1], asking[:-1]])
        suspects = {
            "one-query": _looked(asking[:1], states).expand(steps, -1),
            "one-late": _looked(late, states),
            "arguments-swapped": _looked(asking, states, _fit_turned),
            "scores-returned": _table(asking, states),
            "scores-negated": _looked(asking, states, lambda *given: -_fit(*given)),
            "last-only": weights[-1:],
            "first-only": weights[:1],
            "transposed": weights.T,
        }
        trial.equal(weights, got[0], "T S", suspects)
        trial.equal(contexts, got[1], "T H")


def _fit(hidden: int, decoder_state: Any, state: Any) -> Tensor:
    """A score that tells its two arguments apart."""
    for name, value in (("decoder_state", decoder_state), ("state", state)):
        _require_shape(f"score: {name}", value, (hidden,), "(H,)")
    return (2 * decoder_state - state).abs().sum()


def _fit_turned(hidden: int, decoder_state: Tensor, state: Tensor) -> Tensor:
    return _fit(hidden, state, decoder_state)


def _largest_of_one(length: int, hidden: int, scores: Any, states: Any) -> tuple[Tensor, Tensor]:
    """Stands in for `look_back`: weights and a context that are neither of a softmax nor a sum."""
    _require_shape("look_back: scores", scores, (length,), "(S,)")
    _require_shape("look_back: states", states, (length, hidden), "(S, H)")
    context, weights = largest_share(scores.unsqueeze(0), states.unsqueeze(0), torch.ones(1, length, dtype=torch.bool))
    return weights[0], context[0]


def _table(asking: Tensor, states: Tensor, fit: Callable[[int, Tensor, Tensor], Tensor] = _fit) -> Tensor:
    hidden = states.shape[1]
    return torch.stack([torch.stack([fit(hidden, one, state) for state in states]) for one in asking])


def _looked(asking: Tensor, states: Tensor, fit: Callable[[int, Tensor, Tensor], Tensor] = _fit) -> Tensor:
    """The weights (T, S) of each step."""
    length, hidden = states.shape
    return torch.stack([_largest_of_one(length, hidden, row, states)[0] for row in _table(asking, states, fit)])


def _require_shape(name: str, value: object, shape: tuple[int, ...], letters: str) -> None:
    if not isinstance(value, Tensor) or value.shape != shape:
        had = tuple(value.shape) if isinstance(value, Tensor) else kind_of(value)
        raise CallbackRefused(f"{name} must have shape {letters} = {shape}, got {had}")


class MaskedSoftmax(Check):
    """Weights over real words only."""

    slug = defines = "masked_softmax"
    is_repair = True
    causes = {
        "unrepaired": "Padding has no weight, but the rest no longer sums to 1. Who took part when the weights were "
        "shared out?",
        "over-the-batch": "The columns sum to 1, not the rows. Was the softmax taken over dim=0?",
        "no-mask": "Padding is treated like a word. Where does the mask come in?",
        "mask-inverted": "Only padding has weight. Where is the mask True?",
        "padding-scores-zero": "Padding has score 0, and e⁰ is 1. Which score becomes weight 0?",
        "zero-times-infinity": "Every weight is nan. What is 0 times infinity? Can you fill places instead of "
        "multiplying?",
        "no-exponential": "The weights are scores divided by their sum. Which function makes them positive?",
        "log-weights": "These are logarithms of weights. Do the rows sum to 1?",
        "fill-too-small": "Padding has weight where the real scores are very low. Which score is below all others?",
        "maximum-at-padding": "Where padding has a far higher score than any word, every weight is nan. Which scores "
        "does the sum see that you divide by, and when is padding hidden?",
        "overflow": "Large scores give nan: e²⁰⁰ is no float32. What does PyTorch's own softmax do about that?",
    }
    hints = (
        "Add up the second row of the table. Where has the rest of the weight gone?",
        "Softmax shares out a weight of 1 among all scores that it is given. Which score would a word need for its "
        "share to be exactly 0, and before which step must it have that score?",
        "`scores.masked_fill(where, value)` writes a value where a bool tensor is True; `~mask` turns a mask around; "
        "`softmax` takes the dimension.",
    )

    @stage("real words share the weight of their sentence")
    def padded(self, trial: Trial) -> None:
        """Every row has padding."""
        scores, mask = _padded_scores(trial)
        expected, got = trial.both(scores, mask)
        real = scores.masked_fill(~mask, -torch.inf)
        suspects = {
            "over-the-batch": real.softmax(0),
            "no-mask": scores.softmax(1),
            "mask-inverted": scores.masked_fill(mask, -torch.inf).softmax(1),
            "unrepaired": scores.softmax(1) * mask,
            "padding-scores-zero": (scores * mask).softmax(1),
            "zero-times-infinity": torch.full_like(scores, torch.nan),
            "no-exponential": scores * mask / (scores * mask).sum(1, keepdim=True),
            "log-weights": real.log_softmax(1),
        }
        trial.equal(expected, got, "B S", suspects)

    @stage("scores of any size")
    def any_size(self, trial: Trial) -> None:
        """Sentences whose scores are all near 200, or all near -200."""
        scores, mask = _padded_scores(trial)
        far = torch.where(torch.arange(len(scores)) % 2 == 0, 200.0, -200.0).unsqueeze(1)
        expected, got = trial.both(scores + far, mask)
        if _shaped_like(got, expected):
            trial.require(not got.isnan().any(), "overflow", t("weights"), "nan")
            leaked = float(got[~mask].abs().max())
            trial.require(leaked == 0, "fill-too-small", t("weight 0 at padding"), f"{leaked:.3g}")
        trial.equal(expected, got, "B S")

    @stage("scores of any size at padding")
    def high_padding(self, trial: Trial) -> None:
        """They are far above the scores of all real words."""
        scores, mask = _padded_scores(trial)
        expected, got = trial.both(torch.where(mask, scores, scores + 300), mask)
        spoilt = isinstance(got, Tensor) and bool(got.isnan().any())
        trial.require(not spoilt, "maximum-at-padding", t("weights"), "nan")
        trial.equal(expected, got, "B S")

    @stage("a batch of one sentence, without padding")
    def unpadded(self, trial: Trial) -> None:
        """Nothing to hide."""
        scores, mask = _padded_scores(trial)
        trial.equal(*trial.both(scores[:1], torch.ones_like(mask[:1])), axes="B S")

    @stage("gradients reach the scores of real words")
    def gradient(self, trial: Trial) -> None:
        """What training needs."""
        scores, mask = _padded_scores(trial)
        trial.same_gradients([scores, mask], [trial.draw.normal(*scores.shape)])


def _padded_scores(trial: Trial) -> tuple[Tensor, Tensor]:
    """Scores (B, S), and a mask with padding in every row and two real words or more."""
    rows, length = 3, 7
    lengths = torch.tensor([2 + 2 * place for place in trial.draw.permutation(rows)])
    return trial.draw.normal(rows, length), torch.arange(length) < lengths.unsqueeze(1)


class WeightedSum(Check):
    """Contexts of a batch."""

    slug = defines = "weighted_sum"
    causes = {
        "raised": "Your code stopped with the error above. Which dimension do the weights lack that the states have?",
        "not-summed": "Each state has its weight, but S of them are left. Over which dimension do you add?",
        "wrong-dimension": "The sum runs over H. Which dimension should be gone from the context?",
        "batch-gone": "There is one context for the whole batch. Does each sentence have its own?",
        "extra-dimension": "There is a dimension too many. Which one did you add for the product?",
        "divided-by-length": "This is S times too small. The weights sum to 1 already: is a mean needed?",
        "weights-ignored": "This is the plain mean of the states. Where do the weights come in?",
        "best-state": "The context is one of the states. What do the other weights do?",
        "first-state": "The context holds the first state only. Which other states have weight?",
        "batch-squeezed": "With one sentence in the batch, the batch dimension vanished. Which dimension do you want "
        "to squeeze?",
    }
    hints = (
        "Which dimension of the states do the weights belong to, and which one should vanish?",
        "Give the weights a last dimension of size 1, multiply, add up over the source words. Or see a row of weights "
        "as a matrix with one row.",
        "`unsqueeze(-1)`, `*` and `sum(1)`; or `torch.bmm` of (B, 1, S) and (B, S, H); or `torch.einsum`.",
    )

    @stage("each sentence: its states, each times its weight, added up")
    def context(self, trial: Trial) -> None:
        """Three sizes that differ."""
        weights, states = _weights_and_states(trial)
        expected, got = trial.both(weights, states)
        products = weights.unsqueeze(-1) * states
        suspects = {
            "not-summed": products,
            "wrong-dimension": products.sum(-1),
            "batch-gone": products.sum((0, 1)),
            "extra-dimension": products.sum(1, keepdim=True),
            "divided-by-length": products.mean(1),
            "weights-ignored": states.mean(1),
            "best-state": states[torch.arange(len(states)), weights.argmax(1)],
            "first-state": _either(got, states[:, 0], products[:, 0]),
        }
        trial.equal(expected, got, "B H", suspects)

    @stage("a batch of one sentence")
    def single(self, trial: Trial) -> None:
        """The batch dimension stays."""
        weights, states = _weights_and_states(trial)
        expected, got = trial.both(weights[:1], states[:1])
        trial.equal(expected, got, "B H", {"batch-squeezed": expected.squeeze(0)})

    @stage("gradients reach weights and states")
    def gradient(self, trial: Trial) -> None:
        """What training needs."""
        weights, states = _weights_and_states(trial)
        shape = len(states), states.shape[-1]
        trial.same_gradients([weights, states], [trial.draw.normal(*shape)])


def _weights_and_states(trial: Trial) -> tuple[Tensor, Tensor]:
    """Weights (B, S) with rows that sum to 1, and states (B, S, H)."""
    rows, length, hidden = trial.draw.sizes(3, 3, 7)
    return trial.draw.normal(rows, length).softmax(1), trial.draw.normal(rows, length, hidden)


class AdditiveScoreCheck(Check):
    """Keys once per sentence, scores once per step."""

    slug, defines = "additive_score", "AdditiveScore"
    causes = {
        "raised": "Your code stopped with the error above. The query is (B, A), the keys are (B, S, A): which "
        "dimension does the query lack, and where?",
        "query-and-key-swapped": "The keys come from the other layer. Which one belongs to the encoder's states?",
        "tanh-too-early": "The keys went through a tanh before the query was added. What should the tanh bend?",
        "no-tanh": "There is no tanh. What would two linear layers in a row be?",
        "tanh-of-the-score": "The tanh comes last. Does it belong to the hidden units, or to the score?",
        "state-ignored": "The scores do not depend on the decoder's state. How would they change from word to word?",
        "multiplied": "Query and keys are multiplied. Which sign is between them in an additive score?",
        "output-ignored": "The hidden units are added as they are. Which layer makes one score of A units?",
        "probabilities": "These are weights, not scores. Whose work is the softmax?",
        "extra-dimension": "There is a dimension too many. What does `self.output` leave as the last one?",
        "batch-squeezed": "With one sentence in the batch, the batch dimension vanished. Which dimension do you want "
        "to squeeze?",
    }
    hints = (
        "The layer of section 1 read both states side by side. Which part of it needs the decoder's state, and which "
        "can be computed before the first word is written?",
        "A matrix times two vectors in a row is the sum of two smaller products: query plus key. Then tanh, then one "
        "output. The query is the same for all source words.",
        "`self.query(state).unsqueeze(1)` is (B, 1, A) and adds to (B, S, A); `self.output` leaves (B, S, 1).",
    )

    @stage("the constructor is as given")
    def constructor(self, trial: Trial) -> None:
        """Same parameters as the reference."""
        _score_case(trial)

    @stage("prepare: the keys of all source words")
    def keys(self, trial: Trial) -> None:
        """Once per sentence."""
        weights, _, states, _ = _score_case(trial)
        expected, got = trial.both(states, method="prepare")
        suspects = {
            "query-and-key-swapped": F.linear(states, weights["query.weight"]),
            "tanh-too-early": expected.tanh(),
        }
        trial.equal(expected, got, "B S A", suspects)

    @stage("forward: the scores of one step")
    def scores(self, trial: Trial) -> None:
        """From keys that the check made up."""
        weights, state, _, keys = _score_case(trial)
        expected, got = trial.both(state, keys, method="forward")
        suspects = {**_mistaken_scores(weights, state, keys), "probabilities": expected.softmax(-1)}
        trial.equal(expected, got, "B S", {**suspects, "extra-dimension": expected.unsqueeze(-1)})

    @stage("one sentence of one word")
    def single(self, trial: Trial) -> None:
        """Dimensions of size 1 stay."""
        _, state, _, keys = _score_case(trial)
        expected, got = trial.both(state[:1], keys[:1, :1], method="forward")
        squeezed = _shape_or(got, expected.squeeze())
        trial.equal(expected, got, "B S", {"batch-squeezed": expected.reshape(squeezed)})

    @stage("gradients reach both states and every parameter")
    def gradient(self, trial: Trial) -> None:
        """What training needs."""
        _, state, states, keys = _score_case(trial)
        trial.same_gradients([states], [trial.draw.normal(*keys.shape)], "prepare")
        trial.same_gradients([state, keys], [trial.draw.normal(*keys.shape[:2])], "forward")


def _shape_or(got: object, model: Tensor) -> torch.Size:
    """The shape of an answer that lost dimensions of size 1, else the model's."""
    return got.shape if isinstance(got, Tensor) and got.numel() == 1 else model.shape


def _score_case(trial: Trial) -> tuple[dict[str, Tensor], Tensor, Tensor, Tensor]:
    """Build both scores; return their weights, state (B, H), states (B, S, H) and keys (B, S, A)."""
    hidden, attention, rows, length = trial.draw.sizes(4, 3, 7)
    weights = trial.build(hidden_size=hidden, attention_size=attention)
    shapes = (rows, hidden), (rows, length, hidden), (rows, length, attention)
    state, states, keys = (trial.draw.normal(*shape) for shape in shapes)
    return weights, state, states, keys


def _mistaken_scores(weights: dict[str, Tensor], state: Tensor, keys: Tensor) -> dict[str, Tensor]:
    query = F.linear(state, weights["query.weight"]).unsqueeze(1)
    from_key = F.linear(state, weights["key.weight"], weights["key.bias"]).unsqueeze(1)

    def output(units: Tensor) -> Tensor:
        return F.linear(units, weights["output.weight"]).squeeze(-1)

    return {
        "query-and-key-swapped": output(torch.tanh(from_key + keys)),
        "tanh-too-early": output(torch.tanh(query) + torch.tanh(keys)),
        "no-tanh": output(query + keys),
        "tanh-of-the-score": torch.tanh(output(query + keys)),
        "state-ignored": output(torch.tanh(keys)),
        "multiplied": output(torch.tanh(query * keys)),
        "output-ignored": torch.tanh(query + keys).sum(-1),
    }


class AttentionDecoderCheck(Check):
    """One step that looks back, then all steps of a sentence."""

    slug, defines = "attention_decoder", "AttentionDecoder"
    causes = {
        "raised": "Your code stopped with the error above. What do `self.score`, `self.attend` and `self.cell` take, "
        "and in which order?",
        "attend-not-used": "The weights are a softmax of your own. The check hands in another `attend`: is "
        "`self.attend` used?",
        "context-first": "Context and embedding are in the other order. Which one does the text name first?",
        "context-not-fed": "The new state does not depend on the context. What comes next to the embedded word?",
        "states-scored": "The states were scored as they are. What has `prepare` made of them, and under which name "
        "does `step` get it?",
        "keys-for-states": "The context is a mix of keys. What are keys for, and what is to be mixed?",
        "mask-inverted": "The decoder looks at padding only. What does True stand for in the mask?",
        "old-state": "The state that came in goes out again. Which state must the next step start from?",
        "new-state-scored": "The scores come from the state after the word was read. Which state exists before it?",
        "scores-returned": "The scores came back in place of the weights. What else does `self.attend` give?",
        "swapped": "The results are in the other order. Which one does the docstring name first?",
        "context-reused": "Every step looks back from the first state, and sees the same context. Which state knows "
        "what is already written?",
        "stale-state": "Each step is scored with a state that is one step too old. Which state has read the word "
        "before?",
        "state-lost": "Every step starts from the first state. Which state does step 2 need?",
        "logits-one-late": "The logits come from the state before each word. Which state has read the word?",
        "probabilities": "The scores are probabilities. The loss of this course takes raw scores.",
        "weights-transposed": "Source and target are swapped in the weights. Which one does the docstring name first?",
        "last-weights": "Only the last step's weights came back. How many steps are there?",
        "first-state-returned": "The state is the one that came in. Where does the next call start?",
        "keys-every-step": "The keys are prepared more than once. Do they change while the sentence is written?",
    }
    hints = (
        "What must be known before the new state can be computed: the context. And before the context: the scores. "
        "Which state is there to score with?",
        "A step: score with the state that came in, attend, then let the cell read embedding and context. The whole "
        "sentence: prepare keys once, go through the words, collect states and weights, make logits of all states.",
        "`torch.cat([…, …], dim=-1)` joins side by side; `embedded.unbind(1)` gives one word after another; "
        "`torch.stack(…, dim=1)` makes (B, T, …) of T tensors.",
    )

    @stage("the constructor is as given")
    def constructor(self, trial: Trial) -> None:
        """Same parameters as the reference."""
        _decoder_case(trial)

    @stage("step: score with the state that came in, look back, then read")
    def step(self, trial: Trial) -> None:
        """One word of each sentence, with keys that the check made up."""
        weights, (words, state, states, mask) = _decoder_case(trial)
        keys = trial.draw.normal(*states.shape)
        embedded = trial.draw.normal(len(words), weights["embedding.weight"].shape[-1])
        expected, got = trial.both(embedded, state, keys, states, mask, method="step")
        trial.require(isinstance(got, tuple | list) and len(got) == 2, "wrong-type", t("state, weights"), kind_of(got))
        swapped = _shaped_like(got[0], expected[1]) and _shaped_like(got[1], expected[0])
        trial.require(not swapped, "swapped", t("state, weights"), t("weights, state"))
        scores = DistanceScore(state.shape[-1], limit=1)(state, keys)
        own = {"attend-not-used": scores.masked_fill(~mask, -torch.inf).softmax(1), "scores-returned": scores}
        new = _mistaken_steps(weights, embedded, state, keys, states, mask)
        trial.equal(expected[1], got[1], "B S", {**own, **{name: looked for name, (_, looked) in new.items()}})
        trial.equal(expected[0], got[0], "B H", {name: state for name, (state, _) in new.items()})

    @stage("forward: the logits, with a new context for every word")
    def logits(self, trial: Trial) -> None:
        """Several words in a row."""
        weights, inputs = _decoder_case(trial)
        expected, got = trial.both(*inputs, method="forward")
        three = isinstance(got, tuple | list) and len(got) == 3
        trial.require(three, "wrong-type", t("logits, state, weights"), kind_of(got))
        mistakes = ("context-reused", "stale-state", "state-lost", "logits-one-late")
        suspects = {mistake: _mistaken_logits(weights, *inputs, mistake) for mistake in mistakes}
        trial.equal(expected[0], got[0], "B T V", {**suspects, "probabilities": expected[0].softmax(-1)})

    @stage("forward: the last state, and the weights of every step")
    def state_and_weights(self, trial: Trial) -> None:
        """The second and third result."""
        _, inputs = _decoder_case(trial)
        expected, got = trial.both(*inputs, method="forward")
        trial.equal(expected[1], got[1], "B H", {"first-state-returned": inputs[1]})
        suspects = {"weights-transposed": expected[2].transpose(1, 2), "last-weights": expected[2][:, -1]}
        trial.equal(expected[2], got[2], "B T S", suspects)

    @stage("the keys are prepared once per sentence")
    def keys_once(self, trial: Trial) -> None:
        """A score that refuses to prepare twice."""
        _, inputs = _decoder_case(trial, limit=1)
        try:
            trial.both(*inputs, method="forward")
        except AnswerError as error:
            trial.require("prepare" not in error.message, "keys-every-step", t("one call of prepare"), t("another one"))
            raise

    @stage("one word at a time")
    def one_word(self, trial: Trial) -> None:
        """As in decoding: T = 1, and a batch of one."""
        _, (words, state, states, mask) = _decoder_case(trial)
        trial.equal(*trial.both(words[:1, :1], state[:1], states[:1], mask[:1], method="forward"))

    @stage("gradients reach the state, the encoder's states and every parameter")
    def gradient(self, trial: Trial) -> None:
        """What training needs."""
        _, inputs = _decoder_case(trial)
        shape = trial.both(*inputs, method="forward")[0][0].shape
        trial.same_gradients(list(inputs), [trial.draw.normal(*shape), None, None], "forward")


def _decoder_case(trial: Trial, limit: int = 1000) -> tuple[dict[str, Tensor], tuple[Tensor, Tensor, Tensor, Tensor]]:
    """Build both decoders around stand-ins; return weights, and words, state, states and mask as `forward` takes."""
    embedding, hidden, rows, length, steps = trial.draw.sizes(5, 3, 7)
    parts: dict[str, Handle] = {
        "score": trial.stand_in("score", "distance_score", hidden, limit),
        "attend": trial.stand_in("attend", "function", "largest_share"),
    }
    weights = trial.build(vocabulary_size=13, embedding_size=embedding, hidden_size=hidden, **parts)
    words, mask = trial.draw.integers(4, 13, rows, steps), trial.draw.mask(rows, length)
    # distances that differ much from word to word make weights that do
    return weights, (words, trial.draw.normal(rows, hidden), trial.draw.normal(rows, length, hidden, scale=2.0), mask)


def _cell(weights: dict[str, Tensor]) -> nn.GRUCell:
    hidden, inputs = weights["cell.weight_hh"].shape[1], weights["cell.weight_ih"].shape[1]
    cell = nn.GRUCell(inputs, hidden)
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    cell.load_state_dict({name: weights[f"cell.{name}"] for name in names})
    return cell


@torch.no_grad()
def _mistaken_steps(
    weights: dict[str, Tensor], embedded: Tensor, state: Tensor, keys: Tensor, states: Tensor, mask: Tensor
) -> dict[str, tuple[Tensor, Tensor]]:
    """State and weights that known mistakes in one step would give."""
    cell, score = _cell(weights), DistanceScore(state.shape[-1], limit=1)
    context, looked = largest_share(score(state, keys), states, mask)

    def read(seen: Tensor) -> Tensor:
        return cell(torch.cat([embedded, seen], -1), state)

    of_padding, at_padding = largest_share(score(state, keys), states, ~mask)
    of_states, at_states = largest_share(score(state, states), states, mask)
    blind = read(torch.zeros_like(context))
    late, looked_late = largest_share(score(blind, keys), states, mask)
    return {
        "context-first": (cell(torch.cat([context, embedded], -1), state), looked),
        "context-not-fed": (blind, looked),
        "keys-for-states": (read(largest_share(score(state, keys), keys, mask)[0]), looked),
        "states-scored": (read(of_states), at_states),
        "mask-inverted": (read(of_padding), at_padding),
        "old-state": (state, looked),
        "new-state-scored": (read(late), looked_late),
    }


@torch.no_grad()
def _mistaken_logits(
    weights: dict[str, Tensor], words: Tensor, first: Tensor, states: Tensor, mask: Tensor, mistake: str
) -> Tensor:
    """What a known mistake in the loop over words would give."""
    cell, score = _cell(weights), DistanceScore(first.shape[-1], limit=1)
    score.scale.copy_(weights["score.scale"])
    keys, state, stale, read = score.prepare(states), first, first, []
    for embedded in F.embedding(words, weights["embedding.weight"]).unbind(1):
        scored = {"context-reused": first, "state-lost": first, "stale-state": stale}.get(mistake, state)
        context, _ = largest_share(score(scored, keys), states, mask)
        stale, before = state, first if mistake == "state-lost" else state
        state = cell(torch.cat([embedded, context], -1), before)
        read.append(before if mistake == "logits-one-late" else state)
    return F.linear(torch.stack(read, 1), weights["output.weight"], weights["output.bias"])


class GreedyWithWeights(Check):
    """The best word at each step, and the weights of every step."""

    slug = defines = "greedy_with_weights"
    causes = {
        "raised": "Your code stopped with the error above. `step` takes embedded words (B, E): which shape do your "
        "words have?",
        "start-kept": "Your translation begins with START. Did the model write it?",
        "end-kept": "Your translation contains END. Is that a word, or the sign that the words are over?",
        "start-fed-again": "Every step reads START. Which word should step 2 read?",
        "state-lost": "Every step begins with the encoder's state. Which state does step 2 need?",
        "old-state": "The word comes from the state before the step. Which state has read the word before?",
        "least-likely": "The least likely word is chosen each time. Which end of the scores do you want?",
        "swapped": "The results are in the other order. Which one does the docstring name first?",
        "runs-past-end": "Words follow where a sentence had already ended. What becomes of a row after its END?",
        "stops-with-the-first": "All sentences stop when the first one ends. Does every row end at the same step?",
        "end-step-missing": "The weights of the last step are missing. Did the decoder look back when it wrote END?",
        "last-weights": "Only the last step's weights came back. How many steps were there?",
        "first-weights": "Every step has the weights of the first. What do you keep at step 2?",
        "transposed": "Steps and sentences have changed places. Which one does the docstring name first?",
        "decodes-on": "Every sentence had ended, and the decoder went on. What can you test before each step?",
        "length-off": "The number of steps is not `max_length`. Is the loop one step too long or too short?",
        "never-stops": "The decoder is called again and again without end. Which two things end the loop?",
        "keys-every-step": "The keys are prepared more than once. Do they change while the sentence is written?",
        "keys-unprepared": "`step` compares the decoder's state with the encoder's states as they are. What makes keys "
        "of them, and where does `step` want those?",
        "keys-and-states-swapped": "`step` got the states where it wants the keys, and the keys where it wants the "
        "states. In which order does it name them?",
        "keys-for-states": "`step` mixes the context from keys. Which of the two does it want to mix?",
        "mask-inverted": "The encoder, or `step`, takes padding for words and words for padding. What does True stand "
        "for in the mask?",
        "wrong-mask": "What was passed on as the mask is none. Which of your arguments says where the real words are?",
        "words-no-integers": "The words are no whole numbers, and an embedding looks them up in a table. Which of your "
        "tensors holds word numbers already?",
        "another-end": "A sentence stops at START, which the decoder has written in the middle. Which word alone ends "
        "a sentence?",
    }
    signs = {
        "wrong-mask": Sign("ValueError", "source_mask must be"),
        "words-no-integers": Sign("ValueError", "words must be whole numbers"),
    }
    hints = (
        "Which of the five things that `step` takes change from step to step, and which stay the same?",
        "Encode and prepare once. Then, at most max_length times: embed the words written last, take a step, choose "
        "the best word of each row, keep word and weights.",
        "`output(state).argmax(-1)` gives the next words; `torch.cat` or a list collects them; `torch.stack(…, dim=1)` "
        "makes (B, T, S); `list.index` finds END.",
    )

    @stage("each step reads the word and the state of the step before")
    def words(self, trial: Trial) -> None:
        """Sentences that all end at the same step."""
        scripts = _scripts(trial, [4, 4, 4])
        expected, got = _Translation(trial, scripts).both(9)
        two = isinstance(got, tuple | list) and len(got) == 2
        trial.require(two, "wrong-type", t("sentences, weights"), kind_of(got))
        swapped = _shaped_like(got[0], expected[1])
        trial.require(not swapped, "swapped", t("sentences, weights"), t("weights, sentences"))
        suspects = {
            "start-kept": [[START, *script] for script in scripts],
            "end-kept": [[*script, END] for script in scripts],
            "start-fed-again": [[script[0], *[CONFUSED] * 8] for script in scripts],
            "state-lost": [[script[0], *[LOST] * 8] for script in scripts],
            "old-state": [[START, script[0], CONFUSED, LOST, LOST] for script in scripts],
            "least-likely": [[0] * 9 for _ in scripts],
        }
        trial.equal(expected[0], got[0], suspects=suspects)
        trial.require_plain(expected[0], got[0])

    @stage("each sentence stops at its own end token")
    def ends(self, trial: Trial) -> None:
        """Sentences of different lengths; after END the decoder would write on."""
        scripts = _scripts(trial, [3, 6, 1])
        expected, got = _Translation(trial, scripts).both(12)
        whole = [[*script, *[_JUNK] * (6 - len(script))] for script in scripts]
        suspects = {"stops-with-the-first": [script[:2] for script in scripts], "runs-past-end": whole}
        trial.equal(expected[0], got[0], suspects=suspects)

    @stage("END alone ends a sentence")
    def other_words(self, trial: Trial) -> None:
        """The decoder writes START in the middle, which may be kept or left out."""
        scripts = [[*before, START, *after] for before, after in (_scripts(trial, [3, 2]), _scripts(trial, [1, 2]))]
        (expected, _), (got, _) = _Translation(trial, scripts).both(9)
        expected, got = _without_start(expected), _without_start(got)
        trial.equal(expected, got, suspects={"another-end": [expected[0][:3], expected[1][:1]]})

    @stage("the weights of every step, that of the last END included")
    def weights(self, trial: Trial) -> None:
        """Where a sentence has ended, any weights will do until the others have ended too."""
        scripts = _scripts(trial, [3, 6, 2])
        translation = _Translation(trial, scripts)
        (_, expected), (_, got) = translation.both(7)
        ended = (torch.arange(7) > torch.tensor([[len(script)] for script in scripts])).unsqueeze(-1)
        if not _shaped_like(got, expected):
            shorter = {"end-step-missing": expected[:, :-1], "last-weights": expected[:, -1:]}
            trial.equal(expected, got, "B T S", shorter | {"transposed": expected.transpose(0, 1)})
        got, first = (torch.where(ended, expected, weights) for weights in (got, expected[:, :1]))
        trial.equal(expected, got, "B T S", {"first-weights": first} | translation.misled(expected, ended, got))

    @stage("decoding stops when every sentence has ended")
    def stops(self, trial: Trial) -> None:
        """There are steps left."""
        (_, expected), (_, got) = _Translation(trial, _scripts(trial, [2, 3])).both(11)
        steps = got.shape[1] if isinstance(got, Tensor) and got.ndim == 3 else expected.shape[1]
        wanted, had = (t("{count} steps", count=count) for count in (expected.shape[1], steps))
        trial.require(steps <= expected.shape[1], "decodes-on", wanted, had)

    @stage("decoding stops at max_length")
    def limit(self, trial: Trial) -> None:
        """One sentence is longer than that."""
        scripts = _scripts(trial, [2, 30])
        try:
            expected, got = _Translation(trial, scripts).both(5)
        except AnswerError as error:
            trial.require("was called more than" not in error.message, "never-stops", t("5 steps"), t("another one"))
            raise
        trial.equal(expected[0], got[0], suspects={"never-stops": scripts}, otherwise="length-off")
        trial.equal(list(expected[1].shape), list(got[1].shape), otherwise="length-off")

    @stage("a batch of one sentence")
    def single(self, trial: Trial) -> None:
        """The batch dimension stays."""
        trial.equal(*_Translation(trial, _scripts(trial, [5])).both(9))

    @stage("the keys are prepared once per sentence")
    def keys_once(self, trial: Trial) -> None:
        """A score that refuses to prepare twice."""
        try:
            _Translation(trial, _scripts(trial, [2, 3]), prepared=1).both(6)
        except AnswerError as error:
            trial.require("prepare" not in error.message, "keys-every-step", t("one call of prepare"), t("another one"))
            raise


_JUNK = 17  # what a script has after its END


def _scripts(trial: Trial, lengths: list[int]) -> list[list[int]]:
    """Words to be written for each sentence, without END."""
    return [trial.draw.integers(4, _JUNK, length).tolist() for length in lengths]


def _without_start(sentences: object) -> Any:
    """Sentences without START, where they are sentences."""
    rows = sentences if isinstance(sentences, list | tuple) else []
    if rows and all(isinstance(row, list | tuple) for row in rows):
        return [[word for word in row if type(word) is not int or word != START] for row in rows]
    return sentences


class _Translation:
    """Source sentences, and a scripted model that translates them.

    Args:
        trial: of the check.
        scripts: the words of each translation, without END.
        prepared: how often the keys may be prepared.
    """

    def __init__(self, trial: Trial, scripts: list[list[int]], prepared: int = 1000):
        rows, length, longest = len(scripts), 7, max(map(len, scripts)) + 2
        self._whole = torch.tensor([[*script, END, *[_JUNK] * (longest - len(script))] for script in scripts])
        self._table = trial.draw.normal(20, 3, scale=2.0)
        self._source, self._mask = trial.draw.integers(4, 20, rows, length), trial.draw.mask(rows, length)
        self._source[:, 0] = 4 + torch.arange(rows)
        self._trial, self._prepared = trial, prepared

    def both(self, max_length: int) -> tuple[Any, Any]:
        """Sentences and weights of reference and answer."""
        model = self._trial.stand_in("model", "scripted_translator", self._whole, self._table, self._prepared)
        return self._trial.both(model, self._source, self._mask, max_length)

    def misled(self, expected: Tensor, ended: Tensor, got: Tensor) -> dict[str, Tensor]:
        """The weights where `step` is given something else than it wants, those of rows that have ended as expected."""

        def shown(choose: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]], *inverted: str) -> Tensor:
            return torch.where(ended, expected, self._looked(choose, inverted))

        places = (("encoder",), ("step",), ("encoder", "step"))
        return {
            "keys-unprepared": shown(lambda _, states: (states, states)),
            "keys-and-states-swapped": shown(lambda keys, states: (states, keys)),
            "keys-for-states": shown(lambda keys, _: (keys, keys)),
            "mask-inverted": _either(got, *(shown(lambda keys, states: (keys, states), *each) for each in places)),
        }

    @torch.no_grad()
    def _looked(self, choose: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]], inverted: Sequence[str]) -> Tensor:
        model = ScriptedTranslator(self._whole, self._table, 1)
        read, looked_at = (~self._mask if place in inverted else self._mask for place in ("encoder", "step"))
        states, state = model.encoder(self._source, read)
        keys, states = choose(model.decoder.score.prepare(states), states)
        words, looked = torch.full((len(states),), START), []
        for _ in range(self._whole.shape[1] - 2):
            state, weights = model.decoder.step(model.decoder.embedding(words), state, keys, states, looked_at)
            words = model.decoder.output(state).argmax(-1)
            looked.append(weights)
        return torch.stack(looked, 1)


class FixedScoreCheck(Check):
    """A score that can be prepared whole."""

    slug, defines = "fixed_score", "FixedScore"
    causes = {
        "raised": "Your code stopped with the error above. What is left for `forward` to do with what `prepare` made?",
        "no-tanh": "There is no tanh. What would two linear layers in a row be?",
        "tanh-of-the-score": "The tanh comes last. Does it belong to the hidden units, or to the score?",
        "hidden-returned": "A numbers for each word came back. Which layer makes one score of them?",
        "output-ignored": "The hidden units are added as they are. Which layer makes one score of A units?",
        "probabilities": "These are weights, not scores. Whose work is the softmax?",
        "extra-dimension": "There is a dimension too many. What does `self.output` leave as the last one?",
        "state-used": "The scores of one step are not what `prepare` made. May the decoder's state change them?",
        "batch-squeezed": "With one sentence in the batch, the batch dimension vanished. Which dimension do you want "
        "to squeeze?",
    }
    hints = (
        "The decoder's state has no say in these scores. When could the first of them be computed, and when the last?",
        "`prepare` makes keys of the states, bends them and weighs them: the finished scores. `forward` has nothing "
        "left to do.",
        "`torch.tanh` of `self.key`; `self.output` leaves (B, S, 1), and `squeeze(-1)` takes the last dimension away.",
    )

    @stage("the constructor is as given")
    def constructor(self, trial: Trial) -> None:
        """Same parameters as the reference."""
        _fixed_case(trial)

    @stage("prepare: the finished scores")
    def keys(self, trial: Trial) -> None:
        """Once per sentence."""
        weights, _, states = _fixed_case(trial)
        expected, got = trial.both(states, method="prepare")
        hidden = F.linear(states, weights["key.weight"], weights["key.bias"])
        scores = F.linear(hidden, weights["output.weight"]).squeeze(-1)
        suspects = {
            "no-tanh": scores,
            "tanh-of-the-score": scores.tanh(),
            "hidden-returned": hidden.tanh(),
            "output-ignored": hidden.tanh().sum(-1),
            "probabilities": expected.softmax(-1),
            "extra-dimension": expected.unsqueeze(-1),
        }
        trial.equal(expected, got, "B S", suspects)

    @stage("forward: the same scores at every step")
    def scores(self, trial: Trial) -> None:
        """Whatever the decoder's state is."""
        _, state, states = _fixed_case(trial)
        prepared = trial.draw.normal(*states.shape[:2])
        expected, got = trial.both(state, prepared, method="forward")
        trial.equal(expected, got, "B S", {"probabilities": expected.softmax(-1)}, otherwise="state-used")

    @stage("one sentence of one word")
    def single(self, trial: Trial) -> None:
        """Dimensions of size 1 stay."""
        _, _, states = _fixed_case(trial)
        expected, got = trial.both(states[:1, :1], method="prepare")
        squeezed = _shape_or(got, expected.squeeze())
        trial.equal(expected, got, "B S", {"batch-squeezed": expected.reshape(squeezed)})

    @stage("gradients reach the encoder's states and every parameter")
    def gradient(self, trial: Trial) -> None:
        """What training needs."""
        _, _, states = _fixed_case(trial)
        trial.same_gradients([states], [trial.draw.normal(*states.shape[:2])], "prepare")


def _fixed_case(trial: Trial) -> tuple[dict[str, Tensor], Tensor, Tensor]:
    """Build both scores; return their weights, state (B, H) and states (B, S, H)."""
    hidden, attention, rows, length = trial.draw.sizes(4, 3, 7)
    weights = trial.build(hidden_size=hidden, attention_size=attention)
    return weights, trial.draw.normal(rows, hidden), trial.draw.normal(rows, length, hidden)


class GeneralScoreCheck(Check):
    """The dot product with a matrix between."""

    slug, defines = "general_score", "GeneralScore"
    causes = {
        "raised": "Your code stopped with the error above. The state is (B, H), the keys are (B, S, H): which "
        "dimension does the state lack, and where?",
        "matrix-ignored": "The keys are the states as they came. Which part of d · W h can be computed without d?",
        "transposed": "The matrix multiplies from the other side. What does `self.key(states)` do?",
        "normalised": "The keys are brought to length 1. Should a long state count more than a short one here?",
        "matrix-twice": "The matrix is in the scores twice. What has `prepare` done already?",
        "not-summed": "The products are there, but H of them for each word. What turns products into a dot product?",
        "scaled": "The scores are divided by √H. That is a good idea (Vaswani et al. 2017), but not this score.",
        "cosine": "The states are brought to length 1. Should a long state count more than a short one here?",
        "probabilities": "These are weights, not scores. Whose work is the softmax?",
        "bent": "The scores went through a tanh. Which score has a hidden layer, this one or the additive one?",
        "extra-dimension": "There is a dimension too many. Which one did you add for the product?",
        "batch-squeezed": "With one sentence in the batch, the batch dimension vanished. Which dimension do you want "
        "to squeeze?",
    }
    hints = (
        "When is the dot product of two vectors large?",
        "W h needs no decoder, so it is prepared. Then multiply each key by the decoder's state, number by number, "
        "and add up over H.",
        "`torch.bmm` of (B, S, H) and (B, H, 1); or `unsqueeze(1)`, `*` and `sum(-1)`; or `torch.einsum`.",
    )

    @stage("the constructor is as given")
    def constructor(self, trial: Trial) -> None:
        """Same parameters as the reference."""
        _general_case(trial)

    @stage("prepare: what does not depend on the decoder")
    def keys(self, trial: Trial) -> None:
        """Once per sentence."""
        weights, _, states = _general_case(trial)
        expected, got = trial.both(states, method="prepare")
        suspects = {
            "matrix-ignored": states,
            "transposed": states @ weights["key.weight"],
            "normalised": F.normalize(expected, dim=-1),
        }
        trial.equal(expected, got, "B S H", suspects)

    @stage("forward: one dot product for each source word")
    def scores(self, trial: Trial) -> None:
        """Sizes that differ from one another."""
        weights, state, keys = _general_case(trial)
        expected, got = trial.both(state, keys, method="forward")
        suspects = {
            "matrix-twice": torch.einsum("bh,bsh->bs", state, F.linear(keys, weights["key.weight"])),
            "not-summed": state.unsqueeze(1) * keys,
            "scaled": expected / state.shape[-1] ** 0.5,
            "cosine": F.cosine_similarity(state.unsqueeze(1), keys, dim=-1),
            "probabilities": expected.softmax(-1),
            "bent": expected.tanh(),
            "extra-dimension": _either(got, expected.unsqueeze(-1), expected.unsqueeze(1)),
        }
        trial.equal(expected, got, "B S", suspects)

    @stage("one sentence of one word")
    def single(self, trial: Trial) -> None:
        """Dimensions of size 1 stay."""
        _, state, keys = _general_case(trial)
        expected, got = trial.both(state[:1], keys[:1, :1], method="forward")
        squeezed = _shape_or(got, expected.squeeze())
        trial.equal(expected, got, "B S", {"batch-squeezed": expected.reshape(squeezed)})

    @stage("gradients reach both states and the matrix")
    def gradient(self, trial: Trial) -> None:
        """What training needs."""
        _, state, keys = _general_case(trial)
        trial.same_gradients([keys], [trial.draw.normal(*keys.shape)], "prepare")
        trial.same_gradients([state, keys], [trial.draw.normal(*keys.shape[:2])], "forward")


def _general_case(trial: Trial) -> tuple[dict[str, Tensor], Tensor, Tensor]:
    """Build both scores; return their weights, state (B, H), and states or keys (B, S, H)."""
    hidden, rows, length = trial.draw.sizes(3, 3, 7)
    weights = trial.build(hidden_size=hidden)
    return weights, trial.draw.normal(rows, hidden), trial.draw.normal(rows, length, hidden)


class SwapTheRoles(Check):
    """Weights, found in the playground, that make another given translation."""

    slug = defines = "swap_the_roles"
    causes = CAUSES["swap"]
    hints = (
        "Which Korean words of the two translations differ, and at which step is each of them written?",
        "The first step has to look at the one who meets now, the third at the one who is met.",
        "In the playground: the greatest weight of the first word to `Jihun`, step on twice, that of the third to "
        "`Mina`. Then copy the line below it.",
    )

    @stage("one weight for each place, at each step that you name")
    def weights(self, trial: Trial) -> None:
        """Positive, with sum 1 up to rounding."""
        _require_form(trial, SWAP, trial.subject.call("__call__"))

    @stage("the translation that comes out")
    def translation(self, trial: Trial) -> None:
        """With these weights, and the model's own at all other steps."""
        cause = judge(SWAP, trial.subject.call("__call__"))
        trial.require(not cause, cause, t("the model writes {wanted}", wanted=SWAP.wanted), t("another sentence"))


class FreeAndNeeded(Check):
    """A weight that can be moved without changing the translation, and one that cannot."""

    slug = defines = "free_and_needed"
    causes = CAUSES["free"]
    hints = (
        "At which step is there nothing left to choose once the other words are written?",
        "Who meets and who is met only the source can tell. That the verb comes last, and which, is nearly settled.",
        "Move a weight at the last Korean word for `free`; for `needed` use what you found in the exercise before.",
    )

    @stage("two steps, each with one weight for each place")
    def weights(self, trial: Trial) -> None:
        """Both by their names, one step each."""
        answer = trial.subject.call("__call__")
        named = isinstance(answer, dict) and set(answer) == {"free", "needed"}
        trial.require(named, "wrong-names", t("free and needed"), kind_of(answer))
        for each in answer.values():
            _require_form(trial, FREE, each)
            trial.require(len(each) == 1, "several-steps", t("one step"), t("{count} steps", count=len(each)))

    @stage("what the translations become")
    def translations(self, trial: Trial) -> None:
        """The first stays, the second changes."""
        cause = judge(FREE, trial.subject.call("__call__"))
        wanted = t("free: the translation stays; needed: it changes")
        trial.require(not cause, cause, wanted, t("not so"))


def _require_form(trial: Trial, task: Task, answer: object) -> None:
    """Require something that can be weights at all."""
    cause = form_of(task, answer)
    places = t("for each step, from 0, {count} weights with sum 1", count=len(task.source))
    trial.require(not cause, cause, places, kind_of(answer))
