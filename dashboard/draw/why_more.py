"""What exactly is computed in the Why section, for those who want to know."""

import html

from core.config import NetworkConfig
from core.explain.check import CONVINCED, DRAWS, INK
from core.explain.nearest import Memory
from core.network.activations import ACTIVATIONS
from dashboard.draw.network_view import LINES, UNITS
from dashboard.say import N_, say

# How scores become probabilities: by softmax or by sigmoid, and whether a temperature corrects them.
TO_PROBABILITIES = {
    ("softmax", False): N_(
        "Softmax makes probabilities of the ten scores: a lead of *d* points makes one digit e^*d* times as likely."
    ),
    ("softmax", True): N_(
        "Softmax makes probabilities of the ten scores: a lead of *d* points makes one digit e^*d* times as likely, "
        "corrected at last by a temperature of {temperature:.2f}."
    ),
    ("sigmoid", False): N_(
        "Sigmoid makes a value between 0 and 1 of each; divided by the sum of all ten they are the probabilities."
    ),
    ("sigmoid", True): N_(
        "Sigmoid makes a value between 0 and 1 of each; divided by the sum of all ten they are the probabilities, "
        "corrected at last by a temperature of {temperature:.2f}."
    ),
}
PIXELS = N_("""\
**Pixels.** Credits by DeepLIFT's rescale rule (Shrikumar, Greenside, Kundaje 2017), against an empty sheet in the same
input scaling: every unit counts as a straight line from what it gives for the empty sheet to what it gives for your
drawing. So the credits add up to the lead on your drawing less the lead on the empty sheet, without a remainder. Only
pixels with ink get any: that ink is *missing* somewhere is not seen in this picture.""")
HIDDEN_UNITS = N_("""\
**Units.** The lead is a plain sum: activation × (weight to one digit − weight to the other), over all units, plus the
difference of the two starting values (biases). The picture of a unit is its weights; behind a second layer, the weights back to
the pixels along the same straight lines as above.""")
WHOLE_NETWORK = N_("""\
**The network.** Of a wide layer the {units} units are shown that weigh most between the two digits, from most for to most
against, and the {lines} largest products between two layers as lines. {activation} is what a unit makes of its sum.""")
CHECKS = N_("""\
**Checks.** A sixth of the ink (pixels from {ink:.0f} % on), those with the largest credits, is made background. It
counts as confirmed when at most {convinced:.0f} % of {draws} random picks of as many ink pixels cost the lead as
much. For units of the last layer the effect follows from the sum itself; the check shows how large it is against chance.""")


def more(network: NetworkConfig, temperature: float, memory: Memory | None) -> str:
    """What is computed, for those who want to know."""
    corrected = temperature != 1.0
    by = TO_PROBABILITIES["softmax" if network.output == "softmax" else "sigmoid", corrected]
    score = say("**Score.** A digit's score is its output unit's sum (its *logit*).")
    score += " " + (say(by, temperature=temperature) if corrected else say(by))
    likeness = say(
        "**Nearest digits.** Cosine similarity of the activations of the last layer before the answers, in per cent."
    )
    if memory:
        likeness += " " + say(
            "It looked through {count:,} of {total:,} training digits of {dataset}.",
            count=len(memory),
            total=memory.total,
            dataset=html.escape(memory.digits.name),
        )
    return "\n\n".join([
        score,
        say(PIXELS),
        say(HIDDEN_UNITS),
        likeness,
        say(WHOLE_NETWORK, units=UNITS, lines=LINES, activation=say(ACTIVATIONS[network.activation].title)),
        say(CHECKS, ink=100 * INK, convinced=100 * CONVINCED, draws=DRAWS),
    ])  # fmt: skip
