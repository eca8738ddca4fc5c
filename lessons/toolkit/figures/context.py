"""Figures and tables of lesson 02: the fall with length, the grid, its controls, and errors by clause and place."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import nan
from statistics import mean
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from lessons.toolkit.columns import padded, table
from lessons.toolkit.corpus import SentencePair
from lessons.toolkit.figures import common, gloss_lines
from lessons.toolkit.figures.visual_language import BASELINE, NEUTRAL, PAPER
from lessons.toolkit.results import in_words, runs_of, seeds_of, worst_to_best
from lessons.toolkit.text import named, said

Run = dict[str, Any]  # as results files have it
Counts = dict[str, list[list[int]]]  # "words" and "wrong" → a row for each clause, a column for each place
Links = list[list[tuple[int, int]]]
_OFFSET = 0.13  # seen sentences stand above the line of a model, new ones below it


# --- the fall and the grid -------------------------------------------------------------------------------------


def show_fall(accuracy: dict[int, float], trained_up_to: int, sentences: int) -> None:
    """Show exact match of one model by number of clauses."""
    figure = common.plot_by_clauses(
        list(accuracy),
        {said("baseline, 128 numbers"): [list(accuracy.values())]},
        trained_up_to=trained_up_to,
        title=said(
            "Exact match falls from {accuracy} to {accuracy_2} within the trained lengths",
            accuracy=f"{accuracy[1]:.0%}",
            accuracy_2=f"{accuracy[trained_up_to]:.1%}",
        ),
        sample=said("{sentences} sentences each, one model", sentences=sentences),
    )
    common.show(
        figure,
        said(
            "Exact match of the baseline by number of clauses, from one on: {shares}.",
            shares=_shares(accuracy.values()),
        ),
    )


def show_grid(grid: dict[int, list[Run]], means: list[list[float]], spreads: list[list[float]], sentences: int) -> None:
    """Show exact match by context size and number of clauses, with its spread over seeds.

    Args:
        grid: size of the context → its runs.
        means, spreads: a row for each size, a column for each number of clauses.
        sentences: how many of each length.
    """
    seeds = len(next(iter(grid.values())))
    figure = common.draw_grid(
        list(grid),
        range(1, 1 + len(means[0])),
        means,
        spreads,
        trained_up_to=6,
        title=said("Twenty times the numbers move the knee by two clauses"),
        sample=said("{sentences} sentences, {seeds} seeds each", sentences=sentences, seeds=seeds),
    )
    rows = "; ".join(
        said("{size} numbers: {shares}", size=size, shares=_shares(row)) for size, row in zip(grid, means, strict=True)
    )
    common.show(figure, said("Exact match by size of the context and number of clauses, from one. {rows}.", rows=rows))


def print_knees(knees: dict[int, list[int | None]], grid: dict[int, list[Run]], trained_up_to: int = 6) -> None:
    """Print the knees of the seeds of each size, and the first length below a half, whatever the best is."""
    for size, found in knees.items():
        shares = [run["exact_match"][:trained_up_to] for run in grid[size]]
        fixed = [next((n for n, share in enumerate(row, 1) if share < 0.5), None) for row in shares]
        print(
            said(
                "C = {size}  knee of each seed: {listed}   below 50 %: {listed_2}",
                size=f"{size:3}",
                listed=_listed(found),
                listed_2=_listed(fixed),
            )
        )


def _shares(values: Iterable[float]) -> str:
    return ", ".join(f"{value:.0%}" for value in values)


def _listed(values: Iterable[object]) -> str:
    return ", ".join(said("None") if value is None else str(value) for value in values)


# --- the controls ----------------------------------------------------------------------------------------------


def controls_of(results: dict[str, Any]) -> dict[str, list[Run]]:
    """Give the runs of the baseline and of each model that differs from it in one thing, by what differs."""
    names = [name for name in results["seeds"] if name.startswith("baseline")]
    return {name.removeprefix("baseline, "): runs_of(results, name) for name in names}


def print_controls(controls: dict[str, list[Run]]) -> None:
    """Print exact match of new and of seen sentences of each model, from its worst seed to its best."""
    heads = (said("clauses"), said("parameters"), said("steps"), said("4, new"), said("6, new"), said("6, seen"))
    lines = [heads]
    for name, runs in controls.items():
        shares = worst_to_best(runs, "exact_match", (4, 6)) + worst_to_best(runs, "seen_exact_match", (6,))
        lines.append((named(name), f"{runs[0]['parameters']:,}", f"{runs[0]['steps']:,}", *shares))
    print(table(lines, (32, 10, 8, 14, 14, 14)))


def print_knees_of(knees: dict[str, list[int | None]]) -> None:
    """Print the knee of each seed of each model."""
    for name, found in knees.items():
        print(padded(named(name), 32) + said("knee of each seed, in clauses: {found}", found=_listed(found)))


def show_new_and_seen(controls: dict[str, list[Run]], clauses: int, sentences: int) -> None:
    """Show exact match of new sentences and of sentences seen in training, for each model and seed."""
    title = said("After four times the steps seen sentences come out right, new ones still do not")
    figure = plot_new_and_seen(controls, clauses, sentences, title)
    new, seen = (in_words(controls, field, (clauses,)) for field in ("exact_match", "seen_exact_match"))
    common.show(
        figure,
        said(
            "Exact match at {clauses} clauses, worst to best seed. New: {new}. Seen in training: {seen}.",
            clauses=clauses,
            new=new,
            seen=seen,
        ),
    )


def plot_new_and_seen(models: dict[str, list[Run]], clauses: int, sentences: int, title: str) -> Figure:
    """Plot exact match of new sentences and of sentences seen in training, a row for each model, a point for each seed.

    Args:
        models: name → its runs, with "exact_match" and "seen_exact_match" by clauses; the first at the top.
        clauses: how many the sentences have.
        sentences: how many of either kind there are.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(figsize=(7, 0.42 * len(models) + 1.6))
    for row, runs in enumerate(models.values()):
        new, seen = ([100 * run[field][clauses - 1] for run in runs] for field in ("exact_match", "seen_exact_match"))
        axes.plot([mean(new), mean(seen)], [row, row], color=NEUTRAL, linewidth=1, zorder=0)
        _points(axes, new, row + _OFFSET, "o", BASELINE.colour, said("new sentences") if row == 0 else None)
        _points(axes, seen, row - _OFFSET, "D", PAPER, said("seen in training") if row == 0 else None)
    names = [said("{name} ({seeds})", name=named(name), seeds=seeds_of(runs)) for name, runs in models.items()]
    axes.set_yticks(range(len(models)), names)
    axes.set(xlim=(-3, 103), ylim=(len(models) - 0.4, -0.6))
    axes.set_xlabel(
        said(
            "exact match at {clauses} clauses (%), n = {sentences} new and {sentences} seen sentences",
            clauses=clauses,
            sentences=sentences,
        )
    )
    axes.set_title(title, pad=24, x=-0.35)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, handletextpad=0.1)
    return figure


def _points(axes: Axes, values: Sequence[float], y: float, marker: str, fill: str, name: str | None) -> None:
    style = {"s": 34, "marker": marker, "facecolor": fill, "edgecolor": BASELINE.colour, "linewidth": 1.2}
    axes.scatter(values, [y] * len(values), label=name, clip_on=False, zorder=3, **style)


# --- where the wrong words are ---------------------------------------------------------------------------------


def show_clauses(pair: SentencePair, source: Sequence[int], target: Sequence[int]) -> None:
    """Show a pair with the clause of each word in brackets, a dot where a Korean word has none.

    Args:
        pair: from the course corpus.
        source: the clause of each English word.
        target: the clause of each Korean word, -1 where it has none; more than there are words.
    """
    english = " ".join(f"{word}[{clause}]" for word, clause in zip(pair.source_words, source, strict=True))
    marks = ["." if clause < 0 else clause for clause in target]
    glosses = [f"{gloss}[{mark}]" for gloss, mark in zip(pair.glosses, marks, strict=False)]
    gloss_lines.show_glossed([(english, pair.target_words, glosses)])


def show_clause_errors(errors: dict[int, Sequence[float]], sentences: int) -> None:
    """Show wrong words by clause, a curve for each length of sentences but one clause.

    Args:
        errors: number of clauses → the share of wrong words of each clause, by one model.
        sentences: how many of each length.
    """
    longest = max(errors)
    figure = common.plot_by_part(
        {said("{length} clauses", length=length): values for length, values in errors.items() if length > 1},
        title=said("Six clauses: fewest words are wrong in the first"),
        sample=said("{sentences} sentences each, one model", sentences=sentences),
    )
    common.show(
        figure,
        said(
            "Wrong words by clause, in sentences of {longest} clauses: {shares}.",
            longest=longest,
            shares=_shares(errors[longest]),
        ),
    )


def show_clauses_by_place(tables: Sequence[Counts], least: int) -> None:
    """Show wrong words by place, a line for each clause; cells with fewer words than `least` are left out."""
    title = said("Along each early clause errors rise with the place; at one place clauses 1 to 3 are alike")
    figure = plot_clauses_by_place(tables, least, title)
    told = "; ".join(
        said(
            "clause {clause}, places {least} to {most}: from {mean} to {mean_2}",
            clause=clause + 1,
            least=min(found) + 1,
            most=max(found) + 1,
            mean=f"{mean(found[min(found)]):.0%}",
            mean_2=f"{mean(found[max(found)]):.0%}",
        )
        for clause in range(len(tables[0]["words"]))
        if (found := errors_at_places(tables, clause, least))
    )
    common.show(figure, said("Wrong words by place in the Korean sentence, means of the seeds. {told}.", told=told))


def print_places(tables: Sequence[Counts], clauses: Sequence[int], places: Iterable[int], least: int) -> None:
    """Print the share of wrong words of some clauses at some places, with n; in brackets where n is below `least`."""
    heads = (said("clause {clause}", clause=clause + 1) for clause in clauses)
    print(padded(said("place"), 6) + "".join(padded(head, 18, right=True) for head in heads))
    for place in places:
        print(f"{place + 1:5} " + "".join(f"{_place_cell(tables, clause, place, least):>18}" for clause in clauses))


def _place_cell(tables: Sequence[Counts], clause: int, place: int, least: int) -> str:
    words = tables[0]["words"][clause][place]
    share = f"{mean(table['wrong'][clause][place] for table in tables) / words:.0%}" if words else "–"
    cell = f"{share}, n = {words}"
    return cell if words >= least else f"({cell})"


def mean_errors(tables: Sequence[Counts], clause: int, places: Iterable[int]) -> float:
    """Give the share of wrong words of a clause; each place weighs the same: no clause gains by coming early."""
    return mean(table["wrong"][clause][p] / table["words"][clause][p] for p in places for table in tables)


def steps_by_clause(links: Links, clauses: list[list[int]], lengths: list[int], moved: Links) -> list[float]:
    """Give the mean number of steps from reading a word to writing its counterpart, by the clause of the word.

    Args:
        links: of each sentence, (i, j): source word i belongs to target word j; they tell the clause.
        clauses: of each sentence, the clause of each source word.
        lengths: of each source sentence in the order in which it is read, END included.
        moved: the same links, i counted in the order in which the sentence is read.
    """
    steps = defaultdict(list)
    for old, numbers, length, new in zip(links, clauses, lengths, moved, strict=True):
        for (i, _), (read, written) in zip(old, new, strict=True):
            steps[numbers[i]].append(length - read + written)
    return [mean(steps[clause]) for clause in sorted(steps)]


def print_steps(steps: dict[str, list[float]]) -> None:
    """Print the steps of each clause for each order of reading, and their mean over clauses."""
    for order, of_clauses in steps.items():
        told = "".join(f"{number:7.1f}" for number in of_clauses)
        print(
            said(
                "{order}clauses 1 to {count}: {told}   mean {mean}",
                order=padded(named(order), 18),
                count=len(of_clauses),
                told=told,
                mean=f"{mean(of_clauses):.1f}",
            )
        )


def show_orders(
    orders: Sequence[str], means: list[list[float]], spreads: list[list[float]], sentences: int, seeds: int
) -> None:
    """Show wrong words by clause of models that read in different orders, with bars for the spread over seeds."""
    curves = dict(zip(orders, means, strict=True))
    title, sample = (
        said("Reading backwards does not flip the curve"),
        said("{sentences} sentences, {seeds} seeds", sentences=sentences, seeds=seeds),
    )
    figure = common.plot_by_part(curves, title=title, spreads=spreads, sample=sample)
    told = "; ".join(f"{named(order)}: {_shares(row)}" for order, row in curves.items())
    common.show(figure, said("Wrong words by clause in sentences of six clauses. {told}.", told=told))


def errors_at_places(tables: Sequence[Counts], clause: int, least: int) -> dict[int, list[float]]:
    """Give the share of wrong words of one clause at each place of the target where it has words enough.

    Args:
        tables: of each seed; all counted the same sentences.
        clause: from 0.
        least: so many words a place must have.

    Returns:
        place, from 0 → a share for each seed; the last column, which gathers all later places, is left out.
    """
    words = tables[0]["words"][clause][:-1]
    return {
        place: [table["wrong"][clause][place] / count for table in tables]
        for place, count in enumerate(words)
        if count >= least
    }


def plot_clauses_by_place(tables: Sequence[Counts], least: int, title: str) -> Figure:
    """Plot wrong words against their place in the target, a line for each clause of the source they come from.

    Args:
        tables: of each seed; the points are means over seeds, the bars run from the lowest seed to the highest.
        least: cells with fewer words are left out.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(figsize=(7.2, 3.8))
    clauses = len(tables[0]["words"])
    colours = plt.get_cmap("viridis")
    for clause in range(clauses):
        style = {"color": colours(0.9 * clause / max(1, clauses - 1)), "marker": "os^DvP"[clause % 6], "markersize": 5}
        _by_place(axes, errors_at_places(tables, clause, least), said("clause {clause}", clause=clause + 1), style)
    counts = [count for row in tables[0]["words"] for count in row[:-1] if count >= least]
    n = said(
        "n: {least} to {most} words per point, {count} seeds", least=min(counts), most=max(counts), count=len(tables)
    )
    axes.set(
        xlabel=said("place of the word in the Korean sentence ({n})", n=n),
        ylabel=said("wrong words (%)"),
        ylim=(0, None),
    )
    axes.set_title(title)
    axes.xaxis.set_major_locator(MultipleLocator(2, offset=1))
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), title=said("word from"))
    return figure


def _by_place(axes: Axes, shares: dict[int, list[float]], name: str, style: dict) -> None:
    """One clause: means with bars from the lowest seed to the highest; the line breaks where places are left out."""
    places = range(min(shares), max(shares) + 1)
    seeds = [[100 * share for share in shares.get(place, [nan])] for place in places]
    bars = [[mean(found) - min(found) for found in seeds], [max(found) - mean(found) for found in seeds]]
    x = [place + 1 for place in places]
    axes.errorbar(x, list(map(mean, seeds)), bars, label=name, elinewidth=0.8, linewidth=1.6, **style)
