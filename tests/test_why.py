"""The Why section: pictures of evidence, sentences whose numbers add up as they are shown, and the drawn network's sums."""

import re

import numpy as np
import pytest

from core.catalog import load_model
from core.config import Config, NetworkConfig
from core.explain.check import Check
from core.explain.contributions import Explanation, Sum
from core.explain.nearest import digits_for
from core.models.model import Model
from core.models.parameters import Parameters
from dashboard.draw import why_words
from dashboard.draw.network_view import LINES, UNITS, sum_in_words, view_data
from dashboard.draw.why_more import more
from dashboard.look import charts
from dashboard.look.evidence import evidence_image, number, plain
from dashboard.look.images import digit_url


def figures(text: str) -> list[float]:
    """The numbers with decimals in a text, with their signs."""
    return [float(found.replace("−", "-").replace("+", "")) for found in re.findall(r"[+−]?\d+\.\d+", text)]


@pytest.mark.parametrize("value, said", [(1.926, "+1.93"), (-0.4, "−0.40"), (-0.001, "+0.00"), (0.0, "+0.00")])
def test_numbers(value: float, said: str) -> None:
    assert number(value) == said and plain(value) == said.removeprefix("+")


def test_evidence_has_colour_sign_and_frame() -> None:
    values = np.array([[1.0, -1.0], [0.0, 0.01]])
    image = evidence_image(values, "light", scale=12, marked=np.array([[True, False], [False, False]]))
    colour = {name: tuple(bytes.fromhex(code[1:])) for name, code in charts.COLOURS["light"].items()}
    assert image.shape == (24, 24, 3)
    assert tuple(image[3, 3]) == colour["for"] and tuple(image[3, 15]) == colour["against"]
    assert tuple(image[6, 6]) == colour["ground"] and tuple(image[4, 6]) == colour["ground"]  # the plus
    assert tuple(image[6, 18]) == colour["ground"] and tuple(image[4, 18]) == colour["against"]  # the minus
    assert tuple(image[0, 5]) == colour["text"] and tuple(image[5, 11]) == colour["text"]  # framed all round
    assert tuple(image[18, 6]) == colour["ground"]  # no evidence


def test_small_evidence_has_a_minus_only() -> None:
    image = evidence_image(np.array([[1.0, -1.0]]), "dark", scale=4)
    assert len(np.unique(image[:, :4].reshape(-1, 3), axis=0)) == 1
    assert len(np.unique(image[:, 4:].reshape(-1, 3), axis=0)) == 2


def test_no_evidence_at_all() -> None:
    image = evidence_image(np.zeros((2, 2)), "light", scale=4)
    assert len(np.unique(image.reshape(-1, 3), axis=0)) == 1
    assert digit_url(np.zeros((8, 8))).startswith("data:image/png;base64,")


@pytest.mark.parametrize(
    "lead, said", [(2.756, "4 leads 9 by 2.76 points"), (-1.0, "4 is behind 9 by 1.00 points"), (0.004, "4 and 9 are level")]
)  # fmt: skip
def test_standing(lead: float, said: str) -> None:
    assert why_words.standing(lead, 4, 9) == said


@pytest.mark.parametrize(
    "labels, said",
    [
        ([4] * 8, "All 8 are 4s."),
        ([4, 4, 9, 4, 9, 4, 9, 4], "5 of the 8 are 4s**, 3 are 9s."),
        ([4, 9, 9, 7, 9, 9, 9, 9], "1 of the 8 is a 4**, 6 are 9s, 1 is a 7."),
        ([9] * 8, "None of the 8 is a 4**: 8 are 9s."),
    ],
)
def test_nearest_in_words(labels: list[int], said: str) -> None:
    sentence = why_words.nearest(np.array(labels), 4, 12_500)
    assert said in sentence and "12,500 training digits" in sentence


PROBABILITIES = np.array([0.0, 0.1, 0.0, 0.0, 0.7, 0.0, 0.0, 0.0, 0.0, 0.2])


def some_explanation(seed: int = 0, **network) -> Explanation:
    config = NetworkConfig(**{"inputs": 64, "hidden": (30, 20)} | network)
    values = np.random.default_rng(seed).normal(0.0, 0.4, config.parameter_count)
    return Explanation(Model(Config(config), Parameters(config, values)), np.random.default_rng(seed).random(64))


@pytest.mark.parametrize("seed", range(5))
def test_the_shown_sums_add_up(seed: int) -> None:
    explanation = some_explanation(seed)
    page = why_words.pixels(explanation.pixel_credits(4, 9), explanation, 4, 9, charts.COLOURS["light"])
    speak_for, against, both, empty, now = figures(re.sub("<[^>]+>", " ", page))
    assert speak_for + against == pytest.approx(both, abs=1e-9)
    assert round(abs(both), 2) in {round(abs(a * now + b * empty), 2) for a in (1, -1) for b in (1, -1)}
    shares, offset = explanation.unit_shares(4, 9)
    units = np.argsort(-np.abs(shares))[:6]
    *parts, total = figures(why_words.units(shares, offset, units, 4, 9))
    assert len(parts) == 3 and sum(parts) == pytest.approx(total, abs=1e-9)


def test_what_a_check_says() -> None:
    marked, chance = np.arange(24), np.full(200, 9.8)
    holds = why_words.pixels_check(Check(marked, 140, 10.94, 2.76, chance), 4, 9)
    assert "Without the 24 framed pixels, 4 leads 9 by 2.76 points." in holds
    assert "4 leads 9 by 9.80 points on average, give or take 0.00" in holds and "Do not trust" not in holds
    failed = Check(marked, 140, 10.94, 9.9, chance)
    said = why_words.pixels_check(failed, 4, 9)
    assert "do not matter more" in said and "Do not trust" in said and "100\xa0% of the random picks" in said
    assert 'data-outcome="fails"' in why_words.check_html(failed, "")
    assert 'data-outcome="nothing"' in why_words.check_html(None, "")
    assert "nothing to take away" in why_words.pixels_check(Check(marked[:0], 140, 1.0, 1.0, chance), 4, 9)
    assert "none to switch off" in why_words.units_check(None, 4, 9)
    assert "With the 1 unit shown that is for 4" in why_words.units_check(Check(marked[:1], 9, 2.0, 1.0, chance), 4, 9)


def test_a_sum_written_out() -> None:
    """Seven products: the five largest by name, the other two together, and the starting value."""
    inputs, weights = np.ones(7), np.array([5.0004, -4.0, 3.0, 2.0, 1.0, 0.25, -0.125])
    shown = sum_in_words(
        Sum(inputs, weights, -0.5, 6.6254, 6.6254), lambda k: f"unit {k + 1}", [["after ReLU", "6.625"]]
    )
    assert shown["rows"][0] == ["unit 1", "1.000 × 5.000", "+5.000"] and shown["rows"][1][2] == "−4.000"
    assert shown["rows"][5:] == [["the other 2 products", "", "+0.125"], ["starting value", "", "−0.500"]]
    assert shown["sum"] == ["sum of 7 products + starting value", "", "6.625"] and shown["after"] == [
        ["after ReLU", "", "6.625"]
    ]
    assert shown["sentence"] == "Sum of 7 products + starting value = 6.625; after ReLU: 6.625"


@pytest.mark.parametrize(
    "network", [{}, {"hidden": ()}, {"hidden": (3,), "bias": False, "activation": "tanh"}], ids=str
)
def test_every_shown_unit_has_a_sum_that_adds_up(network: dict) -> None:
    explanation = some_explanation(**network)
    data = view_data(explanation, 4, 9, PROBABILITIES, "light")
    assert [len(layer["units"]) for layer in data["layers"]] == [
        *(min(width, UNITS) for width in explanation.network.hidden), 10,
    ]  # fmt: skip
    assert [unit["text"] for unit in data["layers"][-1]["units"]] == list("0123456789")  # fixed places
    assert [unit["given"] for unit in data["layers"][-1]["units"]][4:] == ["70\xa0%", *["0\xa0%"] * 4, "20\xa0%"]
    assert data["chosen"] == f"{len(data['layers']) - 1}-4"
    for layer in data["layers"]:
        for unit in layer["units"]:
            assert sum(figures(" ".join(row[2] for row in unit["rows"]))) == pytest.approx(
                figures(unit["sum"][2])[0], abs=1e-9
            )
            assert -1.0 <= unit["level"] <= 1.0
    assert all(len(lines) <= LINES for lines in data["lines"])
    assert bool(data["layers"][0]["units"][0]["tint"]) and (
        len(data["layers"]) == 1 or not data["layers"][-1]["units"][0]["tint"]
    )


def test_lines_are_the_strongest_products() -> None:
    explanation = some_explanation()
    source, target, strength = view_data(explanation, 4, 9, PROBABILITIES, "light")["lines"][-1][0]
    assert abs(strength) == 1.0
    data = view_data(explanation, 4, 9, PROBABILITIES, "light")
    shown = [int(unit["id"].split("-")[1]) for unit in data["layers"][1]["units"]]
    weights = explanation.parameters.weights[-1][shown]
    products = explanation.trace.activations[-2][shown][:, None] * weights
    assert np.abs(products).argmax() == source * 10 + target
    assert np.sign(products[source, target]) == np.sign(strength)


def test_what_a_network_learned_from() -> None:
    assert digits_for(load_model("small")) == "digits" and digits_for(load_model("rashid")) == "mnist"
    model = load_model("rashid")
    other = Model(model.config.with_training(dataset="file-mine-csv"), model.parameters)
    assert digits_for(other) == "mnist"


def test_more_says_what_is_computed() -> None:
    text = more(some_explanation().network, 1.2, None)
    for word in ("logit", "DeepLIFT", "Cosine", "empty sheet", "ReLU", "temperature of 1.20"):
        assert word in text
