"""Figures of lesson 04: two decodings side by side, schedules, loss and accuracy, what follows an error."""

from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from statistics import mean
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter
from torch import Tensor

from lessons.toolkit.columns import padded
from lessons.toolkit.corpus import SentencePair
from lessons.toolkit.figures import common
from lessons.toolkit.figures.gloss_lines import show_glossed
from lessons.toolkit.figures.visual_language import NEUTRAL, SERIES, TARGET, arrow, blank, mean_in_band, name_rows, word
from lessons.toolkit.text import named, said

Runs = Mapping[str, Sequence[dict[str, Any]]]  # way to train → its runs, one per seed

KINDS = {
    "no_error": "the right word (control)",
    "same_kind": "another word of the same kind",
    "structure": "a word that changes the structure",
}
_END = "<end>"

_RIGHT, _FORCED, _FREE = 4.7, 3.0, 0.6  # heights: of the right words, and of the words that the decoder writes
_ABOVE = 0.85  # how far above what it writes stands what it reads


def draw_decodings(right: Sequence[str], forced: Sequence[str], free: Sequence[str], title: str) -> Figure:
    """What a decoder reads and writes at each step, forced and free-running; wrong words have a frame.

    Args:
        right: the right words, END included.
        forced, free: the words written when each step reads the right word, or what the step before wrote.
        title: what the figure shows.
    """
    longest = max(len(right), len(forced), len(free))
    figure, axes = plt.subplots(figsize=(longest + 1.6, 4.2))
    _words(axes, right, right, _RIGHT)
    _reads_and_writes(axes, right, ["<start>", *right[:-1]], forced, _FORCED)
    _reads_and_writes(axes, right, ["<start>", *free[:-1]], free, _FREE)
    for t in range(len(right) - 1):  # the teacher
        arrow(axes, (t + 0.3, _RIGHT - 0.22), (t + 0.72, _FORCED + _ABOVE + 0.25), width=1)
    for t in range(len(free) - 1):  # what was written is read
        arrow(axes, (t + 0.42, _FREE + 0.2), (t + 0.62, _FREE + _ABOVE - 0.2), TARGET, width=1)
    for name, y in (("forced", _FORCED), ("free-running", _FREE)):
        name_rows(axes, [(said("{name}: reads", name=named(name)), y + _ABOVE), ("writes", y)], -0.7, "right")
    name_rows(axes, [(said("right words"), _RIGHT)], -0.7, "right")
    blank(axes, title, (-2.4, longest - 0.4), (0.2, 5))
    return figure


def _reads_and_writes(axes: Axes, right: Sequence[str], read: Sequence[str], written: Sequence[str], y: float) -> None:
    _words(axes, ["<start>", *right[:-1]], read, y + _ABOVE, NEUTRAL)
    _words(axes, right, written, y)
    for t in range(len(written)):
        arrow(axes, (t, y + _ABOVE - 0.22), (t, y + 0.24), width=1)


def _words(axes: Axes, right: Sequence[str], words: Sequence[str], y: float, colour: str = TARGET) -> None:
    for t, (text, wanted) in enumerate(zip_longest(words, right[: len(words)])):
        word(axes, t, y, text, colour, wrong=text != wanted)


def draw_coins(words: Sequence[Sequence[str]], coins: Tensor, title: str) -> Figure:
    """Coins over the words that they decide about: filled where the teacher gives the word, empty where the model does.

    Args:
        words: for each of B sentences the words that a forced decoder reads, T or fewer.
        coins: (B, T) bool.
        title: what the figure shows.
    """
    sentences, steps = coins.shape
    figure, axes = plt.subplots(figsize=(1.05 * steps + 1.4, 0.75 * sentences + 0.9))
    for b, row in enumerate(words):
        for t, text in enumerate(row):
            teacher = bool(coins[b, t]) or t == 0
            colour = NEUTRAL if teacher else TARGET
            axes.plot(t, -b, "o", markersize=13, color=colour, markerfacecolor=colour if teacher else "white", mew=2)
            word(axes, t, -b - 0.36, text if teacher else said("own word"), colour, size=9)
    name_rows(axes, [(said("sentence {b}", b=b + 1), -b) for b in range(sentences)], -0.6, "right")
    blank(axes, title, (-1.5, steps - 0.4), (-sentences + 0.3, 0.4))
    return figure


def plot_schedules(curves: Mapping[str, Sequence[float]], title: str) -> Figure:
    """The forcing ratio of each step of training, schedule by schedule."""
    figure, axes = plt.subplots(figsize=(6, 2.8))
    for (name, values), style in zip(curves.items(), SERIES, strict=False):
        axes.plot(values, color=style.colour, linestyle=style.line, label=name)
    axes.set(xlabel=said("step of training"), ylabel=said("forcing ratio"), title=title, ylim=(-0.05, 1.08))
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def plot_seeds(panels: Mapping[str, Mapping[str, Sequence[float]]], title: str) -> Figure:
    """Panels side by side, each with a row of dots, one a seed, for every way to train.

    Args:
        panels: label of the axis → way → one number a seed. A label with "loss" gets a logarithmic axis.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(1, len(panels), figsize=(3.4 * len(panels), 2.6), sharey=True)
    for panel, (label, ways) in zip(axes, panels.items(), strict=True):
        for row, (values, style) in enumerate(zip(ways.values(), SERIES, strict=False)):
            panel.plot(values, [-row] * len(values), style.marker, color=style.colour, alpha=0.7, markersize=7)
        panel.set_yticks([-row for row in range(len(ways))], list(ways))
        panel.set(xlabel=label, ylim=(0.5 - len(ways), 0.5))
        if "loss" in label:
            panel.set_xscale("log")
            panel.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            panel.xaxis.set_major_formatter("{x:g}")
            panel.xaxis.set_minor_formatter(NullFormatter())
        panel.grid(axis="x", alpha=0.3)
    figure.suptitle(title, x=0.02, ha="left", fontsize=11)
    figure.tight_layout()
    return figure


def plot_after_error(panels: Mapping[str, Mapping[str, Sequence[Sequence[float]]]], title: str) -> Figure:
    """The share of right words against the distance from the first error: mean over seeds, and the range.

    Args:
        panels: heading → name of a curve → for each seed one share for each distance, from 1.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(1, len(panels), figsize=(4.2 * len(panels), 3.7), sharey=True, squeeze=False)
    for panel, (heading, curves) in zip(axes[0], panels.items(), strict=True):
        for (name, runs), style in zip(curves.items(), SERIES, strict=False):
            places = range(1, len(runs[0]) + 1)
            mean_in_band(panel, places, [[100 * share for share in run] for run in runs], name, style)
        panel.set(xlabel=said("words after the first error"), ylim=(0, 105))
        panel.set_title(heading, fontsize=10)
        panel.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=2, fontsize=8)
    axes[0][0].set_ylabel(said("right words (%)"))
    figure.suptitle(title, x=0.02, ha="left", fontsize=11)
    figure.tight_layout()
    return figure


def plot_injected_errors(panels: Mapping[str, Mapping[str, Mapping[str, Sequence[float]]]], title: str) -> Figure:
    """Plot what follows the same wrong word in every model: a block of rows per kind of word, a row per way to train.

    Args:
        panels: label of the axis → kind of word → way to train → one share per seed, from 0 to 1. Kinds and ways are
            the same in all panels. A dot is a seed, a stroke the mean.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(1, len(panels), figsize=(4.6 * len(panels), 4.6), sharey=True, squeeze=False)
    for panel, (label, kinds) in zip(axes[0], panels.items(), strict=True):
        rows = _rows_in_blocks(kinds)
        for y, (way, shares) in rows.items():
            style = SERIES[list(next(iter(kinds.values()))).index(way) % len(SERIES)]
            values = [100 * share for share in shares]
            panel.plot(values, [y] * len(values), style.marker, color=style.colour, alpha=0.7, markersize=7)
            panel.vlines(sum(values) / len(values), y - 0.38, y + 0.38, color=style.colour, linewidth=2)
        panel.set_yticks(list(rows), [way for way, _ in rows.values()])
        panel.set(xlabel=label, xlim=(0, 102), ylim=(min(rows) - 0.7, 1))
        panel.grid(axis="x", alpha=0.3)
        for block, kind in enumerate(kinds):
            y = 0.65 - block * (len(kinds[kind]) + 1.2)
            panel.text(1, y, kind, fontsize=9, style="italic", color=NEUTRAL, va="center")
    figure.suptitle(title, x=0.02, ha="left", fontsize=11)
    figure.tight_layout()
    return figure


def _rows_in_blocks(
    kinds: Mapping[str, Mapping[str, Sequence[float]]],
) -> dict[float, tuple[str, Sequence[float]]]:
    """Give each way of each kind a height, with room for a heading over each block: height → way, shares."""
    return {
        -block * (len(ways) + 1.2) - row: (way, shares)
        for block, ways in enumerate(kinds.values())
        for row, (way, shares) in enumerate(ways.items())
    }


# --- one call each in the lesson ---------------------------------------------------------------------------------


def show_decodings(pair: SentencePair, forced: Sequence[int], free: Sequence[int], words: Sequence[str]) -> None:
    """Show a translation that is forced and one that is free-running, then their words with glosses.

    Args:
        pair: the sentence, with the right words.
        forced: numbers of the words written by the forced decoder, END among them.
        free: the same when it runs freely, without END.
        words: the target vocabulary.
    """
    right = [*pair.target_words, _END]
    says_forced = [words[number] for number in forced]
    says_free = [*(words[number] for number in free), _END]
    title = said(
        "{source}\nOne wrong word: forced, it stays alone; free-running, it feeds on itself", source=pair.source
    )
    figure = draw_decodings(right, says_forced, says_free, title)
    told = said(
        "Right: {listed}. Forced, the model writes: {listed_2}. ",
        listed=" ".join(right),
        listed_2=" ".join(says_forced),
    )
    common.show(figure, told + said("Free-running, it writes: {listed}.", listed=" ".join(says_free)))
    lines = [("right", right[:-1], None), ("forced", says_forced[:-1], None), ("free-running", says_free[:-1], None)]
    show_glossed(lines, explain=True)


def print_both_ways(scores: Tensor, sentences: int) -> None:
    """Print scores (2, 2): forced and free-running; right words and right sentences."""
    for name, (right_words, right_sentences) in zip(("forced", "free-running"), scores.tolist(), strict=True):
        print(
            said(
                "  {name} right words {right_words}   right sentences {right_sentences} of {sentences}",
                name=padded(named(name), 13),
                right_words=f"{right_words:6.1%}",
                right_sentences=f"{right_sentences:6.1%}",
                sentences=sentences,
            )
        )


def show_after_error(curves: Mapping[str, Sequence[float]], sentences: int) -> None:
    """Show the share of right words by distance from the first error, for one model read in several ways."""
    panels = {
        said("the half-trained model, {sentences} sentences", sentences=sentences): {
            name: [curve] for name, curve in curves.items()
        }
    }
    told = "; ".join(f"{named(name)} {', '.join(f'{share:.0%}' for share in curve)}" for name, curve in curves.items())
    figure = plot_after_error(panels, said("On its own, the model does not recover"))
    common.show(figure, said("Share of right words by number of words after the first error: {told}.", told=told))


def show_coins(read: Tensor, mask: Tensor, coins: Tensor, words: Sequence[str]) -> None:
    """Show coins over the words that a forced decoder reads.

    Args:
        read: (B, T) int64, START first.
        mask: (B, T) bool, True at real words.
        coins: (B, T) bool.
        words: the target vocabulary.
    """
    rows = [[words[number] for number in row[real].tolist()] for row, real in zip(read, mask, strict=True)]
    tossed, own = int(mask[:, 1:].sum()), int((~coins & mask)[:, 1:].sum())
    figure = draw_coins(
        rows, coins, said("At {own} of {tossed} steps the model reads its own word", own=own, tossed=tossed)
    )
    common.show(
        figure,
        said(
            "{count} sentences; at {own} of {tossed} coins the model reads its own word.",
            count=len(rows),
            own=own,
            tossed=tossed,
        ),
    )


def show_schedules(curves: Mapping[str, Sequence[float]]) -> None:
    """Show the forcing ratio of each step of training, schedule by schedule."""
    figure = plot_schedules(curves, said("The teacher withdraws early, late, or never"))
    told = "; ".join(
        said(
            "{name}: {curve} at first, {curve_2} in the middle, {curve_3} at the end",
            name=named(name),
            curve=f"{curve[0]:.2f}",
            curve_2=f"{curve[len(curve) // 2]:.2f}",
            curve_3=f"{curve[-1]:.2f}",
        )
        for name, curve in curves.items()
    )
    common.show(
        figure, said("Forcing ratio over {count} steps. {told}.", count=len(next(iter(curves.values()))), told=told)
    )


def print_ways(runs: Runs, sentences: int) -> None:
    """Print losses and shares of right words and sentences, from the lowest seed to the highest."""
    print(said("{seeds_of} seeds, {sentences} sentences", seeds_of=_seeds_of(runs), sentences=sentences))
    print(" " * 16, said(" training loss    loss forced   words forced     words free      sentences"))
    columns = {"loss": ".2f", "forced_loss": ".2f"}
    columns |= dict.fromkeys(("forced_accuracy", "free_accuracy", "exact_match"), ".0%")
    for way, found in runs.items():
        print(
            padded(named(way), 16), *(_span([run[key] for run in found], form) for key, form in columns.items()), sep=""
        )


def show_ways(runs: Runs, sentences: int) -> None:
    """Show each seed's training loss, right words, and right words after the first error."""
    panels = {
        "training loss (nats per word)": _each(runs, lambda run: run["loss"]),
        "right words, free-running (%)": _each(runs, lambda run: 100 * run["free_accuracy"]),
        "right words in the four places\nafter the first error (%)": _each(
            runs, lambda run: 100 * mean(run["free_after_error"][:4])
        ),
    }
    title = said("The training loss does not say how a model goes on after an error")
    figure = plot_seeds(
        panels,
        said(
            "{title}\n({seeds_of} seeds, {sentences} sentences)",
            title=title,
            seeds_of=_seeds_of(runs),
            sentences=sentences,
        ),
    )
    common.show(
        figure,
        said(
            "Dots, one per seed, for four ways to train. Training loss is lowest when always "
            "forced and highest when never. Right words, free-running, are fewest when never "
            "forced. Right words in the four places after the first error are fewest when always "
            "forced and most when never forced."
        ),
    )


def show_after_own_error(runs: Runs, sentences: int) -> None:
    """Show right words after the first error: always forced, read both ways; and all ways, free-running."""
    forced, free = (_each(runs, lambda run, key=key: run[key]) for key in ("forced_after_error", "free_after_error"))
    panels = {
        "always forced in training": {"forced": forced["ratio 1.0"], "free-running": free["ratio 1.0"]},
        "free-running, four ways to train": free,
    }
    title = said("After its own first error, the model that was always forced goes on worst")
    figure = plot_after_error(
        panels,
        said(
            "{title}\n({seeds_of} seeds; of {sentences} sentences those with an error)",
            title=title,
            seeds_of=_seeds_of(runs),
            sentences=sentences,
        ),
    )
    told = "; ".join(
        f"{named(heading)}, {named(name)} {mean(share for curve in curves for share in curve):.0%}"
        for heading, panel in panels.items()
        for name, curves in panel.items()
    )
    common.show(
        figure, said("Right words in the eight places after the first error, mean of all seeds: {told}.", told=told)
    )


def print_wrong_lengths(runs: Runs, sentences: int) -> None:
    """Print how many wrong sentences are as long as the right one, and how many are not."""
    print(
        said(
            "test sentences with an error: as long as the right one, and of another length ({sentences} in all)",
            sentences=sentences,
        )
    )
    for way, found in runs.items():
        kept, other = ([run[key] for run in found] for key in ("wrong_as_long", "wrong_of_other_length"))
        print(f"  {padded(named(way), 16)}{_span(kept, 'd')}{_span(other, 'd')}")


def show_rests(pair: SentencePair, rests: Mapping[tuple[float, str], Tensor], words: Sequence[str]) -> None:
    """Show what models wrote after each of some first words.

    Args:
        pair: the sentence, with the right words.
        rests: (forcing ratio of the training, first word) → (T,) int64, what was written; item 0 does not count.
        words: the target vocabulary.
    """
    lines = [(pair.source, pair.target_words, pair.glosses)]
    for (ratio, first), written in rests.items():
        rest = [words[number] for number in written[1:].tolist()]
        rest = rest[: rest.index(_END)] if _END in rest else rest
        lines.append((_rest_name(ratio, first), [first, *rest], None))
    show_glossed(lines)


def _rest_name(ratio: float, first: str) -> str:
    return said("ratio {ratio}, after {first}", ratio=ratio, first=first)


def print_rests(shares: Mapping[tuple[float, str], Sequence[float]], sentences: int) -> None:
    """Print next right, rest right and rest kept, by the forcing ratio of the training and the first word."""
    print(
        said(
            "{sentences} sentences                 next right  rest right   rest kept",
            sentences=sentences,
        )
    )
    for name, found in shares.items():
        print("  " + padded(_rest_name(*name), 26), *(f"{share:12.0%}" for share in found), sep="")


def print_injected(runs: Runs) -> None:
    """Print next right, rest right and rest kept for each kind of word and way to train, over all seeds."""
    print(
        said(
            "n = {places} places, the same for all models; {seeds_of} seeds",
            places=_injected(runs)["ratio 1.0"][0]["places"],
            seeds_of=_seeds_of(runs),
        )
    )
    for kind, name in KINDS.items():
        print(said("{name}next right     rest right      rest kept", name=padded(named(name), 34)))
        for way, seeds in _injected(runs).items():
            keys = ("next_right", "rest_right", "rest_kept")
            print(
                "  " + padded(named(way), 27),
                *(_span([found[kind][key] for found in seeds], ".0%") for key in keys),
                sep="",
            )


def show_injected(runs: Runs) -> None:
    """Show what follows the same wrong word in every model."""
    injected = _injected(runs)
    panels = {
        label: {
            str(name): {way: [found[kind][key] for found in seeds] for way, seeds in injected.items()}
            for kind, name in KINDS.items()
        }
        for key, label in (
            ("next_right", said("next word right (%)")),
            ("rest_right", said("whole rest of the sentence right (%)")),
        )
    }
    places = injected["ratio 1.0"][0]["places"]
    figure = plot_injected_errors(
        panels,
        said(
            "The same wrong word at {places} places: a noun for a noun throws no model;\na word "
            "that changes the structure hits the one that never read its own words hardest",
            places=places,
        ),
    )
    common.show(
        figure,
        said(
            "Dots, one per seed, for four ways to train. With the right word and with another "
            "word of the same kind the picture is the same: never forced is lower than the "
            "others. After a word that changes the structure the order is reversed: always "
            "forced has the fewest right rests, never forced the most."
        ),
    )


def print_by_word(runs: Runs) -> None:
    """Print the rests kept after a word that changes the structure, by class of the right word."""
    injected = _injected(runs)
    print(padded(said("right word"), 12), *(padded(named(way), 17, right=True) for way in injected), "    n", sep="")
    for word_class, counted in injected["ratio 1.0"][0]["structure"]["by_word"].items():
        print(padded(named(word_class), 12), end="")
        for seeds in injected.values():
            kept = [found["structure"]["by_word"][word_class]["rest_kept"] for found in seeds]
            print(padded(_span(kept, ".0%"), 17, right=True), end="")
        print(f"{counted['n']:5}")


def _injected(runs: Runs) -> dict[str, list[dict[str, Any]]]:
    return _each(runs, lambda run: run["injected_errors"])


def _each(runs: Runs, take: Callable[[dict[str, Any]], Any]) -> dict[str, list[Any]]:
    """What `take` finds in each run, way by way."""
    return {way: [take(run) for run in found] for way, found in runs.items()}


def _seeds_of(runs: Runs) -> int:
    return len(next(iter(runs.values())))


def _span(values: Sequence[float], form: str) -> str:
    """The lowest and the highest value."""
    span = said("{least} to {most}", least=f"{min(values):{form}}", most=f"{max(values):{form}}")
    return padded(span, 15, right=True)
