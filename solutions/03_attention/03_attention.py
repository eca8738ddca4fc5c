# %% [markdown]
# # 3 · Attention: let the decoder look back
#
# **You will build** attention, first by hand and then for batches: a score for every source word, weights that leave
# padding out, a context that is new for each target word, a decoder that uses it, and a translator that keeps what it
# looked at.
#
# **You will learn** how the three steps work, with numbers that a pencil can follow, what they do to the curve of
# lesson 2, and which controls show where the gain comes from.
#
# **You need** lessons 1 and 2, or what they teach: encoder, decoder, padded batches, accuracy by length.
#
# **Time** two to three hours; the cells run for about a minute. **Score to expect** nine of ten sentences with six
# clauses exactly right after six epochs of training; the baseline gets at most one of a hundred. Your own run is
# shorter, four epochs; section 7 measures it.

# %% tags=["setup"]
from collections.abc import Callable

import torch
from torch import Tensor, nn

from autograder import check, hint, progress
from lessons import earlier
from lessons.earlier.lesson_01 import Decoder, Encoder, Seq2Seq, pad_batch
from lessons.earlier.lesson_02 import Vocabularies, accuracy_by_length, train_model
from lessons.toolkit import predictions, recall
from lessons.toolkit.batches import END, START, Batch, shift_right
from lessons.toolkit.corpus import SentencePair, count_clauses, load_split
from lessons.toolkit.figures import attention_questions as questions
from lessons.toolkit.figures import attention_shown as shown
from lessons.toolkit.figures import common as figures
from lessons.toolkit.figures.playground import playground, stepper
from lessons.toolkit.playground_tasks import FREE, SWAP
from lessons.toolkit.readiness import ready
from lessons.toolkit.results import load_results, runs_of
from lessons.toolkit.shipped_models import shipped
from lessons.toolkit.training import use_threads

# %% [markdown]
# Which parts of lessons 1 and 2 are yours? Where your answer passed its check, the cell below puts it in place of the
# course's: this lesson then runs on your `Encoder`, your `accuracy_by_length`. The parts are files in the folder
# `own_parts` beside the lessons; you may read them, switch one off in its first lines, or delete it.

# %% tags=["exploration", "always"]
own = earlier.use_own()

# %% [markdown]
# Three questions about lessons 1 and 2 come first. Answer them without looking back; nothing is graded.

# %% tags=["exploration", "always"]
recall.ask("one_vector", guess="")
recall.ask("what_the_curve_says", guess="")
recall.ask("states_of_the_encoder", guess="")

# %% [markdown]
# ## What is wasted
#
# While the encoder reads, it makes a state after each word: *h1*, *h2*, *h3*. The baseline keeps the last one and
# throws the others away. Attention keeps them all, and lets the decoder choose anew at each word what it looks at.
#
# The letters are those of lesson 1: **B** sentences, **S** source words, **T** target words, **E** numbers in an
# embedding, **H** in a state, **V** words in a vocabulary. New is **A**, the hidden units of the layer that scores.

# %% [markdown]
# ## 1 · By hand: a score for each state
#
# Take *I love you* → *난 널 사랑해*, with states of two numbers. *h1* is the state after *I*, *h2* after *love*, *h3*
# after *you*. The decoder has a state too: *dh0* before the first word, *dh1* after 난, *dh2* after 널. As in the
# baseline, *dh0* is the last state of the encoder.
#
# The numbers below were chosen to be small and to give round results; a trained model finds its own. Below each
# Korean word is a gloss: TOP marks the topic, OBJ the object, INT the intimate style. END is left out, to keep the
# numbers few.

# %% tags=["exploration", "always"]
source, target = ["I", "love", "you"], ["난", "널", "사랑해"]
states = torch.tensor([[-0.2, 0.4], [-0.9, -0.9], [-0.8, 0.7]])  # h1, h2, h3
decoder_states = torch.tensor([[-0.8, 0.7], [-0.7, -0.8], [0.4, 0.1]])  # dh0 = h3, dh1, dh2
layer = torch.tensor([[2.0, -2.0, 2.0, 2.0], [-1.0, -1.0, 2.0, 2.0]])
output = torch.tensor([-4.0, 4.0])
figures.use_course_style()
shown.print_states(target, states, decoder_states)

# %% [markdown]
# How well does *h1* fit what the decoder needs now? A small feed-forward layer answers that. It reads four numbers,
# *dh0* and then *h1*, and has two hidden units. For the first unit: 2·(-0.8) - 2·0.7 + 2·(-0.2) + 2·0.4 = -2.6, and
# tanh bends that to -0.99. The second unit has the parameters -1, -1, 2 and 2. Compute it yourself, then open ours.
#
# <details><summary>The second unit, and the score</summary>
#
# The second unit gives 0.5, and 0.46 after tanh. The score weighs both: -4·(-0.99) + 4·0.46 = 5.8.
#
# </details>
#
# **Exercise 1 · ●○○ · 10 min · core.** Write `score_one`, which does the same for any sizes.


# %% tags=["exercise"] slug="score_one"
def score_one(
    decoder_state: Tensor, encoder_state: Tensor, layer: Tensor, output: Tensor
) -> Tensor:
    """How well one encoder state fits what the decoder needs now: a feed-forward layer with tanh.

    Args:
        decoder_state: (H,), the decoder's state before it writes.
        encoder_state: (H,), one state of the encoder.
        layer: (A, 2H), the parameters of the hidden layer; it reads the decoder's state first.
        output: (A,), the parameters of the one output.

    Returns:
        A tensor of shape (), the score.
    """
    ### BEGIN SOLUTION
    both = torch.cat([decoder_state, encoder_state])  # (2H,)
    return output @ torch.tanh(layer @ both)
    ### END SOLUTION


# %% tags=["check"]
check("score_one", score_one)

# %% [markdown]
# Here is your calculation as a picture, to be read from the bottom up: the numbers of both states, the parameters of
# the layer on the arrows, the two hidden units after tanh, the score. Follow one arrow at a time and you have every
# product of the sum above.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("score_one"):
    score = score_one(decoder_states[0], states[0], layer, output).item()
    shown.show_score(decoder_states[0], states[0], layer, output, score)

# %% [markdown]
# The same layer, with the same parameters, scores all three states, one after another. Only the encoder's state in the
# second half of its input changes. Which of the three should win before the first Korean word, 난?

# %% tags=["exploration"]
if ready("score_one"):

    def fit(decoder_state: Tensor, state: Tensor) -> Tensor:
        """The score of two states, by the layer above."""
        return score_one(decoder_state, state, layer, output)

    first_scores = torch.stack([fit(decoder_states[0], state) for state in states])
    for name, score in zip(source, first_scores, strict=True):
        print(f"{name:6}{score:z.1f}")

# %% [markdown]
# ## 2 · By hand: weights, and a context
#
# Scores may be any numbers. To mix states you need **weights**: positive, with sum 1. Softmax makes them: raise e to
# each score, divide by the total. A score that is 2.2 higher gives nine times the weight, because $e^{2.2} \approx 9$.
#
# The **context** is the sum of the states, each times its weight. A weight of 1 would copy one state; in between, the
# context is a blend.
#
# **Exercise 2 · ●○○ · 10 min · core.** Write `look_back` for one sentence and one target word.


# %% tags=["exercise"] slug="look_back"
def look_back(scores: Tensor, states: Tensor) -> tuple[Tensor, Tensor]:
    """From scores to a context, for one sentence and one target word.

    Args:
        scores: (S,), one per source word.
        states: (S, H), the encoder's.

    Returns:
        weights (S,): positive, with sum 1; equal steps between scores are equal ratios of weights.
        context (H,): the sum of all states, each times its weight.
    """
    ### BEGIN SOLUTION
    weights = scores.softmax(0)
    return weights, weights @ states
    ### END SOLUTION


# %% tags=["check"]
check("look_back", look_back)

# %% [markdown]
# Now run the first step through it. The scores were 5.8 for *I*, 0.0 for *love* and 3.6 for *you*. Remember what a
# difference of 2.2 means, and first estimate the greatest weight.

# %% tags=["exploration", "always"]
predictions.ask("first_weight", guess="", **questions.FIRST_WEIGHT)

# %% [markdown]
# The cell prints the three weights and the context. Compare the context with the three states at the top of this
# lesson: which of them does it resemble most, and why is it none of them exactly?

# %% tags=["exploration"]
if ready("first_scores", "look_back"):
    first_weights, first_context = look_back(first_scores, states)
    shown.print_steps(source, target[:1], first_weights.unsqueeze(0), first_context.unsqueeze(0))
    predictions.answer("first_weight", **questions.first_weight(first_weights[0].item()))

# %% [markdown]
# 0.9, 0.0 and 0.1: the decoder looks at *I*, and a little at *you*. With this context it writes 난, *I* as a topic.
#
# The figure has the whole step, from the bottom up. The decoder's state *dh0* is what asks: it is the **query**.
# It meets each state in a score, and the weights, drawn as arrows, mix the states into the context *c1*. The cell is a
# GRU as in lesson 1: it reads the word before, here `<start>`, and the context, and makes *dh1* of *dh0*. From *dh1*
# comes the word.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("first_weights"):
    shown.show_step(source, target, 0, first_scores, first_weights, first_context)

# %% [markdown]
# Now the second word. The query has changed: it is *dh1*, which has read `<start>` and the first context. The layer
# has not changed, nor have *h1*, *h2* and *h3*. So the scores are new, and so are weights and context. Do one of them
# with a pencil: *dh1* = [-0.7, -0.8] and *h3* = [-0.8, 0.7]. The first unit gives 2·(-0.7) - 2·(-0.8) + 2·(-0.8) +
# 2·0.7 = 0. What does the second give, and is the score high or low?
#
# **Exercise 3 · ●●○ · 15 min · core.** Write `each_step`, which looks back once for each state of the decoder. How to
# score and how to look back are passed in.


# %% tags=["exercise"] slug="each_step"
def each_step(
    decoder_states: Tensor,
    states: Tensor,
    score: Callable[[Tensor, Tensor], Tensor],
    look_back: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]],
) -> tuple[Tensor, Tensor]:
    """Look back at one sentence, once for each word that is written.

    Args:
        decoder_states: (T, H), the decoder's state before each word.
        states: (S, H), the encoder's.
        score: called as score(decoder_state, state) with two vectors (H,), gives one number in a tensor.
        look_back: called as look_back(scores, states) with (S,) and (S, H), gives weights (S,) and context (H,).

    Returns:
        weights (T, S): a row for each word that is written.
        contexts (T, H): a row for each word that is written.
    """
    ### BEGIN SOLUTION
    weights, contexts = [], []
    for decoder_state in decoder_states:
        scores = torch.stack([score(decoder_state, state) for state in states])
        looked, context = look_back(scores, states)
        weights.append(looked)
        contexts.append(context)
    return torch.stack(weights), torch.stack(contexts)
    ### END SOLUTION


# %% tags=["check"]
check("each_step", each_step)

# %% [markdown]
# Your pencil's second unit: 1.3, which tanh bends to 0.86, so the score of *you* is 3.4. Here are all three steps.
# Read down a column, then along a row: where does the weight go from word to word, and what stays the same?

# %% tags=["exploration"]
if ready("fit", "look_back", "each_step"):
    weights, contexts = each_step(decoder_states, states, fit, look_back)
    shown.print_steps(source, target, weights, contexts)

# %% [markdown]
# From word to word the weight goes from *I* to *you* to *love*; each row still sums to 1. Korean puts the object before
# the verb, so the second word needs *you*, which comes last in English. The same picture
# as before, with *dh1* as the query: find the word before, and follow it into the cell.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("weights"):
    second_scores = torch.stack([fit(decoder_states[1], state) for state in states])
    shown.show_step(source, target, 1, second_scores, weights[1], contexts[1])

# %% [markdown]
# The three rows as one picture. Compare it with the encoder–decoder of lesson 1, where one vector lay between the two
# sentences: here arrows lead from every state to every context. The thick ones cross, as the links between the words
# do.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("weights"):
    shown.show_contexts(source, target, weights)

# %% [markdown]
# Now change a number and follow it. Give *h1* the numbers of *h3*: what becomes of the weights at the first step? Turn
# the sign of one number of the layer: does it reach the scores of all three words? And change *dh0*: is only the first
# step different, or the second as well? To be followed with a pencil, the cell is the plain one of lesson 1, with
# numbers chosen so that *dh1* and *dh2* come out as above.

# %% tags=["exploration", "always", "nbval-ignore-output"]
stepper(source, target, states, decoder_states[0], layer, output)

# %% [markdown]
# **Explain.** In one sentence: *h1*, *h2*, *h3* and the layer are the same at all three steps, so why are the three
# contexts different? Write it here, then open ours.
#
# *Your sentence:*

# %% [markdown]
# <details><summary>Our sentence</summary>
#
# Because the scores also depend on the decoder's state, which changes with every word that is written, so the same
# states get new weights each time; the baseline had one context for all words.
#
# </details>

# %% [markdown]
# ## 3 · A batch: no weight on padding
#
# From here on you work with batches, and a batch has padding. The encoder's states at padding mean nothing, so
# their weight must be exactly 0, and the real words of each sentence must share the whole weight of 1.
#
# A fellow student wrote a softmax for batches, and something is odd. The weights for *I love you* are right when it is
# alone. Next to a sentence of five words they are wrong. No weight lies on padding, yet the table changes with the
# company:
#
# | *I love you* in a batch | *I* | *love* | *you* | padding |
# | --- | --: | --: | --: | --: |
# | alone | 0.90 | 0.00 | 0.10 | |
# | next to five words | 0.36 | 0.00 | 0.04 | 0.00, 0.00 |

# %% [markdown]
# The scores of the three words are the same in both rows. Those at padding happen to be 5.0 and 6.0, which should not
# matter. What is wrong with the second row, apart from being different?
#
# **Exercise 4 · ●●○ · 10 min · core.** This is the code that made the table. Find the mistake and mend it. Scores may
# be large, up to some hundreds.


# %% tags=["exercise"] slug="masked_softmax"
def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """Scores as weights over the real words of each sentence.

    Args:
        scores: (B, S), large and small ones; at padding there may be any number.
        mask: (B, S) bool, True at real words; every row has one.

    Returns:
        weights (B, S): each row sums to 1; exactly 0 at padding.
    """
    ### BEGIN SOLUTION
    real = scores.masked_fill(~mask, -torch.inf)
    return real.softmax(dim=1)
    ### STUB
    # weights = scores.softmax(dim=1)
    # return weights.masked_fill(~mask, 0.0)
    ### END SOLUTION


# %% tags=["check"]
check("masked_softmax", masked_softmax)

# %% [markdown]
# Put the student's two cases through your function, as one batch: a row of its own for each company. Both rows should
# now say the same, and sum to 1: e to the power of minus infinity is exactly 0.

# %% tags=["exploration"]
if ready("masked_softmax"):
    scores = torch.tensor([[5.8, 0.0, 3.6, 0.0, 0.0], [5.8, 0.0, 3.6, 5.0, 6.0]])
    mask = torch.tensor([[True, True, True, False, False]] * 2)
    for row in masked_softmax(scores, mask):
        print("  ".join(f"{weight:.2f}" for weight in row), f"  sum {row.sum():.2f}")

# %% [markdown]
# ## 4 · A context for each sentence
#
# The weighted sum for a batch: each sentence mixes its own states with its own weights, and S disappears. Shapes help:
# from (B, S) and (B, S, H) to (B, H). Beware of `squeeze()` without a dimension; a batch can hold one sentence.
#
# **Exercise 5 · ●○○ · 5 min · tool.** Write `weighted_sum`, the batched form of what `look_back` did last.


# %% tags=["exercise"] slug="weighted_sum"
def weighted_sum(weights: Tensor, states: Tensor) -> Tensor:
    """The context of each sentence.

    Args:
        weights: (B, S).
        states: (B, S, H).

    Returns:
        context (B, H): the sum of the states of each sentence, each times its weight.
    """
    ### BEGIN SOLUTION
    return torch.bmm(weights.unsqueeze(1), states).squeeze(1)
    ### END SOLUTION


# %% tags=["check"]
check("weighted_sum", weighted_sum)

# %% [markdown]
# Both together are what the decoder calls at every step. `attend` is given: it takes the scores of one step, the
# encoder's states and the mask, and gives the context first, because the decoder needs it, and then the weights,
# because you will want to look at them. (`look_back` gave them in the order in which they come about.)


# %% tags=["setup"]
def attend(scores: Tensor, states: Tensor, source_mask: Tensor) -> tuple[Tensor, Tensor]:
    """What the decoder sees when it looks back: context (B, H), and weights (B, S)."""
    weights = masked_softmax(scores, source_mask)
    return weighted_sum(weights, states), weights


# %% [markdown]
# Does it agree with your pencil? Take the three steps from above as a batch of three rows: a row of scores for each
# Korean word, and the same three encoder states in every row. No row has padding.

# %% tags=["exploration"]
if ready("weights", "masked_softmax", "weighted_sum"):
    scores = torch.stack([torch.stack([fit(dh, h) for h in states]) for dh in decoder_states])
    three_times = states.expand(3, -1, -1)  # (3, S, H)
    batched, looked = attend(scores, three_times, torch.ones(3, 3, dtype=torch.bool))
    agree = torch.allclose(looked, weights) and torch.allclose(batched, contexts)
    print("the batch gives what the pencil gave:", agree)

# %% [markdown]
# ## 5 · The additive score
#
# `score_one` put both states side by side and multiplied by one layer. Cut that layer in two: the left half meets the
# decoder's state and gives the **query** (by hand we called the state itself the query), and the right half meets an
# encoder state and gives its **key**. Query plus key is the same as before, so this score is called additive (after
# Bahdanau et al. 2015, appendix A.1.2).
#
# The cut saves work. Keys depend on the source alone: `prepare` computes them once per sentence, and only the query
# is new at each step.
#
# **Exercise 6 · ●●○ · 15 min · core.** Complete both methods of `AdditiveScore`.


# %% tags=["exercise"] slug="additive_score"
class AdditiveScore(nn.Module):
    """Scores by a feed-forward layer: Bahdanau et al. 2015, appendix A.1.2.

    Args:
        hidden_size: H, of the encoder's and of the decoder's states.
        attention_size: A, how many hidden units the layer has.
    """

    def __init__(self, hidden_size: int, attention_size: int):
        super().__init__()
        self.query = nn.Linear(hidden_size, attention_size, bias=False)
        self.key = nn.Linear(hidden_size, attention_size)
        self.output = nn.Linear(attention_size, 1, bias=False)

    def prepare(self, states: Tensor) -> Tensor:
        """What the layer makes of the encoder's states (B, S, H): keys (B, S, A), once per sentence."""
        ### BEGIN SOLUTION
        return self.key(states)
        ### END SOLUTION

    def forward(self, state: Tensor, keys: Tensor) -> Tensor:
        """The scores of all source words for one step of the decoder.

        Args:
            state: (B, H), the decoder's.
            keys: (B, S, A), what `prepare` made.

        Returns:
            scores (B, S).
        """
        ### BEGIN SOLUTION
        query = self.query(state).unsqueeze(1)  # (B, 1, A)
        return self.output(torch.tanh(query + keys)).squeeze(-1)
        ### END SOLUTION


# %% tags=["check"]
check("additive_score", AdditiveScore)

# %% [markdown]
# Give your module the numbers of section 1: `layer` has four columns and goes half to the query, half to the keys.
# Which columns belong to the query? Then all three steps are scored in one call.

# %% tags=["exploration"]
if ready("scores", "three_times", "AdditiveScore"):
    additive = AdditiveScore(hidden_size=2, attention_size=2)
    with torch.no_grad():
        additive.query.weight.copy_(layer[:, :2])
        additive.key.weight.copy_(layer[:, 2:])
        additive.key.bias.zero_()
        additive.output.weight.copy_(output.unsqueeze(0))
        by_module = additive(decoder_states, additive.prepare(three_times))
        same = torch.allclose(by_module, scores, atol=1e-5)
    print("the module gives the scores of section 1:", same)

# %% [markdown]
# ## 6 · The decoder that looks back
#
# One step has three parts, as in the figure of section 2. **Score**: `self.score(state, keys)`, with the state that
# came in; the new one does not exist yet. **Look back**: `self.attend(scores, states, source_mask)` gives context and
# weights. **Read**: the GRU cell takes the embedded word and the context, in this order, and gives the new state.
#
# `forward` prepares the keys once, takes one step per word, and turns all new states into logits in one go.
#
# **Exercise 7 · ●●● · 25 min · core.** Complete `step` and `forward`. Use `self.score` and `self.attend`: the check
# hands in others.


# %% tags=["exercise"] slug="attention_decoder"
class AttentionDecoder(nn.Module):
    """Writes a sentence and looks back at the source for every word: after Bahdanau et al. 2015, section 3.1.

    Simplified: one linear layer makes the scores of the words from the state, where the paper has a maxout layer.

    Args:
        vocabulary_size: V, how many target words there are.
        embedding_size: E.
        hidden_size: H, the same as the encoder's.
        score: `score.prepare(states)` gives keys, `score(state, keys)` gives scores (B, S).
        attend: (scores, states, source_mask) → context (B, H), weights (B, S).
    """

    def __init__(
        self,
        vocabulary_size: int,
        embedding_size: int,
        hidden_size: int,
        score: nn.Module,
        attend=attend,
    ):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.cell = nn.GRUCell(embedding_size + hidden_size, hidden_size)
        self.output = nn.Linear(hidden_size, vocabulary_size)
        self.score, self.attend = score, attend

    def step(
        self, embedded: Tensor, state: Tensor, keys: Tensor, states: Tensor, source_mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Read one word of each sentence.

        Args:
            embedded: (B, E), the embedded words.
            state: (B, H), the decoder's state before it reads them.
            keys: what `score.prepare` made of the encoder's states.
            states: (B, S, H), the encoder's.
            source_mask: (B, S) bool.

        Returns:
            state (B, H): the decoder's new state.
            weights (B, S): how much it looked at each source word.
        """
        ### BEGIN SOLUTION
        context, weights = self.attend(self.score(state, keys), states, source_mask)
        return self.cell(torch.cat([embedded, context], dim=-1), state), weights
        ### END SOLUTION

    def forward(
        self, words: Tensor, state: Tensor, states: Tensor, source_mask: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Score the word that follows each given word.

        Args:
            words: (B, T) int64, the words that the decoder reads.
            state: (B, H), its first state.
            states: (B, S, H), the encoder's.
            source_mask: (B, S) bool, True at real words.

        Returns:
            logits (B, T, V): the scores of the next word, raw, after each word.
            state (B, H): the state after the last word.
            weights (B, T, S): how much each step looked at each source word.
        """
        ### BEGIN SOLUTION
        keys = self.score.prepare(states)
        new_states, weights = [], []
        for embedded in self.embedding(words).unbind(1):
            state, looked = self.step(embedded, state, keys, states, source_mask)
            new_states.append(state)
            weights.append(looked)
        return self.output(torch.stack(new_states, 1)), state, torch.stack(weights, 1)
        ### END SOLUTION


# %% tags=["check"]
check("attention_decoder", AttentionDecoder)

# %% [markdown]
# The model is put together as in lesson 1, and the encoder is the same. The decoder begins with the encoder's last
# state, and now it also gets all states and the mask.


# %% tags=["setup"]
class AttentionSeq2Seq(nn.Module):
    """Encoder and attention decoder: after RNNsearch of Bahdanau et al. 2015, simplified.

    The encoder reads one way, and the decoder starts with its last state as it is.

    Args:
        encoder: gives states (B, S, H) and the state after the last word (B, H).
        decoder: gives logits (B, T, V), state and weights from words, state, states and mask.
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(self, batch: Batch) -> Tensor:
        """The scores (B, T, V) of every target word, given the words before it."""
        states, last = self.encoder(batch.source, batch.source_mask)
        words = shift_right(batch.target)
        logits, _, _ = self.decoder(words, last, states, batch.source_mask)
        return logits


# %% [markdown]
# In training the right words are known. To translate, the decoder must read its own, one step at a time: START first,
# then always the word that it has just written. `greedy_decode` of lesson 1 did that for the baseline. The new
# decoder needs more at each step, and gives more back: the weights, which show where it looked. You will read them
# off in section 11 and in later lessons.
#
# **Exercise 8 · ●●● · 20 min · core.** Write `greedy_with_weights`. Use `model.encoder`, and of `model.decoder` its
# `score`, `embedding`, `step` and `output`. How often do the keys have to be prepared?


# %% tags=["exercise"] slug="greedy_with_weights"
@torch.no_grad()
def greedy_with_weights(
    model: AttentionSeq2Seq, source: Tensor, source_mask: Tensor, max_length: int
) -> tuple[list[list[int]], Tensor]:
    """Translate a batch, the best word at each step, and keep where the decoder looked.

    Args:
        model: `model.encoder` and `model.decoder`, as above; the first state is the encoder's last one.
        source: (B, S) int64.
        source_mask: (B, S) bool.
        max_length: how many steps there are at most; there is none once every sentence has ended.

    Returns:
        sentences: B lists of word numbers, without END and what follows it.
        weights (B, T, S): where each of the T steps looked, the step that wrote the last END included.
    """
    ### BEGIN SOLUTION
    states, state = model.encoder(source, source_mask)
    keys = model.decoder.score.prepare(states)
    words = torch.full_like(source[:, :1], START)  # (B, 1), a column more at each step
    looked = []
    while len(looked) < max_length and not (words == END).any(1).all():
        embedded = model.decoder.embedding(words[:, -1])
        state, weights = model.decoder.step(embedded, state, keys, states, source_mask)
        best = model.decoder.output(state).argmax(-1, keepdim=True)
        words = torch.cat([words, best], dim=1)
        looked.append(weights)
    rows = words[:, 1:].tolist()
    return [row[: [*row, END].index(END)] for row in rows], torch.stack(looked, dim=1)
    ### END SOLUTION


# %% tags=["check"]
check("greedy_with_weights", greedy_with_weights)

# %% [markdown]
# ## 7 · Train it
#
# Everything else is as in lesson 2: the corpus of one to six clauses, an embedding of 64 numbers, a state of 128,
# batches of 64, Adam with the same learning rates. The baseline saw each pair six times; to save your time, this run
# sees them four times. How many more parameters do you expect?

# %% tags=["exploration"]
if ready("masked_softmax", "weighted_sum", "AdditiveScore", "AttentionDecoder"):
    use_threads(1)  # the tensors of one step are small
    training_pairs = load_split("train")
    words = Vocabularies(training_pairs)
    source_size, target_size = len(words.source), len(words.target)
    torch.manual_seed(1)
    decoder = AttentionDecoder(target_size, 64, 128, AdditiveScore(128, attention_size=32))
    model = AttentionSeq2Seq(Encoder(source_size, 64, 128), decoder)
    baseline = Seq2Seq(Encoder(source_size, 64, 128), Decoder(target_size, 64, 128))
    shown.print_parameters({"baseline": baseline, "attention": model})
    losses = train_model(model, training_pairs, words, seed=1, epochs=4)
    print("the loss fell below a tenth of where it began:", losses[-1] < 0.1 * losses[0])

# %% [markdown]
# Attention adds 3 % to the parameters: the query, the keys and one output. So if the curve changes, model size
# is not the reason.
#
# Take the curve of lesson 2, which fell from almost 100 % at one clause to almost nothing at six. Draw the new one from
# one to eight clauses. What happens to the right of six, at lengths that neither model has seen? Choose the
# letter that fits your drawing.

# %% tags=["exploration", "always"]
predictions.ask("beyond_training", guess="", **questions.BEYOND_TRAINING)

# %% tags=["exploration"]
if ready("model", "losses", "greedy_with_weights"):
    test_pairs = load_split("by_length")
    lengths = [count_clauses(pair.source_words) for pair in test_pairs]

    def look_up(pairs: list[SentencePair]) -> tuple[list[list[str]], Tensor]:
        """Translations by your greedy_with_weights, and the weights of each step."""
        ids, mask = pad_batch([words.encode(pair)[0] for pair in pairs])
        sentences, looked = greedy_with_weights(model, ids, mask, max_length=60)
        return [[words.target[number] for number in numbers] for numbers in sentences], looked

    translations, _ = look_up(test_pairs)
    references = [pair.target_words for pair in test_pairs]
    accuracy = accuracy_by_length(translations, references, lengths)
    print("one clause: more than 90 % right:", accuracy[1] > 0.9)
    print("six clauses: more than 60 % right:", accuracy[6] > 0.6)

# %% tags=["exploration", "nbval-ignore-output"]
if ready("accuracy"):
    predictions.answer("beyond_training", **questions.beyond_training(accuracy))

# %% [markdown]
# ## 8 · The curve of lesson 2, once more
#
# One run is no finding, and a better curve is no explanation. The new decoder differs from the old one in three ways:
# it **sees** all encoder states, it **chooses** among them, and it chooses **anew** at each word. Two more models take
# that apart. With **uniform weights** all scores are 0, so the context is the plain mean of all states: everything is
# seen, nothing is chosen. It has exactly as many parameters as the baseline.


# %% tags=["setup"]
class UniformScore(nn.Module):
    """The score of a decoder that sees all encoder states and cannot choose: 0 for every source word."""

    def prepare(self, states: Tensor) -> Tensor:
        """The encoder's states (B, S, H) as they are."""
        return states

    def forward(self, state: Tensor, keys: Tensor) -> Tensor:
        """The scores (B, S) for states (B, H) and keys (B, S, H)."""
        return keys.new_zeros(keys.shape[:2])


# %% [markdown]
# With **fixed weights** the layer scores each encoder state without the decoder's: the weights are learnt and unequal,
# but the same for every Korean word. This control is yours to build.
#
# **Exercise 9 · ●●○ · 10 min · core.** Write `FixedScore`. It has the key and the output of `AdditiveScore`, and no
# query. How much of its work can be done before the first word is written?


# %% tags=["exercise"] slug="fixed_score"
class FixedScore(nn.Module):
    """An additive score that does not see the decoder: learnt weights, the same at every step.

    Args:
        hidden_size: H, of the encoder's states.
        attention_size: A, how many hidden units the layer has.
    """

    def __init__(self, hidden_size: int, attention_size: int):
        super().__init__()
        self.key = nn.Linear(hidden_size, attention_size)
        self.output = nn.Linear(attention_size, 1, bias=False)

    def prepare(self, states: Tensor) -> Tensor:
        """All that depends on the encoder's states (B, S, H) alone: here (B, S), once per sentence."""
        ### BEGIN SOLUTION
        return self.output(torch.tanh(self.key(states))).squeeze(-1)
        ### END SOLUTION

    def forward(self, state: Tensor, keys: Tensor) -> Tensor:
        """The scores (B, S) for one step, from the decoder's state (B, H) and what `prepare` made."""
        ### BEGIN SOLUTION
        return keys
        ### END SOLUTION


# %% tags=["check"]
check("fixed_score", FixedScore)

# %% [markdown]
# Put each of the three scores into a decoder that nobody has trained, and let it take two steps. Do its weights differ
# from word to word, and from step to step?

# %% tags=["exploration"]
if ready("words", "AdditiveScore", "AttentionDecoder", "FixedScore"):
    torch.manual_seed(1)
    state, three_states = torch.randn(1, 128), torch.randn(1, 3, 128)
    kinds = {"uniform": UniformScore(), "fixed": FixedScore(128, 32)}
    kinds["additive"] = AdditiveScore(128, 32)
    for name, score in kinds.items():
        decoder = AttentionDecoder(len(words.target), 64, 128, score)
        two_words, no_padding = torch.tensor([[START, 9]]), torch.ones(1, 3).bool()
        _, _, looked = decoder(two_words, state, three_states, no_padding)
        first, second = looked[0]
        gaps = (first.max() - first.min(), (first - second).abs().max())
        shown.print_differences(name, *(gap > 1e-4 for gap in gaps))

# %% [markdown]
# Now train them. Where will the two curves lie?

# %% tags=["exploration", "always"]
predictions.ask("uniform_weights", guess="", **questions.UNIFORM_WEIGHTS)
predictions.ask("fixed_weights", guess="", **questions.FIXED_WEIGHTS)

# %% [markdown]
# Four models: five seeds each, six epochs, the same sentences in the same order for each seed, 200 new test sentences
# of each length. Each column runs from the worst seed to the best.

# %% tags=["exploration", "always"]
results = load_results("03_attention")
n = results["held_fixed"]["new_sentences_per_length"]
names = {"baseline": "baseline", "attention": "additive", "uniform weights": "uniform"}
names["fixed weights"] = "fixed weights"
models = {name: runs_of(results, training) for name, training in names.items()}
print("made by:", results["command"])
shown.print_scores(models)
predictions.answer("uniform_weights", **questions.uniform_weights(models))
predictions.answer("fixed_weights", **questions.fixed_weights(models))

# %% [markdown]
# The same as curves. The band around each line runs from the worst seed to the best; the dashed line is where
# training ends.

# %% tags=["exploration", "always", "nbval-ignore-output"]
figures.use_course_style()
shown.show_choosing(models)

# %% [markdown]
# **Explain.** In one sentence: what would you not know about attention if nobody had trained uniform and fixed
# weights? Write it here, then open ours.
#
# *Your sentence:*

# %% [markdown]
# <details><summary>Our sentence</summary>
#
# Whether it helps to have all encoder states within reach, to learn which of them matter, or to choose anew at each
# word: the three come together in attention, and only the two controls separate them.
#
# </details>

# %% [markdown]
# To the left of the dashed line attention's curve stays almost flat, and uniform weights fall like the baseline. So the
# gain does not come from *having* all states within reach. Fixed weights fall as well: a choice that is learnt, but
# made once per sentence, is one fixed vector again. What keeps the curve up is weights that are computed **anew for
# each word**.
#
# A second objection: perhaps attention only learns **faster**, and the baseline would catch up. Lesson 2 has trained
# it four times as long, with a state four times as large, with other learning rates, and on sentences that are read
# backwards (*reversed source*). Compare these with attention, for new sentences of six clauses and for sentences seen in
# training.

# %% tags=["exploration", "always"]
controls = shown.controls_of(models)
shown.print_controls(controls)

# %% tags=["exploration", "always", "nbval-ignore-output"]
shown.show_controls(controls, n)

# %% [markdown]
# With long training or a large state the baseline learns the sentences that it practises, with dropout not even
# those. Attention, in a quarter of the steps, does nearly as well on **new** ones: it generalises. So "it only learns
# faster" does not fit either.
#
# Held equal: corpus, number and order of the batches for each seed, sizes, learning rate, parameters within 5 %,
# unless a row says otherwise. **Not tried**: depth, far more data, other remedies against overfitting, and the
# paper's encoder, which reads both ways (lesson 5 has it).

# %% [markdown]
# ### Extra: right of the dashed line
#
# At seven and eight clauses attention falls too. That it "handles any length" would be false. Why does it fall? One
# explanation is a **length prior**: it has never seen a sentence that long, and so it expects the end too early.
# That can be tested. *Impose* the length: forbid END until the translation has as many words as the reference, then
# allow nothing else. A translation that is right but for its early end comes out right.
#
# Before you guess, think about what such a test can find here. In this corpus a final verb form stands at the end of
# a sentence and nowhere else, so in training END only ever came after a final verb form.

# %% tags=["exploration", "always"]
predictions.ask("length_imposed", guess="", **questions.LENGTH_IMPOSED)

# %% [markdown]
# Each bar shows what became of the 200 new sentences of one length, as a mean over five seeds: right, or wrong and
# shorter than the reference, equally long, or longer. The black mark is the share that is right with the length
# imposed.

# %% tags=["exploration", "always", "nbval-ignore-output"]
shown.show_error_lengths(models["attention"], n)

# %% tags=["exploration", "always"]
shown.print_gained(models["attention"], n)
predictions.answer("length_imposed", **questions.length_imposed(models["attention"], n))

# %% [markdown]
# No seed gains a sentence, and the test could hardly have found one: a beginning that is right but unfinished has no
# final verb form yet, and after anything else no model writes END. The test shows only that another **word** is wrong
# before the end comes. A length prior that works through the choice of the verb form is not ruled out. A test with more
# power would forbid all *final verb forms* until the last place; it was not run.

# %% [markdown]
# Look at the run that you have just trained; it is one run, but it shows the kind. For each wrong translation of
# seven or eight clauses: what is the first thing that differs from the reference? The cell counts, and shows the
# first few words with their glosses.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("translations"):
    shown.print_first_errors(translations, references, lengths)

# %% [markdown]
# What stays open is why that word is wrong. The model may lose its place, and skip a clause or say one twice. Or it
# expects the end earlier and chooses another *word* for that reason, say a verb form that closes a sentence.
# Examples give leads and no proof: we do not know.

# %% [markdown]
# ## 9 · Shorter scores
#
# Does a score need a hidden layer? Luong et al. 2015 tried less. **General**: the score of a decoder state *d* and an
# encoder state *h* is *d* · *W h*, with a matrix *W* that is learnt. **Dot** leaves *W* out: the score is the dot
# product of both states, and there is nothing to learn. The two methods stay, so the decoder does not change at all.
#
# **Exercise 10 · ●●○ · 10 min · core.** Write `GeneralScore`; `self.key` is the matrix. Which part of *d* · *W h*
# does not change while a sentence is written?


# %% tags=["exercise"] slug="general_score"
class GeneralScore(nn.Module):
    """The dot product of both states, with a matrix between them: "general" in Luong et al. 2015, section 3.1.

    Args:
        hidden_size: H, of the encoder's and of the decoder's states.
    """

    def __init__(self, hidden_size: int):
        super().__init__()
        self.key = nn.Linear(hidden_size, hidden_size, bias=False)

    def prepare(self, states: Tensor) -> Tensor:
        """What does not depend on the decoder: (B, S, H) from the encoder's states (B, S, H)."""
        ### BEGIN SOLUTION
        return self.key(states)
        ### END SOLUTION

    def forward(self, state: Tensor, keys: Tensor) -> Tensor:
        """The scores (B, S) from the decoder's state (B, H) and keys (B, S, H)."""
        ### BEGIN SOLUTION
        return torch.bmm(keys, state.unsqueeze(-1)).squeeze(-1)
        ### END SOLUTION


# %% tags=["check"]
check("general_score", GeneralScore)

# %% [markdown]
# *Dot* is *general* with the identity in place of the matrix, so your `forward` serves both.


# %% tags=["setup"]
class DotScore(nn.Module):
    """Scores by the dot product of both states: Luong et al. 2015, section 3.1. It has no parameters."""

    def prepare(self, states: Tensor) -> Tensor:
        """The encoder's states (B, S, H), as the identity leaves them."""
        return states

    def forward(self, state: Tensor, keys: Tensor) -> Tensor:
        """The scores (B, S) from the decoder's state (B, H) and keys (B, S, H), as in GeneralScore."""
        return GeneralScore.forward(self, state, keys)


# %% [markdown]
# Put each of the three into the same decoder; nothing else has to change. Before you run the cell: how many parameters
# does each bring along?

# %% tags=["exploration"]
if ready("words", "AdditiveScore", "AttentionDecoder", "GeneralScore"):
    to_try = {"additive": AdditiveScore(128, 32), "dot": DotScore(), "general": GeneralScore(128)}
    for name, score in to_try.items():
        decoder = AttentionDecoder(len(words.target), 64, 128, score)
        shown.print_own_parameters(name, decoder.score)

# %% [markdown]
# Which one is best? Luong et al. found that dot works well for attention to all source words. *General* can do
# whatever *dot* can, because its matrix may be learnt to change nothing. Each was trained here with five seeds, the
# same steps and the same learning rate; only the sizes differ, by the parameters that you have just counted.

# %% tags=["exploration", "always"]
predictions.ask("best_score", guess="", **questions.BEST_SCORE)

# %% [markdown]
# The table has new sentences of one to eight clauses and, in the last column, six clauses seen in training. Where new
# and seen are far apart, a model does not generalise; where both are low, it has not learnt.

# %% tags=["exploration", "always"]
scored = {name: runs_of(results, name) for name in ("additive", "dot", "general")}
shown.print_scores(scored, seen=True)
predictions.answer("best_score", **questions.best_score(scored))

# %% tags=["exploration", "always", "nbval-ignore-output"]
shown.show_scores({"baseline": models["baseline"]} | scored)

# %% [markdown]
# Additive leads, dot follows, and *general*, which could imitate dot, comes last, with seeds that lie far apart.
# Its seen sentences are hardly better than its new ones: it has not *learnt* the sentences that it practised,
# unlike the baseline after long training.

# %% [markdown]
# That dot beats *general* agrees with Luong et al. The place of the additive score does not: their *concat*, which
# is like it, did badly, and they say that they do not know why; ours leads. That refutes nothing. They have four
# layers, much more data, and a decoder that looks back *after* its state is made. Here all three had one learning
# rate, and dot products of 128 numbers can be large. Whether a smaller rate, a scale or more steps would change the
# order: not tried, so we do not know.

# %% [markdown]
# ## 10 · Extra: what may explain it
#
# Why does attention learn what the baseline does not? A common answer: the **path** is shorter. In the baseline the
# last target word reaches the first source word only through the state after every source word; with attention
# there is a direct way, one step long. That can be measured: take the loss of the last word and ask how large its
# **gradient** is at the embedding of the first source word.
#
# But uniform weights and fixed ones have the same short way. So if the path is the reason, they should have gained too.

# %% tags=["exploration", "always"]
predictions.ask("gradient_before", guess="", **questions.GRADIENT_BEFORE)

# %% [markdown]
# The figure has the four models of section 8, with the first weights of each seed on the left and the trained ones
# on the right. The scale is logarithmic.

# %% tags=["exploration", "always", "nbval-ignore-output"]
shown.show_gradients(models, n)

# %% tags=["exploration", "always"]
shown.print_gradients(models)
predictions.answer("gradient_before", **questions.gradient_before(models["baseline"]))

# %% [markdown]
# Two surprises. Before training the baseline's first word gets next to nothing, about four times less at the second
# clause and seven to ten times less at each further one; after training that is **gone**, and its gradient does not
# shrink with length. A gradient that vanishes at the start is not one that vanishes for good. (On the right neither
# heights nor slopes can be compared between models: a model that is often wrong sends a large gradient.)
#
# And uniform weights start with the same gradient as attention, and gain nothing. So the short way may be needed;
# it is not **enough**. What attention adds is weights that are learnt and change at each word.

# %% [markdown]
# Attention has a price. The baseline does one thing for each word that it reads and each word that it writes: S + T in
# all. Attention scores every source word for every target word: S·T. Here is the time of one training step, with 64
# sentences of random words, all equally long, on one thread.

# %% tags=["exploration", "always", "nbval-ignore-output"]
shown.show_step_time()

# %% [markdown]
# The dotted lines are what growth with S and with S·T would look like. The sentences of this corpus lie on the left of
# the picture. There a step with attention takes longer too, but not because of S·T: its line rises no faster than the
# baseline's. The longer the text, the more S·T shows.

# %% [markdown]
# ## 11 · Where does it look?
#
# Your `greedy_with_weights` keeps the weights of every step, so you can see them: one row per target word, one column
# per source word, dark where the weight is. Predict the picture for this sentence before you run the cell. Which rows
# will have their dark square out of line? A gloss next to each Korean word says what it means. Frames mark the known
# links of the words that are translated correctly, and the title counts only those words.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("translations"):
    short = (pair for pair in test_pairs if len(pair.source_words) < 12)
    pair = next(pair for pair in short if "because" in pair.source_words)
    (written,), looked = look_up([pair])
    shown.show_look(pair, written, looked[0])

# %% [markdown]
# Nobody told the model which words belong together; the weights came out of sentence pairs and a loss. The order is
# right: the weights jump to the reason, which Korean puts first, and back. But look closely. In our run *학생을* (a
# student) looks at *because*, one word too far; in yours other rows may be off, and by more. The encoder reads from the
# left, so the state after *because* has read *student* too, and *student* can be read off it as well. A weight belongs
# to a **state**, not to a word.
#
# And one picture proves nothing: dark squares are easy to find once you look for them. Lesson 5 measures the weights
# against the known links, and asks whether the model really uses them.

# %% [markdown]
# ## 12 · Move it yourself
#
# So far the model chose the weights. Now you do. The playground shows one step: the source words with their weights,
# the context that they make, and the most probable next words. Drag a weight, or press an arrow key on it; the others
# rescale, so that the sum stays 1. A mark keeps the place of the model's own weight. `Step on` writes the most probable
# word. You can also write a wrong word, hide the state after a source word, or hide the word from the encoder. Here
# the model that you have trained answers.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("model", "losses"):
    playground(model, words, on_pages=["03_attention"])

# %% [markdown]
# What changes the next word most: a weight moved to another word, a state hidden, or a wrong word written? Try each
# once. The two exercises that follow are about a model that the course has trained, because what is right shall be
# right for everybody. It reads *Mina met Jihun yesterday* and writes 미나는 어제 지훈이를 만났어 (Mina.TOP yesterday
# Jihun.OBJ meet.PST.INT).

# %% tags=["exploration", "always", "nbval-ignore-output"]
shipped_words = Vocabularies(load_split("train"))
playground(
    {"the course's model": shipped("03_attention")},
    shipped_words,
    on_pages=["03_attention"],
    tasks=[SWAP, FREE],
)

# %% [markdown]
# **Exercise 11 · ●●○ · 10 min · core.** Move weights so that the other one meets: 지훈이는 어제 미나를 만났어 (Jihun.TOP
# yesterday Mina.OBJ meet.PST.INT). Which steps have to look elsewhere, and where? The line below the playground has
# the weights that you have moved, ready to be copied into `swap_the_roles`. Steps are counted from 0.


# %% tags=["exercise"] slug="swap_the_roles"
def swap_the_roles() -> dict[int, list[float]]:
    """Weights with which the course's model writes that Jihun met Mina.

    Returns:
        step, counted from 0 → a weight for each source place, `<end>` among them. At all other steps the model
        chooses its own.
    """
    ### BEGIN SOLUTION
    meets = [0.17, 0.0, 0.8, 0.01, 0.02]  # Jihun
    is_met = [0.8, 0.08, 0.08, 0.03, 0.01]  # Mina
    return {0: meets, 2: is_met}
    ### END SOLUTION


# %% tags=["check"]
check("swap_the_roles", swap_the_roles)

# %% [markdown]
# The states did not change, nor did any weight of the network. You moved a few weights at two steps, and somebody
# else is the one who meets. Here your weights decide what is said.
#
# Is that always so? **Exercise 12 · ●●○ · 10 min · core.** Find a step at which you can move a weight a good deal, by
# more than 0.3, and every word stays as it was: that one goes under `free`. And find one where such a move changes the
# translation: that one goes under `needed`.


# %% tags=["exercise"] slug="free_and_needed"
def free_and_needed() -> dict[str, dict[int, list[float]]]:
    """Weights that do not matter, and weights that do, for Mina met Jihun yesterday.

    Returns:
        "free" → one step with its weights, which leave the translation as it is; "needed" → one step with weights
        that change it. Each moves a weight by more than 0.3 from the model's own.
    """
    ### BEGIN SOLUTION
    return {
        "free": {3: [0.01, 0.1, 0.8, 0.08, 0.01]},
        "needed": {0: [0.17, 0.0, 0.8, 0.01, 0.02]},
    }
    ### END SOLUTION


# %% tags=["check"]
check("free_and_needed", free_and_needed)

# %% [markdown]
# **Explain.** In one sentence: why can a model ignore where it looks at one step and not at another? Write it here,
# then open ours.
#
# *Your sentence:*

# %% [markdown]
# <details><summary>Our sentence</summary>
#
# Where the words written so far, or several states, already tell the next word, it hardly matters which state is read;
# where a step has to find out who or what comes next, the weights decide. Lesson 5 measures that.
#
# </details>

# %% [markdown]
# ## What you take with you
#
# - Attention is three steps: **score** each encoder state against the decoder's state, **softmax**, **weighted sum**.
# - The encoder states stay; the context is new for every target word. No vector has to hold the whole sentence.
# - At nearly equal size, with equal data and steps, exact match at six clauses goes from about 1 % to 90 % and
#   more, on new sentences. A decoder that sees all states with **uniform** weights gains nothing, nor does one whose
#   learnt weights stay **fixed**: the gain is in weights that change with each word.
# - Beyond the trained lengths attention falls as well: a word is wrong before the end is. Why is open; imposing the
#   right length mends nothing, but in this corpus it hardly could.

# %% [markdown]
# **Where to go on.** Bahdanau et al. 2015, [arXiv:1409.0473](https://arxiv.org/abs/1409.0473), has the full decoder in
# section 3.1 and its score in appendix A.1.2. Luong et al. 2015, [arXiv:1508.04025](https://arxiv.org/abs/1508.04025),
# compares scores in section 3.1. In lesson 4 the teacher leaves: what if the decoder reads its own mistakes?
