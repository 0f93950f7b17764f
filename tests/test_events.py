"""Events: each is one line of JSON, and a line gives it back."""

import json

import numpy as np
import pytest

from core.training.events import (
    BatchEvent,
    ChangeEvent,
    EpochEvent,
    FinishEvent,
    ResumeEvent,
    SnapshotEvent,
    follow,
    from_line,
    to_line,
)

EVENTS = [
    BatchEvent(12, 0.1 + 0.2, 1 / 3, 2.3, 0.125, 1e-3, 51234.5),
    EpochEvent(469, 1, 2.5, 0.25, 0.93, 0.2, 0.95),
    EpochEvent(469, 1, 2.5, 0.25, 0.93, None, None),
    FinishEvent(938, 2, 5.0),
    ChangeEvent(12, "learning_rate", 0.05, 1.5, "someone"),
    ResumeEvent(12, 1, 1.5),
    SnapshotEvent(469, 1, 2.5),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_there_and_back(event):
    line = to_line(event)
    assert "\n" not in line and line.isascii()
    assert from_line(line) == event


def test_a_line_says_what_it_is():
    kinds = [json.loads(to_line(event))["event"] for event in EVENTS]
    assert kinds == ["batch", "epoch", "epoch", "finish", "change", "resume", "snapshot"]


@pytest.mark.parametrize(
    "line",
    ["", "{", "3", "null", "[]", '"batch"', "{}", '{"event": "other"}', '{"event": "finish"}',
     '{"event": ["finish"]}',
     '{"event":"epoch","step":1,"epoch":1,"seconds":1.0,"train_loss":1.0,"train_accuracy":1.0,"confusion":[[1,2],[3]]}',
     to_line(EVENTS[0])[:-5], "[" * 100_000, b'{"event": "finish\xff"}'],
)  # fmt: skip
def test_other_lines_are_skipped(line):
    assert from_line(line) is None


def test_an_event_of_today_is_read_from_a_line_of_an_earlier_version_and_of_a_later_one():
    old = '{"event": "epoch", "step": 469, "epoch": 1, "seconds": 2.5, "train_loss": 0.25, "train_accuracy": 0.93, '
    assert from_line(old + '"validation_loss": null, "validation_accuracy": null}') == EVENTS[2]
    assert from_line(old + '"perplexity": [1, 2]}') == EVENTS[2]
    assert from_line('{"event": "change", "step": 3, "field": "learning_rate", "value": 0.1}') == ChangeEvent(
        3, "learning_rate", 0.1
    )


def test_numbers_of_numpy_are_written_as_numbers():
    line = to_line(BatchEvent(np.int64(3), np.float64(0.5), 1.0, np.float32(0.5), 1.0, 0.1, 10.0))
    assert from_line(line) == BatchEvent(3, 0.5, 1.0, 0.5, 1.0, 0.1, 10.0)


def epoch(step: int, number: int) -> EpochEvent:
    return EpochEvent(step, number, float(step), 0.5, 0.5)


def test_what_an_earlier_process_wrote_past_the_checkpoint_is_lost():
    early = [SnapshotEvent(0, 0), ChangeEvent(5, "learning_rate", 0.1), epoch(10, 1), SnapshotEvent(10, 1)]
    late = [ChangeEvent(15, "learning_rate", 0.2), epoch(20, 2), FinishEvent(20, 2, 20.0)]
    resumption = ResumeEvent(10, 1)
    assert follow([], [*early, *late, resumption, epoch(20, 2)]) == [*early, resumption, epoch(20, 2)]
    kept = follow([], [*early, *late])
    assert follow(kept, [resumption]) is kept and kept == [*early, resumption]  # read in two parts


def test_of_two_resumptions_the_one_that_goes_further_back_counts():
    told = [
        epoch(10, 1),
        epoch(20, 2),
        epoch(30, 3),
        ResumeEvent(20, 2),
        epoch(30, 3),
        ResumeEvent(10, 1),
        epoch(20, 2),
    ]
    left = [epoch(10, 1), ResumeEvent(10, 1), epoch(20, 2)]
    assert follow([], told) == left
    assert follow([epoch(10, 1), epoch(20, 2)], told[3:]) == left
    told = [epoch(20, 2), ResumeEvent(10, 2), FinishEvent(10, 2, 1.0), ResumeEvent(20, 1)]
    assert follow([], told) == [ResumeEvent(10, 2), ResumeEvent(20, 1)]


def test_the_report_of_an_epoch_is_lost_when_only_its_batches_are_kept():
    assert follow([], [epoch(10, 1), SnapshotEvent(10, 1), ResumeEvent(10, 0)]) == [ResumeEvent(10, 0)]


def test_a_run_that_begins_again_keeps_nothing():
    assert follow([], [SnapshotEvent(0, 0), epoch(10, 1), ResumeEvent(0)]) == [ResumeEvent(0)]


def test_a_second_resumption_may_go_further_back_than_the_first():
    told = [epoch(10, 1), epoch(20, 2), ResumeEvent(20, 2), epoch(30, 3), ResumeEvent(10, 1), epoch(20, 2)]
    assert follow([], told) == [epoch(10, 1), ResumeEvent(10, 1), epoch(20, 2)]
