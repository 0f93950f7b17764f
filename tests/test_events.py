"""Events: each is one line of JSON, and a line gives it back."""

import json

import pytest

from core.errors import DigitLabError
from core.training.events import BatchEvent, EpochEvent, FinishEvent, from_line, to_line

EVENTS = [
    BatchEvent(12, 0.1 + 0.2, 1 / 3, 2.3, 0.125, 1e-3, 51234.5),
    EpochEvent(469, 1, 2.5, 0.25, 0.93, 0.2, 0.95),
    EpochEvent(469, 1, 2.5, 0.25, 0.93, None, None),
    FinishEvent(938, 2, 5.0),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_there_and_back(event):
    line = to_line(event)
    assert "\n" not in line and line.isascii()
    assert from_line(line) == event


def test_a_line_says_what_it_is():
    kinds = [json.loads(to_line(event))["event"] for event in EVENTS]
    assert kinds == ["batch", "epoch", "epoch", "finish"]


@pytest.mark.parametrize(
    "line",
    ["", "{", "3", "null", "[]", '"batch"', "{}", '{"event": "other"}', '{"event": "finish"}',
     '{"event": ["finish"]}',
     '{"event": "finish", "step": 1, "epoch": 1, "seconds": 1.0, "more": 1}', to_line(EVENTS[0])[:-5]],
)  # fmt: skip
def test_other_lines_are_refused(line):
    with pytest.raises(DigitLabError, match="not an event"):
        from_line(line)
