"""The network drawn with what it does right now: picture, hidden units, ten answers, and the lines that weigh most.

A small component of our own: any unit can be clicked, touched or reached by arrow keys, and then shows its sum, term by
term. All of it is worked out here; the browser draws, and remembers which unit was chosen.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import streamlit as st

from core.config import NetworkConfig
from core.explain.contributions import Explanation, Sum
from core.network.activations import ACTIVATIONS
from dashboard.look import images
from dashboard.look.evidence import evidence_image, number, plain
from dashboard.look.images import digit_url
from dashboard.look.numbers import brief
from dashboard.say import N_, say, say_many

UNITS = 16  # shown of each hidden layer
LINES = 40  # drawn between two layers
TERMS = 5  # of a sum are written out
PIXEL_LINES = 12  # drawn from the picture to a chosen unit
DECIMALS = 3
HINT = N_("On the picture: blue pixels raise this sum, orange ones (with a bar) lower it.")
SIDE = 112  # of the picture, in page pixels

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "network_view",
    html='<div class="net"><div class="drawing"></div><div class="sum"></div></div>',
    css=(_HERE / "network_view.css").read_text(),
    js=(_HERE / "network_view.js").read_text(),
)


def network_view(
    explanation: Explanation, answer: int, rival: int, probabilities: np.ndarray, *, theme: str, key: str
) -> None:
    """Show the network with the units of each layer that decide most between two digits, and its probabilities (10,)."""
    _component(data=view_data(explanation, answer, rival, probabilities, theme), key=key)


def view_data(explanation: Explanation, answer: int, rival: int, probabilities: np.ndarray, theme: str) -> dict:
    """All that the browser draws: the picture, the layers with their units and sums, and the strongest lines."""
    network = explanation.network
    shown = [_deciding(explanation, answer, rival, layer) for layer in range(len(network.hidden))]
    shown.append(np.arange(network.outputs))
    sources = [np.arange(network.inputs), *shown[:-1]]
    height, width = network.shape
    scale = max(1, SIDE // width)
    layers, lines = [], []
    for layer, units in enumerate(shown):
        output = layer == len(shown) - 1
        sums = [explanation.sum_of(layer, int(unit)) for unit in units]
        products = np.array([each.products[sources[layer]] for each in sums])  # (units, sources)
        name = _source_names(explanation, layer)
        rows = []
        for unit, total, row in zip(units, sums, products, strict=True):
            own = (
                _answer(network, int(unit), total, float(probabilities[unit]), name)
                if output
                else _hidden(explanation, layer, int(unit), total, name)
            )
            rows.append(own | _drawn(row, layer, network, theme, scale))
        title, note = say("Answers"), ""
        if not output:
            title = say("Layer {layer}", layer=layer + 1)
            note = say("{count} of {units:,}", count=len(units), units=network.hidden[layer])
        layers.append({"title": title, "note": note, "units": rows})
        lines.append(_strongest(products, LINES))
    return {
        "label": say("The network at work: {sizes} units", sizes=" – ".join(str(size) for size in network.sizes)),
        "picture_title": say("Picture"),
        "picture_note": say("{height} × {width} pixels", height=height, width=width),
        "picture": digit_url(explanation.pixels.reshape(height, width)),
        "columns": width,
        "rows": height,
        "scale": scale,
        "layers": layers,
        "lines": lines,
        "chosen": f"{len(shown) - 1}-{answer}",
    }


def _deciding(explanation: Explanation, answer: int, rival: int, layer: int) -> np.ndarray:
    """Up to 16 units of a hidden layer that weigh most between two digits, from most for to most against."""
    if layer == len(explanation.network.hidden) - 1:
        weight = explanation.unit_shares(answer, rival)[0]
    else:
        weight = explanation.unit_credits(answer, rival, layer)
    units = np.argsort(-np.abs(weight), kind="stable")[:UNITS]
    return units[np.argsort(-weight[units], kind="stable")]


def _hidden(explanation: Explanation, layer: int, unit: int, total: Sum, name: Callable[[int], str]) -> dict:
    """A hidden unit: how much it gives beside the loudest of its layer, and its sum."""
    loudest = np.abs(explanation.trace.activations[layer + 1]).max() or 1.0
    place = {"unit": unit + 1, "layer": layer + 1}
    given = _digits(total.a)
    return {
        "id": f"{layer}-{unit}",
        "text": "",
        "given": "",
        "label": say("Unit {unit} of layer {layer}, gives {given}", **place, given=given),
        "title": say("Unit {unit} of layer {layer}", **place),
        "level": float(total.a / loudest),
        **sum_in_words(total, name, [[_after(explanation.network.activation), given]]),
    }


def _answer(network: NetworkConfig, digit: int, total: Sum, probability: float, name: Callable[[int], str]) -> dict:
    """An answer: its probability, as everywhere on the page, and how it comes from its sum."""
    said = brief(probability)
    after = [[say("as a probability"), said]]
    if network.output != "softmax":
        after.insert(0, [_after("sigmoid"), _digits(total.a)])
    return {
        "id": f"{len(network.hidden)}-{digit}",
        "text": str(digit),
        "given": said,
        "label": say("Answer {digit}, {probability}", digit=digit, probability=said),
        "title": say("Answer {digit}", digit=digit),
        "level": probability,
        **sum_in_words(total, name, after),
    }


def _after(activation: str) -> str:
    return say("after {activation}", activation=say(ACTIVATIONS[activation].title))


def _drawn(products: np.ndarray, layer: int, network: NetworkConfig, theme: str, scale: int) -> dict:
    """How a unit's products are drawn once it is chosen: as lines, and those of pixels on the picture too."""
    tint = evidence_image(products.reshape(network.shape), theme, scale=scale) if layer == 0 else None
    return {
        "links": _strongest(products[None], PIXEL_LINES if layer == 0 else UNITS),
        "tint": "" if tint is None else images.data_url(tint),
        "hint": say(HINT) if layer == 0 else "",
    }


def sum_in_words(total: Sum, name: Callable[[int], str], after: list[list[str]]) -> dict:
    """A sum as rows of text whose shown digits add up: what is left of rounding goes into the row of all other terms."""
    order = np.argsort(-np.abs(total.products), kind="stable")[:TERMS]
    rows = [[name(int(k)), f"{_digits(total.inputs[k])} × {_digits(total.weights[k])}", _signed(total.products[k])]
            for k in order]  # fmt: skip
    count, left = len(total.products), len(total.products) - len(order)
    written = sum(round(10**DECIMALS * float(total.products[k])) for k in order)
    offset = round(10**DECIMALS * total.offset)
    others = round(10**DECIMALS * total.z) - written - offset
    if left or others:
        what = (
            say_many("the other {count:,} product", "the other {count:,} products", left) if left else say("rounding")
        )
        rows.append([what, "", _signed(others / 10**DECIMALS)])
    if total.offset:
        rows.append([say("starting value"), "", _signed(total.offset)])
    if total.offset:
        terms = say_many("{count:,} product + starting value", "{count:,} products + starting value", count)
    else:
        terms = say_many("{count:,} product", "{count:,} products", count)
    written_out = say("Sum of {terms} = {total}", terms=terms, total=_digits(total.z))
    return {
        "rows": rows,
        "sum": [say("sum of {terms}", terms=terms), "", _digits(total.z)],
        "after": [[what, "", value] for what, value in after],
        "sentence": "; ".join(
            [written_out, *(say("{what}: {value}", what=what, value=value) for what, value in after)]
        ),
    }


def _source_names(explanation: Explanation, layer: int) -> Callable[[int], str]:
    """What the terms of a layer's sums are called: pixels by row and column, units by number, both from 1."""
    width = explanation.network.shape[1]
    if layer == 0:
        return lambda k: say("pixel in row {row}, column {column}", row=k // width + 1, column=k % width + 1)
    return lambda k: say("unit {unit} of layer {layer}", unit=k + 1, layer=layer)


def _strongest(products: np.ndarray, count: int) -> list[list]:
    """The largest of products (units, sources) as rows of source, unit and strength in -1..1; zeros are left out."""
    strongest = np.argsort(-np.abs(products), axis=None, kind="stable")[:count]
    top = np.abs(products).max() or 1.0
    pairs = zip(*np.unravel_index(strongest, products.shape), strict=True)
    return [[int(source), int(unit), round(float(products[unit, source] / top), 3)] for unit, source in pairs
            if products[unit, source]]  # fmt: skip


def _digits(value: float) -> str:
    return plain(value, DECIMALS)


def _signed(value: float) -> str:
    return number(value, DECIMALS)
