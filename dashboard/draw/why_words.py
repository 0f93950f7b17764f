"""The sentences of the Why section. Numbers that are said to add up do so as they are shown, to the last decimal."""

import html
from collections import Counter

import numpy as np

from core.config import NetworkConfig
from core.explain.check import CONVINCED, DRAWS, INK, Check
from core.explain.contributions import Explanation
from core.explain.nearest import Memory
from core.network.activations import ACTIVATIONS
from dashboard.look.evidence import number, plain
from dashboard.look.numbers import a

WAITING = "Draw a digit above, and here you see why the network reads what it reads."
HELP_FOR = "The digit to argue for; at first the network's answer."
HELP_AGAINST = "The digit to compare it with; at first the second most likely."
NO_MNIST = "To find the training digits most like your drawing, the network needs them, and they are not here yet."
NO_HIDDEN = "This network has none: its ten sums are made from the pixels directly, and the picture above says all."
NETWORK = (
    "Your drawing runs from left to right. The fuller a circle, the more its unit gives on. A **blue** line raises the sum "
    "that it leads to, an **orange, broken** one lowers it. Click a unit, or go there with Tab and the arrow keys and press "
    "Enter: you see its sum."
)


def standing(lead: float, answer: int, rival: int) -> str:
    """ "4 is 2.76 points ahead of 9"."""
    if round(lead, 2) == 0:
        return f"{answer} and {rival} are level"
    return f"{answer} is {abs(lead):.2f} points {'ahead of' if lead > 0 else 'behind'} {rival}"


def lead(points: float, answer: int, rival: int) -> str:
    now = standing(points, answer, rival)
    return f"Each digit gets a score in points, and the highest is the answer. On your drawing **{now}**."


def pixels_alt(credits: np.ndarray, answer: int, rival: int, shape: tuple[int, int]) -> str:
    speak_for, against = int((credits > 0).sum()), int((credits < 0).sum())
    return (
        f"Your drawing as the network sees it, {shape[0]} by {shape[1]} pixels: {speak_for} of them speak for {answer}, "
        f"{against} for {rival}"
    )


def pixels(credits: np.ndarray, explanation: Explanation, answer: int, rival: int, colours: dict[str, str]) -> str:
    """The legend with its sums, and what they add up to."""
    now, empty = _cents(explanation.trace.lead(answer, rival)), _cents(explanation.empty.lead(answer, rival))
    against = _cents(credits[credits < 0].sum())
    speak_for = now - empty - against  # what the roundings leave goes here
    rows = (("for", "+", answer, speak_for), ("against", "−", rival, against))
    legend = "".join(
        f'<div style="display:flex;gap:0.6rem;align-items:center;margin-bottom:0.35rem"><span aria-hidden="true" '
        f'style="width:22px;line-height:22px;text-align:center;font-weight:700;background:{colours[side]};'
        f'color:{colours["ground"]}">{sign}</span><span>speaks for {digit}: <b>{number(points / 100)}</b> points</span></div>'
        for side, sign, digit, points in rows
    )
    return (
        f"{legend}<p>Together {number((now - empty) / 100)}: that is exactly what your ink changes. On an empty sheet "
        f"{standing(empty / 100, answer, rival)}; on your drawing, {standing(now / 100, answer, rival)}.</p>"
    )


def pixels_check(check: Check, answer: int, rival: int) -> str:
    """What taking the framed pixels away does, against as many random ones."""
    count = len(check.marked)
    if not count:
        return f"No pixel of the ink speaks for {answer}, so there is nothing to take away."
    return (
        f"Without the {_counted(count, 'framed pixel')}, {standing(check.after, answer, rival)}. "
        f"Without {_counted(count, 'pixel')} of the ink picked at random ({DRAWS} times), "
        f"{_at_random(check, answer, rival)}. {_judgement(check, 'framed pixels', 'picture')}"
    )


def units_check(check: Check | None, answer: int, rival: int) -> str:
    """The same for units that are switched off."""
    if check is None or not len(check.marked):
        return f"None of the units shown is for {answer}, so there is none to switch off."
    count = len(check.marked)
    return (
        f"With the {_counted(count, 'unit')} shown that {'are' if count > 1 else 'is'} for {answer} switched off, "
        f"{standing(check.after, answer, rival)}. With {_counted(count, 'active unit')} picked at random ({DRAWS} times), "
        f"{_at_random(check, answer, rival)}. {_judgement(check, 'units shown', 'choice of units')}"
    )


def _at_random(check: Check, answer: int, rival: int) -> str:
    return f"{standing(float(check.chance.mean()), answer, rival)} on average, give or take {check.chance.std():.2f}"


def _judgement(check: Check, what: str, explanation: str) -> str:
    if check.holds:
        return f"So the {what} matter more than chance would have it."
    as_good = round(100 * check.matched)
    return (
        f"<b>So the {what} do not matter more than chance would have it</b>: {as_good} % of the random picks did at least "
        f"as much. Do not trust this {explanation}."
    )


def check_html(check: Check | None, sentence: str) -> str:
    """A check's outcome with its sign: passed, failed, or nothing to test."""
    if check is None or not len(check.marked):
        sign, kind = "·", "nothing"
    else:
        sign, kind = ("✓", "holds") if check.holds else ("!", "fails")
    return (
        f'<p data-testid="why-check" data-outcome="{kind}" style="border-left:3px solid currentColor;padding-left:0.75rem;'
        f'font-variant-numeric:tabular-nums"><b>{sign} Checked.</b> {sentence}</p>'
    )


def nearest(labels: np.ndarray, answer: int, among: int) -> str:
    """ "5 of the 8 are 4s, 3 are 9s"."""
    counts = Counter(int(label) for label in labels)
    hits, total = counts.pop(answer, 0), len(labels)
    others = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rest = ", ".join(f"{count} {f'is {a(digit)}' if count == 1 else f'are {digit}s'}" for digit, count in others)
    if hits == total:
        said = f"**All {total} are {answer}s.**"
    elif not hits:
        said = f"**None of the {total} is {a(answer)}**: {rest}."
    else:
        said = f"**{hits} of the {total} {f'is {a(answer)}' if hits == 1 else f'are {answer}s'}**, {rest}."
    return f"Of {among:,} training digits, the network finds these most like yours. {said}"


def units(shares: np.ndarray, offset: float, shown: np.ndarray, answer: int, rival: int) -> str:
    """What the shown units, the others and the offsets put into the lead."""
    total, of_shown, of_offset = (
        _cents(shares.sum() + offset),
        sum(_cents(shares[unit]) for unit in shown),
        _cents(offset),
    )
    others = len(shares) - len(shown)
    parts = [f"the {len(shown)} shown here: {number(of_shown / 100)}"]
    rest = total - of_shown - of_offset
    if others:
        parts.append(f"the other {others:,}: {number(rest / 100)}")
    elif rest:
        of_offset += rest
    if offset:
        parts.append(f"a fixed offset: {number(of_offset / 100)}")
    return (
        f"The last hidden layer has {len(shares):,} units. Each puts something on the side of {answer} (+) or of {rival} (−): "
        f"{'; '.join(parts)}. Together {number(total / 100)}. The first picture of each shows what excites it: ink on blue "
        "does, ink on orange (with a bar) calms it."
    )


def unit(activation: float, share: float, labels: list[int], digits: tuple[int, int]) -> str:
    """How a unit's share comes about, and which training digits excite it most."""
    weight = share / activation if activation else 0.0
    excited = f" Training digits that excite it most: {', '.join(str(label) for label in labels)}." if labels else ""
    times = f"its weight of {plain(weight, 3)} to {digits[0]} rather than {digits[1]}"
    return f"It gives {plain(activation)}; times {times}, that is {number(share)}.{excited}"


def more(network: NetworkConfig, temperature: float, memory: Memory | None) -> str:
    """What is computed, for those who want to know."""
    title = ACTIVATIONS[network.activation].title
    looked = (
        f"It looked through {len(memory):,} of {memory.total:,} training digits of {html.escape(memory.digits.name)}."
        if memory
        else ""
    )
    to_probability = (
        "Softmax makes probabilities of the ten scores: a lead of *d* points makes one digit e^*d* times as likely"
        if network.output == "softmax"
        else "Sigmoid makes a value between 0 and 1 of each; divided by the sum of all ten they are the probabilities"
    )
    corrected = f", corrected at last by a temperature of {temperature:.2f}" if temperature != 1.0 else ""
    return f"""
**Score.** A digit's score is its output unit's sum (its *logit*). {to_probability}{corrected}.

**Pixels.** Credits by DeepLIFT's rescale rule (Shrikumar, Greenside, Kundaje 2017), against an empty sheet in the same
input scaling: every unit counts as a straight line from what it gives for the empty sheet to what it gives for your
drawing. So the credits add up to the lead on your drawing less the lead on the empty sheet, without a remainder. Only
pixels with ink get any: that ink is *missing* somewhere is not seen in this picture.

**Hidden units.** The lead is a plain sum: activation × (weight to one digit − weight to the other), over all units, plus the
difference of the two offsets (biases). The picture of a unit is its weights; behind a second layer, the weights back to
the pixels along the same straight lines as above.

**Nearest digits.** Cosine similarity of the activations of the last hidden layer, in per cent. {looked}

**The network.** Of a wide layer the 16 units are shown that weigh most between the two digits, from most for to most
against, and the {40} largest products between two layers as lines. {title} is what a hidden unit makes of its sum.

**Checks.** A sixth of the ink (pixels from {100 * INK:.0f} % on), those with the largest credits, is made background. It
counts as confirmed when at most {100 * CONVINCED:.0f} % of {DRAWS} random picks of as many ink pixels cost the lead as
much. For units of the last layer the effect follows from the sum itself; the check shows how large it is against chance.
"""


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _cents(points: float) -> int:
    return round(100 * float(points))
