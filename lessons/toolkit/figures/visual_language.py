"""The visual language of the course: what a colour, a shape and a line mean, the same in every figure.

What belongs to the source is blue and has corners, what belongs to the target is vermilion and round, a context is a
green ellipse. Weights run from white to black, gold links are gold, a mistake has a magenta frame. Curves that compare
models or settings have the colours of `SERIES`, which mean nothing else, each with its line and marker.

The hues are those of Okabe and Ito (2008), which colour-blind people tell apart. They are darkened until each can be
read as text on white, and apart in lightness, so that a grey print keeps them apart too.
"""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import matplotlib.pyplot as plt
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.patches import Ellipse, FancyBboxPatch, Patch, Rectangle
from matplotlib.patheffects import Normal, Stroke

from lessons.toolkit.text import said

SOURCE, TARGET, CONTEXT = "#004E89", "#C44E00", "#00785A"
MISTAKE, GOLD, NEUTRAL = "#B5276E", "#C08400", "#595959"
WEIGHTS = "Greys"  # the colour map
PAPER = "white"  # behind every figure, so that it can be read in a dark theme

#: Around a line or a frame, so that it shows on cells of any grey.
HALO = [Stroke(linewidth=4, foreground="white"), Normal()]


class Series(NamedTuple):
    """How one of several curves is drawn."""

    colour: str
    line: str
    marker: str


SERIES = (
    Series("#1A1A1A", "-", "o"),  # in a figure of models: the baseline
    Series("#7B4FA3", "--", "s"),  # attention, as lesson 3 has it
    Series("#A67C00", "-.", "^"),
    Series("#7A8B99", ":", "D"),
)
BASELINE, ATTENTION, WORD_READER = SERIES[:3]

_FONT_PACKAGE = "koreanize_matplotlib"


def use_course_style() -> None:
    """Set fonts and lines for all figures; Hangul comes from a font that is installed with the course.

    Raises:
        FileNotFoundError: the font is missing; the message says how to get it.
    """
    font_manager.fontManager.addfont(hangul_font())
    family = font_manager.FontProperties(fname=hangul_font()).get_name()
    plt.rcParams.update(
        {
            "font.family": ["DejaVu Sans", family],
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlesize": 11,
            "axes.titlelocation": "left",
            "figure.facecolor": PAPER,
            "savefig.facecolor": PAPER,
            "lines.linewidth": 2,
            "legend.frameon": False,
            "legend.handlelength": 3,  # long enough to tell dashed from dotted
        }
    )


def hangul_font() -> Path:
    """The file of a font that has Hangul.

    Raises:
        FileNotFoundError: the package that brings it is not installed.
    """
    spec = find_spec(_FONT_PACKAGE)
    found = sorted(Path(spec.origin).parent.glob("fonts/NanumGothic.ttf")) if spec and spec.origin else []
    if not found:
        raise FileNotFoundError("no font with Hangul: run `pip install koreanize-matplotlib` in this environment")
    return found[0]


def box(axes: Axes, x: float, y: float, text: str, colour: str) -> None:
    """A box with a text, centred at (x, y); its shape says in grey what its colour says."""
    axes.add_patch(_shape(x, y, colour))
    axes.text(x, y, text, ha="center", va="center", color="white", fontsize=10, zorder=3)


def _shape(x: float, y: float, colour: str) -> Patch:
    style = {"fc": colour, "ec": "none", "zorder": 2}
    if colour == CONTEXT:
        return Ellipse((x, y), 0.84, 0.72, **style)
    corners = "round,pad=0.06,rounding_size=0.2" if colour == TARGET else "square,pad=0.06"
    return FancyBboxPatch((x - 0.3, y - 0.25), 0.6, 0.5, corners, **style)


def arrow(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], colour: str = NEUTRAL, width: float = 1.5
) -> None:
    """An arrow between two points, `width` in points."""
    style = {"arrowstyle": "-|>", "color": colour, "linewidth": width, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", end, start, arrowprops=style)


def weight_arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], weight: float) -> None:
    """An arrow as thick and as dark as the weight, which is from 0 to 1."""
    arrow(axes, start, end, str(0.85 * (1 - weight)), 0.8 + 6 * weight)


def word(
    axes: Axes, x: float, y: float, text: str, colour: str = NEUTRAL, *, size: float = 11, wrong: bool = False
) -> None:
    """A word centred at (x, y), `size` in points; a wrong one has a frame."""
    frame = {"boxstyle": "round,pad=0.25", "facecolor": PAPER, "edgecolor": MISTAKE, "linewidth": 1.8}
    axes.text(x, y, text, ha="center", va="center", fontsize=size, color=colour, bbox=frame if wrong else None)


def frame(axes: Axes, place: tuple[float, float], side: float, line: str = "-", width: float = 2) -> None:
    """A gold frame, for a gold link: a square centred at `place`, its `side` in data units, `width` in points."""
    corner = (place[0] - side / 2, place[1] - side / 2)
    style = {"edgecolor": GOLD, "linestyle": line, "linewidth": width, "path_effects": HALO}
    axes.add_patch(Rectangle(corner, side, side, fill=False, **style))


def name_rows(axes: Axes, rows: Sequence[tuple[str, float]], x: float, side: str = "left") -> None:
    """Names of rows, small and grey: each (name, height) with its `side` at x."""
    for name, y in rows:
        axes.text(x, y, name, ha=side, va="center", fontsize=9, color=NEUTRAL)


def blank(axes: Axes, title: str, xlim: tuple[float, float], ylim: tuple[float, float]) -> None:
    """A title, limits, and no axes."""
    axes.set(xlim=xlim, ylim=ylim, title=title)
    axes.set_axis_off()


def mean_in_band(
    axes: Axes, places: Sequence[float], runs: Sequence[Sequence[float]], name: str, style: Series
) -> None:
    """One curve: the mean over runs, in a band from the lowest run to the highest.

    Args:
        axes: where it is drawn.
        places: where each value stands on the horizontal axis.
        runs: for each run its values.
        name: what the legend says.
        style: colour, line and marker.
    """
    columns = list(zip(*runs, strict=True))
    means = [sum(column) / len(column) for column in columns]
    axes.plot(places, means, style.line, color=style.colour, marker=style.marker, markersize=5, label=name)
    axes.fill_between(
        places, list(map(min, columns)), list(map(max, columns)), color=style.colour, alpha=0.18, linewidth=0
    )


def end_of_training(axes: Axes, x: float, y: float) -> None:
    """A dashed line at x, where the lengths of training end; what lies right of it is said at height y."""
    axes.axvline(x, color=NEUTRAL, linestyle=(0, (4, 3)), linewidth=1)
    axes.text(x + 0.05, y, said("never seen in training"), fontsize=8, color=NEUTRAL)
