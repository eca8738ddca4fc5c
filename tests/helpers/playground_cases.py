"""Random sentences, prefixes and weights for the playground, and what PyTorch says of them."""

from functools import cache
from typing import Any

import torch
from torch import nn

from lessons.earlier.lesson_02 import Vocabularies
from lessons.earlier.lesson_05 import state_reader, word_reader
from lessons.toolkit.batches import END
from lessons.toolkit.corpus import load_split
from lessons.toolkit.figures.playground.packed import in_base64, pack
from lessons.toolkit.forced_attention import run_model
from lessons.toolkit.glosses import gloss
from lessons.toolkit.shipped_models import rounded, shipped_weights

MODELS = ("03_attention", "05_word_reader")


@cache
def vocabularies() -> Vocabularies:
    return Vocabularies(load_split("train"))


@cache
def trained(name: str, in_half_precision: bool) -> nn.Module:
    """A shipped model in the classes of the lessons."""
    model = {"03_attention": state_reader, "05_word_reader": word_reader}[name](vocabularies()).eval()
    weights = shipped_weights(name)
    model.load_state_dict(rounded(weights) if in_half_precision else weights)
    return model


@cache
def packed(name: str) -> str:
    """A shipped model as a page carries it."""
    words = vocabularies()
    return in_base64(pack(shipped_weights(name), words.source, words.target, [gloss(word) for word in words.target]))


@cache
def requests(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Sentences of the test split with prefixes that are right up to a wrong word, hidden places, and given weights.

    Half of them have weights at every step, so that what is given early reaches the last step too.
    """
    chance = torch.Generator().manual_seed(seed)
    pairs, words, found = load_split("test"), vocabularies(), []
    for number in torch.randperm(len(pairs), generator=chance)[:count].tolist():
        source, target = words.encode(pairs[number])
        prefix = target[: int(torch.randint(len(target), (), generator=chance))]
        if prefix and len(found) % 3 == 0:
            prefix[-1] = int(torch.randint(END + 1, len(words.target), (), generator=chance))
        hidden, unread = (
            [int(torch.randint(len(source) - 1, (), generator=chance))] * (len(found) % often == 0) for often in (4, 5)
        )
        given = {}
        for step in range(len(prefix) + 1) if len(found) % 2 else ():
            weights = torch.rand(len(source), generator=chance) ** 4
            weights[hidden] = 0
            given[step] = (weights / weights.sum()).tolist()
        found.append({"source": source, "prefix": prefix, "hidden": hidden, "unread": unread, "given": given})
    return found


def probabilities(name: str, request: dict[str, Any], in_half_precision: bool) -> list[float]:
    """The probabilities of the next word by PyTorch."""
    return run_model(trained(name, in_half_precision), **request).logits[-1].softmax(0).tolist()
