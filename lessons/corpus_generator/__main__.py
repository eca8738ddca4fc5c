"""Write the course corpus: `python -m lessons.corpus_generator DIR`."""

import sys
from collections.abc import Sequence
from pathlib import Path

from lessons.corpus_generator.corpus import write_corpus


def main(arguments: Sequence[str]) -> int:
    """``python -m lessons.corpus_generator DIR``."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("usage: python -m lessons.corpus_generator DIR  (writes five .tsv files to the folder DIR)")
        return 2
    write_corpus(Path(arguments[0]))
    print(f"wrote train.tsv, valid.tsv, test.tsv, by_length.tsv and glosses.tsv to {arguments[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
