# %% [markdown]
# # 2 · Long sentences through a fixed vector
#
# **You will build** the instruments of an experiment: accuracy by sentence length, a bottleneck that makes the
# context vector as small as you like, a summary over several runs, and a map of where in a sentence the wrong words are.
#
# **You will learn** at which length the baseline fails, how that point moves with the size of the context, what an
# experiment can say about *cannot* and *has not learnt to*, and how to claim no more than the runs can show.
#
# **You need** lesson 1, or what it teaches: encoder, decoder, padded batches.
#
# **Time** about two hours; the cells run for about a minute. **Score to expect** exact match falls from more than 90
# % at one clause to less than 5 % at six.

# %% [markdown]
# ## The question
#
# Lesson 1 ended with a suspicion: a sentence of two words and one of forty pass through the same H numbers, and
# that may be too few. A suspicion is not a finding. Here the models are trained on long sentences too, so that lack
# of practice is no excuse, and then one thing changes: how much the context can hold.
#
# Six cells have a gap, and at the end one question waits for an answer in words. Dimensions: **B** sentences, **S**
# source words, **T** target words, **H** numbers in a state, **V** words in a vocabulary, and new: **C** numbers in
# the context.

# %% tags=["setup"]
import math
import statistics
from collections import defaultdict
from collections.abc import Collection

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from autograder import check, hint, progress
from lessons.earlier.lesson_01 import (
    Decoder,
    Encoder,
    Seq2Seq,
    build_vocabulary,
    encode_words,
    greedy_decode,
    masked_loss,
    pad_batch,
    training_step,
)
from lessons.toolkit import predictions
from lessons.toolkit.batches import Batch, make_batches
from lessons.toolkit.corpus import CONNECTIVES, SentencePair, count_clauses, load_split
from lessons.toolkit.figures import common as figures
from lessons.toolkit.figures import context as context_figures
from lessons.toolkit.figures import seq2seq as seq2seq_figures
from lessons.toolkit.paths import datasets_folder
from lessons.toolkit.readiness import ready
from lessons.toolkit.results import in_words, load_results, runs_of, worst_to_best
from lessons.toolkit.training import one_cycle, train, use_threads

# %% [markdown]
# What you wrote in lesson 1 comes back here in three parts, so that an experiment is a line: the vocabularies of
# both languages, training with the settings of lesson 1, and greedy translation. Nothing in them is new; read on if
# you remember it.


# %% tags=["setup"]
class Vocabularies:
    """The words of both languages, by number and back, from training pairs."""

    def __init__(self, pairs: list[SentencePair]):
        self.source = build_vocabulary([pair.source_words for pair in pairs])
        self.target = build_vocabulary([pair.target_words for pair in pairs])
        self.source_numbers = {word: number for number, word in enumerate(self.source)}
        self.target_numbers = {word: number for number, word in enumerate(self.target)}

    def encode(self, pair: SentencePair) -> tuple[list[int], list[int]]:
        """A pair as source numbers and target numbers."""
        source = encode_words(pair.source_words, self.source_numbers)
        return source, encode_words(pair.target_words, self.target_numbers)


def train_model(
    model: nn.Module, pairs: list[SentencePair], words: Vocabularies, seed: int, epochs: int
) -> list[float]:
    """Train with Adam in batches of 64, the batches in an order that the seed fixes.

    Args:
        model: turns a batch into logits (B, T, V); it is trained in place.
        pairs: what it learns from.
        words: both vocabularies.
        seed: of the order of the batches; the model's first weights are not touched.
        epochs: how often each pair is seen.

    Returns:
        The mean loss of each epoch, in nats per word.
    """
    optimizer = torch.optim.Adam(model.parameters(), lr=4e-3)
    shuffling = torch.Generator().manual_seed(seed)
    encoded = [words.encode(pair) for pair in pairs]
    return train(
        step=lambda batch: training_step(model, masked_loss, optimizer, batch),
        batches=lambda: make_batches(encoded, pad_batch, batch_size=64, generator=shuffling),
        epochs=epochs,
        schedule=one_cycle(optimizer, steps=epochs * math.ceil(len(encoded) / 64)),
    )


def translate(model: nn.Module, pairs: list[SentencePair], words: Vocabularies) -> list[list[str]]:
    """Greedy translations of the source side by a model that has an encoder and a decoder."""
    ids, mask = pad_batch([words.encode(pair)[0] for pair in pairs])
    written = greedy_decode(model.encoder, model.decoder, ids, mask, max_length=60)
    return [[words.target[number] for number in numbers] for numbers in written]


# %% [markdown]
# ## 1 · Longer sentences
#
# The whole corpus has sentences of one to six clauses, 4,800 of each to learn from. A second file has 200 test
# sentences of each length, and it goes on to seven and eight clauses, which no model here is trained on.

# %% tags=["exploration", "always"]
use_threads(2)
figures.use_course_style()
training_pairs = load_split("train")
test_pairs = load_split("by_length")
test_clauses = [count_clauses(pair.source_words) for pair in test_pairs]
words = Vocabularies(training_pairs)

print(f"{len(training_pairs):,} pairs to learn from, {len(test_pairs):,} to test with")
for clauses in (1, 3, 6):
    pair = test_pairs[test_clauses.index(clauses)]
    print(
        f"{'1 clause ' if clauses == 1 else f'{clauses} clauses'}  {pair.source}\n           {pair.target}"
    )

# %% [markdown]
# ## 2 · One score for each length
#
# A mean over all sentences would hide what you are looking for. So you count separately: of the sentences with one
# clause, how many are right; of those with two; and so on.
#
# **Exercise 1.** Write `accuracy_by_length`. A translation is right if every word is right and in its place, as in
# lesson 1. About five lines.


# %% tags=["exercise"] slug="accuracy_by_length"
def accuracy_by_length(
    translations: list[list[str]], references: list[list[str]], lengths: list[int]
) -> dict[int, float]:
    """Exact match, separately for each length.

    Args:
        translations: the words that the model wrote, a list for each sentence.
        references: the right words, a list for each sentence.
        lengths: how long each sentence is, here in clauses.

    Returns:
        length → the share of its sentences that are right word for word, from 0 to 1; short lengths first.
    """
    ### BEGIN SOLUTION
    hits = defaultdict(list)
    for translation, reference, length in zip(translations, references, lengths, strict=True):
        hits[length].append(translation == reference)
    return {length: sum(hits[length]) / len(hits[length]) for length in sorted(hits)}
    ### END SOLUTION


# %% tags=["check"]
check("accuracy_by_length", accuracy_by_length)

# %% [markdown]
# ## 3 · The baseline, length by length
#
# The model is that of lesson 1 with an embedding of 64 and a state of 128 numbers, trained for six epochs on all six
# lengths. That takes a minute or two, so its weights come with the course.
#
# It is trained on as many sentences of six clauses as of one. Take a pencil and draw exact match from one to eight
# clauses: flat with a cliff at seven, a slope, or something else? Then read the value at four clauses off your curve.

# %% tags=["exploration", "always"]
predictions.ask(
    "four_clauses",
    "Of a hundred sentences with four clauses, how many will be exactly right?",
    a="fewer than 20",
    b="20 to 49",
    c="50 to 79",
    d="80 or more",
    guess="",
)

# %% tags=["exploration"]
if ready("accuracy_by_length"):
    baseline = Seq2Seq(Encoder(len(words.source), 64, 128), Decoder(len(words.target), 64, 128))
    baseline.load_state_dict(load_file(datasets_folder() / "models" / "02_baseline.safetensors"))
    references = [pair.target_words for pair in test_pairs]
    translations = translate(baseline, test_pairs, words)
    accuracy = accuracy_by_length(translations, references, test_clauses)
    print(f"{sum(weights.numel() for weights in baseline.parameters()):,} parameters")
    print("one clause: more than 90 % right:", accuracy[1] > 0.9)
    print("six clauses: fewer than 10 % right:", accuracy[6] < 0.1)

# %% tags=["exploration", "nbval-ignore-output"]
if ready("accuracy"):
    predictions.answer(
        "four_clauses",
        predictions.option_for(100 * accuracy[4], 20, 50, 80),
        f"At four clauses {accuracy[4]:.0%} are exactly right, at one clause {accuracy[1]:.0%}.",
    )

# %% [markdown]
# Compare the curve with your drawing. The dashed line is where training ends. Right of it a model may fail for two
# reasons at once, the size of the vector and lengths it has never seen, so nothing there says anything about
# capacity.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("accuracy"):
    figure = figures.plot_by_clauses(
        list(accuracy),
        {"baseline, 128 numbers": [list(accuracy.values())]},
        trained_up_to=6,
        title=f"Exact match falls from {accuracy[1]:.0%} to {accuracy[6]:.1%} within the trained lengths",
    )
    shares = ", ".join(f"{value:.0%}" for value in accuracy.values())
    figures.show(figure, f"Exact match of the baseline for one to eight clauses: {shares}.")

# %% [markdown]
# No cliff at the end of training: the fall comes long before it, among lengths that were practised as often as
# short ones. Cho et al. 2014 saw a similar fall on real text; but they trained on sentences of up to 30 words, so
# part of their fall lies right of their own dashed line.
#
# To compare models, turn the curve into one number: the **knee**, the first length at which less than half of the
# best accuracy is left. Half is a convention; what matters is that it is fixed before you look.
#
# **Exercise 2.** Write `find_knee`. What must it do with lengths that the model was not trained on? About three
# lines.


# %% tags=["exercise"] slug="find_knee"
def find_knee(accuracy: dict[int, float], trained_up_to: int) -> int | None:
    """The first length at which less than half of the best accuracy is left.

    Args:
        accuracy: length → accuracy, the lengths in any order.
        trained_up_to: the greatest length in training; longer ones count neither for the best nor as a knee.

    Returns:
        The smallest length with an accuracy below half of the best one, or None where there is none.
    """
    ### BEGIN SOLUTION
    trained = {length: accuracy[length] for length in sorted(accuracy) if length <= trained_up_to}
    best = max(trained.values())
    return next((length for length, value in trained.items() if value < best / 2), None)
    ### END SOLUTION


# %% tags=["check"]
check("find_knee", find_knee)

# %% [markdown]
# Ask it about the baseline. Then think: which explanations does the curve leave open? A longer sentence has more
# words, and each is one more chance to be wrong. Keep that doubt in mind; section 7 comes back to it.

# %% tags=["exploration"]
if ready("find_knee", "accuracy"):
    knee = find_knee(accuracy, trained_up_to=6)
    print(f"the knee of the baseline: {knee} clauses")

# %% [markdown]
# ## 4 · A smaller vector on purpose
#
# If the vector is too small for long sentences, a smaller one must break earlier. To test that, make the context
# pass through a **bottleneck**: a linear layer from H numbers to C, and another one back to H. The rest of the model
# stays as it is, and so nearly does the number of parameters. This matters: making H itself smaller would also make
# a weaker network, and you could not tell the two apart. In the picture the bars are as high as there are numbers.

# %% tags=["exploration", "always", "nbval-ignore-output"]
figure = seq2seq_figures.draw_bottleneck(
    128, (48, 12, 3), "The networks on both sides stay; less and less passes between them"
)
figures.show(
    figure,
    "The encoder's last state of 128 numbers passes through C = 48, 12 or 3 numbers and is widened to 128 again.",
)

# %% [markdown]
# Both linear layers are made by the constructor; what is left is to send the context through them, and to hand the
# states on untouched, because nothing may change but the context.
#
# **Exercise 3.** Complete `Bottleneck.forward`. No non-linearity is wanted. Two or three lines.


# %% tags=["exercise"] slug="bottleneck"
class Bottleneck(nn.Module):
    """An encoder whose context has to pass through C numbers.

    Args:
        encoder: gives states (B, S, H) and context (B, H) from source and mask.
        hidden_size: H.
        context_size: C.
    """

    def __init__(self, encoder: nn.Module, hidden_size: int, context_size: int):
        super().__init__()
        self.encoder = encoder
        self.narrow = nn.Linear(hidden_size, context_size)
        self.widen = nn.Linear(context_size, hidden_size)

    def forward(self, source: Tensor, source_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Read a batch of sentences.

        Args:
            source: (B, S) int64, padded on the right.
            source_mask: (B, S) bool, True at real words.

        Returns:
            states (B, S, H): the encoder's, as they are.
            context (B, H): the encoder's, narrowed to C numbers and widened again.
        """
        ### BEGIN SOLUTION
        states, context = self.encoder(source, source_mask)
        return states, self.widen(self.narrow(context))
        ### END SOLUTION


# %% tags=["check"]
check("bottleneck", Bottleneck)

# %% [markdown]
# One line makes a model with any context. Look at the parameter counts before you compare scores: they have to agree
# within 5 %, or size would be a second cause.

# %% tags=["exploration"]
if ready("Bottleneck"):

    def make_model(context_size: int, seed: int) -> Seq2Seq:
        """The untrained baseline with its context passed through `context_size` numbers."""
        torch.manual_seed(seed)
        encoder = Encoder(len(words.source), 64, 128)
        decoder = Decoder(len(words.target), 64, 128)
        return Seq2Seq(Bottleneck(encoder, 128, context_size), decoder)

    for context_size in (3, 6, 12, 24, 48):
        parameters = sum(weights.numel() for weights in make_model(context_size, 1).parameters())
        print(f"C = {context_size:2}  {parameters:,} parameters")

# %% [markdown]
# Now a small sweep of your own: three contexts, sentences of one and two clauses only, four epochs. It runs for
# about half a minute. Predict the order of the six scores first. Which will be lower: two clauses through 12
# numbers, or one clause through 3?

# %% tags=["exploration"]
if ready("make_model", "accuracy_by_length"):
    short_pairs = load_split("train", clauses=(1, 2))
    short_tests = load_split("by_length", clauses=(1, 2))
    sweep = {}
    for context_size in (3, 12, 48):
        model = make_model(context_size, seed=1)
        train_model(model, short_pairs, words, seed=1, epochs=4)
        sweep[context_size] = accuracy_by_length(
            translate(model, short_tests, words),
            [pair.target_words for pair in short_tests],
            [count_clauses(pair.source_words) for pair in short_tests],
        )
    print("12 numbers: one clause beats two by far:", sweep[12][1] > 2 * sweep[12][2])
    print(
        "one clause: 48 numbers beat 3 by more than 30 points:", sweep[48][1] - sweep[3][1] > 0.3
    )

# %% tags=["exploration", "nbval-ignore-output"]
if ready("sweep"):
    for context_size, found in sweep.items():
        print(f"C = {context_size:2}  one clause {found[1]:4.0%}   two clauses {found[2]:4.0%}")

# %% [markdown]
# ## 5 · The whole grid, five times
#
# One run proves little. So the full sweep, all lengths, six epochs, was run with five seeds for each context size,
# and once more without a bottleneck, where the context is the whole state of 128 numbers. That takes about 45
# minutes on one core; the scores come as a file, with the command that made it.
#
# **Exercise 4.** Write `mean_and_spread`: what the runs say together, and how far they lie apart. Two lines or
# fewer.


# %% tags=["exercise"] slug="mean_and_spread"
def mean_and_spread(scores: Tensor) -> tuple[Tensor, Tensor]:
    """What several runs of the same experiments say together.

    Args:
        scores: (R, C, L), of R runs, for C context sizes and L sentence lengths.

    Returns:
        mean (C, L): over the runs.
        spread (C, L): the sample standard deviation over the runs, which divides by R - 1.
    """
    ### BEGIN SOLUTION
    return scores.mean(dim=0), scores.std(dim=0)
    ### END SOLUTION


# %% tags=["check"]
check("mean_and_spread", mean_and_spread)

# %% [markdown]
# The grid has a row for each context size and a column for each length. Where will its bright and its dark corner be?
# The border between them is the knee of each row. The smallest context has 6 numbers, the largest 128, about twenty
# times as many.

# %% tags=["exploration", "always"]
predictions.ask(
    "knee_moves",
    "From 6 numbers to 128, by how many clauses will the knee move?",
    a="not at all",
    b="by 1 or 2",
    c="by 3 or 4",
    d="out of the grid: with 128 numbers there is none",
    guess="",
)

# %% tags=["exploration"]
if ready("mean_and_spread"):
    results = load_results("02_context_limit")
    print("made by:", results["command"])
    context_sizes = [6, 12, 24, 48, 128]
    names = {size: f"context of {size}" for size in context_sizes} | {128: "baseline"}
    grid = {size: runs_of(results, name) for size, name in names.items()}  # the runs, seed by seed
    scores = torch.tensor([[run["exact_match"] for run in runs] for runs in grid.values()])
    scores = scores.transpose(0, 1)  # from (C, R, L) to (R, C, L)
    mean, spread = mean_and_spread(scores)
    for size, runs in grid.items():
        print(f"C = {size:3}  {runs[0]['parameters']:,} parameters, {len(runs)} seeds")
    print(f"the largest spread in the grid is {spread.max():.1%}")

# %% tags=["exploration", "nbval-ignore-output"]
if ready("mean"):
    figure = figures.draw_grid(
        context_sizes,
        range(1, 9),
        mean.tolist(),
        spread.tolist(),
        trained_up_to=6,
        title="Twenty times the numbers move the knee by two clauses",
        sample=f"200 sentences, {len(scores)} seeds each",
    )
    rows = "; ".join(
        f"{size} numbers: {', '.join(f'{value:.0%}' for value in row)}"
        for size, row in zip(context_sizes, mean.tolist(), strict=True)
    )
    figures.show(figure, f"Exact match for one to eight clauses by size of the context. {rows}.")

# %% [markdown]
# Read it along a row, then down a column. Each row is one vector filled with more and more. Each column is one
# length with more and more room. Your `find_knee` puts the border into numbers. Ask it about every **seed**, not
# about the mean: a mean has one knee even where the runs do not agree. How many clauses does a context of twice the
# size buy, and do the five seeds agree? Beside each knee stands a second measure: the first length below a fixed
# line of 50 %, whatever the best is.

# %% tags=["exploration"]
if ready("find_knee", "mean"):
    knees = {
        size: [find_knee(dict(enumerate(run["exact_match"], 1)), trained_up_to=6) for run in runs]
        for size, runs in grid.items()
    }
    below_half = {
        size: [
            next((n for n, x in enumerate(run["exact_match"][:6], 1) if x < 0.5), None)
            for run in runs
        ]
        for size, runs in grid.items()
    }
    for size, found in knees.items():
        fixed = ", ".join(map(str, below_half[size]))
        print(
            f"C = {size:3}  knee of each seed: {', '.join(map(str, found))}   below 50 %: {fixed}"
        )
    smallest, largest = knees[context_sizes[0]], knees[context_sizes[-1]]
    moved = None if None in largest else statistics.median(largest) - statistics.median(smallest)
    predictions.answer(
        "knee_moves",
        "d" if moved is None else predictions.option_for(moved, 1, 3),
        f"Knees of the seeds: {', '.join(map(str, smallest))} clauses with {context_sizes[0]} numbers, "
        f"{', '.join(map(str, largest))} with {context_sizes[-1]}.",
    )

# %% [markdown]
# A curve that passes close to half of its best may fall on either side of it, from seed to seed. That is why a knee is
# reported with its seeds, "2 or 3" where they disagree, and never as the knee of the mean. The context doubles three
# times between 6 and 48 numbers. Count how often the knee moved: more room buys accuracy before it buys length.
#
# The two measures differ for a reason. The best length is always one clause, and it can never lie under half of
# itself. So a knee has a floor at two clauses: a context that gets few sentences of one clause right may have the
# same knee as one that gets most of them right. The fixed line has no such floor. Report both.

# %% [markdown]
# ## 6 · What else could it be?
#
# A narrower context fails earlier. That does not say **why** the widest one fails. Training may have been too short,
# the state too small, or the learning rate wrong. Or it is the order: the word to be written first was read first,
# longest ago. Sutskever et al. 2014, section 3.3, read the source backwards for that reason. Each of these is one
# change to the baseline, and each was trained with three or five seeds.

# %% [markdown]
# But suppose that none of them helps. Two explanations would still be left: a vector of 128 numbers **cannot hold**
# six clauses, or the model **has not learnt** to put *new* ones there. Which measurement says most about the first?
# Think of a result that would speak for it or take its support away. Decide before you read on.

# %% tags=["exploration", "always"]
predictions.ask(
    "parting",
    "Which measurement says most about 'cannot hold'?",
    a="exact match of new sentences of seven and eight clauses",
    b="exact match of six-clause sentences that the model has seen many times in training",
    c="the knee with a context of 96 numbers",
    d="the number of parameters",
    guess="",
)
predictions.ask(
    "seen_and_new",
    "Four times the steps. How many six-clause sentences are right: seen in training, and new?",
    a="few of the seen, few of the new",
    b="most of the seen, few of the new",
    c="most of the seen, most of the new",
    guess="",
)

# %% [markdown]
# The file has both measures for every model: 200 new sentences of each length, and 200 that were among the training
# sentences. A row is a model that differs from the baseline in one thing; the columns run from its worst seed to its
# best.

# %% tags=["exploration", "always"]
results = load_results("02_context_limit")
controls = {
    name.removeprefix("baseline, "): runs_of(results, name)
    for name in results["seeds"]
    if name.startswith("baseline")
}
print("made by:", results["command"])
print(f"{'clauses':32}{'parameters':>10}{'steps':>8}{'4, new':>14}{'6, new':>14}{'6, seen':>14}")
for name, runs in controls.items():
    shares = worst_to_best(runs, "exact_match", (4, 6))
    shares += worst_to_best(runs, "seen_exact_match", (6,))
    columns = "".join(f"{share:>14}" for share in shares)
    print(f"{name:32}{runs[0]['parameters']:10,}{runs[0]['steps']:8,}{columns}")

# %% [markdown]
# Now the last two columns as a picture. Where a filled point and a hollow one lie together, a sentence that was
# practised is as hard as a new one.

# %% tags=["exploration", "always", "nbval-ignore-output"]
figures.use_course_style()
n = results["held_fixed"]["new_sentences_per_length"]
figure = context_figures.plot_new_and_seen(
    controls,
    6,
    n,
    "After four times the steps seen sentences come out right, new ones still do not",
)
new, seen = (in_words(controls, field, (6,)) for field in ("exact_match", "seen_exact_match"))
figures.show(
    figure,
    f"Exact match at six clauses, worst to best seed. New: {new}. Seen in training: {seen}.",
)

# %% tags=["exploration", "always"]
longer = controls["four times the steps"]
new, seen = (
    [end(run[field][5] for run in longer) for end in (min, max)]
    for field in ("exact_match", "seen_exact_match")
)
predictions.answer(
    "parting",
    "b",
    "If even practised sentences failed, 'cannot hold' would gain weight. If they come out right, it loses its best "
    "support, but is not refuted.",
)
predictions.answer(
    "seen_and_new",
    "a" if seen[0] < 0.5 else "b" if new[1] < 0.5 else "c",
    f"Six clauses, worst and best seed: {seen[0]:.0%} and {seen[1]:.0%} of the sentences that were seen, "
    f"{new[0]:.0%} and {new[1]:.0%} of new ones.",
)

# %% [markdown]
# So "128 numbers cannot hold six clauses" does **not** follow from the falling curve. With more steps the same
# model writes nearly every six-clause sentence that it has practised. What it does not do is **generalise**: a new
# sentence of the same length and the same words mostly fails. Practice does help new sentences too, at four clauses
# from about a quarter to more than half. But at six none of them alone closes the gap: not steps, size, rate or
# order of reading. All of them together were not tried.
#
# Nearly everything right that was seen, and little that is new: that is **overfitting**. The last row adds a remedy to
# the long training: **dropout** sets three of ten numbers to 0, at random, in embeddings and in the states that are
# scored (Zaremba et al. 2014, [arXiv:1409.2329](https://arxiv.org/abs/1409.2329)). The gap between seen and new nearly
# closes, but from the wrong side: seen sentences come down, and new ones do not come up. So overfitting is not the
# whole reason either. Other remedies, such as stopping early, and other shares of dropout were not tried.
#
# One more doubt, about this control itself: a practised sentence may be stored in the weights of the *decoder*, so
# that the vector only has to say which sentence it is. Seen sentences show that the model can write them. They do not
# show that the vector spells out six clauses.

# %% [markdown]
# Does none of the controls move the curve, then? Ask your `find_knee` about each seed of each model.

# %% tags=["exploration"]
if ready("find_knee"):
    for name, runs in controls.items():
        found = [
            find_knee(dict(enumerate(run["exact_match"], 1)), trained_up_to=6) for run in runs
        ]
        print(f"{name:32}knee of each seed, in clauses: {', '.join(map(str, found))}")

# %% [markdown]
# With four times the steps the knee moves one clause further, and with the larger state too; with half or four times
# the rate it comes one clause earlier.
#
# Two papers of 2014 disagree about long sentences. Cho et al., [arXiv:1409.1259](https://arxiv.org/abs/1409.1259),
# report that quality falls rapidly as sentences get longer; Sutskever et al.,
# [arXiv:1409.3215](https://arxiv.org/abs/1409.3215), had no difficulty with long sentences. The second model reads
# backwards, has four layers of LSTM and a far larger state. Both learnt from a selection of the same WMT 2014 data,
# so the data are hardly the difference. Cho et al. also name unknown words as a cause, and trained on shorter
# sentences.
#
# Of these differences the course has tried two, one at a time: backwards and larger, and neither brings back new
# sentences of six clauses here. Depth, the LSTM and far more data are not tried. The last is a candidate, because
# what is missing is generalisation; but **we do not know**.

# %% [markdown]
# ## 7 · Where are the wrong words?
#
# A wrong sentence does not say where it went wrong. To see it, ask for one word at a time: give the decoder the
# right words so far and look whether the next one is right. Then a mistake does not drag others with it. Each
# Korean word goes back over its sure link to an English word, and so to a clause of the English sentence.
#
# **Exercise 5.** Write `clause_numbers`. A clause begins with its connective: in *I sing because it rains*, the
# words *because it rains* are clause 1. About five lines.


# %% tags=["exercise"] slug="clause_numbers"
def clause_numbers(words: list[str], connectives: Collection[str]) -> list[int]:
    """The clause that each word belongs to, counted from 0.

    Args:
        words: an English sentence.
        connectives: the words that open a new clause; each belongs to the clause that it opens.

    Returns:
        One number a word.
    """
    ### BEGIN SOLUTION
    numbers, clause = [], 0
    for word in words:
        clause += word in connectives
        numbers.append(clause)
    return numbers
    ### END SOLUTION


# %% tags=["check"]
check("clause_numbers", clause_numbers)

# %% [markdown]
# The second instrument counts mistakes. It gets the scores of the decoder, the right words, and for each word the
# part of the sentence it comes from. Words without a sure link, END and padding have part -1: they count nowhere.
#
# **Exercise 6.** Write `error_by_part`. Each word of a part weighs the same, whichever sentence it stands in. Two or
# three lines.


# %% tags=["exercise"] slug="error_by_part"
def error_by_part(logits: Tensor, target: Tensor, part: Tensor, parts: int) -> Tensor:
    """How often the most likely word is wrong, separately for each part of the sentences.

    Args:
        logits: (B, T, V), raw scores.
        target: (B, T) int64, the right words.
        part: (B, T) int64, the part that each word belongs to, from 0; -1 where a word counts nowhere.
        parts: how many parts there are; each has a word in the batch.

    Returns:
        (parts,) float: the share of wrong words among the words of each part, from 0 to 1.
    """
    ### BEGIN SOLUTION
    wrong = logits.argmax(dim=-1) != target  # (B, T)
    return torch.stack([wrong[part == i].float().mean() for i in range(parts)])
    ### END SOLUTION


# %% tags=["check"]
check("error_by_part", error_by_part)

# %% [markdown]
# Two given functions put them to work. `target_clauses` follows the links from Korean words to English clauses.
# `clause_errors` makes a batch, lets the model read the right words and score the next ones, and calls your
# functions.


# %% tags=["setup"]
def clause_errors(model: nn.Module, pairs: list[SentencePair], words: Vocabularies) -> Tensor:
    """Wrong words by the English clause that they come from, each predicted from the right words before it.

    Args:
        model: turns a batch into logits.
        pairs: sentences with the same number of clauses, aligned.
        words: the vocabularies of the model.

    Returns:
        A share for each clause, in the order of the English sentence.
    """
    encoded = [words.encode(pair) for pair in pairs]
    source, target = zip(*encoded, strict=True)
    batch = Batch(*pad_batch(list(source)), *pad_batch(list(target)))
    # pad_batch fills with 0: counting clauses from 1 on the way makes that -1
    shifted, _ = pad_batch([[clause + 1 for clause in target_clauses(pair)] for pair in pairs])
    with torch.no_grad():
        logits = model(batch)
    return error_by_part(logits, batch.target, shifted - 1, count_clauses(pairs[0].source_words))


def target_clauses(pair: SentencePair) -> list[int]:
    """The English clause of each Korean word and of END: -1 where no sure link leads to one."""
    clauses = clause_numbers(pair.source_words, CONNECTIVES)
    found = {link.target: clauses[link.source] for link in pair.alignment if link.sure}
    return [found.get(j, -1) for j in range(len(pair.target_words) + 1)]


# %% [markdown]
# The encoder reads from left to right, and its state is rewritten at each word. From which clause of a long sentence
# will most wrong words come: the first, which was read longest ago, the last, or one in between?

# %% tags=["exploration", "always"]
predictions.ask(
    "worst_clause",
    "In sentences of six clauses, from which clause come the most wrong words?",
    a="the first",
    b="one in between",
    c="the last",
    guess="",
)

# %% tags=["exploration"]
if ready("baseline", "clause_numbers", "error_by_part"):
    lost = {
        length: clause_errors(
            baseline,
            [pair for pair, n in zip(test_pairs, test_clauses, strict=True) if n == length],
            words,
        ).tolist()
        for length in range(1, 7)
    }
    print("one clause: fewer than 3 % of the words wrong:", lost[1][0] < 0.03)
    print("six clauses: fewest wrong words in the first clause:", min(lost[6]) == lost[6][0])
    print(
        "six clauses: fewer wrong words in the last than in the one before it:",
        lost[6][5] < lost[6][4],
    )

# %% tags=["exploration", "nbval-ignore-output"]
if ready("lost"):
    figure = figures.plot_by_part(
        {f"{length} clauses": lost[length] for length in (2, 3, 4, 5, 6)},
        title="Six clauses: fewest words are wrong in the first",
    )
    told = ", ".join(f"{value:.0%}" for value in lost[6])
    figures.show(figure, f"Wrong words by clause, in sentences of six clauses: {told}.")
    worst = max(range(6), key=lost[6].__getitem__)
    predictions.answer(
        "worst_clause",
        "a" if worst == 0 else "c" if worst == 5 else "b",
        f"Wrong words, from the first clause to the last: {told}.",
    )

# %% [markdown]
# Two things at once. The **same clause** gets worse in longer sentences: look at the first points of the curves. So
# it is not only that longer sentences offer more chances to fail; the share of wrong *words* grows. And **within** a
# sentence of six clauses fewest words are wrong in the first clause, and fewer in the last than in the one before it.
#
# It is tempting to say "the first clause survives". But the first clause also supplies the first Korean word, nearly
# always. Clause and place move together, and the curve cannot say which of them matters. So hold one fixed: compare
# words of different clauses at the **same place** in the Korean sentence.

# %% tags=["exploration", "always"]
predictions.ask(
    "same_place",
    "Words of clauses 1, 2 and 3, all fifth or sixth in the Korean sentence: which are wrong least often?",
    a="those of clause 1, by far",
    b="about the same for all three",
    c="those of clause 3, by far",
    guess="",
)

# %% [markdown]
# The file counts words and mistakes by clause **and** place, for all sentences of six clauses that were held out.
# Each line is one clause: follow it to the right, and the clause is fixed while the place moves. Compare lines above
# the same place, and the place is fixed. Points with fewer than fifty words are left out.

# %% tags=["exploration", "always", "nbval-ignore-output"]
tables = [run["by_clause_and_place"] for run in controls["baseline"]]
figure = context_figures.plot_clauses_by_place(
    tables,
    50,
    "Along each early clause errors rise with the place; at one place clauses 1 to 3 are alike",
)
at_places = [context_figures.errors_at_places(tables, clause, 50) for clause in range(6)]
told = "; ".join(
    f"clause {clause}, places {min(found) + 1} to {max(found) + 1}: from "
    f"{statistics.mean(found[min(found)]):.0%} to {statistics.mean(found[max(found)]):.0%}"
    for clause, found in enumerate(at_places, start=1)
)
figures.show(figure, f"Wrong words by place in the Korean sentence, means of the seeds. {told}.")

# %% [markdown]
# The part of the picture that can answer the question, in numbers: places at which several clauses have enough
# words. Only the fifth and the sixth place have enough of each clause. Each cell has the mean of the seeds, and n,
# the number of words, the same for each seed. Cells with few words are in brackets.

# %% tags=["exploration", "always"]
print("place " + "".join(f"{f'clause {clause}':>18}" for clause in (1, 2, 3)))
for place in range(8):
    row = ""
    for clause in range(3):
        words_there = tables[0]["words"][clause][place]
        wrong = statistics.mean(table["wrong"][clause][place] for table in tables)
        share = f"{wrong / words_there:.0%}" if words_there else "–"
        cell = f"{share}, n = {words_there}"
        row += f"{cell if words_there >= 50 else f'({cell})':>18}"
    print(f"{place + 1:5} {row}")

# %% tags=["exploration", "always"]
first, second, third = (
    statistics.mean(
        table["wrong"][clause][place] / table["words"][clause][place]
        for table in tables
        for place in range(4, 6)
    )
    for clause in range(3)
)  # each place weighs the same, so that no clause gains by standing earlier
predictions.answer(
    "same_place",
    "a" if first < 0.5 * min(second, third) else "c" if third < 0.5 * min(first, second) else "b",
    f"Mean of the fifth and sixth place: {first:.0%} of the words of clause 1 are wrong, {second:.0%} of "
    f"clause 2, {third:.0%} of clause 3.",
)

# %% [markdown]
# Along the line of clause 1 errors climb from about one in a hundred at the first place to the level of the others
# by the sixth. The clause is fixed there, so it is the **place**, or the *kind* of word, which changes along the
# line too: a topic comes early and a verb late. We have not separated the two. At one place the first clause has at
# most a small advantage. So "the first clause survives" is not shown: its words stand early. The **last** clause is
# different. From the thirteenth place on it fails less often than the one before it, at the same places. Why, we do
# not know.
#
# Nor can clause and place be separated everywhere: at the first place nearly all words are of clause 1, and at the
# last places only the last clauses have words.

# %% [markdown]
# There is a second way, better than looking: **intervene**. In the models that read backwards the same Korean words
# stand at the same places, but now the first clause is read last, just before writing begins. If the first point of
# the curve was about reading order, it has to move.

# %% tags=["exploration", "always"]
predictions.ask(
    "backwards",
    "The first clause is now read last. If the baseline forgets what it read long ago, its errors there must fall. "
    "What will they do?",
    a="fall clearly",
    b="stay about the same, or rise",
    guess="",
)

# %% [markdown]
# Here are both models, on the same 200 sentences of six clauses, five seeds each. The bars are the spread, by your
# `mean_and_spread`.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("mean_and_spread"):
    orders = {"first word first": "baseline", "backwards": "reversed source"}
    errors = torch.tensor(
        [[run["clause_errors"][5] for run in controls[name]] for name in orders.values()]
    ).transpose(
        0, 1
    )  # (R, 2, 6): both orders instead of context sizes, clauses instead of lengths
    error_mean, error_spread = mean_and_spread(errors)
    curves = dict(zip(orders, error_mean.tolist(), strict=True))
    figure = figures.plot_by_part(
        curves,
        spreads=error_spread.tolist(),
        title="Reading backwards does not flip the curve",
        sample=f"200 sentences, {len(errors)} seeds",
    )
    told = "; ".join(
        f"{order}: {', '.join(f'{value:.0%}' for value in row)}" for order, row in curves.items()
    )
    figures.show(figure, f"Wrong words by clause in sentences of six clauses. {told}.")

# %% tags=["exploration", "always"]
forwards, backwards = (
    statistics.mean(run["clause_errors"][5][0] for run in controls[name])
    for name in ("baseline", "reversed source")
)
predictions.answer(
    "backwards",
    "a" if backwards < 0.8 * forwards else "b",
    f"In the first clause {forwards:.0%} of the words are wrong when it is read first, {backwards:.0%} when last.",
)

# %% [markdown]
# Forgetting what was read long ago would have flipped the curve. It did not: the first clause, now read last, is no
# better, and the last one, now read first, is no worse. If anything the clause that is read *first* gains: the
# order of reading does matter, but the opposite way from forgetting. The shape of the curve goes with the place in
# the Korean sentence and the kind of word, and with something about the last clause that we have not explained.

# %% [markdown]
# ## 8 · What may you conclude?
#
# **Held fixed** in the grid: the training pairs, their number and order for each seed, six epochs in batches of 64,
# optimiser and learning rate, embedding and state size, and the parameter count within 5 %. **Changed:** how many
# numbers the context passes through; and, at 128, that there is no bottleneck at all.
#
# **Ruled out** as the whole reason for the fall, each **alone** and by a control: too few steps, a state that is
# too small, a learning rate that is too low or too high, the order of reading. (Twice the rate did a little better,
# four times the rate worse, so the best one lies inside what was tried.) **Not shown:** that no fixed vector would
# do; what depth, far more data, a remedy against overfitting beyond dropout, or several changes at once would bring;
# anything right of the dashed line; and that C counts information exactly, because a number can hold more than one
# word.

# %% [markdown]
# **Written answer.** In five to seven sentences: what did more capacity buy, and what did it not? Name at least two
# cells of the grid with their spread, and say what happened to the knee as the context grew. Then say what the
# sentences seen in training add, and what you may *not* conclude. Your teacher reads this one; there is no check.

# %% [markdown] tags=["written"] slug="what_capacity_bought"
# **A model answer.** At two clauses exact match grows from about 5 percent with 6 numbers to more than 90 percent
# with the whole state of 128, and at three clauses from nothing to about two thirds. The spread of these four cells
# is at most two points, and the differences are many times the spread, so no lucky seed explains them. More
# capacity bought accuracy on short and middling sentences. In length, twenty times as many numbers moved the knee
# by two clauses, from 2 to 4 (half of its own best), or by three, from 1 to 4, against a fixed line of 50 %; and
# from 6 to 12 and from 24 to 48 numbers it did not move in any seed; at six clauses every size stays below 5 %.
# After four times the steps the same model writes nearly all six-clause sentences that it saw in training, but only
# a small part of the new ones. So we may say that a fixed vector of this model does not generalise to new long
# sentences. We may not say that it cannot hold them, nor that no fixed vector would do, because depth and far more
# data were not tried, and only one remedy against overfitting was.
#
# **For whoever grades**, a quarter of the points each: two cells of the grid with their spread, compared; what was
# bought (accuracy at a given length) told apart from what was not (the fall with length), with the knee in numbers,
# at each step or in all; seen and new sentences told apart, with the conclusion that the model does not
# *generalise* (an answer that says the vector *cannot hold* six clauses loses this quarter); one limit of the
# experiment, such as what was held fixed, depth and data that were not tried, or the lengths outside training.

# %% [markdown]
# ## What you take with you
#
# - A score for each length shows what a mean hides: the baseline fails inside the lengths it was trained on, and
#   more numbers in the context move the knee slowly: twenty times as many bought two clauses (half of its own
#   best).
# - Practice does not close the gap. After four times the steps the model writes six-clause sentences that it has
#   seen, but few new ones: a fixed vector of this model does not **generalise** to new long sentences. That it
#   cannot hold them is not shown. Dropout takes the seen ones away and does not bring the new ones.
# - Clause and place in the sentence nearly coincide. Hold one fixed, or intervene: errors go with the place and the
#   kind of word. The model does not fail because it forgets what it read long ago.
#
# **Where to go on.** Cho et al. 2014, [arXiv:1409.1259](https://arxiv.org/abs/1409.1259), show the same fall with
# length on real sentences, and Sutskever et al. 2014, [arXiv:1409.3215](https://arxiv.org/abs/1409.3215), a model
# without it. Bahdanau et al. 2015, [arXiv:1409.0473](https://arxiv.org/abs/1409.0473), answer with a new idea: do not
# make the vector larger, make a new one for each word. That is the next lesson.
