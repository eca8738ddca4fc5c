"""The trained models that lessons load: `python -m lessons.experiments.models` writes `datasets/models/`."""

import argparse
import sys

from safetensors.torch import save_file

from lessons.experiments.trainings import trained
from lessons.toolkit.paths import datasets_folder
from lessons.toolkit.training import use_threads

SEED = 1
#: File → training, from the first seed.
MODELS = {
    "02_baseline": "baseline",
    "03_attention": "additive",
    "04_half_trained": "half trained",
    "05_word_reader": "both changes",
    "07_transformer": "transformer",
}


def main() -> None:
    """Write the models that are named, or all; what no experiment has trained yet is trained now."""
    parser = argparse.ArgumentParser(description="Write the trained models that lessons load.")
    parser.add_argument("names", nargs="*", default=list(MODELS), help=", ".join(MODELS))
    use_threads(1)
    folder = datasets_folder() / "models"
    folder.mkdir(exist_ok=True)
    for name in parser.parse_args().names:
        run = trained(MODELS[name], SEED)
        save_file(run.model.state_dict(), folder / f"{name}.safetensors", {"seed": str(SEED)})
        print(f"wrote {folder / name}.safetensors", flush=True)


if __name__ == "__main__":
    sys.exit(main())
