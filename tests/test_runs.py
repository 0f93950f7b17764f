"""The run folder: the status tells the truth about the process, and half of a line is not read."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime

import numpy as np
import psutil
import pytest

from core.config import Config, NetworkConfig
from core.errors import DigitLabError
from core.messages import Message
from core.models.model import Model, Provenance, Score
from core.models.parameters import Parameters
from core.runs import run as run_module
from core.runs.names import name_of
from core.runs.run import RUN_ID, Run, Status, create_run, list_runs, open_run
from core.runs.summary import summary
from core.training.commands import Resume, Stop
from core.training.events import BatchEvent, EpochEvent, FinishEvent

CONFIG = Config(NetworkConfig(inputs=64, hidden=(4,))).with_training(dataset="digits", epochs=3)
EVENT = BatchEvent(12, 0.5, 1.0, 2.3, 0.25, 1e-3, 1000.0)


@pytest.fixture
def run(runs_dir) -> Run:
    return create_run(CONFIG)


@pytest.fixture
def process():
    """A process that waits to be killed."""
    child = subprocess.Popen([sys.executable, "-S", "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    yield child
    child.kill()
    child.stdin.close()
    child.wait()


# -- making and finding runs


def test_a_new_run_waits_with_its_configuration(run, runs_dir):
    assert run.path.parent == runs_dir
    assert run.config() == CONFIG
    assert run.status().state == "waiting" and run.status().active
    assert abs((datetime.now(UTC) - run.created).total_seconds()) < 5
    assert run.events() == ([], 0) and run.commands() == ([], 0)


def test_a_run_is_found_by_its_id_and_in_the_list(run):
    assert open_run(run.id).path == run.path
    assert [found.id for found in list_runs()] == [run.id]


def test_the_newest_run_comes_first(runs_dir):
    for run_id in ("20250102-000000-aaaa", "20251231-235959-0000", "20240101-120000-ffff"):
        (runs_dir / run_id).mkdir(parents=True)
        (runs_dir / run_id / "config.json").write_text(CONFIG.to_json())
    assert [run.id[:8] for run in list_runs()] == ["20251231", "20250102", "20240101"]


def test_runs_of_one_moment_have_different_names(runs_dir):
    assert len({create_run(CONFIG).id for _ in range(20)}) == 20


def test_runs_of_one_second_stand_in_their_order(runs_dir):
    made = []
    for _ in range(8):
        made.append(create_run(CONFIG).id)
        time.sleep(0.002)
    assert [run.id for run in list_runs()] == made[::-1]


def test_only_runs_are_listed(run, runs_dir):
    (runs_dir / "notes").mkdir()
    (runs_dir / "20250101-000000-abcd").mkdir()  # no configuration: a folder that was half made, or half deleted
    (runs_dir / "20250101-000000-abce").write_text("a file")
    assert [found.id for found in list_runs()] == [run.id]


def test_no_runs_without_a_folder(runs_dir):
    assert list_runs() == []


@pytest.mark.parametrize(
    "run_id",
    ["", ".", "..", "../secret", "/etc", "20250101-000000-abcd/..", "20250101-000000-abcd/../../secret",
     "20250101-000000-abcd\n", "20250101-000000-ABCD", "20250101-000000-abcde", "20250101-000000-abc\0",
     "20250101-000000-abcd", "x" * 5000, "２０２５０１０１-000000-abcd"],
)  # fmt: skip
def test_an_id_from_elsewhere_is_checked(runs_dir, run_id):
    (runs_dir.parent / "secret").mkdir()
    (runs_dir.parent / "secret" / "config.json").write_text(CONFIG.to_json())
    runs_dir.mkdir()
    with pytest.raises(DigitLabError, match="no such run"):
        open_run(run_id)


def test_the_id_of_a_run_matches_the_pattern(run):
    assert RUN_ID.fullmatch(run.id)


def test_a_folder_that_is_a_file_is_a_sentence(tmp_path):
    (tmp_path / "runs").write_text("")
    with pytest.raises(DigitLabError, match="No run can be kept"):
        create_run(CONFIG, tmp_path / "runs")


# -- status


@pytest.mark.parametrize("state", ["waiting", "running"])
def test_a_living_process_is_believed(run, process, state):
    run.set_process(process.pid)
    run.set_status(Status(state, phase="training"))
    assert (run.status().state, run.status().phase) == (state, "training")


@pytest.mark.parametrize("state", ["waiting", "running"])
def test_a_vanished_process_has_died(run, process, state):
    run.set_process(process.pid)
    run.set_status(Status(state, phase="training"))
    process.kill()
    process.wait()
    status = run.status()
    assert status.state == "died" and not status.active and status.phase == ""
    assert "ended without a word" in status.detail and "not reached a checkpoint" in status.detail
    run.save_checkpoint({"parameters": np.zeros(3)})
    assert "last checkpoint is safe" in run.status().detail


def test_a_zombie_has_died(run, process):
    """Killed, but not yet collected by whoever started it: the process is still in the table."""
    run.set_process(process.pid)
    run.set_status(Status("running"))
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE
    assert run.status().state == "died"


def test_a_number_that_was_given_to_another_process_is_noticed(run, process):
    run.set_process(process.pid)
    run.set_status(Status("running"))
    note = json.loads((run.path / "process.json").read_text())
    assert note["pid"] == process.pid
    (run.path / "process.json").write_text(json.dumps(note | {"started": note["started"] - 60.0}))
    assert run.status().state == "died"


@pytest.mark.parametrize("state", ["finished", "stopped", "failed", "died"])
def test_an_end_stays_though_the_process_is_gone(run, process, state):
    run.set_process(process.pid)
    process.kill()
    process.wait()
    written = Status(state, reason=Message("Why {n}.", {"n": 3}))
    run.set_status(written)
    assert run.status() == written


def test_an_end_between_the_two_looks_is_seen(run, process, monkeypatch):
    """The status is read as running, then the worker finishes and exits, then its process is looked for."""
    run.set_process(process.pid)
    run.set_status(Status("running"))

    def ends_now(self):
        self.set_status(Status("finished"))
        return False

    monkeypatch.setattr(Run, "_process_lives", ends_now)
    assert run.status().state == "finished"


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"phase": "training"}', '{"state": "asleep"}', "\xff"])
def test_a_status_that_cannot_be_read_is_no_crash(run, text):
    (run.path / "status.json").write_text(text)
    assert run.status().state == "died"


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "3", '["a", "b"]', "[1]"])
def test_a_process_note_that_cannot_be_read_is_no_crash(run, text):
    run.set_status(Status("running"))
    (run.path / "process.json").write_text(text)
    assert run.status().state == "died"


def test_a_missing_status_is_no_crash(run):
    (run.path / "status.json").unlink()
    assert run.status().state == "died"


# -- events


def test_events_in_parts(run):
    run.append(EVENT)
    first, position = run.events()
    assert first == [EVENT]
    assert run.events(position) == ([], position)
    run.append(FinishEvent(20, 2, 3.0))
    rest, end = run.events(position)
    assert rest == [FinishEvent(20, 2, 3.0)]
    assert run.events() == ([*first, *rest], end) and end == (run.path / "metrics.jsonl").stat().st_size


@pytest.mark.parametrize("cut", [1, 20, -1])
def test_half_a_line_is_read_when_it_is_whole(run, cut):
    run.append(EVENT)
    line = (run.path / "metrics.jsonl").read_bytes()
    with open(run.path / "metrics.jsonl", "ab") as file:
        file.write(line[:cut])
    events, position = run.events()
    assert events == [EVENT] and position == len(line)
    assert run.events(position) == ([], position)
    with open(run.path / "metrics.jsonl", "ab") as file:
        file.write(line[cut:])
    assert run.events(position) == ([EVENT], 2 * len(line))


def test_half_a_line_alone(run):
    (run.path / "metrics.jsonl").write_text('{"event": "bat')
    assert run.events() == ([], 0)


# -- commands


def test_commands_arrive_in_order_and_once(run):
    run.send(Stop())
    commands, position = run.commands()
    assert [type(command) for command in commands] == [Stop]
    run.send(Stop())
    [again], end = run.commands(position)
    assert isinstance(again, Stop) and end == (run.path / "commands.jsonl").stat().st_size


def test_half_a_command_waits(run):
    run.send(Stop())
    position = run.commands()[1]
    with open(run.path / "commands.jsonl", "a") as file:
        file.write('{"command": "st')
    [asked], end = run.commands()
    assert isinstance(asked, Stop) and end == position


# -- checkpoints and the model


def test_checkpoint_there_and_back(run):
    state = {
        "parameters": np.arange(5, dtype=np.float32),
        "steps": np.array(7),
        "sums": np.array([0.1, np.pi]),
    }
    run.save_checkpoint(state)
    again = run.checkpoint()
    assert set(again) == set(state)
    for name, array in state.items():
        assert again[name].dtype == array.dtype and again[name].shape == array.shape
        np.testing.assert_array_equal(again[name], array)


@pytest.mark.parametrize("content", [None, b"", b"half of a file"])
def test_no_checkpoint_that_can_be_read(run, content):
    if content is not None:
        run.checkpoint_path.write_bytes(content)
    with pytest.raises(DigitLabError, match="no checkpoint that can be read"):
        run.checkpoint()


def test_model_there_and_back(run):
    model = Model(CONFIG, Parameters.initial(CONFIG.network, 0))
    run.save_model(model)
    np.testing.assert_array_equal(run.model().parameters.flat, model.parameters.flat)
    assert run.model().config == CONFIG


# -- a process is known again, whatever is done to the clock


def test_a_jump_of_the_clock_leaves_a_living_run_alive(run, process, monkeypatch):
    run.set_process(process.pid)
    run.set_status(Status("running"))
    for seconds in (-3600.0, -5.0, 5.0, 3600.0):
        now, boot = time.time(), psutil.boot_time()
        monkeypatch.setattr(time, "time", lambda now=now, seconds=seconds: now + seconds)
        monkeypatch.setattr(psutil, "boot_time", lambda boot=boot, seconds=seconds: boot + seconds)
        assert run.status().state == "running"
        monkeypatch.undo()


def test_a_process_is_told_by_its_start_in_ticks_of_the_system(run, process):
    if not os.path.exists("/proc/self/stat"):
        pytest.skip("there is no /proc here")
    run.set_process(process.pid)
    with open(f"/proc/{process.pid}/stat") as file:
        ticks = int(file.read().rpartition(")")[2].split()[19])
    assert json.loads((run.path / "process.json").read_text())["started"] == ticks


def test_of_another_machine_the_beat_counts(run, process):
    run.set_process(process.pid)
    note = json.loads((run.path / "process.json").read_text())
    (run.path / "process.json").write_text(json.dumps(note | {"machine": "another"}))
    run.set_status(Status("running", machine="another"))
    assert run.status().state == "running"
    run.set_status(Status("running", machine="another", updated=time.time() - 61))
    assert run.status().state == "died"
    run.set_status(Status("running", machine="another", updated=time.time() + 61))  # its clock is ahead
    assert run.status().state == "running"


def test_silence_is_counted_on_a_clock_that_nobody_sets(monkeypatch):
    beat = Status("running")
    later = time.time() + 3600.0
    monkeypatch.setattr(time, "time", lambda: later)
    assert beat.silence < 5.0


def test_a_run_that_nobody_ever_begins_does_not_wait_for_ever(run):
    run.set_status(Status("waiting", uptime=time.monotonic() - 61))
    assert run.status().state == "died" and "No process ever began" in run.status().detail
    run.set_process(os.getpid())  # a queue answers for it
    assert run.status().state == "waiting"


def test_what_a_person_stopped_is_stopped_however_its_process_ended(run, process):
    run.set_process(process.pid)
    run.set_status(Status("running", phase="testing"))
    run.send(Stop(by="someone"))
    process.kill()
    process.wait()
    assert (run.status().state, run.status().by) == ("stopped", "someone")
    assert "ended by force" in run.status().detail
    run.send(Resume())  # what was asked before is over
    assert run.status().state == "died"


# -- a folder appears whole


def test_nobody_sees_half_a_run(runs_dir, monkeypatch):
    seen, write = [], run_module.write_atomically
    monkeypatch.setattr(
        run_module, "write_atomically", lambda path, data: seen.append(list_runs()) or write(path, data)
    )
    run = create_run(CONFIG)
    assert len(seen) >= 4 and not any(seen) and list_runs() == [run]
    assert run.status().state == "waiting"


def test_what_could_not_be_made_leaves_nothing(runs_dir, monkeypatch):
    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run_module, "write_atomically", full)
    with pytest.raises(DigitLabError, match="No space left"):
        create_run(CONFIG)
    assert os.listdir(runs_dir) == []


# -- what is kept of it


def test_the_record_is_kept(runs_dir):
    run = create_run(
        CONFIG, title="Mine", owner="visitor-1", series="rates", parent="20250101-000000-abcd@7", kind="race"
    )
    about = open_run(run.id).record()
    assert (about.title, about.owner, about.series, about.kind) == ("Mine", "visitor-1", "rates", "race")
    assert about.parent == "20250101-000000-abcd@7" and about.created.tzinfo is not None
    assert json.loads((run.path / "run.json").read_text())["created"].endswith("Z")


@pytest.mark.parametrize(
    "about", [{"owner": "a b"}, {"series": "../x"}, {"parent": "<b>"}, {"kind": "walk"}, {"snapshots": 99}]
)
def test_a_record_that_is_none_is_refused(runs_dir, about):
    with pytest.raises(DigitLabError):
        create_run(CONFIG, **about)
    assert list_runs() == []


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"title": 3}', b'{"owner": "a b"}'])
def test_a_damaged_record_leaves_a_run_that_can_be_shown(run, content):
    (run.path / "run.json").write_bytes(content)
    assert run.title() == name_of(run.id) and abs((datetime.now(UTC) - run.created).total_seconds()) < 5


def test_a_run_of_an_earlier_version_opens(runs_dir):
    """A folder as it was written before there were records and summaries."""
    path = runs_dir / "20251120-101112-1a2b3c"
    path.mkdir(parents=True)
    (path / "title.txt").write_text("64-4-10, 20 Nov 10:11")
    (path / "config.json").write_text(CONFIG.to_json())
    (path / "process.json").write_text("[999999999, 1763633472.1]")
    (path / "status.json").write_text(
        '{"state": "stopped", "phase": "", "detail": "You stopped it.", "updated": 1763633480.0}'
    )
    (path / "metrics.jsonl").write_text(
        '{"event": "batch", "step": 12, "epoch": 0.5, "seconds": 1, "loss": 2.3, "accuracy": 0.25, '
        '"learning_rate": 0.001, "samples_per_second": 1000.0}\n'
        '{"event": "epoch", "step": 24, "epoch": 1, "seconds": 2.5, "train_loss": 0.25, "train_accuracy": 0.93, '
        '"validation_loss": null, "validation_accuracy": null}\n'
    )
    (path / "commands.jsonl").write_text('{"command": "stop"}\n')
    [run] = list_runs()
    run.save_model(
        Model(CONFIG, Parameters.initial(CONFIG.network, 0), Provenance("64-4-10", scores={"test": Score(9, 7)}))
    )
    assert run.title() == name_of(run.id) and f"{run.created:%d %b %H:%M}" == "20 Nov 10:11"
    assert (run.status().state, run.status().detail) == ("stopped", "It was stopped.")  # another visitor may read it
    assert [type(event) for event in run.events()[0]] == [BatchEvent, EpochEvent]
    glance = summary(run)
    assert glance.reads_digits and glance.test == Score(9, 7) and glance.train_accuracy == 0.93
    assert glance.sizes == (64, 4, 10) and glance.settings["epochs"] == 3
    (path / "status.json").write_text(
        '{"state": "running", "phase": "training", "detail": "", "updated": 1763633480.0}'
    )
    assert run.status().state == "stopped"  # its process is gone, and a stop was asked for
    (path / "commands.jsonl").unlink()
    assert run.status().state == "died"


# -- the summary


def test_a_summary_is_made_once_and_opens_no_model_and_no_events(run, monkeypatch):
    run.save_model(
        Model(CONFIG, Parameters.initial(CONFIG.network, 0), Provenance("Mine", scores={"test": Score(9, 7)}))
    )
    first = summary(run)
    assert (first.model_title, first.test, first.reads_digits) == ("Mine", Score(9, 7), True)
    monkeypatch.setattr("core.runs.summary.read_card", lambda path: pytest.fail("it opens the model"))
    monkeypatch.setattr(Run, "events", lambda self, after=0: pytest.fail("it reads the events"))
    assert summary(run) == first


@pytest.mark.parametrize("content", [b"", b"half a model", b"\x10\0\0\0\0\0\0\0{}"])
def test_a_summary_says_what_is_wrong_with_a_model(run, content):
    run.model_path.write_bytes(content)
    glance = summary(run)
    assert not glance.reads_digits and "not a model file" in str(glance.problem)


def test_a_summary_says_what_is_wrong_with_a_configuration(run):
    (run.path / "config.json").write_text("{")
    (run.path / "summary.json").unlink(missing_ok=True)
    assert "not valid JSON" in str(summary(run).problem)


def test_a_damaged_line_of_events_is_left_out(run):
    run.append(EVENT)
    with open(run.path / "metrics.jsonl", "ab") as file:
        file.write(b'\xff{"event": "batch"\n{"event": "dance", "step": 1}\n')
    run.append(EVENT)
    assert run.events()[0] == [EVENT, EVENT]


def test_half_a_line_is_ended_before_the_next(run):
    (run.path / "metrics.jsonl").write_text('{"event": "bat')
    run.append(EVENT)
    assert run.events()[0] == [EVENT]
