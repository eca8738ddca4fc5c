"""What the warm process does once, so that no fork of it has to: torch and the interpreter set much up at first use."""

import torch
from torch import Tensor, nn

from autograder.subjects.subject import LocalSubject

ROUNDS = 12  # the interpreter adapts code that has run a few times


class _Toy(nn.Module):
    """Layers as in the lessons' models, and nothing of their wiring."""

    def __init__(self, vocabulary_size: int, hidden_size: int):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, hidden_size)
        self.recurrent = nn.GRU(hidden_size, hidden_size, batch_first=True)
        self.output = nn.Linear(hidden_size, vocabulary_size)

    def forward(self, words: Tensor, mask: Tensor) -> Tensor:
        """One number for a batch of words (B, T), so that losses are rehearsed too."""
        states, last = self.recurrent(self.embedding(words))
        weights = torch.softmax(states.sum(-1).masked_fill(~mask, -1e9), dim=-1)
        scores = torch.cat([self.output(states), self.output(last.transpose(0, 1))], dim=1)[:, : words.shape[1]]
        return nn.functional.cross_entropy(scores.flatten(0, 1), words.flatten()) + (weights * mask).sum()


def rehearse() -> None:
    """Send a toy through all that a check asks of an answer, encoded as it would be."""
    subject = LocalSubject(_Toy)
    words, mask = torch.arange(6).reshape(2, 3), torch.ones(2, 3, dtype=torch.bool)
    for _ in range(ROUNDS):
        subject.build(vocabulary_size=7, hidden_size=5)
        subject.load(subject.weights())
        subject.call("forward", words, mask)
        subject.gradients([words, mask], [torch.tensor(1.0)], "forward")
