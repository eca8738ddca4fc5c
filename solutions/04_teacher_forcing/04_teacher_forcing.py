# %% [markdown]
# # 4 · Teacher forcing: what happens after a first wrong word
#
# **You will build** a decoder's loop in which a coin decides, for each sentence and each step, whether the model reads
# the right word or its own; schedules for that coin; a measure of what follows a first error; and a fair test, in which
# every model gets the same wrong word.
#
# **You will learn** what exposure bias is, after which errors it shows here, and why neither the training loss nor exact
# match tells you.
#
# **You need** lessons 1 and 3. Their solved parts are imported.
#
# **Time** about two hours; the cells run for less than a minute on a laptop. **Score to expect** in the shipped runs, about
# nine of ten unseen sentences of one to four clauses exactly right when always forced, fewer otherwise.

# %% tags=["setup"]
import math
import statistics
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
from lessons.toolkit import predictions
from lessons.toolkit.batches import END, PAD, START, Batch, make_batches
from lessons.toolkit.corpus import SentencePair, load_split
from lessons.toolkit.figures import common as figures
from lessons.toolkit.figures import forcing as forcing_figures
from lessons.toolkit.figures.gloss_lines import show_glossed
from lessons.toolkit.paths import datasets_folder
from lessons.toolkit.readiness import ready
from lessons.toolkit.results import load_results, runs_of
from lessons.toolkit.training import one_cycle, train, use_threads

# %% [markdown]
# ## 1 · One wrong word
#
# The model should say *난* and says *너*. What does it read next? In training it reads *난* all the same: the teacher
# has put the right word in its place. When it translates alone, nobody does, and it reads its own *너*.
#
# (The model of this course cannot say just that: *너* without a particle is no word of its corpus. What it can say is
# *넌*, *you* as the topic, and in section 10 you make it say so.)
#
# See such a mistake happen. The model is lesson 3's, after a single epoch on sentences of one to four clauses: half
# trained, so that it makes mistakes. Its weights come with the course.

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
# **Free-running**: each step reads what the step before wrote. The sentence is *Jihun was tired but you will not open the
# door*. Its second Korean word is *피곤했지만*, *was tired but*. Before you run the cell: if the model writes *안*, *not*, in
# that place, how might it go on?

# %% tags=["exploration", "always", "nbval-ignore-output"]
sentence = "Jihun was tired but you will not open the door"
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
show_glossed([("right", right[:-1], None), ("free-running", says_free[:-1], None)], explain=True)

# %% [markdown]
# Both write *안* at the same step: up to there they have read the same words. Forced, the decoder then reads
# *피곤했지만* and goes on as if nothing had happened. Free-running, it reads *안*. After *not* comes a verb, so it writes one,
# and gives it an ending, and a second clause that nobody asked for: *Jihun will not laugh and the teacher will not do it*.
# It is good Korean, and hardly a word is right.
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
# **Exercise 1.** Write `previous_words`. In a batch, short sentences have padding after their `END`. Which word must the
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
    "How will exact match with forcing compare with free-running?",
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
# ## 6 · After the first error
#
# **Exercise 5.** Write `accuracy_after_error`. Find the first wrong word of each sentence; then, over all sentences that
# have one, the share of right words one step after it, two steps, and so on. Padding is neither right nor wrong. About
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
# Draw it for the half-trained model. Two curves, forced and free-running, over the words after the first error. Which one
# is higher is no secret; how far apart are they, and does the free-running model recover?

# %% tags=["exploration", "always"]
predictions.ask(
    "finds_back",
    "Eight words after its first error, alone: how many of its words will be right?",
    a="fewer than directly after the error, by 15 points or more",
    b="about as many as directly after it",
    c="more, by 15 points or more: it recovers",
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
        {"the half-trained model": curves}, "On its own, the model does not recover"
    )
    figures.show(
        figure,
        "Share of right words one to eight words after the first error: "
        + "; ".join(
            f"{name} {', '.join(f'{share:.0%}' for share in runs[0])}"
            for name, runs in curves.items()
        ),
    )
    alone = curves["free-running"][0]
    predictions.answer(
        "finds_back",
        predictions.option_for(100 * (alone[-1] - alone[0]), -15, 15),
        f"Right words, free-running: {alone[0]:.0%} directly after the error, {alone[-1]:.0%} eight words after it.",
    )

# %% [markdown]
# Be careful with the lower curve. It compares place by place: a model that writes one word too many is wrong at every
# place after it, though each word may be the right one, a step late. So the curve shows two things in one: an error that
# makes the next choice worse, and an error that pushes the rest out of place. Section 10 comes back to that.

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
# Look at the schedules over 900 steps, as in the experiment below. With k = 100 the inverse sigmoid passes one half about
# in the middle. Why does it begin at 0.99 and not at 1?

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
# sometimes there is no good answer: after a word too many, the word at this place is the wrong one to continue with.
# Compare the models alone, then, on test sentences of one and two clauses.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("models"):
    short = as_batch(load_split("by_length", clauses=(1, 2)))
    for ratio, model in models.items():
        told, alone = forced_words(model, short), free_words(model, short)
        after = accuracy_after_error(alone, short.target, short.target_mask, reach=1).item()
        print(f"ratio {ratio}: training loss {losses[ratio][-1]:.2f} nats per word")
        print(f"  right words, forced        {right_words(told, short):6.1%}")
        print(f"  right words, free-running  {right_words(alone, short):6.1%}")
        print(f"  right sentences            {right_sentences(alone, short):6.1%}")
        print(f"  right words just after the first error, free-running {after:.0%}")

# %% [markdown]
# The losses are far apart. How far apart are the right words when the models write alone? And which goes on better after
# an error? One short run is an anecdote; the next section has five seeds, longer sentences and two more ways.
#
# ## 9 · Five seeds, four ways
#
# Always forced, forced half of the time, never, and the inverse sigmoid of section 7: lesson 3's model on 19,200
# sentences of one to four clauses, for three epochs. For one seed, all four begin with the same weights and see the same
# batches in the same order. They are tested on 800 new sentences, alone: no teacher corrects.

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
runs = {way: runs_of(results, way) for way in results["seeds"]}


def of(key: str) -> dict[str, list]:
    """One value per seed, way by way."""
    return {way: [run[key] for run in found] for way, found in runs.items()}


def span(values: list[float], form: str) -> str:
    """The lowest and the highest value."""
    return f"{min(values):{form}} to {max(values):{form}}".rjust(15)


print("made by:", results["command"])
print(f"{'':16}  training loss    loss forced   words forced     words free      sentences")
columns = {"loss": ".2f", "forced_loss": ".2f"}
columns |= dict.fromkeys(("forced_accuracy", "free_accuracy", "exact_match"), ".0%")
for way, found in runs.items():
    print(
        f"{way:16}",
        *(span([run[key] for run in found], form) for key, form in columns.items()),
        sep="",
    )
exact = {way: sum(values) / len(values) for way, values in of("exact_match").items()}
predictions.answer(
    "best_way",
    "abcd"[list(exact).index(max(exact, key=exact.get))],
    "Exact translations, mean over seeds: "
    + ", ".join(f"{way} {share:.1%}" for way, share in exact.items())
    + ".",
)

# %% [markdown]
# *Training loss* is that of the last epoch, each on what the model read; *loss forced* is on the test sentences, all
# forced; both are in nats per word. Now see every seed. On the left is what you would watch during training, in the middle
# and on the right what a reader gets.

# %% tags=["exploration", "always", "nbval-ignore-output"]
panels = {
    "training loss (nats per word)": of("loss"),
    "right words, free-running (%)": {
        way: [100 * value for value in values] for way, values in of("free_accuracy").items()
    },
    "right words in the four places\nafter the first error (%)": {
        way: [100 * sum(value[:4]) / 4 for value in values]
        for way, values in of("free_after_error").items()
    },
}
figure = forcing_figures.plot_seeds(
    panels, "The training loss does not say how a model goes on after an error"
)
figures.show(
    figure,
    "Dots, one per seed, for four ways to train. Training loss is lowest when always forced and highest when never. Right "
    "words, free-running, are fewest when never forced. Right words in the four places after the first error are fewest "
    "when always forced and most when never forced.",
)

# %% [markdown]
# The loss misleads in three ways.
#
# - The schedule's training loss is more than twice that of always forcing; alone, both write about as many right words.
#   The losses are measured on different inputs and cannot be compared.
# - Forced on test sentences, the first model writes more than 98 % right words. Alone it writes three to five times as
#   many wrong ones, and the loss does not see it.
# - After the first error the order is reversed: the model with the lowest loss goes on worst.

# %% [markdown]
# Follow the words after the error. On the left is the model that was always forced, read both ways; on the right are all
# four, alone. Before you look: these are the places after a model's *own* first error. Are they the same places for the
# four models?

# %% tags=["exploration", "always", "nbval-ignore-output"]
panels = {
    "always forced in training": {
        "forced": of("forced_after_error")["ratio 1.0"],
        "free-running": of("free_after_error")["ratio 1.0"],
    },
    "free-running, four ways to train": of("free_after_error"),
}
figure = forcing_figures.plot_after_error(
    panels, "After its own first error, the model that was always forced goes on worst"
)
means = {
    f"{heading}, {name}": sum(map(sum, seeds)) / sum(map(len, seeds))
    for heading, curves in panels.items()
    for name, seeds in curves.items()
}
told = "; ".join(f"{name} {share:.0%}" for name, share in means.items())
figures.show(
    figure, f"Right words in the eight places after the first error, mean of all seeds: {told}."
)
print("test sentences with an error: as long as the right one, and of another length (800 in all)")
for way, found in runs.items():
    kept, other = (
        [run[key] for run in found] for key in ("wrong_as_long", "wrong_of_other_length")
    )
    print(f"  {way:16}{span(kept, 'd')}{span(other, 'd')}")

# %% [markdown]
# They are not the same places. The model that was never forced errs in more than twice as many sentences, and perhaps in
# easier ones. So the curves on the right compare models *and* sentences, and nothing in them says which of the two makes
# the difference. Nor do models that have read their own words make fewer errors that change the length: count them in the
# last column.
#
# What is missing is an error that is the same for all.

# %% [markdown]
# ## 10 · The same wrong word for everyone
#
# So do not wait for an error: put one in. Take a test sentence and draw a place in it. Every model reads the right words
# up to there, then the same wrong word, and is alone from there on. There are two kinds of wrong words.
#
# - **Of the same kind**: another noun with the same particle, or another verb with the same ending. What follows stays
#   right, word for word.
# - **Another structure**: the same person as an object in place of the topic; the same verb with an ending that joins
#   otherwise; for a thing, which has one particle only, a verb.

# %% [markdown]
# Your own loop can do that. Its coins are `True` up to the wrong word and `False` after it. Try it with the two short
# runs of section 8, and with the story of section 1: *넌*, *you* as the topic, in place of *난*, *I* as the topic. After
# another topic the rest can stay as it is. *날* is *me*, an object: it changes the structure.


# %% tags=["setup"]
def after_wrong_word(
    model: AttentionSeq2Seq, pair: SentencePair, place: int, wrong: str
) -> list[str]:
    """What a model writes, alone, after the right words before a place and a wrong word there.

    Args:
        model: lesson 3's.
        pair: a sentence pair.
        place: where in the target the wrong word stands, from 0.
        wrong: the word.

    Returns:
        The words up to END, at most as many as the target still has.
    """
    batch = as_batch([pair])
    previous = previous_words(batch.target)
    previous[0, place + 1] = target_numbers[wrong]
    coins = (torch.arange(previous.shape[1]) <= place + 1).unsqueeze(0)
    with torch.no_grad():
        written = decode(model, batch, previous, coins).argmax(-1)
    words = to_words(written[0, place + 1 :].tolist())
    return words[: words.index("<end>")] if "<end>" in words else words


# %% tags=["exploration", "nbval-ignore-output"]
if ready("models"):
    pair = next(
        pair
        for pair in load_split("by_length", clauses=(1,))
        if pair.target_words[0] == "난" and len(pair.target_words) >= 4
    )
    shown = [(pair.source, pair.target_words, pair.glosses)]
    for word in ("난", "넌", "날"):
        for ratio, model in models.items():
            rest = after_wrong_word(model, pair, 0, word)
            shown.append((f"ratio {ratio}, after {word}", [word, *rest], None))
    show_glossed(shown)

# %% [markdown]
# One sentence, one seed: an example, no finding. The experiment does the same with one place in nearly each of the 800
# test sentences, for all four ways and five seeds. Its control puts the *right* word at the same place. Predict first, for
# the model that was always forced.

# %% tags=["exploration", "always"]
RESTS = "Of the rests that it would have written without an error, how many are still right?"
predictions.ask(
    "same_kind",
    f"It reads a wrong word of the same kind. {RESTS}",
    a="fewer than half",
    b="50 to 79 %",
    c="80 to 94 %",
    d="95 % or more",
    guess="",
)
predictions.ask(
    "structure",
    f"It reads a word that changes the structure. {RESTS}",
    a="fewer than half",
    b="50 to 79 %",
    c="80 to 94 %",
    d="95 % or more",
    guess="",
)

# %% [markdown]
# *Next* counts the word after the wrong one, *rest* all words after it. *Rest kept* counts only the places where the model
# writes the whole rest without an error if it gets the right word.

# %% tags=["exploration", "always"]
KINDS = {
    "no_error": "the right word (control)",
    "same_kind": "another word of the same kind",
    "structure": "a word that changes the structure",
}
injected = of("injected_errors")
print(f"n = {injected['ratio 1.0'][0]['places']} places, the same for all models")
for kind, name in KINDS.items():
    print(f"{name:34}next right     rest right      rest kept")
    for way, seeds in injected.items():
        keys = ("next_right", "rest_right", "rest_kept")
        shares = (span([found[kind][key] for found in seeds], ".0%") for key in keys)
        print(f"  {way:27}", *shares, sep="")
same_kind, structure = (
    statistics.mean(100 * found[kind]["rest_kept"] for found in injected["ratio 1.0"])
    for kind in ("same_kind", "structure")
)
predictions.answer(
    "same_kind",
    predictions.option_for(same_kind, 50, 80, 95),
    f"{same_kind:.0f} % of them, mean over seeds.",
)
predictions.answer(
    "structure",
    predictions.option_for(structure, 50, 80, 95),
    f"{structure:.0f} % of them, mean over seeds.",
)

# %% tags=["exploration", "always", "nbval-ignore-output"]
panels = {
    label: {
        name: {way: [found[kind][key] for found in seeds] for way, seeds in injected.items()}
        for kind, name in KINDS.items()
    }
    for key, label in (
        ("next_right", "next word right (%)"),
        ("rest_right", "whole rest of the sentence right (%)"),
    )
}
figure = forcing_figures.plot_injected_errors(
    panels,
    f"The same wrong word at {injected['ratio 1.0'][0]['places']} places: a noun for a noun throws no model;\n"
    "a word that changes the structure hits the one that never read its own words hardest",
)
figures.show(
    figure,
    "Dots, one per seed, for four ways to train. With the right word and with another word of the same kind the picture is "
    "the same: never forced is lower than the others. After a word that changes the structure the order is "
    "reversed: always forced has the fewest right rests, never forced the most.",
)

# %% [markdown]
# A wrong word as such does not throw a model. After another noun with the same particle, each of them goes on as it does
# after the right word, the one that was always forced too, and keeps 96 to 99 % of its rests: no exposure bias to be seen.
#
# A word that changes the structure does. Here each model that has read its own words keeps more of its rests than always
# forcing does, for every seed. Always forced keeps 32 to 44 %, the schedule 45 to 52 %, half 58 to 63 %, and never forced
# 89 to 95 %. The words before, the place and the wrong word are the same for all, so this difference belongs to the
# models. That is exposure bias, measured. (The schedule and the half have read about as many own words. That the half
# keeps more is not explained here.)

# %% [markdown]
# Which words do it? The next table has *rest kept* after a word that changes the structure, by what stood at the place
# before. In place of a person stands the same person in another role, in place of a thing or the weather a verb.

# %% tags=["exploration", "always"]
print(f"{'right word':12}", *(f"{way:>17}" for way in injected), "    n", sep="")
for word_class, counted in injected["ratio 1.0"][0]["structure"]["by_word"].items():
    print(f"{word_class:12}", end="")
    for seeds in injected.values():
        kept = [found["structure"]["by_word"][word_class]["rest_kept"] for found in seeds]
        print(f"{span(kept, '.0%'):>17}", end="")
    print(f"{counted['n']:5}")

# %% [markdown]
# Always forced, a model often keeps its way after a person in another role, for the English sentence still says who does
# what. After a verb in place of a thing or the weather it hardly ever does: the clause seems to be over before its object
# has come. Just there the model that was never forced is far ahead.

# %% [markdown]
# Two doubts. *Rest kept* leaves each model the sentences that it can do, and those of the weakest may be the easiest.
# But the figure counts all places, and there the model that was never forced writes more right rests too, though it is
# far worse with the right word.
#
# And has it learnt to mend, or only to listen less to what it reads? Both would give the same words. This experiment
# cannot part them; Huszár 2015 ([arXiv:1511.05101](https://arxiv.org/abs/1511.05101)) argues that the method teaches
# something wrong: the right word for a place, after words that it does not fit. We do not know.

# %% [markdown]
# So the remedy does what it promises, and yet **always forcing wins** in exact match, for every seed. Think of section 5:
# a sentence with an error is lost, however well it goes on. Exact match counts *first* errors alone, and these happen after
# right words, which is all that a forced model has ever read. After the right word the one that was never forced errs more
# than twice as often.
#
# Why reading its own words costs it so much is open. Candidates: it has seen fewer right beginnings in 900 steps, or it
# has learnt what Huszár fears. Bengio et al. found gains on larger tasks.

# %% [markdown]
# ## What you take with you
#
# - Forced, a model never meets its own errors; alone it does. That is **exposure bias**. Exact match cannot show it, for a
#   sentence with an error is lost already.
# - To compare what models do after an error, give all of them the same one. Here a wrong noun throws nobody; a word that
#   changes the structure does, and least those who have read their own words.
# - Measure with the coins that will fall in use: none. The loss of training is about another task.
# - A remedy may do what it promises and lose all the same: it mends more and errs more. Why it errs more is open.
#
# **Where to go on.** Bengio et al. 2015, [arXiv:1506.03099](https://arxiv.org/abs/1506.03099), section 2, has the method;
# Ranzato et al. 2016, [arXiv:1511.06732](https://arxiv.org/abs/1511.06732), trains on whole sentences instead. The next
# lesson looks at the weights of attention: are they an alignment?
