"""Messages: a template and values that give a sentence, and that travel as JSON."""

import copy
from pathlib import Path

import msgspec
import numpy as np
import pytest

from core.errors import DigitLabError
from core.messages import Message, message


def test_a_message_is_its_template_with_the_values_in_place():
    assert str(message("Only {n:,} of {name} were read.", n=12345, name="mine")) == "Only 12,345 of mine were read."
    assert str(Message("As it stands: {n} {")) == "As it stands: {n} {"


def test_the_values_go_into_a_translation():
    assert message("{n} digits", n=3).of("{n} Ziffern") == "3 Ziffern"


@pytest.mark.parametrize("template", ["{missing}", "{n:%H}", "{", "{n.real.nothing}", "{0}", "{n[0]}"])
def test_a_template_that_does_not_fit_is_said_as_it_stands(template):
    assert str(message(template, n=3)) == template


@pytest.mark.parametrize(
    ("value", "plain"),
    [(np.float32(0.5), 0.5), (np.float64(0.25), 0.25), (np.int64(3), 3), (np.bool_(True), True), (Path("a/b"), "a/b"),
     (None, None), (True, True), (ValueError("x"), "x"), ((1, 2), "(1, 2)"), (np.arange(2), "[0 1]")],
)  # fmt: skip
def test_values_are_plain_and_travel_as_json(value, plain):
    sent = message("{value}", value=value)
    assert sent.values == {"value": plain} and type(sent.values["value"]) is type(plain)
    assert msgspec.json.decode(msgspec.json.encode(sent), type=Message) == sent


def test_an_error_carries_its_sentence_apart_from_its_values():
    error = DigitLabError("There is no model {name!r}.", name="mine")
    assert str(error) == "There is no model 'mine'."
    assert error.message == Message("There is no model {name!r}.", {"name": "mine"})


def test_a_finished_sentence_is_an_error_as_it_stands():
    assert str(DigitLabError("Half a {brace.")) == "Half a {brace."
    assert str(DigitLabError(Message("{n} left.", {"n": 3}))) == "3 left."
    assert isinstance(DigitLabError("x"), ValueError)


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy])
def test_an_error_survives_a_copy(again):
    error = again(DigitLabError("{n} left.", n=3))
    assert str(error) == "3 left." and error.message == Message("{n} left.", {"n": 3})
