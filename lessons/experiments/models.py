"""The trained models that lessons load: `python -m lessons.experiments.models` writes `datasets/models/`."""

import argparse
import sys
from collections.abc import Callable

import torch
from safetensors.torch import save_file
from torch import nn

from lessons.experiments import lesson_02, lesson_03, lesson_04, lesson_05
from lessons.experiments.training import Vocabularies, train_model
from lessons.toolkit.corpus import load_split
from lessons.toolkit.paths import datasets_folder
from lessons.toolkit.training import use_threads

SEED, EPOCHS = 1, 6


def baseline() -> nn.Module:
    """The model of lesson 01 without a bottleneck, trained on all lengths."""
    pairs = load_split("train")
    words = Vocabularies(pairs)
    model = lesson_02.make_model(words, lesson_02.HIDDEN_SIZE, SEED)
    train_model(model, pairs, words, SEED, EPOCHS)
    return model


def half_trained() -> nn.Module:
    """The attention model after a single epoch on one to four clauses, always forced."""
    words = Vocabularies(load_split("train"))
    model = lesson_04.make_model(words, SEED)
    lesson_04.train_model(model, load_split("train", lesson_04.CLAUSES), words, SEED, 1, "ratio 1.0")
    return model


def reader(reads: str) -> nn.Module:
    """A model of lesson 05 that reads "states" or "words"."""
    words = Vocabularies(load_split("train"))
    torch.manual_seed(SEED)
    model = lesson_05.READERS[reads](words)
    lesson_05.train_reader(model, load_split("train"), words, SEED, lesson_05.EPOCHS)
    return model


def attention() -> nn.Module:
    """The model of lesson 03, trained on all lengths."""
    pairs = load_split("train")
    words = Vocabularies(pairs)
    torch.manual_seed(SEED)
    model = lesson_03.make_model("attention", words)
    train_model(model, pairs, words, SEED, EPOCHS)
    return model


MODELS: dict[str, Callable[[], nn.Module]] = {
    "02_baseline": baseline,
    "04_half_trained": half_trained,
    "05_states": lambda: reader("states"),
    "05_words": lambda: reader("words"),
    "06_attention": attention,
}


def main() -> None:
    """Train and write the models that are named, or all."""
    parser = argparse.ArgumentParser(description="Train the models that lessons load.")
    parser.add_argument("names", nargs="*", default=list(MODELS), help=", ".join(MODELS))
    use_threads(1)
    folder = datasets_folder() / "models"
    folder.mkdir(exist_ok=True)
    for name in parser.parse_args().names:
        save_file(MODELS[name]().state_dict(), folder / f"{name}.safetensors", {"seed": str(SEED)})
        print(f"wrote {folder / name}.safetensors", flush=True)


if __name__ == "__main__":
    sys.exit(main())
