"""What lesson 03 shows: each function is one figure or one table of the lesson, with the text that goes with it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from lessons.toolkit.columns import padded, table
from lessons.toolkit.corpus import SentencePair
from lessons.toolkit.figures import attention, common, context
from lessons.toolkit.figures.attention_questions import gained
from lessons.toolkit.glosses import gloss, glossed, glossed_label, interlinear
from lessons.toolkit.results import in_words, load_results, runs_of, worst_to_best
from lessons.toolkit.text import Text, named, said

Run = dict[str, Any]  # as results files have it
Models = dict[str, list[Run]]
_ORDINALS = (Text("first"), Text("second"), Text("third"))


# --- by hand ---------------------------------------------------------------------------------------------------


def print_states(target: Sequence[str], states: Tensor, decoder_states: Tensor) -> None:
    """Print the Korean words above their glosses, then h1, h2, ... and dh0, dh1, ... side by side."""
    print(interlinear(target, [gloss(word) for word in target]), end="\n\n")
    for i, (state, asking) in enumerate(zip(states.tolist(), decoder_states.tolist(), strict=True)):
        print(f"h{i + 1} = {_listed(state, '4.1f')}    dh{i} = {_listed(asking, '4.1f')}")


def show_score(decoder_state: Tensor, state: Tensor, layer: Tensor, output: Tensor, score: float) -> None:
    """Show how the layer makes a score of dh0 and h1."""
    hidden = torch.tanh(layer @ torch.cat([decoder_state, state])).tolist()
    title = said("Four numbers go in, the score {score} comes out", score=f"{score:.1f}")
    vectors = (decoder_state.tolist(), state.tolist(), layer.tolist(), hidden, output.tolist())
    first, second = (f"{value:.2f}" for value in hidden)
    units = said("{first} and {second}", first=first, second=second)
    alt = said(
        "dh0 and h1 go through two hidden units, {units}, to the score {score}.", units=units, score=f"{score:.1f}"
    )
    common.show(attention.draw_score(*vectors, score, title), alt)


def show_step(
    source: Sequence[str], target: Sequence[str], step: int, scores: Tensor, weights: Tensor, context: Tensor
) -> None:
    """Show how one target word comes about.

    Args:
        source, target: S and T words.
        step: which target word, from 0.
        scores, weights: (S,) of this step.
        context: (H,) of this step.
    """
    most = source[int(weights.argmax())]
    title = said("The {which} word looks most at {most}", which=_ORDINALS[step], most=most)
    before = target[step - 1] if step else "<start>"
    numbers = (scores.tolist(), weights.tolist(), context.tolist())
    figure = attention.draw_attention_step(source, before, target[step], step, *numbers, title)
    shares = ", ".join(
        said("{weight} on {name}", weight=f"{weight:.2f}", name=name)
        for name, weight in zip(source, weights.tolist(), strict=True)
    )
    alt = said(
        "Step {step}: dh{step_2} asks, and the weights are {shares}; the cell reads {before} "
        "and c{step}, its state is dh{step}, and the decoder writes {target}.",
        step=step + 1,
        step_2=step,
        shares=shares,
        before=before,
        target=glossed(target[step]),
    )
    common.show(figure, alt)


def print_steps(source: Sequence[str], target: Sequence[str], weights: Tensor, contexts: Tensor) -> None:
    """Print weights (T, S) and contexts (T, H), a row for each target word."""
    print("".join(f"{name:>6}" for name in source) + "    " + said("context"))
    for word, row, mixed in zip(target, weights.tolist(), contexts.tolist(), strict=True):
        print("".join(f"{weight:6.2f}" for weight in row) + f"    {_listed(mixed, '5.2f')}  → {glossed(word)}")


def show_contexts(source: Sequence[str], target: Sequence[str], weights: Tensor) -> None:
    """Show all steps at once, from weights (T, S)."""
    title = said("A new context for every word, from the same three states")
    most = ", ".join(
        said("{word} from {source}", word=word, source=source[i])
        for word, i in zip(target, weights.argmax(1).tolist(), strict=True)
    )
    alt = said("Arrows from three states to three contexts; the thickest for each: {most}.", most=most)
    common.show(attention.draw_contexts(source, target, weights.tolist(), title), alt)


def _listed(values: Iterable[float], form: str) -> str:
    return f"[{', '.join(format(value, form) for value in values)}]"


# --- scores of several seeds -----------------------------------------------------------------------------------


def print_scores(models: Models, seen: bool = False) -> None:
    """Print exact match of each model from its worst seed to its best; `seen`: also of sentences seen in training."""
    columns = ["1", "3", "6", "8", *([said("6, seen")] if seen else [])]
    lines = [(said("clauses"), said("parameters"), *columns)]
    for name, runs in models.items():
        shares = worst_to_best(runs, "exact_match", (1, 3, 6, 8))
        shares += worst_to_best(runs, "seen_exact_match", (6,)) if seen else []
        lines.append((named(name), f"{runs[0]['parameters']:,}", *shares))
    print(table(lines, (16, 10, *(14 for _ in columns))))


def print_parameters(models: dict[str, nn.Module]) -> None:
    """Print the number of parameters of each model."""
    for name, model in models.items():
        parameters = f"{sum(weights.numel() for weights in model.parameters()):,}"
        print(said("{name}{parameters} parameters", name=padded(named(name), 10), parameters=parameters))


def print_own_parameters(name: str, score: nn.Module) -> None:
    """Print the number of parameters of a score."""
    parameters = f"{sum(weights.numel() for weights in score.parameters()):6,}"
    print(said("{name}{parameters} parameters of its own", name=padded(named(name), 9), parameters=parameters))


def print_differences(name: str, words: bool, steps: bool) -> None:
    """Print whether the weights of two words of a sentence differ, and those of a word at two steps."""
    different, equal = said("different"), said("equal")
    print(
        said(
            "{name}two words: {words}two steps: {steps}",
            name=padded(named(name), 9),
            words=padded(different if words else equal, 11),
            steps=different if steps else equal,
        )
    )


def show_choosing(models: Models) -> None:
    """Show exact match of the baseline, attention, uniform and fixed weights."""
    _show_curves(models, said("Choosing anew at each word keeps the curve up; choosing once does not"))


def show_scores(models: Models) -> None:
    """Show exact match of the baseline and of the three scores."""
    _show_curves(models, said("At this budget the additive score leads, beyond the spread of the seeds"))


def _show_curves(models: Models, title: str) -> None:
    fixed = load_results("03_attention")["held_fixed"]
    clauses, sentences = fixed["clauses"], fixed["new_sentences_per_length"]
    curves = {name: [run["exact_match"] for run in runs] for name, runs in models.items()}
    sample = said("{sentences} new sentences, {least} seeds", sentences=sentences, least=min(map(len, models.values())))
    figure = common.plot_by_clauses(clauses, curves, fixed["trained_up_to"], title, sample)
    told = in_words(models, "exact_match", clauses)
    common.show(figure, said("Exact match for one to eight clauses, worst to best seed. {told}.", told=told))


def controls_of(models: Models) -> Models:
    """Give lesson 02's controls of the baseline, then uniform weights, fixed weights and attention."""
    controls = load_results("02_context_limit")
    rows = {name: runs_of(controls, name) for name in controls["seeds"] if name.startswith("baseline")}
    return rows | {name: models[name] for name in ("uniform weights", "fixed weights", "attention")}


def print_controls(rows: Models) -> None:
    """Print parameters, steps, and exact match at six clauses, of new sentences and of seen ones."""
    lines = [(said("six clauses"), said("parameters"), said("steps"), said("new"), said("seen"))]
    for name, runs in rows.items():
        (new,), (seen,) = (worst_to_best(runs, field, (6,)) for field in ("exact_match", "seen_exact_match"))
        lines.append((named(name), f"{runs[0]['parameters']:,}", f"{runs[0]['steps']:,}", new, seen))
    print(table(lines, (40, 10, 8, 12, 14)))


def show_controls(rows: Models, sentences: int) -> None:
    """Show exact match at six clauses of new sentences and of seen ones."""
    title = said("Only attention gets most new sentences of six clauses right")
    new, seen = (in_words(rows, field, (6,)) for field in ("exact_match", "seen_exact_match"))
    alt = said(
        "Exact match at six clauses, worst to best seed. New: {new}. Seen in training: {seen}.", new=new, seen=seen
    )
    common.show(context.plot_new_and_seen(rows, 6, sentences, title), alt)


# --- longer than in training -----------------------------------------------------------------------------------


def show_error_lengths(runs: list[Run], sentences: int) -> None:
    """Show how long the wrong translations of attention are, and what imposing the length mends."""
    fixed = load_results("03_attention")["held_fixed"]
    title = said("Many wrong translations are too short; imposing the length mends none, and here it hardly could")
    figure = attention.plot_error_lengths(fixed["clauses"], runs, sentences, fixed["trained_up_to"], title)
    told = "; ".join(
        said(
            "{kind}: {total} at seven and {total_2} at eight clauses",
            kind=named(kind),
            total=sum(run["wrong"][kind][6] for run in runs),
            total_2=sum(run["wrong"][kind][7] for run in runs),
        )
        for kind in runs[0]["wrong"]
    )
    common.show(
        figure, said("Wrong translations by attention, {count} seeds together. {told}.", count=len(runs), told=told)
    )


def print_gained(runs: list[Run], sentences: int) -> None:
    """Print how many sentences each seed gains when the length is imposed."""
    for clauses in (7, 8):
        found = ", ".join(map(str, gained(runs, clauses, sentences)))
        print(
            said(
                "{clauses} clauses, sentences of {sentences} gained by each seed: {found}",
                clauses=clauses,
                sentences=sentences,
                found=found,
            )
        )


def print_first_errors(
    translations: Sequence[list[str]], references: Sequence[list[str]], lengths: Sequence[int], most: int = 6
) -> None:
    """Print what differs first in wrong translations of more than six clauses: kinds, and some words with glosses."""
    rows = zip(translations, references, lengths, strict=True)
    found = [_first_error(made, right) for made, right, length in rows if length > 6 and made != right]
    kinds = Counter(kind for kind, _ in found)
    told = ", ".join(f"{named(kind)}: {kinds[kind]}" for kind in (_OTHER_WORD, _TOO_EARLY, _TOO_LONG))
    print(said("what differs first in {count} wrong translations: {told}", count=len(found), told=told))
    for made, right in [words for _, words in found if words][:most]:
        print(said("  {made} in place of {right}", made=glossed(made), right=glossed(right)))


_OTHER_WORD, _TOO_EARLY, _TOO_LONG = "another word", "it stops too early", "it goes on too long"


def _first_error(made: list[str], right: list[str]) -> tuple[str, tuple[str, str] | None]:
    """The kind of the first difference, and the two words where it is another word."""
    for written, wanted in zip(made, right, strict=False):
        if written != wanted:
            return _OTHER_WORD, (written, wanted)
    return (_TOO_EARLY if len(made) < len(right) else _TOO_LONG), None


# --- gradients and time ----------------------------------------------------------------------------------------


def show_gradients(models: Models, sentences: int) -> None:
    """Show the gradient that reaches the first source word, before and after training."""
    clauses = load_results("03_attention")["held_fixed"]["clauses"]
    title = said("The baseline's gradient vanishes before training, and not after it")
    told = "; ".join(
        said(
            "{name}, {moment} training: {norms} at one clause, {norms_2} at six",
            name=named(name),
            moment=named(moment),
            norms=f"{norms[0]:.0e}",
            norms_2=f"{norms[5]:.0e}",
        )
        for name, runs in models.items()
        for moment, norms in runs[0]["first_word_gradient"].items()
    )
    figure = attention.plot_gradients(clauses, models, sentences, title)
    common.show(figure, said("Gradient at the first source word, first seed. {told}.", told=told))


def print_gradients(models: Models) -> None:
    """Print by which factor the gradient falls from one clause to six, lowest and highest seed."""
    print(said("gradient at one clause / gradient at six, lowest and highest seed (below 1: it grows with length)"))
    moments = {"before": said("before training, "), "after": said("after  training, ")}
    for moment, told in moments.items():
        for name, runs in models.items():
            norms = [run["first_word_gradient"][moment] for run in runs]
            found = [row[0] / row[5] for row in norms]
            print(
                said(
                    "{moment}{name} {least} {most}",
                    moment=told,
                    name=padded(named(name), 16),
                    least=f"{min(found):9.2g}",
                    most=f"{max(found):9.2g}",
                )
            )


def show_step_time() -> None:
    """Show the time of a training step by the length of the sentences."""
    timed = load_results("03_step_time")
    lengths = timed["held_fixed"]["source_and_target_words"]
    times = {"baseline": runs_of(timed, "baseline")[0], "attention": runs_of(timed, "additive")[0]}
    seconds = {name: run["median_seconds"] for name, run in times.items()}
    slower = {name: f"{found[-1] / found[0]:.0f}" for name, found in seconds.items()}
    title = said(
        "{lengths} times the words: {baseline} times the time, with attention {attention} times",
        lengths=lengths[-1] // lengths[0],
        baseline=slower["baseline"],
        attention=slower["attention"],
    )
    told = "; ".join(
        said("{name}: {listed} ms", name=named(name), listed=", ".join(f"{1000 * value:.0f}" for value in found))
        for name, found in seconds.items()
    )
    figure = attention.plot_step_time(lengths, times, title)
    common.show(
        figure, said("Time of a step for {listed} words. {told}.", listed=", ".join(map(str, lengths)), told=told)
    )


# --- where it looks --------------------------------------------------------------------------------------------


def show_look(pair: SentencePair, written: Sequence[str], weights: Tensor) -> None:
    """Show where each word of a translation looks, and how often that is at a word that it is linked to.

    Args:
        pair: the source, and the reference with its links.
        written: the words of the translation.
        weights: (T, S), a row for each word and one for END, if it was written; further rows are ignored.
    """
    source = [*pair.source_words, "<end>"]
    rows = [*written, "<end>"][: len(weights)]  # a sentence that was cut off has no end
    looked = weights[: len(rows)]
    places = looked.argmax(1).tolist()
    hits, right = count_hits(pair, written, places)
    print(pair.source)
    print(interlinear(written, [gloss(word) for word in written]))
    title = said("{hits} of {right} right Korean words look most at a word they are linked to", hits=hits, right=right)
    names = [glossed_label(word) for word in rows]
    looks = ", ".join(
        said("{word} at {source}", word=word, source=source[i]) for word, i in zip(rows, places, strict=True)
    )
    right_places = _right_places(pair, written)
    links = [(link.source, link.target) for link in pair.alignment if link.target in right_places]
    figure = attention.draw_weights(looked.tolist(), source, names, title, links)
    common.show(figure, said("Where each word of the translation looks most: {looks}.", looks=looks))


def count_hits(pair: SentencePair, written: Sequence[str], places: Sequence[int]) -> tuple[int, int]:
    """Count the words that equal the reference at their place, and of these the ones that look at a linked word."""
    right = _right_places(pair, written)
    links = {(link.source, link.target) for link in pair.alignment}
    return sum((places[j], j) in links for j in right), len(right)


def _right_places(pair: SentencePair, written: Sequence[str]) -> list[int]:
    """The places at which a translation has the reference's word."""
    return [j for j, (made, right) in enumerate(zip(written, pair.target_words, strict=False)) if made == right]
