# %% [markdown]
# # 4 · Teacher forcing: what happens after a first wrong word

# %% tags=["setup"]
import math
from collections.abc import Callable
from itertools import count

import torch
from safetensors.torch import load_file
from torch import Tensor

from autograder import check, hint
from lessons.earlier.lesson_01 import (
    Encoder,
    build_vocabulary,
    encode_words,
    masked_loss,
    pad_batch,
    training_step,
)
from lessons.earlier.lesson_03 import AdditiveScore, AttentionDecoder, AttentionSeq2Seq
from lessons.toolkit import figures, forcing_figures
from lessons.toolkit.batches import END, PAD, START, Batch, make_batches
from lessons.toolkit.corpus import load_split
from lessons.toolkit.paths import datasets_folder
from lessons.toolkit.readiness import ready
from lessons.toolkit.results import load_results
from lessons.toolkit.training import one_cycle, train, use_threads


# %% tags=["exercise"] slug="previous_words"
def previous_words(target: Tensor) -> Tensor:
    """What the decoder reads, step by step, when it is forced.

    Args:
        target: (B, T) int64, the right words; each sentence ends with END, PAD follows.

    Returns:
        (B, T) int64: START, then at each step the right word of the step before. END is never read: nothing
        is written behind it, so PAD stands there.
    """
    ### BEGIN SOLUTION
    start = torch.full_like(target[:, :1], START)
    previous = torch.cat([start, target[:, :-1]], dim=1)
    return previous.masked_fill(previous == END, PAD)
    ### END SOLUTION


# %% tags=["check"]
check("previous_words", previous_words)


# %% tags=["exercise"] slug="choose_input"
def choose_input(right: Tensor, logits: Tensor, coins: Tensor) -> Tensor:
    """The word that each sentence reads next.

    Args:
        right: (B,) int64, the right words of the step before.
        logits: (B, V), the scores that the decoder gave in the step before.
        coins: (B,) bool, True where the teacher decides.

    Returns:
        (B,) int64: the right word where the coin is True, else the word with the best score.
    """
    ### BEGIN SOLUTION
    return torch.where(coins, right, logits.argmax(-1))
    ### END SOLUTION


# %% tags=["check"]
check("choose_input", choose_input)


# %% tags=["exercise"] slug="decode_with_forcing"
def decode_with_forcing(step, choose, state: Tensor, previous: Tensor, coins: Tensor) -> Tensor:
    """Score every target word; at each step a coin says who chooses the word that is read.

    Args:
        step: (words (B,), state (B, H)) → logits (B, V), state (B, H): one step of the decoder.
        choose: (right words (B,), logits (B, V), coins (B,)) → words (B,), as `choose_input` does.
        state: (B, H), the decoder's first state.
        previous: (B, T) int64, what a forced decoder reads; column 0 is START.
        coins: (B, T) bool, column t for what step t reads. Step 0 reads START in any case.

    Returns:
        logits (B, T, V): the scores of each step.
    """
    ### BEGIN SOLUTION
    words, scores = previous[:, 0], []
    for t in range(previous.shape[1]):
        if t > 0:
            words = choose(previous[:, t], scores[-1], coins[:, t])
        logits, state = step(words, state)
        scores.append(logits)
    return torch.stack(scores, dim=1)
    ### END SOLUTION


# %% tags=["check"]
check("decode_with_forcing", decode_with_forcing)


# %% tags=["setup"]
def decode(model: AttentionSeq2Seq, batch: Batch, previous: Tensor, coins: Tensor) -> Tensor:
    """The scores (B, T, V) of lesson 3's model, where coins (B, T) decide what it reads."""
    states, state = model.encoder(batch.source, batch.source_mask)
    keys = model.decoder.score.prepare(states)

    def step(words: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        embedded = model.decoder.embedding(words)
        state, _ = model.decoder.step(embedded, state, keys, states, batch.source_mask)
        return model.decoder.output(state), state

    return decode_with_forcing(step, choose_input, state, previous, coins)


# %% tags=["exercise"] slug="free_running"
def free_running(decode, previous: Tensor) -> Tensor:
    """The words that a model writes when nobody corrects it.

    Args:
        decode: (previous (B, T), coins (B, T) bool) → logits (B, T, V), where a coin that is True forces.
        previous: (B, T) int64, what a forced decoder would read.

    Returns:
        (B, T) int64, the word with the best score at each step.
    """
    ### BEGIN SOLUTION
    coins = torch.zeros_like(previous, dtype=torch.bool)
    return decode(previous, coins).argmax(-1)
    ### END SOLUTION


# %% tags=["check"]
check("free_running", free_running)


# %% tags=["exercise"] slug="accuracy_after_error"
def accuracy_after_error(written: Tensor, target: Tensor, mask: Tensor, reach: int) -> Tensor:
    """The share of right words 1, 2, … steps behind the first wrong word of a sentence.

    Args:
        written: (B, T) int64.
        target: (B, T) int64, the right words.
        mask: (B, T) bool, True at real words. Only these count, as errors too.
        reach: D, how many steps to look.

    Returns:
        (D,) float: item d - 1 for the words d steps behind the first error of their sentence, over all
        sentences that have an error and a real word there; nan where no sentence has.
    """
    ### BEGIN SOLUTION
    wrong = (written != target) & mask
    places = torch.arange(target.shape[1])
    first = torch.where(wrong, places, target.shape[1]).amin(1, keepdim=True)  # (B, 1)
    distance = torch.where(mask, places - first, 0)  # (B, T)
    return torch.stack([(~wrong)[distance == d].float().mean() for d in range(1, reach + 1)])
    ### END SOLUTION


# %% tags=["check"]
check("accuracy_after_error", accuracy_after_error)


# %% tags=["exercise"] slug="forcing_coins"
def forcing_coins(
    batch_size: int, length: int, ratio: float, generator: torch.Generator
) -> Tensor:
    """Toss a coin for each sentence and each step.

    Args:
        batch_size: B.
        length: T.
        ratio: how probable True is, from 0 to 1.
        generator: the source of randomness, the only one.

    Returns:
        (B, T) bool, each True with probability `ratio`, independent of all others.
    """
    ### BEGIN SOLUTION
    return torch.rand(batch_size, length, generator=generator) < ratio
    ### END SOLUTION


# %% tags=["check"]
check("forcing_coins", forcing_coins)


# %% tags=["exercise"] slug="forcing_ratio"
def forcing_ratio(schedule: str, step: int, setting: float) -> float:
    """How probable it is that the teacher decides, at one step of training: Bengio et al. 2015, section 2.4.

    Args:
        schedule: "constant", "linear" or "inverse sigmoid".
        step: i, how many steps of training were made before, from 0.
        setting: for "constant" the ratio itself; for "linear" the step at which the ratio, having fallen
            from 1 in equal steps, arrives at 0, where it stays; for "inverse sigmoid" the k of
            k / (k + exp(i / k)).

    Returns:
        The ratio, from 0 to 1, however large the step is.
    """
    ### BEGIN SOLUTION
    if schedule == "constant":
        return setting
    if schedule == "linear":
        return max(0.0, 1 - step / setting)
    return setting / (setting + math.exp(min(step / setting, 700)))
    ### END SOLUTION


# %% tags=["check"]
check("forcing_ratio", forcing_ratio)


# %% tags=["setup"]
def forced_step(
    model: AttentionSeq2Seq,
    optimizer: torch.optim.Optimizer,
    ratio: Callable[[int], float],
    generator: torch.Generator,
) -> Callable[[Batch], float]:
    """A step of training in which coins decide what the decoder reads; it returns the loss of its batch.

    Args:
        model: lesson 3's.
        optimizer: holds its parameters.
        ratio: step of training, from 0 → how probable it is that the teacher decides.
        generator: tosses the coins.
    """
    steps = count()

    def step(batch: Batch) -> float:
        coins = forcing_coins(*batch.target.shape, ratio(next(steps)), generator)
        previous = previous_words(batch.target)
        return training_step(
            lambda batch: decode(model, batch, previous, coins), masked_loss, optimizer, batch
        )

    return step
