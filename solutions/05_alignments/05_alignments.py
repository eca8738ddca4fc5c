# %% [markdown]
# # 5 · Alignments: what the weights say, and what they do not
#
# **You will build** heat maps of attention weights, word links read from them, their error rate against gold links,
# a test for an off-by-one, and a knock-out test: hide a source word and see which target words suffer.
#
# **You will learn** that attention is not always alignment, which changes of a model bring the weights back to the
# words, and what becomes of a translator when the very word that it looks at is hidden.
#
# **You need** lessons 1 and 3.
#
# **Time** two hours; the cells themselves run for less than a minute. **Score to expect** an alignment error rate below
# 0.2 with the changed model, and more than twice as much with that of lesson 3, though both translate well.

# %% [markdown]
# Eight cells have a gap for you to fill, with a `check` below each, as before. The letters are the same: **B**
# sentences in a batch, **S** source words, **T** target words, **E** numbers in an embedding, **H** numbers in a
# state, **V** words in a vocabulary. A **link** is a pair `(i, j)`: source word `i` goes with target word `j`, both
# counted from 0.

# %% tags=["setup"]
import statistics
from collections import Counter
from itertools import islice

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from autograder import check, hint, progress
from lessons.earlier.lesson_01 import Encoder, pad_batch
from lessons.earlier.lesson_02 import Vocabularies
from lessons.earlier.lesson_03 import AdditiveScore, AttentionDecoder, AttentionSeq2Seq
from lessons.toolkit import predictions
from lessons.toolkit.alignment_results import (
    hidden_panels,
    hidden_table,
    median_errors,
    models_table,
    share_at_places,
    tell_epochs,
    tell_hidden,
    tell_models,
)
from lessons.toolkit.batches import make_batches, shift_right
from lessons.toolkit.corpus import SentencePair, load_split
from lessons.toolkit.figures import common as figures
from lessons.toolkit.figures.alignment import (
    draw_equal_bars,
    draw_heat_map,
    draw_link_check,
    plot_changes,
    plot_effects,
    plot_effects_by_model,
    plot_error_by_epoch,
    plot_hidden_words,
    plot_misses,
)
from lessons.toolkit.figures.alignment_explorer import show_explorer
from lessons.toolkit.figures.gloss_lines import show_glossed
from lessons.toolkit.paths import datasets_folder
from lessons.toolkit.readiness import ready
from lessons.toolkit.results import load_results, runs_of
from lessons.toolkit.training import use_threads


def state_reader(words: Vocabularies) -> AttentionSeq2Seq:
    """The model of lesson 3, untrained: its decoder reads the encoder's states."""
    decoder = AttentionDecoder(len(words.target), 64, 128, AdditiveScore(128, attention_size=32))
    return AttentionSeq2Seq(Encoder(len(words.source), 64, 128), decoder)


# %% [markdown]
# ## 1 · Where does the model look?
#
# The corpus has gold links: for every pair, which words belong together. **Sure** links join words with the same
# meaning. **Possible** links are a matter of taste: *will* has no word of its own in Korean, only an ending, so its
# link to the verb may be there or not. The model is that of lesson 3, trained on the same sentences. It never saw a
# link.

# %% tags=["exploration", "always"]
use_threads(2)
figures.use_course_style()
words = Vocabularies(load_split("train"))
test_pairs = load_split("test")
torch.manual_seed(1)
untrained = state_reader(words).eval()
model = state_reader(words).eval()
model.load_state_dict(load_file(datasets_folder() / "models" / "03_attention.safetensors"))
sources = [pair.source for pair in test_pairs]
number = sources.index("Sora read a letter when I helped Jihun")
example = test_pairs[number]
print(f"{len(test_pairs)} test pairs, such as:")
show_glossed([(example.source, example.target_words, example.glosses)], explain=True)
for link in example.alignment:
    kind = "sure" if link.sure else "possible"
    print(f"  {example.source_words[link.source]:8} {example.target_words[link.target]:6} {kind}")

# %% [markdown]
# To score alignments, the model must write exactly the words that the gold links speak of. So it reads the right
# target words, as in training, and you look at the weights of every step. They come for a whole batch, padded, and
# with a row and a column for `END`.
#
# **Exercise 1.** Write `word_weights`: one matrix for each sentence, without padding and without `END`. About four
# lines.


# %% tags=["exercise"] slug="word_weights"
def word_weights(weights: Tensor, source_mask: Tensor, target_mask: Tensor) -> list[Tensor]:
    """The weights between words, sentence by sentence.

    Args:
        weights: (B, T, S), how much each step of the decoder looked at each source position.
        source_mask: (B, S) bool, True at real words and at the END behind them.
        target_mask: (B, T) bool, the same for the target.

    Returns:
        B matrices: a row for each target word, a column for each source word; the weights as they are, so that a
        row need not sum to 1.
    """
    ### BEGIN SOLUTION
    rows = target_mask.sum(1) - 1
    columns = source_mask.sum(1) - 1
    return [matrix[:t, :s] for matrix, t, s in zip(weights, rows, columns, strict=True)]
    ### END SOLUTION


# %% tags=["check"]
check("word_weights", word_weights)

# %% [markdown]
# Now the heat map of a short sentence. English runs from left to right, Korean from top to bottom; dark is much
# weight. Golden frames are gold links, dotted ones only possible.
#
# **Predict first.** English and Korean begin with the subject, then the order differs. What should the map look
# like, if the weights are an alignment?

# %% tags=["exploration", "nbval-ignore-output"]
if ready("word_weights"):

    @torch.no_grad()
    def weights_of(model: nn.Module, pairs: list[SentencePair]) -> list[Tensor]:
        """For each pair a matrix (T, S): where the model looks while it reads the right words."""
        matrices = []
        for batch in make_batches([words.encode(pair) for pair in pairs], pad_batch, 100):
            states, last = model.encoder(batch.source, batch.source_mask)
            read = shift_right(batch.target)
            _, _, weights = model.decoder(read, last, states, batch.source_mask)
            matrices += word_weights(weights, batch.source_mask, batch.target_mask)
        return matrices

    def show_map(model: nn.Module, pair: SentencePair, title: str) -> None:
        """The heat map of one pair, with its gold links on top."""
        weights = weights_of(model, [pair])[0]
        figure = draw_heat_map(
            weights, pair.source_words, pair.target_words, title, pair.alignment
        )
        best = [pair.source_words[i] for i in weights.argmax(1).tolist()]
        looked = ", ".join(
            f"{word} at {seen}" for word, seen in zip(pair.target_words, best, strict=True)
        )
        figures.show(figure, f"Heat map; each Korean word looks most: {looked}.")

    show_map(model, example, "Lesson 3's model often looks too far to the right")

# %% [markdown]
# The crossing is there: the verb comes early in English, last in Korean, and object and adverbs are turned around. But
# many dark cells stand a word or two to the right of their frame. Is the drawing wrong, or the model? First you need a
# number.

# %% [markdown]
# ## 2 · From weights to links
#
# Weights are numbers, gold links are yes or no. The simplest way to get links: each target word goes with the source
# word that it looked at most.
#
# **Exercise 2.** Write `argmax_links`. One or two lines.


# %% tags=["exercise"] slug="argmax_links"
def argmax_links(weights: Tensor) -> list[tuple[int, int]]:
    """One link for each target word, to the source word with the greatest weight.

    Args:
        weights: (T, S).

    Returns:
        T links (i, j), source word i and target word j, in the order of the target words.
    """
    ### BEGIN SOLUTION
    return [(i, j) for j, i in enumerate(weights.argmax(1).tolist())]
    ### END SOLUTION


# %% tags=["check"]
check("argmax_links", argmax_links)

# %% [markdown]
# One link per word is a straitjacket. *기다릴* is *wait* and *will* at once, and the model may look at both. The other
# way is a threshold: every pair of words with enough weight is a link.
#
# **Exercise 3.** Write `threshold_links`. A target word then has several links, or none.


# %% tags=["exercise"] slug="threshold_links"
def threshold_links(weights: Tensor, threshold: float) -> list[tuple[int, int]]:
    """All pairs of words whose weight is at least the threshold.

    Args:
        weights: (T, S).
        threshold: the least weight of a link.

    Returns:
        Links (i, j), source word i and target word j, sorted by target word, then by source word.
    """
    ### BEGIN SOLUTION
    return [(i, j) for j, i in (weights >= threshold).nonzero().tolist()]
    ### END SOLUTION


# %% tags=["check"]
check("threshold_links", threshold_links)

# %% [markdown]
# ## 3 · How good are they?
#
# **Precision** asks how many of the links found are right, **recall** how many of the gold links are found. With two
# kinds of gold, Och and Ney (2003) count so: a link is right if it is sure *or* possible; but only the sure ones must
# be found. With A the links found, S the sure ones, and P all that may be there, the sure ones included:
#
# $$\text{precision} = \frac{|A \cap P|}{|A|} \qquad \text{recall} = \frac{|A \cap S|}{|S|}$$
#
# **Exercise 4.** Write `precision_recall`. Careful: `possible` lists only those that are not sure.


# %% tags=["exercise"] slug="precision_recall"
def precision_recall(
    links: list[tuple[int, int]],
    sure: list[tuple[int, int]],
    possible: list[tuple[int, int]],
) -> tuple[float, float]:
    """How many links are right, and how many sure links are found: Och and Ney 2003, section 6.

    Args:
        links: those found; at least one, none twice.
        sure: gold links that must be there; at least one.
        possible: gold links that may be there, without the sure ones.

    Returns:
        precision, recall: from 0 to 1.
    """
    ### BEGIN SOLUTION
    found, must = set(links), set(sure)
    may = must | set(possible)
    return len(found & may) / len(found), len(found & must) / len(must)
    ### END SOLUTION


# %% tags=["check"]
check("precision_recall", precision_recall)

# %% [markdown]
# See both numbers on the pair from above. Solid lines are links that were found and are gold; dashed ones were found,
# but are wrong; dotted ones are sure links that were not found. Which lines does precision count, and which recall? The
# lines cross because Korean puts the clause with *when* first.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("weights_of", "argmax_links", "precision_recall"):
    found = argmax_links(weights_of(model, [example])[0])
    sure, possible = (
        [(link.source, link.target) for link in example.alignment if link.sure == wanted]
        for wanted in (True, False)
    )
    precision, recall = precision_recall(found, sure, possible)
    figure = draw_link_check(
        example.source_words,
        example.target_words,
        found,
        example.alignment,
        f"Precision {precision:.2f} of {len(found)} links found, recall {recall:.2f} of {len(sure)} sure ones",
    )
    told = ", ".join(f"{example.target_words[j]} to {example.source_words[i]}" for i, j in found)
    figures.show(figure, f"Links found: {told}. Precision {precision:.2f}, recall {recall:.2f}.")

# %% [markdown]
# The **alignment error rate** (AER) joins both in one number: 0 is perfect, 1 is the worst.
#
# $$\text{AER} = 1 - \frac{|A \cap S| + |A \cap P|}{|A| + |S|}$$
#
# **Exercise 5.** Write `alignment_error_rate` for a whole corpus: sum the counts over all sentences, then divide
# once. That way each link weighs the same, in short sentences and in long ones.


# %% tags=["exercise"] slug="alignment_error_rate"
def alignment_error_rate(
    examples: list[tuple[list[tuple[int, int]], list[tuple[int, int]], list[tuple[int, int]]]],
) -> float:
    """The error rate of alignments: Och and Ney 2003, section 6.

    Args:
        examples: for each sentence the links found, the sure gold links, and the possible ones without the sure.

    Returns:
        AER of all sentences together, from 0 (best) to 1.
    """
    ### BEGIN SOLUTION
    hits = total = 0
    for links, sure, possible in examples:
        found, must = set(links), set(sure)
        hits += len(found & must) + len(found & (must | set(possible)))
        total += len(found) + len(must)
    return 1 - hits / total
    ### END SOLUTION


# %% tags=["check"]
check("alignment_error_rate", alignment_error_rate)

# %% [markdown]
# A number needs something to compare it with. One baseline knows no words at all: it links words at the same relative
# place. Think of both sentences as bars of equal width, cut into words of equal width. Target word `j` goes with the
# source word that lies at its middle. In the picture, follow the dotted lines.

# %% tags=["exploration", "always", "nbval-ignore-output"]
pair = next(
    pair for pair in test_pairs if (len(pair.source_words), len(pair.target_words)) == (7, 5)
)
figure = draw_equal_bars(
    pair.source_words,
    pair.target_words,
    "The middle of each target word falls into one source word",
)
figures.show(
    figure,
    f"Two bars of one width: {pair.source} above, {pair.target} below, with a dotted line up from each Korean word.",
)

# %% [markdown]
# The function gets only the two lengths, for the words themselves do not matter. Where a middle falls exactly between
# two source words, the right one of them is taken.
#
# **Exercise 6.** Write `diagonal_links`. One or two lines.


# %% tags=["exercise"] slug="diagonal_links"
def diagonal_links(source_length: int, target_length: int) -> list[tuple[int, int]]:
    """Links along the diagonal: each target word goes with the source word under its middle.

    Args:
        source_length: S, how many words the source has.
        target_length: T, how many the target has.

    Returns:
        T links (i, j), source word i and target word j, in the order of the target words.
    """
    ### BEGIN SOLUTION
    return [(int((j + 0.5) * source_length / target_length), j) for j in range(target_length)]
    ### END SOLUTION


# %% tags=["check"]
check("diagonal_links", diagonal_links)

# %% [markdown]
# Two more baselines: **uniform** chooses a source word at random, which is all that equal weights can say, and the
# **untrained** model is the same network before it has learnt anything. Where will lesson 3's model come out? It
# translates more than nine of ten of these sentences without a mistake.

# %% tags=["exploration", "always"]
predictions.ask(
    "error_of_lesson_3",
    "How large is the alignment error rate of lesson 3's model, by its greatest weights?",
    a="below 0.1: who translates well aligns well",
    b="0.1 to 0.24",
    c="0.25 to 0.39",
    d="0.4 or more",
    guess="",
)

# %% tags=["exploration"]
if ready(
    "weights_of", "argmax_links", "precision_recall", "alignment_error_rate", "diagonal_links"
):

    def gold(pair: SentencePair, sure: bool) -> list[tuple[int, int]]:
        """The sure links of a pair, or those that are only possible."""
        return [(link.source, link.target) for link in pair.alignment if link.sure == sure]

    def error_rate(
        alignments: list[list[tuple[int, int]]], pairs: list[SentencePair] = test_pairs
    ) -> float:
        """AER of the links found for each pair."""
        found = zip(alignments, pairs, strict=True)
        return alignment_error_rate(
            [(links, gold(pair, sure=True), gold(pair, sure=False)) for links, pair in found]
        )

    shapes = [(len(pair.source_words), len(pair.target_words)) for pair in test_pairs]
    chance = torch.Generator().manual_seed(1)
    uniform = [argmax_links(torch.rand(t, s, generator=chance)) for s, t in shapes]
    weights = weights_of(model, test_pairs)
    errors = {
        "uniform": error_rate(uniform),
        "untrained": error_rate(
            [argmax_links(each) for each in weights_of(untrained, test_pairs)]
        ),
        "diagonal": error_rate([diagonal_links(*shape) for shape in shapes]),
        "lesson 3": error_rate([argmax_links(each) for each in weights]),
    }
    print(f"diagonal: AER {errors['diagonal']:.2f}")
    print("the diagonal is better than chance:", errors["diagonal"] < errors["uniform"] - 0.05)
    print("lesson 3's model is better than the diagonal:", errors["lesson 3"] < errors["diagonal"])
    print("but more than a third is wrong:", errors["lesson 3"] > 0.35)

# %% tags=["exploration", "nbval-ignore-output"]
if ready("errors"):
    for name, error in errors.items():
        print(f"AER {error:.2f}  {name}")
    links = argmax_links(weights[number])
    shares = precision_recall(links, gold(example, sure=True), gold(example, sure=False))
    print(f"the pair above: precision {shares[0]:.2f}, recall {shares[1]:.2f}")
    predictions.answer(
        "error_of_lesson_3",
        predictions.option_for(errors["lesson 3"], 0.1, 0.25, 0.4),
        f"The error rate of lesson 3's model is {errors['lesson 3']:.2f}.",
    )

# %% [markdown]
# ## 4 · A mistake in the bookkeeping?
#
# A bad error rate has two suspects: the model, or you. The usual slip is an off-by-one. The decoder reads `START, 난,
# 널` and writes `난, 널, 사랑해`; pair the weights with the words *read*, and every row belongs to the neighbour.
#
# **Exercise 7.** Write `best_offset`. Move the target word of each link by each offset, count how many links are gold
# then, and return the offset with the most. If all is well, it is 0.


# %% tags=["exercise"] slug="best_offset"
def best_offset(
    examples: list[tuple[list[tuple[int, int]], list[tuple[int, int]]]], offsets: list[int]
) -> int:
    """By how many words links and gold links are out of step.

    Args:
        examples: for each sentence the links found and the gold links.
        offsets: the offsets to try, none twice.

    Returns:
        The offset k for which most links (i, j), moved to (i, j + k), are gold, in all sentences together.
    """

    ### BEGIN SOLUTION
    def hits(offset: int) -> int:
        return sum((i, j + offset) in gold for links, gold in examples for i, j in links)

    return max(offsets, key=hits)
    ### END SOLUTION


# %% tags=["check"]
check("best_offset", best_offset)

# %% [markdown]
# Try it twice: on the links as they are, and on links that someone paired with the words read instead of the words
# written. Then the weights that wrote 난 are said to belong to START, those of 널 to 난: each row has slipped by one. Your
# function gives the offset that puts it right.

# %% tags=["exploration", "always"]
predictions.ask(
    "offset",
    "Links paired with the words read, (i, j + 1) instead of (i, j): what does best_offset give?",
    a="-1",
    b="0",
    c="1",
    guess="",
)

# %% tags=["exploration"]
if ready("errors", "best_offset"):
    sure = [gold(pair, sure=True) for pair in test_pairs]
    found = [argmax_links(each) for each in weights]
    slipped = [[(i, j + 1) for i, j in links] for links in found]
    offsets = [-2, -1, 0, 1, 2]
    print("as they are:", best_offset(list(zip(found, sure, strict=True)), offsets))
    slip = best_offset(list(zip(slipped, sure, strict=True)), offsets)
    print("paired with the words read:", slip)
    predictions.answer("offset", predictions.option_for(slip, 0, 1), f"It gives {slip}.")

# %% [markdown]
# So the bookkeeping is right: the rows belong to their words. The weights themselves stand next to the words. How far?
# For every sure link, take the distance between the source word with the greatest weight and the gold one.

# %% [markdown]
# ## 5 · Attention is not always alignment
#
# **Predict first.** A state of the encoder has read its own word, and all words *before* it. If you look for what
# *love* means in *I love you*, in which states can you find it?

# %% tags=["exploration", "nbval-ignore-output"]
if ready("errors"):

    def distances(weights: list[Tensor]) -> Counter:
        """How far from its gold source word the greatest weight stands → how often."""
        return Counter(
            int(matrix[link.target].argmax()) - link.source
            for matrix, pair in zip(weights, test_pairs, strict=True)
            for link in pair.alignment
            if link.sure
        )

    figure = plot_misses(
        {"lesson 3": distances(weights)},
        f"Most misses are one word to the right (n = {sum(distances(weights).values()):,})",
    )
    figures.show(
        figure,
        "Bars: most weights stand on the gold word or one word to its right; few stand elsewhere.",
    )

# %% [markdown]
# In its own state, and in every later one. The state after the next word knows *love* too, and it knows what follows;
# nothing in the loss says which of them to read. And the decoder keeps what it has read: it may fetch a word early and
# write it later. Attention says where the network *fetches*, not what it *means*.
#
# Is it an accident of one seed? Here are all of them, with the source word that has the most weight, END left out. Where
# two words belong to a target word, the nearer one counts.

# %% tags=["exploration", "always"]
results = load_results("05_alignments")
print("made by:", results["command"])
of_lesson_3 = runs_of(results, "additive")
print(f"lesson 3's model, {of_lesson_3[0]['offsets']['n']:,} target words; the darkest word is")
for run in of_lesson_3:
    shares = share_at_places(run["offsets"]["counts"])
    told = ", ".join(f"{place} {share:.0%}" for place, share in shares.items())
    print(f"  seed {run['seed']}: {told};  AER {run['alignment']['aer_argmax']:.2f}")

# %% [markdown]
# The seeds differ in how much, not in what: for each of them the gold word and the next one are the two places where the
# darkest word stands most, and the error rate is above a third. Koehn and Knowles 2017 saw the same in a large system:
# for one pair of languages of theirs, attention stood one word off.

# %% [markdown]
# ## 6 · Bring the weights back to the words
#
# Which part of the model lets the weights wander? Three changes are tried, each alone.
#
# **Both ways.** The encoder of Bahdanau et al. 2015, simplified: one half of its units reads from the left, the other
# half from the right.
#
# **Words as values.** States say *where* to look, as before. But what is read is the embedding of the word itself, which
# knows nothing of its neighbours. Nguyen and Chiang 2018 let attention read embeddings, too, to choose rare words.
#
# **Read when you write.** The decoder looks with its *new* state (Luong et al. 2015), and what it reads goes to the
# output only, never into its state. A word cannot be fetched early and kept.

# %% [markdown]
# Here are the second and the third together, which the tables call *both changes*. Find the two places in `forward`: what
# is multiplied with the weights, and what becomes of the product.


# %% tags=["setup"]
class WordDecoder(nn.Module):
    """Writes a sentence and reads source words, each when it is needed: after Luong et al. 2015, section 3.1.

    Args:
        vocabulary_size: V, how many target words there are.
        embedding_size: E, of the embedded target words and of the source words that it reads.
        hidden_size: H, the same as the encoder's.
        score: the additive score of lesson 3.
    """

    def __init__(
        self, vocabulary_size: int, embedding_size: int, hidden_size: int, score: AdditiveScore
    ):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size, hidden_size, batch_first=True)
        self.score = score
        both = hidden_size + embedding_size  # the new state and what was read
        self.mix = nn.Linear(both, both)
        self.output = nn.Linear(both, vocabulary_size)

    def forward(
        self, words: Tensor, state: Tensor, source: tuple[Tensor, Tensor], source_mask: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Score the word that follows each given word; all steps at once, for nothing read goes back.

        Args:
            words: (B, T) int64, the words that the decoder reads.
            state: (B, H), its first state.
            source: states (B, S, H), which are scored, and embedded words (B, S, E), which are read.
            source_mask: (B, S) bool, True at real words.

        Returns:
            logits (B, T, V), state (B, H) behind the last word, weights (B, T, S).
        """
        states, embedded = source
        new, last = self.gru(self.embedding(words), state.unsqueeze(0))  # (B, T, H)
        projected = self.score.prepare(states).unsqueeze(2)  # (B, S, 1, A)
        scores = self.score(new, projected).transpose(1, 2)  # (B, T, S): step and source word
        weights = scores.masked_fill(~source_mask.unsqueeze(1), -torch.inf).softmax(-1)
        mixed = torch.tanh(self.mix(torch.cat([new, weights @ embedded], dim=-1)))
        return self.output(mixed), last.squeeze(0), weights


class WordEncoder(Encoder):
    """The encoder of lesson 1; with the states it gives the embedded words."""

    def forward(self, source: Tensor, source_mask: Tensor) -> tuple[tuple[Tensor, Tensor], Tensor]:
        """States (B, S, H) and embedded words (B, S, E); and the state (B, H) behind the last word."""
        states, last = super().forward(source, source_mask)
        return (states, self.embedding(source)), last


def word_reader(words: Vocabularies) -> AttentionSeq2Seq:
    """The changed model, untrained: its decoder reads words."""
    decoder = WordDecoder(len(words.target), 64, 128, AdditiveScore(128, attention_size=32))
    return AttentionSeq2Seq(WordEncoder(len(words.source), 64, 128), decoder)


# %% [markdown]
# Everything else is equal: data, epochs, learning rate, and the number of parameters within 5 % of lesson 3's. Each model
# is trained from five seeds.

# %% tags=["exploration", "always"]
predictions.ask(
    "which_change",
    "How many of the three changes, alone, take half of lesson 3's error rate away or more? (median over seeds)",
    a="none: it takes two together",
    b="one",
    c="two",
    d="all three",
    guess="",
)

# %% [markdown]
# Look for two answers in the table. Which change moves the darkest word to the gold word? And which one makes the
# translations better? It need not be the same.

# %% tags=["exploration", "always"]
models = {name: runs_of(results, name) for name in results["seeds"]}
models = {"lesson 3's model": models.pop("additive")} | models
print(models_table(models))
held = results["held_fixed"]
print(f"{held['test_sentences']:,} test sentences; AER of the diagonal {held['aer_diagonal']:.2f}")
middle = median_errors(models)
alone = [name for name in middle if name not in ("lesson 3's model", "both changes")]
halved = [name for name in alone if middle[name] <= middle["lesson 3's model"] / 2]
predictions.answer(
    "which_change",
    "abcd"[len(halved)],
    "Median AER: " + ", ".join(f"{name} {value:.2f}" for name, value in middle.items()) + ".",
)

# %% tags=["exploration", "always", "nbval-ignore-output"]
figure = plot_changes(
    models,
    held["aer_diagonal"],
    "Each change moves the weights towards the words; two together do most",
)
figures.show(figure, f"Five models, a dot per seed. {tell_models(models)}.")

# %% [markdown]
# Each change helps, and none does it all. Read when you write takes the early fetching away, words as values takes the
# neighbours away; either roughly halves the error rate, and both together divide it by about four. So lesson 3's model
# does both: it reads a word from its neighbour's state, and it fetches words early.
#
# The paper's own encoder is another matter. With the fewest parameters it translates better than lesson 3's model, for four
# of the five seeds, but its error rate stays above half of that model's. Look at its bar: it has stopped looking at the
# next word, and looks at the word *before* instead. The half that reads from the right has read the gold word by then.

# %% tags=["exploration", "always", "nbval-ignore-output"]
figure = plot_error_by_epoch(
    {name: [run["aer_by_epoch"] for run in runs] for name, runs in models.items()},
    {"diagonal": held["aer_diagonal"]},
    "The weights settle within three epochs; training on does not bring them back",
)
figures.show(figure, f"AER by epoch, a panel per model, a line per seed. {tell_epochs(models)}.")

# %% [markdown]
# A warning: the changed model was built so that its weights can be read. That they can be read in one model says nothing
# about the next one.
#
# Now load the changed model, and look at the pair from before and at a long sentence.

# %% tags=["exploration"]
if ready("errors", "distances"):
    reader = word_reader(words).eval()
    reader.load_state_dict(load_file(datasets_folder() / "models" / "05_word_reader.safetensors"))
    read_weights = weights_of(reader, test_pairs)
    error = error_rate([argmax_links(each) for each in read_weights])
    print("less than half the error rate of lesson 3's model:", error < errors["lesson 3"] / 2)

# %% tags=["exploration", "nbval-ignore-output"]
if ready("reader", "read_weights"):
    show_map(reader, example, f"The changed model looks at the words themselves (AER {error:.2f})")
    figure = plot_misses(
        {"lesson 3": distances(weights), "both changes": distances(read_weights)},
        "The neighbour to the right is hardly looked at any more",
    )
    figures.show(figure, "Bars: with both changes, the bar at distance 0 is much the highest.")

# %% [markdown]
# A threshold may do better than the greatest weight. But a threshold is a choice, and one made on the sentences that are
# scored would flatter the model. So choose it on others: the validation sentences. **Predict first.** Links are added as
# the threshold falls. What happens to precision, what to recall, and so where may AER be lowest?

# %% tags=["exploration"]
if ready("reader", "threshold_links", "error_rate"):
    valid_pairs = load_split("valid")
    valid_weights = weights_of(reader, valid_pairs)
    by_threshold = {}
    for threshold in (0.1, 0.2, 0.3, 0.4, 0.5):
        valid_links = [threshold_links(each, threshold) for each in valid_weights]
        by_threshold[threshold] = error_rate(valid_links, valid_pairs)
    chosen_threshold = min(by_threshold, key=by_threshold.get)
    loose = error_rate([threshold_links(each, chosen_threshold) for each in read_weights])
    print("lowest AER on the validation sentences at", chosen_threshold)
    print("there, better than the greatest weight on the test sentences:", loose < error)

# %% tags=["exploration", "nbval-ignore-output"]
if ready("by_threshold"):
    for threshold, value in by_threshold.items():
        print(f"validation sentences, threshold {threshold}: AER {value:.2f}")
    print(f"test sentences, threshold {chosen_threshold}: AER {loose:.2f}")

# %% [markdown]
# The valley is narrow: a tenth to the right, and the threshold is worse than the greatest weight, which needs no choice at
# all. Whoever reports an AER should say how the threshold was chosen, and on which sentences. The table above did it this
# way, for each seed anew and in finer steps.
#
# The longest test sentence next. Follow the dark cells: each clause is a block along the diagonal, and inside each
# block the words turn around, because Korean puts the verb after its object.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("reader", "read_weights"):
    longest = max(test_pairs, key=lambda pair: len(pair.source_words))
    show_map(reader, longest, "Clause by clause along the diagonal; inside a clause, crossed")

# %% [markdown]
# Which links are still wrong? *날씨가*, *weather*, looks at *cold*: English says *it is cold*, and has no word for it. *걸*
# and *알아*, *that* and *know*, trade places. Another kind is *엄마가* and *친구가*. Koreans say *our* mother (우리 엄마), but
# *my* friend (내 친구); to choose between 우리 and 내 the model must know the noun, and the gold lets 우리 look at *mother*.
# Then *엄마가* comes, and its weight may fall on *because*. Why is open: perhaps the noun is known by then and nothing has
# to be fetched, but nobody has tested it here.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("reader", "read_weights"):
    wrong = Counter()
    for matrix, pair in zip(read_weights, test_pairs, strict=True):
        right = {(link.source, link.target) for link in pair.alignment}
        for i, j in argmax_links(matrix):
            if (i, j) not in right:
                wrong[f"{pair.target_words[j]} at {pair.source_words[i]}"] += 1
    print(f"{sum(wrong.values())} links are wrong; the most frequent:")
    for what, count in wrong.most_common(6):
        print(f"  {count:4}  {what}")

# %% [markdown]
# ## 7 · Are the weights used?
#
# A picture of weights proves nothing: perhaps the decoder ignores what it reads. So take something away. Hide one
# source word, so that no step can look at it, and see how much less probable the right target words become. If the
# weights are used, the words that looked at it suffer, and the others do not.
#
# **Exercise 8.** Write `knock_out`. `predict(mask)` runs the decoder of one sentence with the source words that are
# True in the mask. Each source word is hidden once, alone. About ten lines.


# %% tags=["exercise"] slug="knock_out"
def knock_out(predict, source_length: int, target: Tensor) -> Tensor:
    """What each target word loses when one source word is hidden.

    Args:
        predict: mask (S,) bool, True at words that can be seen → logits (T, V).
        source_length: S.
        target: (T,) int64, the right words.

    Returns:
        effects (T, S): by how much the log-probability of target word j falls when source word i is hidden, in nats.
    """

    ### BEGIN SOLUTION
    def log_probability(mask: Tensor) -> Tensor:
        return predict(mask).log_softmax(-1)[torch.arange(len(target)), target]  # (T,)

    everything = torch.ones(source_length, dtype=torch.bool)
    whole = log_probability(everything)
    effects = []
    for i in range(source_length):
        mask = everything.clone()
        mask[i] = False
        effects.append(whole - log_probability(mask))
    return torch.stack(effects, dim=1)
    ### END SOLUTION


# %% tags=["check"]
check("knock_out", knock_out)

# %% [markdown]
# Hide each word of a hundred test sentences in turn, and sort all pairs of words by their weight.
#
# Will a pair with a weight below 0.05 lose anything? And one with a weight above 0.8? A fall of 2.3 nats means ten
# times less probable.

# %% tags=["exploration", "always"]
predictions.ask(
    "hidden_word",
    "Hide a word that has more than 0.8 of the weight: in the median, the right word becomes",
    a="hardly less probable: the decoder knows it anyway",
    b="2 to 9 times less probable",
    c="10 to 49 times less probable",
    d="50 times less probable, or more",
    guess="",
)

# %% tags=["exploration"]
if ready("reader", "read_weights", "knock_out"):

    @torch.no_grad()
    def effects_of(model: nn.Module, pair: SentencePair, hidden: int | None = None) -> Tensor:
        """The knock-out effects (T, S) of one pair, END left out; a word may be hidden all along."""
        source, target = (torch.tensor([numbers]) for numbers in words.encode(pair))
        states, last = model.encoder(source, torch.ones_like(source, dtype=torch.bool))

        def predict(mask: Tensor) -> Tensor:
            seen = mask.clone()
            if hidden is not None:
                seen[hidden] = False
            return model.decoder(shift_right(target), last, states, seen.unsqueeze(0))[0][0]

        return knock_out(predict, source.shape[1], target[0])[:-1, :-1]

    sample = range(100)
    looked = torch.cat([read_weights[n].flatten() for n in sample])
    lost = torch.cat([effects_of(reader, test_pairs[n]).flatten() for n in sample])
    unseen, seen = lost[looked < 0.05].median(), lost[looked > 0.8].median()
    print("weight below 0.05: loses less than 0.1 nats in the median:", bool(unseen < 0.1))
    print("weight above 0.8: loses more than 1 nat in the median:", bool(seen > 1))

# %% [markdown]
# A nat is a factor of 2.7 in probability: a word that loses two nats is seven times less probable. Boxes hold the
# middle half of all pairs, whiskers nine of ten.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("lost", "looked", "seen"):
    edges = [0, 0.05, 0.2, 0.4, 0.6, 0.8, 1]
    groups = [
        lost[(looked >= low) & (looked < high)].tolist()
        for low, high in zip(edges[:-1], [*edges[1:-1], 1.1], strict=True)
    ]
    figure = plot_effects(
        groups, edges, "In the changed model, the more a word is looked at, the more it is missed"
    )
    figures.show(
        figure, "Box plots: the loss grows with the weight, from nothing to several nats."
    )
    times = seen.exp().item()
    predictions.answer(
        "hidden_word",
        predictions.option_for(times, 2, 10, 50),
        f"In the median the log-probability falls by {seen:.1f} nats: {times:.0f} times less probable.",
    )

# %% [markdown]
# The effect grows with the weight: in this model the weights are used. But it was built so that they can be read. Some
# pairs with half the weight lose little: the words written so far, or the encoder's last state, may tell what comes next.
# A dark cell shows that a word is read, not that nothing else would do.
#
# So the test has to be made where the weights look wrong: on lesson 3's model.

# %% [markdown]
# ## 8 · Hide what the other model looks at
#
# Take the first ten target words at which lesson 3's model has more than 0.8 of its weight one word too far: on the source
# word just after the gold word, without a link to it. Hide that dark word. Hide the gold word. Then hide both.
#
# Your `knock_out` hides one word at a time. To hide both, hide the gold word all along and call it again: what it then
# says about the dark word comes on top. **Predict first.** Which of the two words does the model need?

# %% tags=["exploration", "nbval-ignore-output"]
if ready("weights", "effects_of"):

    def one_too_far(weights: Tensor, pair: SentencePair) -> tuple[int, int, int] | None:
        """Target, gold and dark word of the first target word that looks one word too far."""
        for j, dark in enumerate(weights.argmax(1).tolist()):
            links = [link for link in pair.alignment if link.target == j]
            sure = [link.source for link in links if link.sure]
            linked = dark in [link.source for link in links]
            if sure == [dark - 1] and not linked and weights[j, dark] > 0.8:
                return j, sure[0], dark
        return None


# %% tags=["exploration", "nbval-ignore-output"]
if ready("weights", "effects_of"):
    tried = ((n, one_too_far(weights[n], test_pairs[n])) for n in range(len(test_pairs)))
    chosen = list(islice(((n, found) for n, found in tried if found), 10))
    print("log-probability lost (nats): dark word, gold word, both hidden")
    costs = {}
    for n, (j, gold_word, dark_word) in chosen:
        pair = test_pairs[n]
        alone, more = effects_of(model, pair), effects_of(model, pair, hidden=gold_word)
        cost = [alone[j, dark_word], alone[j, gold_word], alone[j, gold_word] + more[j, dark_word]]
        costs[n] = cost[-1].item()
        print(
            *(f"{round(nats.item(), 2) + 0:7.2f}" for nats in cost),
            f"  {pair.target_words[j]} ({pair.glosses[j]}) looks at {pair.source_words[dark_word]}, "
            f"gold is {pair.source_words[gold_word]}",
        )

# %% [markdown]
# The gold word can go each time: the state after the next word has read it as well. Mostly the dark word is missed, for
# some words hardly. The two together always cost more, but for *생각해*, *think*: there the words written so far leave no
# other choice. See the shortest sentence in which hiding both costs more than a nat.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("costs", "chosen"):
    n, (j, gold_word, dark_word) = min(
        (each for each in chosen if costs[each[0]] > 1),
        key=lambda each: len(test_pairs[each[0]].source_words),
    )
    pair = test_pairs[n]
    word, dark, right = (
        pair.target_words[j],
        pair.source_words[dark_word],
        pair.source_words[gold_word],
    )
    show_map(model, pair, f"{word} looks at {dark}; its gold word is {right}")
    show_glossed([(pair.source, pair.target_words, pair.glosses)])

# %% [markdown]
# A reader of such a map would say that the model translates the wrong word. Its translation is right.
#
# These were ten words of one model. The experiment hides, for each target word of 250 test sentences, its darkest word, its
# gold words, both, and as a control a third word, in models from five seeds. There are two ways to hide. *Not looked at*:
# the decoder may not look at the word, as in `knock_out`; other states may still know it. *Never read*: the encoder gets
# an unknown word in its place, so that no state knows it.

# %% tags=["exploration", "always"]
predictions.ask(
    "darkest_in_lesson_3",
    "Lesson 3's model, all target words: hide the word with the most weight. In the median the right word loses",
    a="less than 0.2 nats: hardly anything",
    b="0.2 to 0.9 nats",
    c="1 to 1.9 nats",
    d="2 nats or more, as the changed model does",
    guess="",
)

# %% [markdown]
# In the third table are only target words like those ten: more than 0.8 of the weight on the word just after the gold word.
# Some models have few of them, or none.

# %% tags=["exploration", "always"]
for way, name in (("hidden", "not looked at"), ("unseen", "never read")):
    print(f"{name}: log-probability lost, in nats, median over target words; range over seeds")
    print(hidden_table(models, way, "all"), end="\n\n")
print("not looked at, where more than 0.8 lies one word too far:")
print(hidden_table(models, "hidden", "dark_one_too_far"))
tables = [run["hiding"]["hidden"]["all"] for run in models["lesson 3's model"]]
found = statistics.median(table["darkest"]["median"] for table in tables)
predictions.answer(
    "darkest_in_lesson_3",
    predictions.option_for(found, 0.2, 1, 2),
    f"It loses {found:.2f} nats, in the median over words and seeds.",
)

# %% tags=["exploration", "always", "nbval-ignore-output"]
panels = hidden_panels({name: models[name] for name in ("lesson 3's model", "both changes")})
figure = plot_hidden_words(
    panels,
    f"Two good translators ({tables[0]['darkest']['n']:,} words, {len(tables)} seeds).\n"
    "Hide the word that is looked at: one of them misses it, the other reads it elsewhere",
)
figures.show(figure, f"Median loss in nats, range over seeds. {tell_hidden(panels)}.")

# %% [markdown]
# Look at the upper half. Both models translate well. Take from the changed model the word that it looks at, and the right
# word loses 2.8 to 3.8 nats in the median: it becomes more than ten times less probable. Take it from lesson 3's model,
# and it loses 0.05 to 0.10; take the gold word, and it loses at most 0.02. A third word costs neither of them anything:
# it is not the hiding as such.
#
# The lower half says that lesson 3's model needs the gold word as much: never read, it costs 2.7 to 3.2 nats, and with
# the changed model 2.9 to 3.8. So the word was there, in states that the heat map shows as pale. Hiding two of them does
# not close all the ways.

# %% [markdown]
# One doubt. Perhaps lesson 3's model only spreads its weight, and its darkest cells are paler than the other's. Then
# compare cells of equal weight: hide each word of thirty sentences from it, too. This is one seed of each model.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("groups", "effects_of"):
    few = range(30)
    weight = torch.cat([weights[n].flatten() for n in few])
    cost = torch.cat([effects_of(model, test_pairs[n]).flatten() for n in few])
    of_states = [
        cost[(weight >= low) & (weight < high)].tolist()
        for low, high in zip(edges[:-1], [*edges[1:-1], 1.1], strict=True)
    ]
    by_model = {"lesson 3's model": of_states, "both changes": groups}
    figure = plot_effects_by_model(
        by_model, edges, "At equal weight, a cell of lesson 3's model is missed less"
    )
    medians = "; ".join(
        f"{name}: {', '.join(f'{statistics.median(group):.2f}' for group in each)}"
        for name, each in by_model.items()
    )
    figures.show(
        figure, f"Box plots of the loss by weight. Medians in nats, pale to dark. {medians}."
    )

# %% [markdown]
# So it is no matter of paleness: half the weight means much in one model and next to nothing in the other. Only the
# darkest cells of lesson 3's model are missed. And where these lie one word too far, the third table says: hide the dark
# word, and 1.8 to 3.9 nats are lost; hide the gold word, and nothing is lost, for any seed; hide both, and 7.6 to 9.6
# are. There the map tells the truth about where the network reads. About which word is translated it tells nothing.

# %% [markdown]
# That is an old dispute. Jain and Wallace 2019 found in classifiers that quite different weights give the same predictions,
# and wrote *Attention is not Explanation*; translators they left out. Wiegreffe and Pinter 2019 answered with *Attention is
# not not Explanation*: what holds for the weights of one model need not hold for the next, so test the one that you have.
# Here both kinds stand side by side, trained on the same sentences, both good translators. And Ghader and Monz 2017, who
# compared attention with alignment in translators, found that it carries more than which word translates which.

# %% [markdown]
# ## 9 · Explore
#
# Point at a Korean word below, or press Tab until one is framed: the English words that it looked at light up. Try the
# verb, and the word that carries *not* or *because*.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("reader", "read_weights"):
    for chosen in (2, 4):
        pair = test_pairs[chosen]
        show_explorer(pair.source_words, pair.target_words, read_weights[chosen])

# %% [markdown]
# Have you a corpus of your own, with links that somebody made by hand? `read_alignments(path, first=0)` in
# `lessons.toolkit.alignment_files` reads them from a file with lines such as `0-0 1p2`, and `alignment_error_rate`
# scores what you find. Say with `first` whether its words are counted from 0 or from 1: the file cannot tell, and
# nothing spoils an error rate as quietly as an off-by-one.

# %% [markdown]
# ## What you take with you
#
# - Weights become links by argmax or by a threshold, and AER scores them. Without baselines it says nothing.
# - Attention says where a network fetches, not what a word means. A model can translate well and look next to the word.
# - What can be read from weights depends on the model. Words as values and reading when you write each bring the weights
#   nearer to the words; an encoder that reads both ways helps the translations more than the weights.
# - A dark cell is a claim about the model: test it. Hide the word, hide its rival, hide both, and a third one as a control.
#
# **Where to go on.** Och and Ney 2003, [J03-1002](https://aclanthology.org/J03-1002/), defines the error rate; Luong et
# al. 2015, [arXiv:1508.04025](https://arxiv.org/abs/1508.04025), scores with the new state; Nguyen and Chiang 2018,
# [arXiv:1710.01329](https://arxiv.org/abs/1710.01329), read embeddings. On what weights mean: Koehn and Knowles 2017,
# [arXiv:1706.03872](https://arxiv.org/abs/1706.03872), section 3.5; Ghader and Monz 2017,
# [arXiv:1710.03348](https://arxiv.org/abs/1710.03348); Jain and Wallace 2019,
# [arXiv:1902.10186](https://arxiv.org/abs/1902.10186); Wiegreffe and Pinter 2019,
# [arXiv:1908.04626](https://arxiv.org/abs/1908.04626).
# The next lesson puts all parts together.
