# %% [markdown]
# # 3 · Attention: let the decoder look back

# %% tags=["setup"]
import math

import torch
from torch import Tensor, nn

from autograder import check, hint
from lessons.earlier.lesson_01 import (
    Encoder,
    build_vocabulary,
    encode_words,
    greedy_decode,
    masked_loss,
    pad_batch,
    training_step,
)
from lessons.toolkit import figures
from lessons.toolkit.batches import Batch, make_batches, shift_right
from lessons.toolkit.corpus import load_split
from lessons.toolkit.readiness import ready
from lessons.toolkit.results import load_results
from lessons.toolkit.training import exact_match, one_cycle, train, use_threads


# %% tags=["exercise"] slug="score_one"
def score_one(
    decoder_state: Tensor, encoder_state: Tensor, layer: Tensor, output: Tensor
) -> Tensor:
    """How well one encoder state fits what the decoder needs now: a feed-forward layer with tanh.

    Args:
        decoder_state: (H,), where the decoder stands.
        encoder_state: (H,), one state of the encoder.
        layer: (A, 2H), the weights of the hidden layer; it reads the decoder's state first.
        output: (A,), the weights of the one output.

    Returns:
        A tensor that holds one number, the score.
    """
    ### BEGIN SOLUTION
    both = torch.cat([decoder_state, encoder_state])  # (2H,)
    return output @ torch.tanh(layer @ both)
    ### END SOLUTION


# %% tags=["check"]
check("score_one", score_one)


# %% tags=["exercise"] slug="look_back"
def look_back(scores: Tensor, states: Tensor) -> tuple[Tensor, Tensor]:
    """From scores to a context, for one sentence and one target word.

    Args:
        scores: (S,), one a source word.
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


# %% tags=["exercise"] slug="masked_softmax"
def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """Scores as weights over the real words of each sentence.

    Args:
        scores: (B, S).
        mask: (B, S) bool, True at real words; every row has one.

    Returns:
        weights (B, S): each row sums to 1; exactly 0 at padding.
    """
    ### BEGIN SOLUTION
    return scores.masked_fill(~mask, -torch.inf).softmax(1)
    ### END SOLUTION


# %% tags=["check"]
check("masked_softmax", masked_softmax)


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


# %% tags=["setup"]
def attend(scores: Tensor, states: Tensor, source_mask: Tensor) -> tuple[Tensor, Tensor]:
    """What the decoder sees when it looks back: context (B, H), and weights (B, S)."""
    weights = masked_softmax(scores, source_mask)
    return weighted_sum(weights, states), weights


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
        """What the layer makes of the encoder's states (B, S, H): keys (B, S, A), once a sentence."""
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


# %% tags=["exercise"] slug="attention_decoder"
class AttentionDecoder(nn.Module):
    """Writes a sentence and looks back at the source for every word: Bahdanau et al. 2015, section 3.1.

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
        """Read one word a sentence.

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
            logits (B, T, V): the scores of the next word, raw, behind each word.
            state (B, H): the state behind the last word.
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


# %% tags=["setup"]
class AttentionSeq2Seq(nn.Module):
    """Encoder and attention decoder: RNNsearch of Bahdanau et al. 2015, with an encoder that reads one way.

    Args:
        encoder: gives states (B, S, H) and the state behind the last word (B, H).
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


@torch.no_grad()
def greedy_with_weights(
    model: AttentionSeq2Seq, source: Tensor, source_mask: Tensor, max_length: int
) -> tuple[list[list[int]], Tensor]:
    """Translate a batch, and keep where the decoder looked.

    Args:
        model: encoder and attention decoder.
        source: (B, S) int64.
        source_mask: (B, S) bool.
        max_length: how many words are written at most.

    Returns:
        sentences: B lists of word numbers, without END.
        weights (B, T, S): where each step looked, for the longest sentence's T steps.
    """
    states, last = model.encoder(source, source_mask)
    keys = model.decoder.score.prepare(states)
    looked = []

    def decoder(words: Tensor, state: Tensor, _: Tensor) -> tuple[Tensor, Tensor]:
        embedded = model.decoder.embedding(words[:, 0])
        state, weights = model.decoder.step(embedded, state, keys, states, source_mask)
        looked.append(weights)
        return model.decoder.output(state).unsqueeze(1), state

    def encoder(*_: Tensor) -> tuple[Tensor, Tensor]:
        return states, last

    sentences = greedy_decode(encoder, decoder, source, source_mask, max_length)
    return sentences, torch.stack(looked, dim=1)


# %% tags=["exercise"] slug="dot_score"
class DotScore(nn.Module):
    """Scores by the dot product of both states: Luong et al. 2015, section 3.1. It has no weights."""

    def prepare(self, states: Tensor) -> Tensor:
        """The encoder's states (B, S, H) serve as keys as they are."""
        ### BEGIN SOLUTION
        return states
        ### END SOLUTION

    def forward(self, state: Tensor, keys: Tensor) -> Tensor:
        """The scores (B, S) from the decoder's state (B, H) and keys (B, S, H)."""
        ### BEGIN SOLUTION
        return torch.bmm(keys, state.unsqueeze(-1)).squeeze(-1)
        ### END SOLUTION


# %% tags=["check"]
check("dot_score", DotScore)


# %% tags=["setup"]
class GeneralScore(DotScore):
    """Scores by the dot product behind a linear map of the keys: "general" in Luong et al. 2015.

    Args:
        hidden_size: H.
    """

    def __init__(self, hidden_size: int):
        super().__init__()
        self.key = nn.Linear(hidden_size, hidden_size, bias=False)

    def prepare(self, states: Tensor) -> Tensor:
        """Keys (B, S, H) from the encoder's states (B, S, H), once a sentence."""
        return super().prepare(self.key(states))
