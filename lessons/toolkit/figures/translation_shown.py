"""What lesson 06 shows and prints: each is one call in the notebook, with a title and a text made from the data."""

import difflib
from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

from torch import Tensor

from lessons.toolkit.batches import END
from lessons.toolkit.columns import padded
from lessons.toolkit.figures.alignment import draw_heat_map
from lessons.toolkit.figures.alignment_explorer import show_explorer
from lessons.toolkit.figures.common import show
from lessons.toolkit.figures.gloss_lines import show_glossed
from lessons.toolkit.figures.seq2seq import draw_choices
from lessons.toolkit.figures.translation import (
    BeamRecorder,
    beam_gains,
    bleu_table,
    draw_beam,
    plot_beam_gain,
    plot_bleu_by_length,
    plot_own_curve,
    plot_real_corpus,
    real_corpus_table,
    tell_real_corpus,
)
from lessons.toolkit.glosses import glossed_label
from lessons.toolkit.results import runs_of
from lessons.toolkit.text import named, said

_MODELS = {"attention": "additive", "baseline": "baseline"}  # as the lesson names them, and as the results do
_WAYS = ("greedy", "beam, not normalised", "beam")


def show_greedy_choices(shares: Tensor, vocabulary: Sequence[str]) -> None:
    """Show the three likeliest words at each step of greedy decoding.

    Args:
        shares: (T, V), the probability of each word at each step.
        vocabulary: word number → word.
    """
    best, numbers = shares.topk(3)  # (T, 3)
    likeliest = [[vocabulary[number] for number in row] for row in numbers.tolist()]
    doubt = int(best[:, 0].argmin())
    (first, second), (most, next_most) = likeliest[doubt][:2], best[doubt].tolist()[:2]
    title = said(
        "At step {doubt}, {first} has {most} and {second} {next_most}",
        doubt=doubt + 1,
        first=first,
        most=f"{most:.0%}",
        second=second,
        next_most=f"{next_most:.0%}",
    )
    steps = (
        " ".join(f"{word} {share:.0%}" for word, share in zip(*row, strict=True))
        for row in zip(likeliest, best.tolist(), strict=True)
    )
    show(
        draw_choices(likeliest, best.tolist(), title),
        said("The three likeliest words at each step: {listed}.", listed="; ".join(steps)),
    )


def show_beam(recorder: BeamRecorder, vocabulary: Sequence[str], best: Sequence[int]) -> None:
    """Show the hypotheses that a recorder has kept, and the best one with its glosses.

    Args:
        recorder: was given to a search as `extend`.
        vocabulary: word number → word.
        best: the word numbers of the best hypothesis, END among them.
    """
    figure = draw_beam(recorder.steps, vocabulary, best, said("For a while, the best sentence comes second"))
    size = max(len(words) for _, words, _ in recorder.steps)
    written = " ".join(vocabulary[number] for number in best)
    show(
        figure,
        said(
            "At most {size} hypotheses at each step; the best one in the end is: {written}", size=size, written=written
        ),
    )
    show_glossed([(said("best in the end"), [vocabulary[number] for number in best if number != END], None)])


def print_bleu(results: Mapping[str, Any]) -> None:
    """Print BLEU of both models for each way to search, by sentence length."""
    held = results["held_fixed"]
    print(said("made by:"), results["command"])
    print(
        said(
            "BLEU, worst to best seed, {new_sentences_per_length} sentences of each length; ",
            new_sentences_per_length=held["new_sentences_per_length"],
        )
    )
    print(
        said(
            "beam: {beam_size} hypotheses, normalised with alpha = {alpha}",
            beam_size=held["beam_size"],
            alpha=f"{held['alpha']:g}",
        )
    )
    for model, training in _MODELS.items():
        runs = runs_of(results, training)
        print(
            said(
                "\n{model}, {parameters} parameters, {count} seeds",
                model=named(model),
                parameters=f"{runs[0]['parameters']:,}",
                count=len(runs),
            )
        )
        print(bleu_table(runs, _WAYS, held["clauses"]))


def mean_gains(results: Mapping[str, Any]) -> dict[str, list[float]]:
    """What a beam adds to BLEU, in points: model → a mean over seeds for each number of clauses."""
    return {
        model: [mean(column) for column in zip(*beam_gains(runs_of(results, training)), strict=True)]
        for model, training in _MODELS.items()
    }


def show_beam_gains(results: Mapping[str, Any]) -> None:
    """Show what a beam adds to BLEU, seed by seed."""
    held, means = results["held_fixed"], mean_gains(results)
    best = {model: max(each) for model, each in means.items()}
    figure = plot_beam_gain(
        held["clauses"],
        {model: beam_gains(runs_of(results, training)) for model, training in _MODELS.items()},
        held["trained_up_to"],
        said(
            "A beam adds up to {baseline} BLEU points to the baseline, {attention} to attention",
            baseline=f"{best['baseline']:.1f}",
            attention=f"{best['attention']:.1f}",
        ),
        held["new_sentences_per_length"],
    )
    told = "; ".join(
        said(
            "{model}, one to eight clauses: {listed}",
            model=named(model),
            listed=", ".join(f"{gain:z.1f}" for gain in each),
        )
        for model, each in means.items()
    )
    show(figure, said("BLEU points that a beam adds, mean of the seeds. {told}.", told=told))


def print_search_errors(results: Mapping[str, Any], clauses: int) -> dict[tuple[str, str], float]:
    """Print how many translations are wrong and what share of them the search is to blame for.

    Args:
        results: of lesson 06.
        clauses: the longest sentences that count.

    Returns:
        (model, way to search) → that share.
    """
    blamed = {}
    for model, training in _MODELS.items():
        runs = runs_of(results, training)
        for way in ("greedy", "beam"):
            wrong = sum(sum(run["wrong"][way][:clauses]) for run in runs)
            missed = sum(sum(run["search_errors"][way][:clauses]) for run in runs)
            blamed[model, way] = missed / wrong
            print(
                said(
                    "{model} {way}  {wrong} wrong, {missed} of them search errors",
                    model=padded(named(model), 9),
                    way=padded(named(way), 6),
                    wrong=f"{wrong:5,}",
                    missed=f"{missed / wrong:4.0%}",
                )
            )
    return blamed


def show_own_curve(curves: Mapping[str, Mapping[int, tuple[int, float]]], width: int) -> None:
    """Show BLEU by the length of the source sentence for models of one run each.

    Args:
        curves: "attention" and "baseline" → longest length of a group → number of sentences, BLEU.
        width: how many lengths share a group.
    """
    ends = {model: (found[min(found)][1], found[max(found)][1]) for model, found in curves.items()}
    told = "; ".join(
        said("{model} from {first} to {last}", model=named(model), first=f"{first:.0f}", last=f"{last:.0f}")
        for model, (first, last) in ends.items()
    )
    title = said("Your curve: BLEU by the length of the English sentence")
    show(
        plot_own_curve(curves, width, title),
        said("{title}, shortest to longest group: {told}.", title=title, told=told),
    )


def show_bleu_curves(results: Mapping[str, Any]) -> None:
    """Show BLEU by number of clauses over all seeds, both models, greedy and with a beam."""
    held = results["held_fixed"]
    runs = {model: runs_of(results, training) for model, training in _MODELS.items()}
    curves = {
        f"{model}, {way}": [run["bleu"][way] for run in found]
        for model, found in runs.items()
        for way in ("beam", "greedy")
    }
    figure = plot_bleu_by_length(
        held["clauses"],
        held["mean_source_words"],
        curves,
        held["trained_up_to"],
        said("With attention, BLEU holds as far as training reaches"),
        held["new_sentences_per_length"],
    )
    means = {name: [mean(column) for column in zip(*each, strict=True)] for name, each in curves.items()}
    ends = "; ".join(
        said(
            "{name} from {each} at one clause to {each_2} at six and {each_3} at eight",
            name=named(name),
            each=f"{each[0]:.0f}",
            each_2=f"{each[5]:.0f}",
            each_3=f"{each[7]:.0f}",
        )
        for name, each in means.items()
    )
    show(
        figure,
        said(
            "BLEU against clauses, mean of {count} seeds in bands of all: {ends}.",
            count=len(runs["baseline"]),
            ends=ends,
        ),
    )


def real_gap(results: Mapping[str, Any]) -> float:
    """How many BLEU points attention is ahead on real sentences, mean of the seeds."""
    attention, baseline = ([run["bleu"] for run in runs_of(results, model)] for model in ("attention", "baseline"))
    return mean(attention) - mean(baseline)


def print_real_results(results: Mapping[str, Any]) -> None:
    """Print what was measured on the real corpus, and what it was made of."""
    held, seeds = results["held_fixed"], len(results["seeds"]["baseline"])
    made_by = {"command": results["command"], "corpus": results["corpus"]["name"]}
    print(said("made by: {command} with {corpus}", **made_by))
    print(said("SHA-256 of that file:"), results["corpus"]["sha256"])
    print(
        said(
            "{training_pairs} pairs to learn from, {held_out_pairs} held out",
            training_pairs=f"{held['training_pairs']:,}",
            held_out_pairs=held["held_out_pairs"],
        )
    )
    print(said("BLEU by characters, beam of {beam}; worst to best of {seeds} seeds", beam=held["beam"], seeds=seeds))
    print(real_corpus_table(results))


def show_real_results(results: Mapping[str, Any]) -> None:
    """Show BLEU on the real corpus, all of it and by length."""
    pairs, gap = results["held_fixed"]["training_pairs"], real_gap(results)
    title = said("On {pairs} real pairs attention is ahead by {gap} BLEU points", pairs=f"{pairs:,}", gap=f"{gap:.1f}")
    show(plot_real_corpus(results, title), tell_real_corpus(results))


def print_no_real_corpus(variable: str) -> None:
    """Say how to get a real corpus, where there is none.

    Args:
        variable: the environment variable that may name a file.
    """
    print(said("There is no real corpus on this machine; the lesson goes on without it. To get one,"))
    print(said("  run `autograder fetch` in a terminal (it says what it downloads, and whose it is),"))
    print(said("  or name a file in the variable {variable} and restart JupyterLab.", variable=variable))


def print_unknown_words(unknown: Sequence[str], vocabulary: Sequence[str]) -> None:
    """Say which words are not known, and which known ones are spelt alike."""
    for word in unknown:
        near = difflib.get_close_matches(word, vocabulary, n=3, cutoff=0.6)
        alike = said("; spelt alike: {listed}", listed=", ".join(near)) if near else ""
        print(
            said(
                "I do not know {word}{alike}. (I know lower-case words without punctuation.)",
                word=f"{word!r}",
                alike=alike,
            )
        )


def show_translation(english: Sequence[str], korean: Sequence[str], weights: Tensor) -> None:
    """Show a translation with its glosses, and where each of its words looked.

    Args:
        english: the source words.
        korean: the target words.
        weights: (T, S), of each target word over the source words.
    """
    sentence, written = " ".join(english), " ".join(korean)
    names = [glossed_label(word) for word in korean]
    figure = draw_heat_map(weights, english, names, written)
    show(figure, said("Heat map of the weights for: {sentence} → {written}", sentence=sentence, written=written))
    show_glossed([(sentence, korean, None)])
    show_explorer(english, korean, weights)
