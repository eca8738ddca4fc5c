# %% [markdown]
# # 4 · Teacher forcing: what happens after a first wrong word
#
# **You will build** a decoder's loop in which a coin decides, for each sentence and each step, whether the model reads
# the right word or its own; schedules for that coin; a measure of what follows a first error.
#
# **You will learn** what exposure bias is, how large it is here, and why the training loss says little about it.
#
# **You need** lessons 1 and 3. Their solved parts are imported.
#
# **Time** about two hours; the cells run for less than a minute on a laptop. **Score to expect** in the shipped runs, 90 to
# 93 % of unseen sentences of one to four clauses exactly right when always forced, fewer otherwise.

# %% tags=["setup"]
import math
from collections.abc import Callable
from functools import partial
from itertools import count

import torch
from safetensors.torch import load_file
from torch import Tensor

from autograder import check, hint, progress
from lessons.earlier.lesson_01 import (
    Encoder,
    build_vocabulary,
    encode_words,
    masked_loss,
    pad_batch,
    training_step,
)
from lessons.earlier.lesson_03 import (
    AdditiveScore,
    AttentionDecoder,
    AttentionSeq2Seq,
    greedy_with_weights,
)
from lessons.toolkit import figures, forcing_figures, predictions
from lessons.toolkit.batches import END, PAD, START, Batch, make_batches
from lessons.toolkit.corpus import load_split
from lessons.toolkit.paths import datasets_folder
from lessons.toolkit.readiness import ready
from lessons.toolkit.results import load_results
from lessons.toolkit.training import one_cycle, train, use_threads

# %% [markdown]
# ## 1 · One wrong word
#
# The model should say *난* and says *너*. What does it read next? In training it reads *난* all the same: the teacher
# has put the right word in its place. When it translates alone, nobody does, and it reads its own *너*.
#
# See it happen. The model is lesson 3's, after a single epoch on sentences of one to four clauses: half trained, so
# that it makes mistakes. Its weights come with the course.

# %% tags=["exploration", "always"]
use_threads(2)
figures.use_course_style()
CLAUSES = (1, 2, 3, 4)
pairs = load_split("train")
source_vocabulary = build_vocabulary([pair.source_words for pair in pairs])
target_vocabulary = build_vocabulary([pair.target_words for pair in pairs])
source_numbers = {word: number for number, word in enumerate(source_vocabulary)}
target_numbers = {word: number for number, word in enumerate(target_vocabulary)}


def make_model() -> AttentionSeq2Seq:
    """Lesson 3's model, untrained."""
    encoder = Encoder(len(source_vocabulary), embedding_size=64, hidden_size=128)
    score = AdditiveScore(hidden_size=128, attention_size=32)
    return AttentionSeq2Seq(encoder, AttentionDecoder(len(target_vocabulary), 64, 128, score))


def encode(pairs: list) -> list[tuple[list[int], list[int]]]:
    """Sentence pairs as source numbers and target numbers."""
    return [
        (
            encode_words(pair.source_words, source_numbers),
            encode_words(pair.target_words, target_numbers),
        )
        for pair in pairs
    ]


def as_batch(pairs: list) -> Batch:
    """Sentence pairs as one batch, in the order given."""
    return next(make_batches(encode(pairs), pad_batch, batch_size=len(pairs)))


half_trained = make_model()
half_trained.load_state_dict(load_file(datasets_folder() / "models/04_half_trained.safetensors"))
half_trained.eval()
print(f"{len(source_vocabulary)} English words, {len(target_vocabulary)} Korean words")

# %% [markdown]
# The same model translates the same sentence twice. **Forced**: each step reads the right word of the step before.
# **Free-running**: each step reads what the step before wrote. *날* is *me*, the object; *내가* is *I* as the subject of a
# clause inside another. Before you run the cell: if the model writes *내가* in place of *날*, how might it go on?

# %% tags=["exploration", "always", "nbval-ignore-output"]
sentence = "it is cold but Sora helps me and I wait for him"
example = [pair for pair in load_split("by_length", CLAUSES) if pair.source == sentence]
one = as_batch(example)


def to_words(numbers: list[int]) -> list[str]:
    """Word numbers as words."""
    return [target_vocabulary[number] for number in numbers]


right = [*example[0].target_words, "<end>"]
with torch.no_grad():
    says_forced = to_words(half_trained(one).argmax(-1)[0].tolist())
says_free = [
    *to_words(greedy_with_weights(half_trained, one.source, one.source_mask, 60)[0][0]),
    "<end>",
]
figure = forcing_figures.draw_decodings(
    right,
    says_forced,
    says_free,
    f"{sentence}\nOne wrong word: forced, it stays alone; free-running, it feeds on itself",
)
figures.show(
    figure,
    f"Right: {' '.join(right)}. Forced, the model writes: {' '.join(says_forced)}. "
    f"Free-running, it writes: {' '.join(says_free)}.",
)

# %% [markdown]
# Both write *내가* at the same step: up to there they have read the same words. Forced, the decoder then reads *날* and
# goes on as if nothing had happened. Free-running, it reads *내가*, and a new subject wants something to do: *내가 그를
# 도와주고*, *I help him*, which nobody asked for. The words are good Korean, and every one after it is out of place.
#
# In training the model has never read a wrong word. That it does so when it translates is called **exposure bias**
# (Ranzato et al. 2016, [arXiv:1511.06732](https://arxiv.org/abs/1511.06732)).

# %% [markdown]
# ## 2 · What a forced decoder reads
#
# Take *난 널 사랑해*. The decoder writes `난 널 사랑해 END`, and while it does, it reads `START 난 널 사랑해`: at each step
# the word before. A column too many or too few, and it reads the very word that it has to predict. The loss is then
# wonderful, and the translations are rubbish.
#
# **Exercise 1.** Write `previous_words`. In a batch, short sentences have padding behind their `END`. Which word must the
# decoder never read? About three lines.


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
    previous = torch.full_like(target, START)
    previous[:, 1:] = target[:, :-1]
    return previous.masked_fill(previous == END, PAD)
    ### END SOLUTION


# %% tags=["check"]
check("previous_words", previous_words)

# %% [markdown]
# ## 3 · Teacher or own word
#
# Between *always forced* and *never* lies a coin. It says for one sentence at one step who chooses the next word: the
# teacher, who knows the right one, or the model, whose best guess has just been made.
#
# **Exercise 2.** Write `choose_input`, for one step of a whole batch. Each sentence has a coin of its own. The result
# is word numbers, so no gradient flows through the choice; that is how Bengio et al. 2015 do it, too.


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

# %% [markdown]
# ## 4 · The loop
#
# Lesson 1 fed all T words to the decoder in one call. That is possible only when all are known beforehand. With coins,
# the word of step 3 may be what step 2 wrote, so the steps come one after another, in training as well.
#
# **Exercise 3.** Write `decode_with_forcing`. One step of the decoder arrives as `step`, your `choose_input` as `choose`,
# and the coins as a tensor: where they come from is not the loop's business. Step 0 has no step before it, and reads
# `START` whatever its coin. About seven lines.


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

# %% [markdown]
# Now join loop and model. `decode` reads the source, prepares the keys once, and hands one step of lesson 3's decoder to
# your loop. If all coins are True, the scores must be those of the model of lesson 3, which knows no coins. And with half
# of the coins True, what happens to the example?


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


# %% tags=["exploration"]
if ready("previous_words", "choose_input", "decode_with_forcing"):
    previous = previous_words(one.target)
    always = torch.ones_like(previous, dtype=torch.bool)
    with torch.no_grad():
        same = torch.allclose(
            decode(half_trained, one, previous, always), half_trained(one), atol=1e-4
        )
    print("always forced, your loop gives the scores of lesson 3's model:", same)

# %% [markdown]
# ## 5 · Nobody corrects a translator
#
# To know how a model translates, let it run free. This is the mistake with the most beautiful results: forcing left on
# while you measure. The model is told every right word, a moment after it should have known it.
#
# **Exercise 4.** Write `free_running`. It gets a function that decodes with given coins, and what a forced decoder would
# read. Which coins does it need? Two lines.


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

# %% [markdown]
# Measure the half-trained model both ways, on 800 test sentences. The share of **right words** will be higher with forcing.
# What about **exact match**, the share of sentences without any error? Think it through before you answer: a sentence
# that is right to the last word, what has it read?

# %% tags=["exploration", "always"]
predictions.ask(
    "forced_exact_match",
    "Beside free-running, how will exact match with forcing be?",
    a="lower",
    b="the same",
    c="higher by a few points",
    d="higher by ten points or more",
    guess="",
)

# %% tags=["exploration"]
if ready("free_running", "decode_with_forcing", "choose_input", "previous_words"):
    test = as_batch(load_split("by_length", CLAUSES))

    @torch.no_grad()
    def forced_words(model: AttentionSeq2Seq, batch: Batch) -> Tensor:
        """What a model writes, (B, T), while the teacher corrects every word."""
        previous = previous_words(batch.target)
        coins = torch.ones_like(previous, dtype=torch.bool)
        return decode(model, batch, previous, coins).argmax(-1)

    @torch.no_grad()
    def free_words(model: AttentionSeq2Seq, batch: Batch) -> Tensor:
        """What a model writes, (B, T), alone."""
        return free_running(partial(decode, model, batch), previous_words(batch.target))

    def right_words(written: Tensor, batch: Batch) -> float:
        """The share of right words, from 0 to 1."""
        return (written == batch.target)[batch.target_mask].float().mean().item()

    def right_sentences(written: Tensor, batch: Batch) -> float:
        """The share of sentences without an error, from 0 to 1."""
        return ((written == batch.target) | ~batch.target_mask).all(1).float().mean().item()

    forced, free = forced_words(half_trained, test), free_words(half_trained, test)
    more = right_words(forced, test) - right_words(free, test)
    print("more right words with forcing:", more > 0.05)
    difference = right_sentences(forced, test) - right_sentences(free, test)
    print("the same exact match:", abs(difference) < 0.003)

# %% tags=["exploration", "nbval-ignore-output"]
if ready("forced", "free"):
    predictions.answer(
        "forced_exact_match",
        predictions.option_for(100 * difference, -0.3, 0.3, 10),
        f"Exact match: forced {right_sentences(forced, test):.1%}, free-running {right_sentences(free, test):.1%}; right "
        f"words: {right_words(forced, test):.1%} and {right_words(free, test):.1%}.",
    )

# %% [markdown]
# Exact match is the same. A sentence without an error has read the right words all along, forced or not. So exposure
# bias cannot spoil a sentence that would have been right: it decides how a sentence goes on that is wrong already. That is
# where you have to look.
#
# ## 6 · Behind the first error
#
# **Exercise 5.** Write `accuracy_after_error`. Find the first wrong word of each sentence; then, over all sentences that
# have one, the share of right words one step behind it, two steps, and so on. Padding is neither right nor wrong. About
# five lines.


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

# %% [markdown]
# Draw it for the half-trained model. Two curves, forced and free-running, over the words behind the first error. Which one
# is higher is no secret; how far are they apart, and does the free-running model find back into the sentence?

# %% tags=["exploration", "always"]
predictions.ask(
    "finds_back",
    "Eight words behind its first error, alone: how many of its words will be right?",
    a="fewer than directly behind the error, by 15 points or more",
    b="about as many as directly behind it",
    c="more, by 15 points or more: it finds back",
    guess="",
)

# %% [markdown]
# The curves come from the translations of the 800 test sentences that you have just measured; nothing is trained. Each
# point counts the sentences that still have a word at that distance.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("accuracy_after_error", "free_words"):
    curves = {
        name: [accuracy_after_error(written, test.target, test.target_mask, reach=8).tolist()]
        for name, written in (("forced", forced), ("free-running", free))
    }
    figure = forcing_figures.plot_after_error(
        {"the half-trained model": curves}, "Alone, the model does not find back"
    )
    figures.show(
        figure,
        "Share of right words one to eight words behind the first error: "
        + "; ".join(
            f"{name} {', '.join(f'{share:.0%}' for share in runs[0])}"
            for name, runs in curves.items()
        ),
    )
    alone = curves["free-running"][0]
    predictions.answer(
        "finds_back",
        predictions.option_for(100 * (alone[-1] - alone[0]), -15, 15),
        f"Right words, free-running: {alone[0]:.0%} directly behind the error, {alone[-1]:.0%} eight words behind.",
    )

# %% [markdown]
# Be careful with the lower curve. It compares place by place: a model that writes one word too many is wrong at every
# place behind it, though each word may be the right one, a step late. So the curve shows two things in one: an error that
# makes the next choice worse, and an error that pushes the rest out of place. Section 9 comes back to that.

# %% [markdown]
# ## 7 · Toss the coins
#
# If the trouble is that the model has never read a wrong word, let it read some while it learns: **scheduled sampling**
# (Bengio et al. 2015, [arXiv:1506.03099](https://arxiv.org/abs/1506.03099)). The *forcing ratio* is how probable it is
# that the teacher decides.
#
# **Exercise 6.** Write `forcing_coins`: a coin for each sentence and each step. One coin for a whole batch would make
# batches of two kinds, and no sentence would ever show the model how to come back. The check counts, and is wrong about a
# right answer less than once in a thousand million times. One line.


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

# %% [markdown]
# Here are coins for three short sentences, tossed at a ratio of one half. Filled: the teacher gives the word that is
# read. Empty: the model reads what it has written itself, whatever that is. The first word is always the start token.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("forcing_coins", "previous_words"):
    few = as_batch([next(p for p in pairs if len(p.target_words) == n) for n in (3, 4, 6)])
    coins = forcing_coins(*few.target.shape, 0.5, torch.Generator().manual_seed(3))
    read = [
        to_words(row[real].tolist())
        for row, real in zip(previous_words(few.target), few.target_mask, strict=True)
    ]
    tossed, own = int(few.target_mask[:, 1:].sum()), int((~coins & few.target_mask)[:, 1:].sum())
    figure = forcing_figures.draw_coins(
        [["<start>", *words[1:]] for words in read],
        coins,
        f"At {own} of {tossed} steps the model reads its own word",
    )
    figures.show(
        figure, f"Three sentences; at {own} of {tossed} coins the model reads its own word."
    )

# %% [markdown]
# At the beginning a model writes nonsense, and learns little from reading it. So the teacher helps much at first and less
# later. Bengio et al. give several schedules; *i* counts the steps of training.
#
# **Exercise 7.** Write `forcing_ratio` with three of them: constant, linear, and the inverse sigmoid, which stays near 1
# for a while, falls, and comes to rest near 0. Beware of a long training: `exp` of a large number does not fit into a
# float. About five lines.


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

# %% [markdown]
# Look at the schedules over 900 steps, as in the experiment below. With k = 100 the inverse sigmoid passes one half about in the
# middle. Why does it begin at 0.99 and not at 1?

# %% tags=["exploration", "nbval-ignore-output"]
if ready("forcing_ratio"):
    settings = {
        "constant, 0.5": ("constant", 0.5),
        "linear to step 900": ("linear", 900.0),
        "inverse sigmoid, k = 100": ("inverse sigmoid", 100.0),
    }
    curves = {
        name: [forcing_ratio(schedule, step, setting) for step in range(900)]
        for name, (schedule, setting) in settings.items()
    }
    figure = forcing_figures.plot_schedules(curves, "The teacher withdraws early, late, or never")
    figures.show(
        figure,
        "Constant at one half; linear from 1 to 0; inverse sigmoid, near 1 at first, one half at step 460, near 0 at 900.",
    )

# %% [markdown]
# ## 8 · Train with and without a teacher
#
# A step of training tosses new coins for its batch, decodes with them, and learns from the loss as before. Train two models
# from the same first weights on the same batches: one always forced, one never. Sentences have one and two clauses, and
# each is seen four times; this takes about twenty seconds. Predict: which one will have the lower training loss?


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


# %% tags=["exploration"]
if ready("forcing_coins", "forcing_ratio", "free_words", "accuracy_after_error"):
    encoded = encode(load_split("train", clauses=(1, 2)))
    models, losses = {}, {}
    for ratio in (1.0, 0.0):
        torch.manual_seed(1)
        model = make_model()
        optimizer = torch.optim.Adam(model.parameters(), lr=4e-3)
        shuffling, tossing = (torch.Generator().manual_seed(seed) for seed in (1, 2))
        losses[ratio] = train(
            step=forced_step(
                model, optimizer, partial(forcing_ratio, "constant", setting=ratio), tossing
            ),
            batches=lambda shuffling=shuffling: make_batches(encoded, pad_batch, 64, shuffling),
            epochs=4,
            schedule=one_cycle(optimizer, steps=4 * math.ceil(len(encoded) / 64)),
        )
        models[ratio] = model.eval()
    print(
        "the model that was always forced has the lower training loss:",
        losses[1.0][-1] < losses[0.0][-1],
    )

# %% [markdown]
# Two losses that were measured on different questions. The forced model was asked: *given that all before was right, what
# comes next?* The other one: *given what you have written, what should have come at this place?* That is harder, and
# sometimes there is no good answer: behind a word too many, the word at this place is the wrong one to continue with.
# Compare the models alone, then, on test sentences of one and two clauses.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("models"):
    short = as_batch(load_split("by_length", clauses=(1, 2)))
    for ratio, model in models.items():
        told, alone = forced_words(model, short), free_words(model, short)
        behind = accuracy_after_error(alone, short.target, short.target_mask, reach=1).item()
        print(f"ratio {ratio}: training loss {losses[ratio][-1]:.2f} nats a word")
        print(f"  right words, forced        {right_words(told, short):6.1%}")
        print(f"  right words, free-running  {right_words(alone, short):6.1%}")
        print(f"  right sentences            {right_sentences(alone, short):6.1%}")
        print(f"  right words just behind the first error, free-running {behind:.0%}")

# %% [markdown]
# The losses are far apart. How far apart are the right words when the models write alone? And who goes on better behind
# an error? One short run is an anecdote; the next section has five seeds, longer sentences and two more ways.
#
# ## 9 · Five seeds, four ways
#
# Always forced, forced half of the time, never, and the inverse sigmoid of section 7. Lesson 3's model with 279 thousand
# parameters, 19,200 sentences of one to four clauses, three epochs: 900 steps each, from the same first weights and on
# the same batches for the same seed. Tested on 800 sentences, alone: no teacher corrects.

# %% tags=["exploration", "always"]
predictions.ask(
    "best_way",
    "Which way to train gives most exact translations, in the mean over five seeds?",
    a="always forced",
    b="forced half of the time",
    c="never forced",
    d="inverse sigmoid: forced at first, then less and less",
    guess="",
)

# %% [markdown]
# The table has the lowest and the highest of five seeds in each column. Before you look for the answer in the last
# column, compare the first with it: is the order the same?

# %% tags=["exploration", "always"]
results = load_results("04_teacher_forcing")
runs = {way: [run for run in results["runs"] if run["way"] == way] for way in results["ways"]}


def of(key: str) -> dict[str, list]:
    """One value a seed, way by way."""
    return {way: [run[key] for run in found] for way, found in runs.items()}


def percent(values: list[float]) -> str:
    """The lowest and the highest share."""
    return f"{min(values):.0%} to {max(values):.0%}".rjust(12)


print("made by:", results["command"])
print(" " * 17 + "training loss   loss forced   words forced    words free     sentences")
for way, found in runs.items():
    columns = {key: [run[key] for run in found] for key in found[0]}
    losses_shown = [
        f"{min(columns[key]):.2f} to {max(columns[key]):.2f}"
        for key in ("training_loss", "forced_loss")
    ]
    shares = [percent(columns[key]) for key in ("forced_accuracy", "free_accuracy", "exact_match")]
    print(f"{way:17}{losses_shown[0]}  {losses_shown[1]}", *shares, sep="  ")
exact = {way: sum(values) / len(values) for way, values in of("exact_match").items()}
predictions.answer(
    "best_way",
    "abcd"[list(exact).index(max(exact, key=exact.get))],
    "Exact translations, mean of five seeds: "
    + ", ".join(f"{way} {share:.1%}" for way, share in exact.items())
    + ".",
)

# %% [markdown]
# *Training loss* is that of the last epoch, each on what the model read; *loss forced* is on the test sentences, all
# forced. Now see every seed. The left half is what you would watch during training, the right half what a reader gets.

# %% tags=["exploration", "always", "nbval-ignore-output"]
panels = {
    "training loss (nats a word)": of("training_loss"),
    "right words, free-running (%)": {
        way: [100 * value for value in values] for way, values in of("free_accuracy").items()
    },
    "right words behind the\nfirst error, free-running (%)": {
        way: [100 * sum(value[:4]) / 4 for value in values]
        for way, values in of("free_after_error").items()
    },
}
figure = forcing_figures.plot_seeds(
    panels, "The training loss does not say how a model goes on behind an error"
)
figures.show(
    figure,
    "Dots, one a seed, for four ways to train. Training loss is lowest when always forced and highest when never. Right "
    "words, free-running, are most when always forced or with the inverse sigmoid. Right words in the four places behind "
    "the first error are fewest when always forced and most when never forced.",
)

# %% [markdown]
# The loss misleads in three ways.
#
# - The schedule's training loss is more than twice that of always forcing; alone, both write about as many right words,
#   and for two of five seeds the schedule writes more. The losses are measured on different inputs and cannot be compared.
# - Forced on test sentences, the first model writes 99 % right words. Alone it writes three to four times as many
#   wrong ones, and the loss does not see it.
# - Behind the first error the order is reversed: the model with the lowest loss goes on worst.

# %% [markdown]
# What happens after the error? Left, the model that was always forced; right, all four alone. The third curve on the left
# has only those wrong sentences that are as long as the right ones: no word too many, none missing. These are few, 13 to
# 31 for each seed. Where will the curve lie, near the upper one or near the lower one?

# %% tags=["exploration", "always", "nbval-ignore-output"]
first = of("forced_after_error"), of("free_after_error"), of("free_after_error_same_length")
names = "forced", "free-running", "free-running, length right"
panels = {
    "always forced in training": {
        name: values["ratio 1.0"] for name, values in zip(names, first, strict=True)
    },
    "free-running, four ways to train": first[1],
}
figure = forcing_figures.plot_after_error(
    panels, "After a first error, the model that was always forced goes on worst"
)
figures.show(
    figure,
    "Right words in the eight places after the first error, mean of five seeds. Left, always forced in training: 95 % when "
    "forced, 33 % free-running, 93 % free-running in wrong sentences whose length is right. Right, free-running: 33 % for "
    "always forced, 54 % for ratio 0.5, 47 % for the inverse sigmoid, 71 % for never forced.",
)
print("of the wrong sentences, as long as the right one; of all, wrong and of another length:")
for way, found in runs.items():
    same = [run["wrong_with_same_length"] for run in found]
    other = [(1 - run["exact_match"]) * (1 - run["wrong_with_same_length"]) for run in found]
    print(f"  {way:17}{percent(same)}{percent(other)}, mean {sum(other) / len(other):.1%}")

# %% [markdown]
# Read the third curve with care. Its sentences were chosen by how they ended: where the length came out right, the first
# error may have been a milder one. So the curve does not show which errors the model can mend. That would need the same
# wrong word at the same place for every model, and here nobody has put one there.
#
# Nor do models that have read their own words make fewer errors that change the length. With ratio 0.0 more than two thirds
# of the wrong sentences keep their length, but many more are wrong. Of *all* sentences, 8.5 % are wrong and of another
# length when never forced, 7.3 % when forced half of the time, 5.2 % with the schedule and 5.2 % when always forced.

# %% [markdown]
# So is scheduled sampling better? **Not here.** For no seed does it give more exact sentences than always
# forcing: the schedule is level for one and behind for four, the half is further behind, and never forcing is far behind.
# Perhaps a regular grammar leaves few errors to learn from, and 900 steps none to waste; other experiments would have
# to show it. Bengio et al. found gains on larger tasks;
# Huszár 2015 ([arXiv:1511.05101](https://arxiv.org/abs/1511.05101)) argues that the method teaches something wrong: the right
# word for a place, behind a prefix that it does not fit.
#
# And the models err on different sentences, so the curves on the right are no fair race.

# %% [markdown]
# ## What you take with you
#
# - Forced, a model never meets its own errors; alone it does. That is **exposure bias**, and exact match cannot show
#   it: look behind the first error.
# - Measure with the coins that will fall in use: none. The loss of training is about another task.
# - A remedy from the literature is a hypothesis for your data. Here the plain way won, though it goes on worst after an
#   error. Why it won is open: there may be too few errors to learn from, or too few steps.
#
# **Where to go on.** Bengio et al. 2015, [arXiv:1506.03099](https://arxiv.org/abs/1506.03099), section 2, has the method;
# Ranzato et al. 2016, [arXiv:1511.06732](https://arxiv.org/abs/1511.06732), trains on whole sentences instead. The next
# lesson looks at the weights of attention: are they an alignment?
