"""Figures of the baseline: word by word, a padded batch, what a network remembers, what greedy decoding chooses from.

`draw_` and `plot_` make a figure; `show_` is what a notebook calls, with title and text made from the data.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle
from torch import Tensor
from torch.nn import functional as F

from lessons.toolkit.batches import END, PAD, UNKNOWN
from lessons.toolkit.corpus import SentencePair, load_split
from lessons.toolkit.figures import common
from lessons.toolkit.figures.common import draw_encoder_decoder, draw_links, plot_loss, show
from lessons.toolkit.figures.gloss_lines import show_glossed
from lessons.toolkit.figures.visual_language import (
    CONTEXT,
    NEUTRAL,
    SERIES,
    SOURCE,
    TARGET,
    WEIGHTS,
    arrow,
    blank,
    name_rows,
    word,
)
from lessons.toolkit.glosses import gloss, glossed
from lessons.toolkit.text import named, said


def draw_lookup(
    source: Sequence[str], looked_up: Sequence[str], target: Sequence[str], links: Sequence[tuple[int, int]], title: str
) -> Figure:
    """Word by word beside a translation: the source in the middle, its lookups above, the right words below.

    Args:
        source: S words.
        looked_up: S words, what a dictionary has for each.
        target: the right words; a lookup that differs from the word at its place has a frame.
        links: pairs (i, j): source word i belongs to target word j.
        title: what the figure shows.
    """
    width = max(len(source), len(target))
    figure, axes = plt.subplots(figsize=(1.5 * width + 2.4, 3))
    for x, (text, found) in enumerate(zip(source, looked_up, strict=True)):
        arrow(axes, (x, 1.2), (x, 1.75))
        word(axes, x, 1, text, SOURCE, size=13)
        word(axes, x, 2, found, TARGET, size=13, wrong=list(target[x : x + 1]) != [found])
        axes.text(x, 2.38, gloss(found), ha="center", fontsize=8, color=NEUTRAL)
    for i, j in links:
        arrow(axes, (i, 0.8), (j, 0.22))
    for x, text in enumerate(target):
        word(axes, x, 0, text, TARGET, size=13)
        axes.text(x, -0.42, gloss(text), ha="center", fontsize=8, color=NEUTRAL)
    name_rows(axes, [(said("looked up"), 2), (said("English"), 1), ("right", 0)], -0.6, "right")
    blank(axes, title, (-1.5, width - 0.4), (-0.5, 2.65))
    return figure


def draw_batch(words: Sequence[Sequence[str]], mask: Sequence[Sequence[bool]], title: str) -> Figure:
    """A padded batch: a row for each sentence, the places that the mask leaves out hatched.

    Args:
        words: B rows of S words, padding among them.
        mask: B rows of S truth values, True at real words.
        title: what the figure shows.
    """
    columns = len(words[0])
    figure, axes = plt.subplots(figsize=(0.95 * columns + 0.6, 0.5 * len(words) + 1))
    for y, (row, real) in enumerate(zip(words, mask, strict=True)):
        for x, (text, counts) in enumerate(zip(row, real, strict=True)):
            style = {"facecolor": "#dbe8f3"} if counts else {"facecolor": "white", "hatch": "///"}
            axes.add_patch(Rectangle((x - 0.46, y - 0.4), 0.92, 0.8, edgecolor="#b5b5b5", linewidth=0.8, **style))
            word(axes, x, y, text, SOURCE if counts else NEUTRAL, size=10)
    axes.set(xlim=(-0.55, columns - 0.45), ylim=(len(words) - 0.5, -0.5), xlabel=said("place in the sentence (S)"))
    axes.set_xticks(range(columns))
    axes.set_yticks(range(len(words)))
    axes.set_ylabel(said("sentence (B)"))
    axes.set_title(title)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    return figure


def draw_choices(words: Sequence[Sequence[str]], shares: Sequence[Sequence[float]], title: str) -> Figure:
    """Greedy decoding: at each step the likeliest words; the first is written, and read at the next step.

    Args:
        words: for each step the likeliest words, the best first.
        shares: the probability of each, from 0 to 1.
        title: what the figure shows.
    """
    ranks = len(words[0])
    figure, axes = plt.subplots(figsize=(1.25 * len(words) + 1.6, 0.7 * ranks + 1.7))
    for t, (found, given) in enumerate(zip(words, shares, strict=True)):
        word(axes, t, -0.3, "<start>" if t == 0 else words[t - 1][0])
        arrow(axes, (t, -0.08), (t, 0.48))
        for rank, (text, share) in enumerate(zip(found, given, strict=True)):
            _choice(axes, t, 1 + rank, text, share, first=rank == 0)
        if t:
            arrow(axes, (t - 0.55, 0.75), (t - 0.38, -0.1), TARGET)
    others = [(said("no. {rank}", rank=rank), rank) for rank in range(2, ranks + 1)]
    name_rows(axes, [(said("reads"), -0.3), ("writes", 1), *others], -0.62, "right")
    blank(axes, title, (-1.25, len(words) - 0.4), (-0.6, ranks + 0.6))
    return figure


def _choice(axes: Axes, x: float, y: float, text: str, share: float, *, first: bool) -> None:
    """A word, its gloss and its probability, on a ground as dark as that; the one that is written has a frame."""
    edge = {"edgecolor": TARGET if first else "#bbbbbb", "linewidth": 2 if first else 0.6}
    axes.add_patch(Rectangle((x - 0.45, y - 0.42), 0.9, 0.84, facecolor=plt.get_cmap(WEIGHTS)(0.4 * share), **edge))
    axes.text(x, y + 0.2, text, ha="center", va="center", fontsize=10)
    axes.text(x, y - 0.05, gloss(text), ha="center", va="center", fontsize=7)
    axes.text(x, y - 0.27, f"{share:.0%}", ha="center", va="center", fontsize=8)


def show_bottleneck(hidden_size: int, context_sizes: Sequence[int]) -> None:
    """Show what a bottleneck does to the context, for several sizes."""
    title = said("The networks on both sides stay; less and less passes between them")
    sizes = ", ".join(map(str, context_sizes))
    common.show(
        draw_bottleneck(hidden_size, context_sizes, title),
        said(
            "The encoder's last state of {hidden_size} numbers passes through one of {sizes} "
            "numbers and is widened to {hidden_size} again.",
            hidden_size=hidden_size,
            sizes=sizes,
        ),
    )


def draw_bottleneck(hidden_size: int, context_sizes: Sequence[int], title: str) -> Figure:
    """The context narrowed and widened again, for several sizes; heights are in proportion to the numbers.

    Args:
        hidden_size: H.
        context_sizes: C, one panel each.
        title: what the figure shows.
    """
    figure, panels = plt.subplots(1, len(context_sizes), figsize=(3.3 * len(context_sizes), 2.7), squeeze=False)
    for axes, size in zip(panels[0], context_sizes, strict=True):
        for x, height, colour in ((0, hidden_size, SOURCE), (1, size, CONTEXT), (2, hidden_size, CONTEXT)):
            axes.add_patch(Rectangle((x - 0.12, -height / 2), 0.24, height, facecolor=colour))
            axes.text(x, -0.6 * hidden_size, str(height), ha="center", va="top", fontsize=10, color=colour)
        for x, left, right in ((0.12, hidden_size, size), (1.12, size, hidden_size)):
            corners = [(x, -left / 2), (x, left / 2), (x + 0.76, right / 2), (x + 0.76, -right / 2)]
            axes.add_patch(Polygon(corners, facecolor="#e4e4e4"))
        for x, name in ((0, said("encoder's\nlast state")), (1, f"C = {size}"), (2, said("what the\ndecoder gets"))):
            axes.text(x, 0.6 * hidden_size, name, ha="center", va="bottom", fontsize=9, color=NEUTRAL)
        blank(axes, "", (-0.5, 2.5), (-0.85 * hidden_size, 0.95 * hidden_size))
    figure.suptitle(title, x=0.02, ha="left", fontsize=11)
    figure.tight_layout()
    return figure


# --- word by word ------------------------------------------------------------------------------------------------


def show_links(pair: SentencePair, links: Sequence[tuple[int, int]], title: str) -> None:
    """Show two sentences joined word by word, with the glosses of the Korean one below."""
    joined = ", ".join(
        said("{source_words} to {target_words}", source_words=pair.source_words[i], target_words=pair.target_words[j])
        for i, j in links
    )
    show(
        draw_links(pair.source_words, pair.target_words, links, title),
        said(
            "{source} above {target}, with lines from {joined}. {title}.",
            source=pair.source,
            target=pair.target,
            joined=joined,
            title=title,
        ),
    )
    show_glossed([("", pair.target_words, pair.glosses)])


def show_lookups(pairs: Sequence[SentencePair], dictionary: Mapping[str, str]) -> None:
    """Show what word by word makes of some sentences, above the right translations."""
    lines = []
    for pair in pairs:
        looked_up = [dictionary[word] for word in pair.source_words if word in dictionary]
        lines += [
            (pair.source, [], []),
            (said("looked up"), looked_up, None),
            ("correct", pair.target_words, pair.glosses),
        ]
    show_glossed(lines)


def show_lookup(pair: SentencePair, links: Sequence[tuple[int, int]], dictionary: Mapping[str, str]) -> None:
    """Show one sentence word by word, wrong words framed, with glosses below."""
    looked_up = [dictionary.get(word, "–") for word in pair.source_words]
    wrong = [word for word, right in zip(looked_up, pair.target_words, strict=True) if word != right]
    title = said(
        "Word by word: {count} of {count_2} words are wrong at their place", count=len(wrong), count_2=len(looked_up)
    )
    show(
        draw_lookup(pair.source_words, looked_up, pair.target_words, links, title),
        said(
            "Looked up: {listed}. Right: {target}. Wrong at their place: {listed_2}.",
            listed=" ".join(looked_up),
            target=pair.target,
            listed_2=", ".join(wrong),
        ),
    )
    show_glossed([(said("looked up"), looked_up, None), ("right", pair.target_words, pair.glosses)])


# --- batches and states ------------------------------------------------------------------------------------------


def show_batch(ids: Tensor, mask: Tensor, vocabulary: Sequence[str]) -> None:
    """Show a padded batch as words, with what the mask leaves out hatched."""
    rows = [[vocabulary[number] for number in row] for row in ids.tolist()]
    title = said("{total} of {numel} places hold no word", total=int((~mask).sum()), numel=mask.numel())
    told = "; ".join(" ".join(row) for row in rows)
    show(
        draw_batch(rows, mask.tolist(), title),
        said("The rows of the batch: {told}. {title}: these are hatched.", told=told, title=title),
    )


def show_encoder_decoder(pair: SentencePair) -> None:
    """Show the encoder–decoder at work on one sentence."""
    source, target = [*pair.source_words, "<end>"], [*pair.target_words, "<end>"]
    show(
        draw_encoder_decoder(source, target, said("One vector is all that passes from reading to writing")),
        said(
            "The encoder reads {source} through states h1 to h{count}. A single context vector leads to the decoder, "
            "and to each of its states d1 to d{count_2}, which read <start>, {read} and write {target}.",
            source=source,
            count=len(source),
            count_2=len(target),
            read=target[:-1],
            target=target,
        ),
    )
    show_glossed([("", pair.target_words, pair.glosses)])


_PAIRS, _READ, _SIZE = 100, 12, 16  # random sentences, words in each, numbers in a word and in a state
_OPEN, _CLOSED, _GATE = 0.05, 0.95, 0  # gates; which number of a word sets them


def memory_of_the_first_word(
    read: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor], step: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
) -> dict[str, list[float]]:
    """How much the first word still matters after each word, with and without a gate, nothing of it learnt.

    Args:
        read: words (S, E), W (H, E), U (H, H) and b (H,) → the states (S, H) of a plain cell.
        step: word (E,), state (H,), gate weights and candidate weights (H, E + H) → the new state of a gated cell.

    Returns:
        cell → the distance between the states of two sentences that differ in their first word, after each word;
        relative to that after the first, as the mean over random pairs.
    """
    random = torch.Generator().manual_seed(1)
    word_weights, state_weights = (
        torch.randn(_SIZE, _SIZE, generator=random) * scale / math.sqrt(_SIZE) for scale in (1.0, 0.9)
    )
    word_weights[:, _GATE] = 0

    def read_plain(words: Tensor) -> Tensor:
        return read(words, word_weights, state_weights, torch.zeros(_SIZE))

    def read_gated(words: Tensor) -> Tensor:
        return _read_gated(words, step, torch.cat([word_weights, state_weights], 1))

    pairs = [_random_pair(random) for _ in range(_PAIRS)]
    readers = {"plain cell": read_plain, "cell with a gate": read_gated}
    return {name: _kept(reader, pairs) for name, reader in readers.items()}


def _random_pair(random: torch.Generator) -> tuple[Tensor, Tensor]:
    """Two sentences (S, E) that differ in their first word; one number of a word says whether the gate opens."""
    one = torch.randn(_READ, _SIZE, generator=random)
    one[:, _GATE] = torch.tensor([-1.0] + [1.0] * (_READ - 1))
    other = one.clone()
    other[0, _GATE + 1 :] = torch.randn(_SIZE - 1, generator=random)
    return one, other


def _read_gated(words: Tensor, step: Callable[..., Tensor], candidate_weights: Tensor) -> Tensor:
    """The states (S, H) of a gated cell whose gate is open at the first word and nearly closed at all others."""
    gate_weights = torch.zeros(_SIZE, 2 * _SIZE)
    gate_weights[:, _GATE] = math.log(_CLOSED / _OPEN)  # the sigmoid of this is the closed gate
    state, found = torch.zeros(_SIZE), []
    for embedding in words:
        state = step(embedding, state, gate_weights, candidate_weights)
        found.append(state)
    return torch.stack(found)


def _kept(reader: Callable[[Tensor], Tensor], pairs: Sequence[tuple[Tensor, Tensor]]) -> list[float]:
    """How far apart the states of a pair are after each word, relative to the first, as the mean over pairs."""
    apart = torch.stack([(reader(one) - reader(other)).norm(dim=1) for one, other in pairs])  # (pairs, S)
    return (apart / apart[:, :1]).mean(0).tolist()


def plot_memory(curves: Mapping[str, Sequence[float]], title: str, sample: str) -> Figure:
    """How much the first word still matters, after each word that is read.

    Args:
        curves: cell → for each word, the difference that the first word makes, from 0 to 1.
        title: what the figure shows.
        sample: what a point stands for, written below.
    """
    figure, axes = plt.subplots(figsize=(6.5, 3.2))
    for (name, values), style in zip(curves.items(), SERIES, strict=False):
        places = range(1, len(values) + 1)
        per_cent = [100 * value for value in values]
        axes.plot(places, per_cent, style.line, color=style.colour, marker=style.marker, markersize=5, label=name)
    axes.set(
        xlabel=said("words read ({sample})", sample=sample),
        ylabel=said("left of the first word (%)"),
        title=title,
        ylim=(-3, 110),
    )
    axes.set_xticks(range(1, max(map(len, curves.values())) + 1))
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def show_memory(
    read: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor], step: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
) -> None:
    """Show how long a plain cell and a gated one remember the first word, see `memory_of_the_first_word`."""
    curves = memory_of_the_first_word(read, step)
    plain, gated = (values[-1] for values in curves.values())
    title = said(
        "After {read} words, {plain} of the first is left, or {gated} with a gate",
        read=_READ,
        plain=f"{plain:.1%}",
        gated=f"{gated:.0%}",
    )
    told = "; ".join(
        f"{named(name)}: {', '.join(f'{value:.0%}' for value in values)}" for name, values in curves.items()
    )
    show(
        plot_memory(curves, title, said("means over {pairs} random pairs", pairs=_PAIRS)),
        said("{title}. What is left after each word, {told}.", title=title, told=told),
    )


# --- the loss ------------------------------------------------------------------------------------------------------

_WORDS, _LONGEST, _SURE = 300, 40, 0.9  # V; words of the one long sentence; the probability that PAD gets


def useless_losses(
    lengths: Sequence[int], loss: Callable[[Tensor, Tensor, Tensor], Tensor] | None = None
) -> dict[str, list[float]]:
    """The losses of two models that cannot translate, on a batch and on the same batch with one long sentence.

    Args:
        lengths: how many words each sentence of the batch has, END included.
        loss: logits (B, T, V), target (B, T) and mask (B, T) → one number; None for the loss that is to be mended.

    Returns:
        model → its loss on either batch.
    """
    sure = torch.full((_WORDS,), math.log((1 - _SURE) / (_WORDS - 1)))
    sure[PAD] = math.log(_SURE)
    scores = {"all words the same": torch.zeros(_WORDS), "always <pad>": sure}
    batches = [_batch_of(lengths), _batch_of([*lengths, _LONGEST])]
    return {
        name: [float((loss or _as_found)(each.expand(*mask.shape, -1), target, mask)) for target, mask in batches]
        for name, each in scores.items()
    }


def _batch_of(lengths: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Target (B, T) and mask (B, T) of sentences of these lengths."""
    mask = torch.arange(max(lengths)) < torch.tensor(lengths).unsqueeze(1)
    target = torch.where(mask, UNKNOWN, PAD)
    target[torch.arange(len(lengths)), mask.sum(1) - 1] = END
    return target, mask


def _as_found(logits: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """The loss as the exercise finds it."""
    return F.cross_entropy(logits.transpose(1, 2), target)


def plot_losses(losses: Mapping[str, Sequence[float]], batches: Sequence[str], title: str, sample: str) -> Figure:
    """Losses of some models on some batches, as bars with their numbers.

    Args:
        losses: model → its loss on each batch.
        batches: what each batch is.
        title: what the figure shows.
        sample: how many sentences they are, written below.
    """
    figure, axes = plt.subplots(figsize=(6.5, 0.42 * len(losses) * len(batches) + 1.2))
    for place, (name, style) in enumerate(zip(losses, SERIES[2:], strict=True)):
        heights = [number + 0.4 * (place - 0.5) for number in range(len(batches))]
        bars = axes.barh(heights, losses[name], 0.36, color=style.colour, label=name)
        axes.bar_label(bars, fmt="%.1f", padding=3, fontsize=9)
    axes.set_yticks(range(len(batches)), batches)
    axes.invert_yaxis()
    axes.set(xlabel=said("loss, lower is better (nats per word; {sample})", sample=sample), title=title)
    axes.margins(x=0.1)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def show_useless_models(lengths: Sequence[int], loss: Callable[[Tensor, Tensor, Tensor], Tensor] | None = None) -> None:
    """Show the losses of two models that cannot translate, see `useless_losses`."""
    losses = useless_losses(lengths, loss)
    alike, padding = losses.values()
    title = (
        said("The model that always expects <pad> has the lower loss")
        if padding[0] < alike[0]
        else said("The model that always expects <pad> has the higher loss")
    )
    batches = [
        said("{count} short sentences", count=len(lengths)),
        said("the same {count} and a long one", count=len(lengths)),
    ]
    told = "; ".join(
        f"{batch}: {', '.join(f'{named(name)} {values[number]:.1f}' for name, values in losses.items())}"
        for number, batch in enumerate(batches)
    )
    sample = said(
        "{count} and {count_2} sentences, V = {words}", count=len(lengths), count_2=len(lengths) + 1, words=_WORDS
    )
    show(
        plot_losses(losses, batches, title, sample),
        said("{title}. Losses in nats per word, {told}.", title=title, told=told),
    )


def show_loss(losses: Sequence[float], sentences: int) -> None:
    """Show how the loss falls over the epochs of one run."""
    title = said(
        "The loss falls from {losses} to {losses_2} nats per word (one run, {sentences} sentences)",
        losses=f"{losses[0]:.1f}",
        losses_2=f"{losses[-1]:.2f}",
        sentences=f"{sentences:,}",
    )
    show(plot_loss(losses, title), said("{title}, in {count} epochs.", title=title, count=len(losses)))


# --- what it writes ------------------------------------------------------------------------------------------------


def shortest_miss(
    pairs: Sequence[SentencePair], translations: Sequence[Sequence[str]]
) -> tuple[SentencePair, Sequence[str]]:
    """The shortest of the wrong translations, with its pair; of all, where none is wrong."""
    done = list(zip(pairs, translations, strict=True))
    wrong = [(pair, written) for pair, written in done if list(written) != pair.target_words]
    return min(wrong or done, key=lambda item: len(item[1]))


def show_choices(pair: SentencePair, written: Sequence[str], probabilities: Tensor, vocabulary: Sequence[str]) -> None:
    """Show the three likeliest words of each step of a translation, with glosses below.

    Args:
        pair: the sentence, and its right translation.
        written: what greedy decoding wrote.
        probabilities: (T, V), of each word at each step.
        vocabulary: V words.
    """
    best, numbers = probabilities.topk(3)  # (T, 3)
    likeliest = [[vocabulary[number] for number in row] for row in numbers.tolist()]
    wrong = [t for t, (made, right) in enumerate(zip(written, pair.target_words, strict=False)) if made != right]
    told_of = wrong[0] if wrong else int(best[:, 0].argmin())  # where no word is wrong, the step of most doubt
    title = said(
        "{source}\nStep {told_of}: {word} with {best}",
        source=pair.source,
        told_of=told_of + 1,
        word=glossed(likeliest[told_of][0]),
        best=f"{best[told_of, 0]:.0%}",
    )
    if wrong:
        right = pair.target_words[told_of]
        share = probabilities[told_of, vocabulary.index(right)]
        title = said(
            "{title} is the first wrong word; the right one, {word}, has {share}",
            title=title,
            word=glossed(right),
            share=f"{share:.0%}",
        )
    told = ", ".join(f"{row[0]} {share:.0%}" for row, share in zip(likeliest, best[:, 0], strict=True))
    show(
        draw_choices(likeliest, best.tolist(), title),
        said(
            "{source}. Written, with probabilities: {told}. Right: {target}.",
            source=pair.source,
            told=told,
            target=pair.target,
        ),
    )
    show_glossed(
        [
            ("written", written, None),
            (said("likeliest at step {told_of}", told_of=told_of + 1), likeliest[told_of], None),
            ("correct", pair.target_words, pair.glosses),
        ],
        explain=True,
    )


def show_mistakes(pairs: Sequence[SentencePair], translations: Sequence[Sequence[str]], most: int) -> None:
    """Show the first wrong translations, below the right ones."""
    done = zip(pairs, translations, strict=True)
    _show_written([(pair.source, pair, words) for pair, words in done if list(words) != pair.target_words][:most])


def show_longer(translate: Callable[[list[list[str]]], list[list[str]]], clauses: Sequence[int]) -> None:
    """Show what a model writes for one sentence of each length, below the right translations."""
    found = [load_split("by_length", clauses=(count,))[0] for count in clauses]
    written = translate([pair.source_words for pair in found])
    titles = [
        said("{count} clauses: {source}", count=count, source=pair.source)
        for count, pair in zip(clauses, found, strict=True)
    ]
    _show_written(list(zip(titles, found, written, strict=True)))


def _show_written(items: Sequence[tuple[str, SentencePair, Sequence[str]]]) -> None:
    """Show translations below the right ones; what differs stands in brackets."""
    lines = []
    for title, pair, words in items:
        glosses = [gloss(word) for word in words]
        marked = _marked(words, pair.target_words)
        lines += [(title, [], []), ("correct", pair.target_words, pair.glosses), ("written", marked, glosses)]
    show_glossed(lines, explain=True)


def _marked(words: Sequence[str], right: Sequence[str]) -> list[str]:
    """The words, in brackets those that the right ones do not have in this order."""
    blocks = SequenceMatcher(None, words, right, autojunk=False).get_matching_blocks()
    same = {block.a + n for block in blocks for n in range(block.size)}
    return [word if n in same else f"[{word}]" for n, word in enumerate(words)]
