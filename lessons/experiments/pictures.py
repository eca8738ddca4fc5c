"""The pictures that the README shows: `python -m lessons.experiments.pictures` writes `datasets/pictures/`."""

from lessons.toolkit.corpus import load_split
from lessons.toolkit.figures.common import draw_links, use_course_style
from lessons.toolkit.paths import datasets_folder


def main() -> None:
    """Draw and write all pictures."""
    use_course_style()
    folder = datasets_folder() / "pictures"
    folder.mkdir(exist_ok=True)
    pair = next(pair for pair in load_split("train", clauses=(1,)) if pair.source == "I love you")
    links = [(link.source, link.target) for link in pair.alignment]
    figure = draw_links(pair.source_words, pair.target_words, links, "The verb moves to the end, so links cross")
    figure.savefig(folder / "links.png", dpi=110, bbox_inches="tight", metadata={"Software": None})
    print(f"wrote {folder / 'links.png'}")


if __name__ == "__main__":
    main()
