"""The sentences of the Why section. Numbers that are said to add up do so as they are shown, to the last decimal."""

from collections import Counter

import numpy as np

from core.explain.check import DRAWS, Check
from core.explain.contributions import Explanation
from dashboard.look.evidence import number, plain
from dashboard.look.numbers import a
from dashboard.say import N_, say, say_many

WAITING = N_("Draw a digit above, and here you see why the network reads what it reads.")
HELP_FOR = N_("The digit to argue for; at first the network's answer.")
HELP_AGAINST = N_("The digit to compare it with; at first the second most likely.")
NEAREST = N_("#### The nearest training digits")
NO_MNIST = N_("To find the training digits most like your drawing, the network needs them, and they are not here yet.")
NO_HIDDEN = N_("This network has none: its ten sums are made from the pixels directly, and the picture above says all.")
NETWORK = N_(
    "Your drawing runs from left to right. The fuller a circle, the more its unit gives on. A **blue** line raises the sum "
    "that it leads to, an **orange, broken** one lowers it. Click a unit, or go there with Tab and the arrow keys and press "
    "Enter: you see its sum."
)


def standing(lead: float, answer: int, rival: int) -> str:
    """ "4 leads 9 by 2.76 points"."""
    if round(lead, 2) == 0:
        return say("{answer} and {rival} are level", answer=answer, rival=rival)
    if lead > 0:
        return say("{answer} leads {rival} by {points:.2f} points", answer=answer, points=lead, rival=rival)
    return say("{answer} is behind {rival} by {points:.2f} points", answer=answer, points=-lead, rival=rival)


def lead(points: float, answer: int, rival: int) -> str:
    return say(
        "Each digit gets a score in points, and the highest is the answer. On your drawing **{standing}**.",
        standing=standing(points, answer, rival),
    )


def pixels_alt(credits: np.ndarray, answer: int, rival: int, shape: tuple[int, int]) -> str:
    return say(
        "Your drawing as the network sees it, {height} by {width} pixels: {speak_for} of them speak for {answer}, "
        "{against} for {rival}",
        height=shape[0],
        width=shape[1],
        speak_for=int((credits > 0).sum()),
        answer=answer,
        against=int((credits < 0).sum()),
        rival=rival,
    )


def pixels(credits: np.ndarray, explanation: Explanation, answer: int, rival: int, colours: dict[str, str]) -> str:
    """The legend with its sums, and what they add up to, as HTML."""
    now, empty = _cents(explanation.trace.lead(answer, rival)), _cents(explanation.empty.lead(answer, rival))
    against = _cents(credits[credits < 0].sum())
    speak_for = now - empty - against  # what the roundings leave goes here
    legend = _legend_row("+", answer, speak_for, colours["for"], colours["ground"])
    legend += _legend_row("−", rival, against, colours["against"], colours["ground"])
    together = say(
        "Together {difference}: that is exactly what your ink changes. On an empty sheet {empty}; on your drawing, {now}.",
        difference=number((now - empty) / 100),
        empty=standing(empty / 100, answer, rival),
        now=standing(now / 100, answer, rival),
    )
    return f"{legend}<p>{together}</p>"


def _legend_row(sign: str, digit: int, cents: int, colour: str, ground: str) -> str:
    told = say("speaks for {digit}: {points} points", digit=digit, points=f"<b>{number(cents / 100)}</b>")
    return (
        f'<div style="display:flex;gap:0.6rem;align-items:center;margin-bottom:0.35rem"><span aria-hidden="true" '
        f'style="width:22px;line-height:22px;text-align:center;font-weight:700;background:{colour};'
        f'color:{ground}">{sign}</span><span>{told}</span></div>'
    )


def pixels_check(check: Check, answer: int, rival: int) -> str:
    """What taking the framed pixels away does, against as many random ones."""
    count = len(check.marked)
    if not count:
        return say("No pixel of the ink speaks for {answer}, so there is nothing to take away.", answer=answer)
    without = say_many(
        "Without the {count} framed pixel, {standing}.",
        "Without the {count} framed pixels, {standing}.",
        count,
        standing=standing(check.after, answer, rival),
    )
    by_chance = say_many(
        "Without {count} pixel of the ink picked at random ({draws} times), {standing} on average, "
        "give or take {spread:.2f}.",
        "Without {count} pixels of the ink picked at random ({draws} times), {standing} on average, "
        "give or take {spread:.2f}.",
        count,
        draws=DRAWS,
        standing=standing(float(check.chance.mean()), answer, rival),
        spread=float(check.chance.std()),
    )
    if check.holds:
        judgement = say("So the framed pixels matter more than chance would have it.")
    else:
        judgement = say(
            "<b>So the framed pixels do not matter more than chance would have it</b>: {percent:.0f} % of the random picks "
            "did at least as much. Do not trust this picture.",
            percent=100 * check.matched,
        )
    return f"{without} {by_chance} {judgement}"


def units_check(check: Check | None, answer: int, rival: int) -> str:
    """The same for units that are switched off."""
    if check is None or not len(check.marked):
        return say("None of the units shown is for {answer}, so there is none to switch off.", answer=answer)
    count = len(check.marked)
    without = say_many(
        "With the {count} unit shown that is for {answer} switched off, {standing}.",
        "With the {count} units shown that are for {answer} switched off, {standing}.",
        count,
        answer=answer,
        standing=standing(check.after, answer, rival),
    )
    by_chance = say_many(
        "With {count} active unit picked at random ({draws} times), {standing} on average, give or take {spread:.2f}.",
        "With {count} active units picked at random ({draws} times), {standing} on average, give or take {spread:.2f}.",
        count,
        draws=DRAWS,
        standing=standing(float(check.chance.mean()), answer, rival),
        spread=float(check.chance.std()),
    )
    if check.holds:
        judgement = say("So the units shown matter more than chance would have it.")
    else:
        judgement = say(
            "<b>So the units shown do not matter more than chance would have it</b>: {percent:.0f} % of the random picks "
            "did at least as much. Do not trust this choice of units.",
            percent=100 * check.matched,
        )
    return f"{without} {by_chance} {judgement}"


def check_html(check: Check | None, sentence: str) -> str:
    """A check's outcome with its sign: passed, failed, or nothing to test."""
    if check is None or not len(check.marked):
        sign, kind = "·", "nothing"
    else:
        sign, kind = ("✓", "holds") if check.holds else ("!", "fails")
    title = say("Checked.")
    return (
        f'<p data-testid="why-check" data-outcome="{kind}" style="border-left:3px solid currentColor;padding-left:0.75rem;'
        f'font-variant-numeric:tabular-nums"><b>{sign} {title}</b> {sentence}</p>'
    )


def nearest(labels: np.ndarray, answer: int, among: int) -> str:
    """ "5 of the 8 are 4s, 3 are 9s"."""
    counts = Counter(int(label) for label in labels)
    hits, total = counts.pop(answer, 0), len(labels)
    others = ", ".join(
        say_many("{count} is {a_digit}", "{count} are {digit}s", count, digit=digit, a_digit=a(digit))
        for digit, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )
    looked = say("Of {among:,} training digits, the network finds these most like yours.", among=among)
    if hits == total:
        found = say("**All {total} are {digit}s.**", total=total, digit=answer)
    elif not hits:
        found = say("**None of the {total} is {a_digit}**: {others}.", total=total, a_digit=a(answer), others=others)
    else:
        found = say_many(
            "**{count} of the {total} is {a_digit}**, {others}.",
            "**{count} of the {total} are {digit}s**, {others}.",
            hits,
            total=total,
            digit=answer,
            a_digit=a(answer),
            others=others,
        )
    return f"{looked} {found}"


def units(shares: np.ndarray, offset: float, shown: np.ndarray, answer: int, rival: int) -> str:
    """What the shown units, the others and the starting values put into the lead."""
    total, of_offset = _cents(shares.sum() + offset), _cents(offset)
    of_shown = sum(_cents(shares[unit]) for unit in shown)
    others = len(shares) - len(shown)
    rest = total - of_shown - of_offset
    parts = [say("the {count} shown here: {points}", count=len(shown), points=number(of_shown / 100))]
    if others:
        parts.append(say("the other {count:,}: {points}", count=others, points=number(rest / 100)))
    elif rest:
        of_offset += rest
    if offset:
        parts.append(say("the starting values: {points}", points=number(of_offset / 100)))
    return say(
        "The last layer before the answers has {count:,} units. Each puts something on the side of {answer} (+) or of "
        "{rival} (−): {parts}. Together {total}. The first picture of each shows what excites it: ink on blue does, ink on "
        "orange (with a bar) calms it.",
        count=len(shares),
        answer=answer,
        rival=rival,
        parts="; ".join(parts),
        total=number(total / 100),
    )


def unit(activation: float, share: float, labels: list[int], digits: tuple[int, int]) -> str:
    """How a unit's share comes about, and which training digits excite it most."""
    told = say(
        "It gives {activation}; times its weight of {weight} to {answer} rather than {rival}, that is {share}.",
        activation=plain(activation),
        weight=plain(share / activation if activation else 0.0, 3),
        answer=digits[0],
        rival=digits[1],
        share=number(share),
    )
    if not labels:
        return told
    excited = say("Training digits that excite it most: {digits}.", digits=", ".join(str(label) for label in labels))
    return f"{told} {excited}"


def _cents(points: float) -> int:
    return round(100 * float(points))
