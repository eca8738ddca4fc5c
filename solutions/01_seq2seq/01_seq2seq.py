# %% [markdown]
# # 1 · A sentence through one vector: the seq2seq baseline
#
# **You will build** a translator from English to Korean: a vocabulary, padded batches, an encoder that reads a
# sentence into one vector, a decoder that writes a translation from it, the loss, the training step, and greedy
# decoding.
#
# **You will learn** why translating word by word fails, and how two recurrent networks do better.
#
# **You need** Python, tensors, `nn.Module`, and what a gradient is. Recurrent networks are explained on the way.
#
# **Time** two to three hours; the cells themselves run for about a minute on a laptop. **Score to expect** more than
# 90 % of unseen short sentences translated exactly.

# %% [markdown]
# ## How this notebook works
#
# Nine cells have a gap for you to fill: a line that raises `NotImplementedError`. Replace it, run the cell, then
# run the `check` below it. It tells you within a second what is right and which idea is wrong; if it does not come
# back, press ■ and look for a loop that never ends. Use whatever the next cell imports. Stuck? Open the hints in
# the answer of the check, one at a time; `hint("make_dictionary")` in a cell of your own prints them too.
# `progress()` shows what you have done in all lessons, and what comes next.
#
# Before some experiments a cell asks what you expect. Write a letter and run it; the experiment answers. Nobody else
# sees your letter, and a wrong guess teaches you more than none.
#
# Every tensor has its dimensions named with the same letters: **B** sentences in a batch, **S** source words,
# **T** target words, **E** numbers in an embedding, **H** numbers in a state, **V** words in a vocabulary.

# %% tags=["setup"]
import math
from collections import Counter, defaultdict

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from autograder import check, hint, progress
from lessons.toolkit import predictions
from lessons.toolkit.batches import (
    END,
    PAD,
    SPECIAL_TOKENS,
    START,
    UNKNOWN,
    Batch,
    make_batches,
    shift_right,
)
from lessons.toolkit.corpus import load_split
from lessons.toolkit.figures import common as figures
from lessons.toolkit.figures import seq2seq as seq2seq_figures
from lessons.toolkit.figures.gloss_lines import show_glossed
from lessons.toolkit.readiness import ready
from lessons.toolkit.results import load_results
from lessons.toolkit.training import exact_match, one_cycle, train, use_threads

# %% [markdown]
# ## 1 · Two languages side by side
#
# The corpus has English sentences, their Korean translations, and for each pair the links between words that mean
# the same. Here you use sentences of one and two clauses. Korean puts the verb last and glues a particle to the noun:
# 나 (*I*) and the particle 는 (for the topic) make 나는, in speech *난*. The style is the one friends use with each
# other.

# %% [markdown]
# You need no Korean. Each Korean word has a **gloss** below it: in small letters what it means, in capitals what its
# ending does, with a full stop between the two. So *난* is `I.TOP`, *I* as the topic, and *널* is `you.OBJ`, *you* as
# the object; the other labels are explained below the sentences.

# %% tags=["exploration", "always"]
use_threads(2)
training_pairs = load_split("train", clauses=(1, 2))
test_pairs = load_split("test", clauses=(1, 2))

print(f"{len(training_pairs):,} pairs to learn from, {len(test_pairs)} to test with")
love = next(pair for pair in training_pairs if pair.source == "I love you")
show_glossed(
    [(pair.source, pair.target_words, pair.glosses) for pair in [love, *test_pairs[:6]]],
    explain=True,
)

# %% [markdown]
# See which words belong together in the most famous sentence. Before you run the cell: in which order would you have
# to read 난 (`I.TOP`), 널 (`you.OBJ`) and 사랑해 (`love.INT`) to get the English back?

# %% tags=["exploration", "always", "nbval-ignore-output"]
figures.use_course_style()
links = [(link.source, link.target) for link in love.alignment]
figure = figures.draw_links(
    love.source_words, love.target_words, links, "The verb moves to the end, so links cross"
)
figures.show(
    figure,
    "I is linked to 난, love to 사랑해 at the end, you to 널 in the middle: two links cross.",
)

# %% [markdown]
# ## 2 · Word by word
#
# The simplest translator is a dictionary: look up each word and write the results in the same order. To be fair to it,
# give it a good dictionary: for each English word, the Korean word that it is linked to most often.
#
# **Exercise 1.** Write `make_dictionary`. Each example is a triple: source words, target words, and links `(i, j)`
# that say source word `i` belongs to target word `j`. The check contains no ties.


# %% tags=["exercise"] slug="make_dictionary"
def make_dictionary(
    examples: list[tuple[list[str], list[str], list[tuple[int, int]]]],
) -> dict[str, str]:
    """The most frequent counterpart of every source word.

    Args:
        examples: (source words, target words, links) of each sentence pair.

    Returns:
        source word → target word, for every source word that has a link.
    """
    ### BEGIN SOLUTION
    counts = defaultdict(Counter)
    for source_words, target_words, links in examples:
        for i, j in links:
            counts[source_words[i]][target_words[j]] += 1
    return {word: counter.most_common(1)[0][0] for word, counter in counts.items()}
    ### END SOLUTION


# %% tags=["check"]
check("make_dictionary", make_dictionary)

# %% [markdown]
# Now measure it. A translation counts only if every word is right and in its place: this is **exact match**, a
# strict score, but one that nobody can argue with. Predict it first, with a letter for `guess`. The dictionary has
# every word of the test sentences that has a counterpart.

# %% tags=["exploration", "always"]
predictions.ask(
    "dictionary_score",
    "Of a hundred test sentences, how many will the dictionary translate exactly?",
    a="fewer than 10",
    b="10 to 39",
    c="40 to 69",
    d="70 or more",
    guess="",
)

# %% [markdown]
# The experiment: make the dictionary from all training pairs, look up each word of each test sentence, and compare
# with the right translation. A few sentences are shown, the most famous one first. Compare the glosses: which words
# have the wrong form, and which are missing?

# %% tags=["exploration"]
if ready("make_dictionary"):
    examples = [
        (
            pair.source_words,
            pair.target_words,
            [(link.source, link.target) for link in pair.alignment if link.sure],
        )
        for pair in training_pairs
    ]
    dictionary = make_dictionary(examples)

    def look_up(words: list[str]) -> list[str]:
        """Each word's counterpart, in the same order; words without one are left out."""
        return [dictionary[word] for word in words if word in dictionary]

    lookups = [look_up(pair.source_words) for pair in test_pairs]
    score = exact_match(lookups, [pair.target_words for pair in test_pairs])
    print(f"exact match of the dictionary: {score:.1%}")
    shown = []
    for pair in [love, *test_pairs[:3]]:
        shown.append((pair.source, [], []))
        shown.append(("looked up", look_up(pair.source_words), None))
        shown.append(("correct", pair.target_words, pair.glosses))
    show_glossed(shown)
    predictions.answer(
        "dictionary_score",
        predictions.option_for(100 * score, 10, 40, 70),
        f"Of {len(test_pairs)} test sentences the dictionary gets {score:.1%} exactly right.",
    )

# %% [markdown]
# Here is *I love you* as a picture: above each English word what the dictionary has for it, below what it becomes in
# the translation. A frame marks a word that is wrong at its place. Would it be enough to swap the last two words?

# %% tags=["exploration", "nbval-ignore-output"]
if ready("dictionary", "links"):
    looked_up = [dictionary.get(word, "–") for word in love.source_words]
    places = zip(looked_up, love.target_words, strict=True)
    misplaced = [word for word, wanted in places if word != wanted]
    figure = seq2seq_figures.draw_lookup(
        love.source_words,
        looked_up,
        love.target_words,
        links,
        f"Word by word: {len(misplaced)} of {len(looked_up)} words are wrong at their place",
    )
    figures.show(
        figure,
        f"Looked up: {' '.join(looked_up)}. Right: {love.target}. Wrong at their place: {', '.join(misplaced)}.",
    )

# %% [markdown]
# It would not. Three things go wrong. The **order**: *love* comes second in English and last in Korean. The
# **form**: *you* is *넌* as a topic and *널* as an object; *love* is *사랑해* now and *사랑할 거야* in the future; a
# dictionary has to pick one. The **length**: *the* has no counterpart, so the Korean sentence often has another
# number of words. A translator has to read the whole sentence before it writes the first word.
#
# (The data card reports a lower score for a dictionary. That one was made from sentences of all lengths, where most
# verbs stand in the middle and have the ending for *and* or *because*; yours comes from short ones.)

# %% [markdown]
# ## 3 · Words as numbers
#
# A network computes with numbers, so each word gets one: its place in the **vocabulary**. The first four places are
# taken by special tokens: `PAD` fills gaps in a batch, `START` begins what the decoder reads, `END` closes a
# sentence, `UNKNOWN` stands for words that are not listed.
#
# **Exercise 2.** Write `build_vocabulary`: the special tokens in their order, then the words, most frequent first,
# words with equal counts in alphabetical order. Words seen fewer than `minimum_count` times stay out.


# %% tags=["exercise"] slug="build_vocabulary"
def build_vocabulary(sentences: list[list[str]], minimum_count: int = 1) -> list[str]:
    """The special tokens and all words that are frequent enough.

    Args:
        sentences: the words of each sentence.
        minimum_count: how often a word must appear to be listed.

    Returns:
        V words: SPECIAL_TOKENS, then words by falling count, equal counts in alphabetical order.
    """
    ### BEGIN SOLUTION
    counts = Counter(word for sentence in sentences for word in sentence)
    frequent = [word for word, count in counts.items() if count >= minimum_count]
    return [*SPECIAL_TOKENS, *sorted(frequent, key=lambda word: (-counts[word], word))]
    ### END SOLUTION


# %% tags=["check"]
check("build_vocabulary", build_vocabulary)

# %% [markdown]
# A vocabulary turned around is a dict from word to number, and a sentence becomes a list of numbers. `END` comes after
# it in both languages: the encoder can see that the sentence is complete, and the decoder can learn when to stop.
#
# **Exercise 3.** Write `encode_words`. What should happen to a word that the dict does not have?


# %% tags=["exercise"] slug="encode_words"
def encode_words(words: list[str], numbers: dict[str, int]) -> list[int]:
    """A sentence as numbers, END behind it.

    Args:
        words: the words of the sentence.
        numbers: word → number.

    Returns:
        One number a word, UNKNOWN for words that `numbers` does not have, then END.
    """
    ### BEGIN SOLUTION
    return [numbers.get(word, UNKNOWN) for word in words] + [END]
    ### END SOLUTION


# %% tags=["check"]
check("encode_words", encode_words)

# %% [markdown]
# With both you can turn the corpus into numbers. Korean has more word forms than English: each noun comes with several
# particles and each verb with several endings, and every such form is a word of its own here.

# %% tags=["exploration"]
if ready("build_vocabulary", "encode_words"):
    source_vocabulary = build_vocabulary([pair.source_words for pair in training_pairs])
    target_vocabulary = build_vocabulary([pair.target_words for pair in training_pairs])
    source_numbers = {word: number for number, word in enumerate(source_vocabulary)}
    target_numbers = {word: number for number, word in enumerate(target_vocabulary)}
    print(f"{len(source_vocabulary)} English words, {len(target_vocabulary)} Korean words")
    print(love.source_words, "→", encode_words(love.source_words, source_numbers))
    print(love.target_words, "→", encode_words(love.target_words, target_numbers))

# %% [markdown]
# ## 4 · Sentences as a batch
#
# A tensor is a rectangle; sentences are not. Short ones are filled up with `PAD` on the right, and a **mask** says
# which places hold real words. Everything that follows has to respect it: a network that learns from padding learns
# to write padding.
#
# **Exercise 4.** Write `pad_batch`. In this course a mask is always a bool tensor with True at real words.


# %% tags=["exercise"] slug="pad_batch"
def pad_batch(sequences: list[list[int]]) -> tuple[Tensor, Tensor]:
    """Sentences of unequal length as one tensor.

    Args:
        sequences: B lists of numbers; the longest has S of them.

    Returns:
        ids (B, S) int64: each sentence from the left, then PAD.
        mask (B, S) bool: True at real words.
    """
    ### BEGIN SOLUTION
    lengths = [len(sequence) for sequence in sequences]
    longest = max(lengths)
    ids = torch.tensor([[*sequence, *[PAD] * (longest - len(sequence))] for sequence in sequences])
    return ids, torch.arange(longest) < torch.tensor(lengths).unsqueeze(1)
    ### END SOLUTION


# %% tags=["check"]
check("pad_batch", pad_batch)

# %% [markdown]
# Look at what you made: two sentences of different length, as numbers, as a mask, and as a picture. Which column is
# the first to hold padding? The picture is drawn from your two tensors: each number is turned back into its word, and
# each place where your mask is False is hatched.

# %% tags=["exploration"]
if ready("source_numbers", "pad_batch"):
    two = sorted(training_pairs[:40], key=lambda pair: len(pair.source_words))[::39]
    ids, mask = pad_batch([encode_words(pair.source_words, source_numbers) for pair in two])
    print(ids)
    print(mask.int())

# %% tags=["exploration", "nbval-ignore-output"]
if ready("two", "ids", "mask"):
    rows = [[source_vocabulary[number] for number in row] for row in ids.tolist()]
    figure = seq2seq_figures.draw_batch(
        rows, mask.tolist(), f"{int((~mask).sum())} of {mask.numel()} places hold no word"
    )
    told = "; ".join(" ".join(row) for row in rows)
    figures.show(figure, f"The two rows of the batch: {told}. All <pad> are hatched.")

# %% [markdown]
# ## 5 · The encoder: a sentence becomes a vector
#
# A recurrent network reads the words one after another and keeps a **state** of H numbers, which it rewrites at each
# word. The state after the last word has seen the whole sentence. This one vector is the **context**: it is all that
# the decoder will ever know of the source. The state after word 1 is *h1*, after word 2 *h2*, and so on.
#
# We take a GRU (Cho et al. 2014, [arXiv:1406.1078](https://arxiv.org/abs/1406.1078)): gates decide at each word how
# much of the old state survives.

# %% tags=["exploration", "always", "nbval-ignore-output"]
figure = figures.draw_encoder_decoder(
    [*love.source_words, "<end>"],
    [*love.target_words, "<end>"],
    "One vector is all that passes from reading to writing",
)
figures.show(
    figure,
    "The encoder reads I, love, you and the end token through states h1 to h4. A single context vector leads to the "
    "decoder, and to each of its states d1 to d4, which read start, 난, 널, 사랑해 and write 난, 널, 사랑해 and the end token.",
)

# %% [markdown]
# **Exercise 5.** Complete `Encoder.forward`. The constructor is given. `self.gru` wants (B, S, E) and returns the
# states after all words and, separately, the state after the last column. Beware of that one: in which sentences is
# the last column padding? About four lines.


# %% tags=["exercise"] slug="encoder"
class Encoder(nn.Module):
    """Reads a sentence into one vector: after Cho et al. 2014, section 2.2, simplified.

    The last state is the context as it is; in the paper it passes through another layer.

    Args:
        vocabulary_size: V, how many source words there are.
        embedding_size: E.
        hidden_size: H.
    """

    def __init__(self, vocabulary_size: int, embedding_size: int, hidden_size: int):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size, hidden_size, batch_first=True)

    def forward(self, source: Tensor, source_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Read a batch of sentences.

        Args:
            source: (B, S) int64, padded on the right.
            source_mask: (B, S) bool, True at real words.

        Returns:
            states (B, S, H): the state behind each word; what stands at padding does not matter.
            context (B, H): the state behind the last real word of each sentence.
        """
        ### BEGIN SOLUTION
        states, _ = self.gru(self.embedding(source))  # (B, S, H)
        last = source_mask.sum(1) - 1  # (B,)
        return states, states[torch.arange(len(source)), last]
        ### END SOLUTION


# %% tags=["check"]
check("encoder", Encoder)

# %% [markdown]
# ## 6 · The decoder: a vector becomes a sentence
#
# The decoder is a GRU as well. Its first state is the context, and at each step it reads two things side by side: the
# word written before (`START` at first) and the context once more, the same at every step. It turns each of its states
# into V **scores** (logits), one for every word that could come next.
#
# In training it reads the right words in one call, T at a time. When it translates, it reads one word per call and
# passes its state on.
#
# **Exercise 6.** Complete `Decoder.forward` so that it serves both. `self.gru` reads E + H numbers per word: the
# embedding first, then the context. About five lines.


# %% tags=["exercise"] slug="decoder"
class Decoder(nn.Module):
    """Writes a sentence from one vector: after Cho et al. 2014, section 2.2, simplified.

    The first state is the context as it is, and one linear layer makes the scores; the paper has further layers.

    Args:
        vocabulary_size: V, how many target words there are.
        embedding_size: E.
        hidden_size: H, the same as the encoder's.
    """

    def __init__(self, vocabulary_size: int, embedding_size: int, hidden_size: int):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size + hidden_size, hidden_size, batch_first=True)
        self.output = nn.Linear(hidden_size, vocabulary_size)

    def forward(self, words: Tensor, state: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        """Score the word that follows each given word.

        Args:
            words: (B, T) int64, the words that the decoder reads.
            state: (B, H), the context at first, later the state that the last call returned.
            context: (B, H), what the encoder made of the source; read along with every word.

        Returns:
            logits (B, T, V): the scores of the next word, raw, behind each word.
            state (B, H): the state behind the last word.
        """
        ### BEGIN SOLUTION
        fed = context.unsqueeze(1).expand(-1, words.shape[1], -1)  # (B, T, H)
        inputs = torch.cat([self.embedding(words), fed], dim=-1)  # (B, T, E + H)
        states, last = self.gru(inputs, state.unsqueeze(0))  # (B, T, H), (1, B, H)
        return self.output(states), last.squeeze(0)
        ### END SOLUTION


# %% tags=["check"]
check("decoder", Decoder)

# %% [markdown]
# Together they are the model of this lesson. The decoder must not see the word that it has to predict, so it reads the
# target shifted one place to the right: `START, 난, 널, 사랑해` where it writes `난, 널, 사랑해, END`. Reading the right
# word, whatever the model itself would have written, is called **teacher forcing**; lesson 4 looks at its price.


# %% tags=["setup"]
class Seq2Seq(nn.Module):
    """Encoder and decoder in a row: the baseline of the course.

    Args:
        encoder: gives states (B, S, H) and context (B, H).
        decoder: gives logits (B, T, V) and state (B, H) from words, state and context.
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(self, batch: Batch) -> Tensor:
        """The scores (B, T, V) of every target word, given the words before it."""
        _, context = self.encoder(batch.source, batch.source_mask)
        logits, _ = self.decoder(shift_right(batch.target), state=context, context=context)
        return logits


# %% [markdown]
# ## 7 · What is a good score?
#
# Cross-entropy asks how much probability the model gave to the right word: 0 when it was certain, log V when it had no
# idea. It is measured in nats (natural logarithm). Only real words may count. Predicting `PAD` after `PAD` is easy, and
# a loss that rewards it falls without any translation getting better.
#
# **Exercise 7.** Write `masked_loss`: one number, the mean over all real words of the batch.


# %% tags=["exercise"] slug="masked_loss"
def masked_loss(logits: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """Mean cross-entropy over real words, in nats a word.

    Args:
        logits: (B, T, V), raw scores.
        target: (B, T) int64, the right words.
        mask: (B, T) bool, True at real words.

    Returns:
        A tensor that holds one number. Every real word of the batch weighs the same.
    """
    ### BEGIN SOLUTION
    return F.cross_entropy(logits[mask], target[mask])
    ### END SOLUTION


# %% tags=["check"]
check("masked_loss", masked_loss)

# %% [markdown]
# ## 8 · One step of training
#
# A step looks at one batch and moves every weight a little against its gradient. PyTorch adds new gradients to the old
# ones unless you clear them.
#
# **Exercise 8.** Write `training_step`. `model(batch)` gives logits; the loss function takes logits, target and mask,
# as yours does. Return the loss as a plain number.


# %% tags=["exercise"] slug="training_step"
def training_step(
    model: nn.Module, loss_function, optimizer: torch.optim.Optimizer, batch: Batch
) -> float:
    """Learn from one batch.

    Args:
        model: turns a batch into logits (B, T, V).
        loss_function: turns logits, target (B, T) and mask (B, T) into a tensor that holds one number.
        optimizer: holds the parameters of the model.
        batch: has `target` and `target_mask`.

    Returns:
        The loss of this batch before the step, in nats a word.
    """
    ### BEGIN SOLUTION
    optimizer.zero_grad()
    loss = loss_function(model(batch), batch.target, batch.target_mask)
    loss.backward()
    optimizer.step()
    return loss.item()
    ### END SOLUTION


# %% tags=["check"]
check("training_step", training_step)

# %% [markdown]
# ## 9 · Writing without a teacher
#
# A trained model writes on its own. **Greedy decoding** takes the word with the best score at each step and feeds it
# back. A sentence is over when the model writes `END`. In a batch, sentences end at different steps; the loop goes on
# until the last one has ended, or `max_length` words are written.
#
# **Exercise 9.** Write `greedy_decode`. The encoder and the decoder behave like yours. About twelve lines.


# %% tags=["exercise"] slug="greedy_decode"
@torch.no_grad()
def greedy_decode(
    encoder, decoder, source: Tensor, source_mask: Tensor, max_length: int
) -> list[list[int]]:
    """Translate a batch, the best word at each step.

    Args:
        encoder: (source, source_mask) → states (B, S, H), context (B, H).
        decoder: (words (B, 1), state (B, H), context (B, H)) → logits (B, 1, V), state (B, H).
        source: (B, S) int64.
        source_mask: (B, S) bool.
        max_length: how often the decoder is called at most; it is not called once every sentence has ended.

    Returns:
        B lists of word numbers, without END and what follows it.
    """
    ### BEGIN SOLUTION
    _, context = encoder(source, source_mask)
    state = context
    words = torch.full_like(source[:, :1], START)  # (B, 1)
    ended = torch.zeros(len(source), dtype=torch.bool)
    sentences = [[] for _ in source]
    for _ in range(max_length):
        logits, state = decoder(words, state, context)
        words = logits.argmax(-1)
        ended |= words.squeeze(1) == END
        if ended.all():
            break
        for row in (~ended).nonzero().flatten().tolist():
            sentences[row].append(words[row].item())
    return sentences
    ### END SOLUTION


# %% tags=["check"]
check("greedy_decode", greedy_decode)

# %% [markdown]
# ## 10 · Train it
#
# All parts are there. The model has an embedding of 128 numbers per word and a state of 256. It sees every training
# sentence seven times, in batches of 64, with Adam; the learning rate rises at first and then falls, so that the first
# and the last steps are small. Sentences of similar length share a batch, so little of it is padding. This takes half
# a minute to a minute.

# %% tags=["exploration"]
if ready("source_vocabulary", "pad_batch", "Encoder", "Decoder", "masked_loss", "training_step"):
    torch.manual_seed(1)
    encoder = Encoder(len(source_vocabulary), embedding_size=128, hidden_size=256)
    decoder = Decoder(len(target_vocabulary), embedding_size=128, hidden_size=256)
    model = Seq2Seq(encoder, decoder)
    optimizer = torch.optim.Adam(model.parameters(), lr=4e-3)
    shuffling = torch.Generator().manual_seed(1)
    encoded = [
        (
            encode_words(pair.source_words, source_numbers),
            encode_words(pair.target_words, target_numbers),
        )
        for pair in training_pairs
    ]
    losses = train(
        step=lambda batch: training_step(model, masked_loss, optimizer, batch),
        batches=lambda: make_batches(encoded, pad_batch, batch_size=64, generator=shuffling),
        epochs=7,
        schedule=one_cycle(optimizer, steps=7 * math.ceil(len(encoded) / 64)),
    )
    print(f"{sum(weights.numel() for weights in model.parameters()):,} parameters")
    print("the loss fell below a tenth of where it began:", losses[-1] < 0.1 * losses[0])

# %% [markdown]
# Look at the curve; its axis is logarithmic. Giving each of the V words the same probability would cost log V, about
# 5.7 nats. Why does the curve begin lower? Each point is the mean over a whole epoch, and the model learns from the
# first batch on.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("losses"):
    figure = figures.plot_loss(
        losses, f"The loss falls from {losses[0]:.1f} to {losses[-1]:.2f} nats per word"
    )
    figures.show(
        figure,
        f"The loss falls from {losses[0]:.1f} to {losses[-1]:.2f} nats per word in {len(losses)} epochs.",
    )

# %% [markdown]
# ## 11 · Read what it writes
#
# The test sentences were never seen in training, though all their words were. Compare the score with the dictionary's.
# It is the score of this one run; five runs follow below.

# %% tags=["exploration"]
if ready("model", "greedy_decode"):

    def translate(sentences: list[list[str]]) -> list[list[str]]:
        """Greedy translations of tokenised English sentences."""
        model.eval()
        ids, mask = pad_batch([encode_words(words, source_numbers) for words in sentences])
        written = greedy_decode(model.encoder, model.decoder, ids, mask, max_length=60)
        return [[target_vocabulary[number] for number in numbers] for numbers in written]

    translations = translate([pair.source_words for pair in test_pairs])
    score = exact_match(translations, [pair.target_words for pair in test_pairs])
    print("more than 90 % of the test sentences are translated exactly:", score > 0.9)
    print("I love you →", *translate([["I", "love", "you"]])[0])

# %% [markdown]
# How does greedy decoding choose its words? Look over its shoulder at the shortest sentence that it gets wrong. Each
# column is a step, with the three likeliest words; the first is written, and the next step reads it. Where does it
# hesitate, and which word comes second there? The glosses below the figure say what the words mean.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("translations"):
    missed = [
        (pair, written)
        for pair, written in zip(test_pairs, translations, strict=True)
        if written != pair.target_words
    ]
    pair, written = min(missed or [(love, love.target_words)], key=lambda item: len(item[1]))
    source, target = (
        encode_words(pair.source_words, source_numbers),
        encode_words(written, target_numbers),
    )
    with torch.no_grad():
        shares = model(Batch(*pad_batch([source]), *pad_batch([target])))[0].softmax(-1)
    best, numbers = shares.topk(3)  # (T, 3)
    likeliest = [[target_vocabulary[number] for number in row] for row in numbers.tolist()]
    doubtful = int(best[:, 0].argmin())
    figure = seq2seq_figures.draw_choices(
        likeliest,
        best.tolist(),
        f"{pair.source}\nMost in doubt at {likeliest[doubtful][0]}: {best[doubtful, 0]:.0%}",
    )
    told = ", ".join(
        f"{row[0]} {share:.0%}" for row, share in zip(likeliest, best[:, 0], strict=True)
    )
    figures.show(
        figure, f"{pair.source}. Written, with probabilities: {told}. Right: {pair.target}."
    )
    show_glossed(
        [
            ("written", written, None),
            (f"likeliest at step {doubtful + 1}", likeliest[doubtful], None),
            ("correct", pair.target_words, pair.glosses),
        ]
    )

# %% [markdown]
# Now read more of its mistakes, with the glosses. Is the grammar wrong, or the meaning? What kind of word does it get
# wrong: names and nouns, verbs, endings? And does the wrong word stand where the right one should?

# %% tags=["exploration", "nbval-ignore-output"]
if ready("translations"):
    print(f"{score:.1%} exactly right; the first mistakes:")
    pairs = zip(test_pairs, translations, strict=True)
    wrong = [(pair, words) for pair, words in pairs if words != pair.target_words]
    shown = []
    for pair, words in wrong[:5]:
        shown.append((pair.source, [], []))
        shown.append(("correct", pair.target_words, pair.glosses))
        shown.append(("written", words, None))
    show_glossed(shown)

# %% [markdown]
# When we read them, most mistakes were good Korean that says something else. A word has been swapped for another of
# its kind, or has moved to the other clause: who meets whom, who is not tired. So the decoder writes Korean well; what
# it gets wrong is what the source said. This is an impression from reading, not a count.

# %% [markdown]
# One run proves little: another seed gives other weights and another score. So the same model was trained from five
# seeds, with the same sentences and the same number of steps, and the scores were kept in a file with the command that
# made it. Is the spread small enough to trust the conclusion?

# %% tags=["exploration", "always"]
results = load_results("01_seq2seq")
print("made by:", results["command"])
held = results["held_fixed"]
print(f"exact match on {held['test_sentences']} test sentences of one and two clauses")
for run in results["runs"]:
    print(f"  seed {run['seed']}: {run['exact_match']:.1%} after {run['steps']:,} steps")
print(f"  dictionary: {held['lookup_exact_match']:.1%}")

# %% [markdown]
# ## 12 · What happens when sentences grow?
#
# Here are three test sentences with three, four and five clauses. The English words are the same as before, and so
# are nearly all Korean forms. What is new is the length: in training a sentence had one or two clauses. How will
# the translation fail? Choose your letter before you run the experiment.

# %% tags=["exploration", "always"]
predictions.ask(
    "unseen_length",
    "Compared with the right translation of five clauses, how many words will it write?",
    a="about half as many, or fewer",
    b="more than half, but clearly too few",
    c="about as many",
    d="clearly too many",
    guess="",
)

# %% [markdown]
# The cell shows one sentence of each length, then counts the words in the translations of 200 sentences with five
# clauses. While you read the three sentences, look for the English words that have no counterpart in what it wrote.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("translate"):
    shown = []
    for clauses in (3, 4, 5):
        pair = load_split("by_length", clauses=(clauses,))[0]
        shown.append((f"{clauses} clauses: {pair.source}", [], []))
        shown.append(("correct", pair.target_words, pair.glosses))
        shown.append(("written", translate([pair.source_words])[0], None))
    show_glossed(shown)
    five = load_split("by_length", clauses=(5,))
    written = sum(map(len, translate([pair.source_words for pair in five])))
    wanted = sum(len(pair.target_words) for pair in five)
    predictions.answer(
        "unseen_length",
        predictions.option_for(written / wanted, 0.6, 0.9, 1.1),
        f"It writes {written:,} words where {wanted:,} are right: {written / wanted:.0%}.",
    )

# %% [markdown]
# What it writes is too short: whole clauses are missing. This is no fair test. The model has never seen three clauses,
# so it may simply lack practice. But there is another suspect: a sentence of two words and one of forty pass through
# the same H numbers. Which of the two is it? From this experiment we do not know. The next lesson trains on long
# sentences, too, and measures how far a vector of fixed size gets.

# %% [markdown]
# ## What you take with you
#
# - Word by word fails for three reasons: order, form and length. A translator must read before it writes.
# - An encoder turns a sentence into one **context vector**; a decoder writes from it, word by word, and reads what it
#   has just written.
# - Padding is everywhere in a batch, and it must count nowhere: not in the context, not in the loss.
#
# **Where to go on.** Cho et al. 2014, [arXiv:1406.1078](https://arxiv.org/abs/1406.1078), has the GRU and the
# encoder–decoder; Sutskever et al. 2014, [arXiv:1409.3215](https://arxiv.org/abs/1409.3215), shows how far it goes
# with large networks. Bahdanau et al. 2015, [arXiv:1409.0473](https://arxiv.org/abs/1409.0473), begins with the
# question of the next lesson.
