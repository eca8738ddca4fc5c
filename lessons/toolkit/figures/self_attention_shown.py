"""What lesson 07 shows: each function is one figure or one table of the lesson, with the text that goes with it."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from lessons.toolkit.columns import padded, table
from lessons.toolkit.figures import common
from lessons.toolkit.figures import self_attention as drawn
from lessons.toolkit.results import in_words, load_results, runs_of, seeds_of, worst_to_best
from lessons.toolkit.text import named, said

Run = dict[str, Any]  # as results files have it
Models = dict[str, list[Run]]
KINDS = {"encoder": "encoder, own words", "decoder": "decoder, own words", "cross": "decoder, source"}
MODELS = {"baseline": "GRU alone", "additive": "GRU with attention", "transformer": "attention alone"}
HEADS = 4  # of each block

# --- parts -----------------------------------------------------------------------------------------------------


def torch_heads(ours: nn.Module) -> nn.MultiheadAttention:
    """Copy the weights of the lesson's `MultiHeadAttention` into PyTorch's, which keeps three layers in one."""
    size = ours.output.weight.shape[0]
    theirs = nn.MultiheadAttention(size, ours.heads, batch_first=True)
    layers = ours.query, ours.key, ours.value
    weights = {
        "in_proj_weight": torch.cat([layer.weight for layer in layers]),
        "in_proj_bias": torch.cat([layer.bias for layer in layers]),
        "out_proj.weight": ours.output.weight,
        "out_proj.bias": ours.output.bias,
    }
    theirs.load_state_dict(weights)
    return theirs


def show_positions(patterns: Tensor, chosen: int = 15) -> None:
    """Show the patterns (T, H) of places, and how alike one of them is to the others."""
    alike = (patterns @ patterns[chosen]).tolist()
    title = said("Each place has a pattern of its own, and near places are alike")
    told = said(
        "with itself {alike}, with the next place {alike_2}, far away {alike_3}",
        alike=f"{alike[chosen]:.0f}",
        alike_2=f"{alike[chosen + 1]:.0f}",
        alike_3=f"{alike[-1]:.0f}",
    )
    figure = drawn.draw_positions(patterns, chosen, title)
    common.show(
        figure,
        said("Waves of growing length along each row. Dot product of place {chosen} {told}.", chosen=chosen, told=told),
    )


def print_moved(name: str, moved: Tensor) -> None:
    """Print which outputs (rows) move when a word (columns) is changed, from (T, T) bool."""
    print(named(name))
    for row in moved.tolist():
        print("  " + " ".join("#" if one else "." for one in row))


def print_sizes(models: Mapping[str, nn.Module]) -> None:
    """Print the number of parameters of each model."""
    for name, model in models.items():
        print(
            said(
                "{name}{total} parameters",
                name=padded(named(name), 16),
                total=f"{sum(weights.numel() for weights in model.parameters()):9,}",
            )
        )


def print_accuracy(accuracy: Mapping[int, float]) -> None:
    """Print exact match by the number of clauses, of the run in the lesson."""
    print(padded(said("clauses"), 13) + "".join(f"{clauses:6}" for clauses in accuracy))
    print(padded(said("exact match"), 13) + "".join(f"{share:6.0%}" for share in accuracy.values()))


# --- the curve -------------------------------------------------------------------------------------------------


def models_of(results: dict[str, Any]) -> Models:
    """Give the runs of the GRU alone and with attention, which are lesson 3's, and of the Transformer."""
    recurrent = load_results("03_attention")
    found = {name: runs_of(recurrent, name) for name in ("baseline", "additive")}
    return {MODELS[name]: runs for name, runs in (found | {"transformer": runs_of(results, "transformer")}).items()}


def print_search(results: dict[str, Any]) -> None:
    """Print exact match on validation sentences for each model and learning rate, seed by seed."""
    sentences = results["held_fixed"]["valid_sentences"]
    print(said("exact match of {sentences} validation sentences", sentences=f"{sentences:,}"))
    for model in ("additive", "transformer"):
        for suffix in (", half the rate", "", ", double the rate"):
            runs = runs_of(results, model + suffix)
            rate = results["trainings"][model + suffix]["learning_rate"]
            found = "  ".join(f"{run['valid_exact_match']:.1%}" for run in runs)
            print(
                said(
                    "{models} rate {rate}: {found}  ({seeds})",
                    models=padded(named(MODELS[model]), 20),
                    rate=f"{rate:.3f}",
                    found=found,
                    seeds=seeds_of(runs),
                )
            )


def show_curves(models: Models) -> None:
    """Show exact match by the number of clauses, of all models in one figure."""
    fixed = load_results("07_self_attention")["held_fixed"]
    clauses, sentences = fixed["clauses"], fixed["new_sentences_per_length"]
    curves = {name: [run["exact_match"] for run in runs] for name, runs in models.items()}
    sample = said("{sentences} new sentences, {least} seeds", sentences=sentences, least=min(map(len, models.values())))
    title = said("Attention alone holds as far as training reaches, and falls further beyond")
    figure = common.plot_by_clauses(clauses, curves, fixed["trained_up_to"], title, sample)
    told = in_words(models, "exact_match", clauses)
    common.show(figure, said("Exact match for one to eight clauses, worst to best seed. {told}.", told=told))


def print_scores(models: Models) -> None:
    """Print exact match of each model from its worst seed to its best."""
    columns = (1, 3, 6, 7, 8)
    lines = [(said("clauses"), said("parameters"), said("seeds"), *map(str, columns))]
    for name, runs in models.items():
        shares = worst_to_best(runs, "exact_match", columns)
        lines.append((named(name), f"{runs[0]['parameters']:,}", str(len(runs)), *shares))
    print(table(lines, (20, 10, 6, *(13 for _ in columns))))


def print_longer(results: dict[str, Any]) -> None:
    """Print exact match after more steps: on validation, and at the longest trained and the untrained lengths."""
    lines = [("", said("steps"), said("seeds"), said("validation"), said("6 clauses"), said("8 clauses"))]
    for model in ("additive", "transformer"):
        for name in (model, *(n for n in results["seeds"] if n.startswith(f"{model}, ") and n.endswith("the steps"))):
            runs = runs_of(results, name)
            six, eight = worst_to_best(runs, "exact_match", (6, 8))
            valid = [100 * run["valid_exact_match"] for run in runs]
            told = (
                said("{least} to {most} %", least=f"{min(valid):.1f}", most=f"{max(valid):.1f}")
                if len(runs) > 1
                else said("{share} %", share=f"{valid[0]:.1f}")
            )
            title = MODELS[model] + name.removeprefix(model)
            lines.append((named(title), f"{runs[0]['steps']:,}", str(len(runs)), told, six, eight))
    print(table(lines, (44, 7, 6, 16, 14, 14)))


# --- heads -----------------------------------------------------------------------------------------------------


def chosen_heads(heads: dict[str, Any]) -> list[int]:
    """Give for each seed the head with the least error on the validation sentences."""
    return [run["valid_aer"].index(min(run["valid_aer"])) for run in heads["runs"]]


def show_head_errors(heads: dict[str, Any]) -> None:
    """Show the AER of every head of five seeds, with lesson 5's models to compare with."""
    lesson_5 = load_results("05_alignments")
    lines = {
        name: sum(run["alignment"]["aer_argmax"] for run in runs_of(lesson_5, training)) / 5
        for name, training in (("both changes", "both changes"), ("lesson 3's model", "additive"))
    }
    lines["diagonal"] = lesson_5["held_fixed"]["aer_diagonal"]
    errors, chosen = [run["aer"] for run in heads["runs"]], chosen_heads(heads)
    best = [rates[number] for rates, number in zip(errors, chosen, strict=True)]
    sentences = heads["held_fixed"]["test_sentences"]
    title = said(
        "The chosen head of each of {count} seeds, and all others ({sentences} sentences)",
        count=len(errors),
        sentences=f"{sentences:,}",
    )
    figure = drawn.plot_head_errors(errors, chosen, HEADS, lines, title)
    told = ", ".join(f"{rate:.2f}" for rate in best)
    common.show(figure, said("AER of each head, a row per seed; the chosen heads have {told}.", told=told))


def print_head_errors(heads: dict[str, Any]) -> None:
    """Print for each seed the error rates of all heads, and the head that was chosen."""
    print(said("AER on test sentences, block 1 | block 2; * is the head chosen on validation sentences"))
    for run, chosen in zip(heads["runs"], chosen_heads(heads), strict=True):
        cells = [f"{rate:5.2f}{'*' if number == chosen else ' '}" for number, rate in enumerate(run["aer"])]
        print(
            said(
                "seed {seed}: {listed} | {listed_2}",
                seed=run["seed"],
                listed="".join(cells[:HEADS]),
                listed_2="".join(cells[HEADS:]),
            )
        )


def print_lost(loss: float, lost: Sequence[float], best: int) -> None:
    """Print what silencing each head costs, and whether the chosen one costs most."""
    print(said("with all heads: {loss} nats per word", loss=f"{loss:.3f}"))
    for number, nats in enumerate(lost):
        mark = said("  ← follows the links best") if number == best else ""
        print(
            said(
                "without block {number}, head {number_2}: {nats}{mark}",
                number=number // HEADS + 1,
                number_2=number % HEADS + 1,
                nats=f"{nats:+.3f}",
                mark=mark,
            )
        )


def show_knock_outs(heads: dict[str, Any]) -> None:
    """Show what is lost without one head, and without all heads of a layer."""
    panels = {
        str(title): {part: [run["knock_out"][kind][part] for run in heads["runs"]] for part in ("heads", "layers")}
        for kind, title in KINDS.items()
    }
    seeds, sentences = len(heads["runs"]), heads["held_fixed"]["knock_out_sentences"]
    title = said(
        "The heads of a layer may stand in for one another ({sentences} sentences, {seeds} seeds)",
        sentences=sentences,
        seeds=seeds,
    )
    told = "; ".join(f"{named(title)}: {_range(_flat(found['layers']))}" for title, found in panels.items())
    common.show(
        drawn.plot_knock_outs(panels, title),
        said("Nats per word lost without all heads of a layer. {told}.", told=told),
    )


def print_knock_outs(heads: dict[str, Any]) -> None:
    """Print what is lost without one head, and without all heads of a layer, from the least to the most."""
    lines = [(said("nats per word lost"), said("one head"), said("all of a layer"))]
    for kind, title in KINDS.items():
        alone, layers = (
            _range(_flat([run["knock_out"][kind][part] for run in heads["runs"]])) for part in ("heads", "layers")
        )
        lines.append((named(title), alone, layers))
    print(table(lines, (24, 18, 18)))
    both = zip(heads["runs"], chosen_heads(heads), strict=True)
    lost = [(run["knock_out"]["cross"]["heads"][head], max(run["knock_out"]["cross"]["heads"])) for run, head in both]
    most = sum(own == greatest for own, greatest in lost)
    print(
        said(
            "the head that follows the links best is the one missed most: {most} of {count} seeds",
            most=most,
            count=len(lost),
        )
    )


def _flat(rows: Sequence[Sequence[float]]) -> list[float]:
    return [value for row in rows for value in row]


def _range(values: Sequence[float]) -> str:
    return said("{least} to {most}", least=f"{min(values):.2f}", most=f"{max(values):.2f}")


# --- cost ------------------------------------------------------------------------------------------------------


def _costs() -> tuple[list[int], dict[str, Run]]:
    timed = load_results("07_step_cost")
    lengths = timed["held_fixed"]["source_and_target_words"]
    return lengths, {title: runs_of(timed, name)[0] for name, title in MODELS.items()}


def show_step_time() -> None:
    """Show time and memory of a training step by the length of the sentences."""
    lengths, models = _costs()
    title = said("Attention pays for S·T, with a GRU and without")
    told = "; ".join(
        f"{named(name)}: {', '.join(f'{s:.3f}' for s in run['median_seconds'])} s" for name, run in models.items()
    )
    figure = drawn.plot_step_cost(lengths, models, title)
    common.show(
        figure,
        said("Time and memory of a step for {listed} words. {told}.", listed=", ".join(map(str, lengths)), told=told),
    )


def print_step_cost() -> None:
    """Print time and memory of a training step at the shortest and the longest sentences."""
    lengths, models = _costs()
    first, last = map(str, (lengths[0], lengths[-1]))
    lines = [(said("words in a sentence"), first, last, first, last)]
    for name, run in models.items():
        seconds, sizes = run["median_seconds"], [size / 2**20 for size in run["kept_bytes"]]
        took, kept = ([values[0], values[-1]] for values in (seconds, sizes))
        lines.append((named(name), *(f"{each:.3f} s" for each in took), *(f"{each:.0f} MiB" for each in kept)))
    print(table(lines, (20, 10, 10, 12, 10)))
