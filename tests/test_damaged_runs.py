"""One wrong byte in any file of a run, or a whole file of something else, and the list of runs is still there."""

import shutil

import pytest

from core.catalog import runs_that_read
from core.config import Config, NetworkConfig
from core.errors import DigitLabError
from core.folders import MODELS
from core.runs import keeping
from core.runs.process import machine
from core.runs.run import Run, create_run
from core.runs.summary import summary

CONFIG = Config(NetworkConfig(inputs=64, hidden=(4,))).with_training(dataset="digits")
RUNNING = b'{"state":"running","phase":"training","machine":"","uptime":0,"updated":0}'
FILES = ("run.json", "config.json", "process.json", "status.json", "metrics.jsonl", "commands.jsonl",
         "checkpoint.safetensors", "model.safetensors", "summary.json")  # fmt: skip
CONTENTS = {
    "nothing": b"",
    "zeros": bytes(100),
    "null": b"null",
    "a list": b"[1]",
    "a list without end": b"[" * 200_000,
    "an object without end": b'{"a":' * 100_000,
    "no text": b'{"title":"\xc3\x28","state":"\xff","machine":"\xff"}',
    "lines of garbage": b"\x00\xff\xfe{]\n\n{}\nnull\n[]\n" * 300,
    "an endless number": b'{"state":"running","step":' + b"9" * 400 + b"}",
    "an endless process": b"[99999999999999999999999999,1]",
    "a process below zero": b'{"pid":-5,"started":1,"machine":"%s"}' % machine().encode(),
    "before all time": b'{"created":"0001-01-01T00:00:00+14:00"}',
    "after all time": b'{"created":"9999-12-31T23:59:59-14:00"}',
}


@pytest.fixture
def run(runs_dir) -> Run:
    run = create_run(CONFIG)
    shutil.copy(MODELS / "small.safetensors", run.model_path)
    (run.path / "status.json").write_bytes(RUNNING)
    return run


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize("file", FILES)
def test_what_a_list_shows_of_a_damaged_run_can_be_said(run, file, content):
    (run.path / file).write_bytes(content)
    assert not run.status().active
    assert run.title() and run.created.year > 1900
    assert summary(run) == summary(run)
    assert run.events()[0] == run.asked() == []
    assert runs_that_read() == ([] if file in ("config.json", "model.safetensors") else [run])
    assert keeping.to_prune(most=1) == []


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize(("file", "read"), [("config.json", Run.config), ("model.safetensors", Run.model),
                                            ("checkpoint.safetensors", Run.checkpoint)])  # fmt: skip
def test_what_cannot_be_read_is_a_sentence(run, file, read, content):
    (run.path / file).write_bytes(content)
    with pytest.raises(DigitLabError):
        read(run)
