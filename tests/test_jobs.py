"""Runs, races and other work as the app begins and ends them, with real processes and without the app."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from core.bench.race import lap, verdict
from core.config import Config, NetworkConfig, TrainingConfig
from core.engines.devices import Device
from core.errors import DigitLabError
from core.folders import PROJECT
from core.jobs import devices as devices_module
from core.jobs import wards
from core.jobs.executor import CHECK, LESSON, MEASUREMENT, RUN, Work
from core.jobs.jobs import Jobs
from core.jobs.lifeline import FIRST_TO_GO, NICENESS
from core.jobs.limits import Limits
from core.jobs.queue import Ticket
from core.jobs.trainings import seconds_of
from core.messages import Message
from core.runs.run import Run, create_run, list_runs
from core.runs.status import Status
from tests.waiting import until

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")


@pytest.fixture
def quick(noise: str) -> Config:
    """A training that is over at once."""
    return Config(NetworkConfig(inputs=64, hidden=(8,)), TrainingConfig(dataset=noise, epochs=1, batch_size=64))


@pytest.fixture
def endless(quick: Config) -> Config:
    """Half an hour of training, at the least."""
    return quick.with_network(hidden=(1500, 1500)).with_training(epochs=1000, batch_size=1)


@pytest.fixture
def jobs(runs_dir) -> Iterator[Jobs]:
    jobs = Jobs(limits=Limits())
    yield jobs
    jobs.close()


def wait_for(run: Run, *states: str, seconds: float = 60.0) -> str:
    end = time.monotonic() + seconds
    while (state := run.status().state) not in states:
        assert time.monotonic() < end, f"the run is still {state}"
        time.sleep(0.05)
    return state


def wait_for_training(run: Run) -> None:
    until(lambda: run.status().phase == "training" or not run.status().active)
    assert run.status().active


def pid_of(jobs: Jobs, run: Run) -> int:
    return jobs._trainings.ticket(run.id).handle.pid


# -- runs


def test_a_run_to_its_end(jobs, quick) -> None:
    run = jobs.start(quick, owner="visitor-1")
    assert wait_for(run, "finished", "failed", "died") == "finished"
    assert run.model().provenance.epochs == 1.0 and run.record().owner == "visitor-1"
    until(lambda: not jobs.queue.tickets)


@pytest.mark.slow
def test_a_second_run_waits_for_its_turn_and_says_its_place(jobs, quick, endless) -> None:
    first = jobs.start(endless, owner="a")
    second, third = jobs.start(quick, owner="a"), jobs.start(quick, owner="b")
    assert (second.status().state, third.status().state) == ("queued", "queued")
    assert jobs.place(first) is None
    assert (jobs.place(third).number, jobs.place(second).number) == (1, 2)  # owners take turns
    assert jobs.place(second).seconds > jobs.place(third).seconds > 0.0
    wait_for_training(first)
    if os.name == "posix":  # pages come first, once
        assert os.getpriority(os.PRIO_PROCESS, pid_of(jobs, first)) == min(os.nice(0) + NICENESS, 19)
        if sys.platform == "linux":  # where memory runs out, it goes and the server stays
            assert int(Path(f"/proc/{pid_of(jobs, first)}/oom_score_adj").read_text()) == int(FIRST_TO_GO) == 1_000
    jobs.stop(first, by="a")
    assert wait_for(first, "stopped", "died") == "stopped" and first.status().by == "a"
    assert wait_for(third, "finished", "failed", "died") == wait_for(second, "finished", "failed", "died") == "finished"


def test_stop_takes_a_waiting_run_out_of_the_queue(jobs, quick, endless) -> None:
    first, second = jobs.start(endless), jobs.start(quick)
    jobs.stop(second, by="visitor-2")
    assert second.status().state == "stopped" and second.status().by == "visitor-2"
    assert "before it began" in second.status().detail and jobs.place(second) is None
    jobs.stop(first)
    assert wait_for(first, "stopped", "died") == "stopped"
    assert not second.log_path.exists()  # nothing ever began with it


def test_a_full_queue_refuses_with_a_sentence_and_leaves_no_folder(runs_dir, quick, endless) -> None:
    jobs = Jobs(limits=Limits(per_owner=1))
    first, _ = jobs.start(endless), jobs.start(quick)
    with pytest.raises(DigitLabError, match="1 of your tasks"):
        jobs.start(quick)
    assert len(list_runs()) == 2
    jobs.close()
    assert first.status().state in ("stopped", "died")


def test_without_mnist_a_run_on_it_is_refused(runs_dir, tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path))
    with pytest.raises(DigitLabError, match="Download them, or use the bundled"):
        Jobs().start(Config())
    assert not runs_dir.exists()


@pytest.mark.slow
def test_a_stopped_run_goes_on_from_where_it_was(jobs, endless) -> None:
    run = jobs.start(endless.with_network(hidden=(500, 500)))
    until(lambda: run.checkpoint_path.is_file())
    with pytest.raises(DigitLabError, match="not over"):
        jobs.resume(run)
    jobs.stop(run)
    assert wait_for(run, "stopped", "died") == "stopped"
    begun = run.status().step
    jobs.resume(run, owner="b")  # its process may be in its last moments
    until(lambda: run.status().step > begun > 0)
    jobs.stop(run)
    assert wait_for(run, "stopped", "died") == "stopped"
    begun, other = run.status().step, jobs.start(endless)
    jobs.resume(run)
    assert run.status().state == "queued" and run.status().step == begun
    assert jobs.place(run).seconds > 0.9 * seconds_of(
        endless
    )  # what was stopped teaches nothing of how long others take
    jobs.stop(run, by="c")  # taken out of the queue it keeps what it had
    assert (run.status().state, run.status().step, run.status().by) == ("stopped", begun, "c")
    assert "learned up to then is kept" in run.status().detail
    jobs.stop(other)


def test_where_visitors_are_strangers_old_runs_make_room(jobs, monkeypatch, quick) -> None:
    monkeypatch.setenv("DIGITLAB_KEPT_RUNS_IN_ALL", "2")
    old = [create_run(quick), create_run(quick)]
    for run in old:
        run.set_status(Status("finished"))
    old.append(jobs.start(quick))
    until(lambda: not jobs.queue.tickets and old[-1].status().state == "finished")
    assert len(list_runs()) == 3  # on one's own computer nothing goes that nobody threw away
    monkeypatch.setenv("DIGITLAB_HOSTED", "1")
    with pytest.raises(
        DigitLabError, match="as many runs as it can for today"
    ):  # and of a stranger's nothing of today's
        jobs.start(quick, owner="b")
    assert len(list_runs()) == 3
    for run in old[:2]:
        os.utime(run.path, (time.time() - 90_000,) * 2)
    new = jobs.start(quick, owner="b")
    until(lambda: not new.status().active and not jobs.queue.tickets)
    until(lambda: [run.id for run in list_runs()] == [new.id, old[-1].id])


# -- what cannot begin, and what was left behind


def test_where_no_process_can_begin_the_run_has_failed_with_a_sentence_and_blocks_nothing(
    jobs, monkeypatch, quick
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(sys, "executable", "/nowhere/python")
        failed = jobs.start(quick)
        assert failed.status().state == "failed"
        assert failed.status().detail.startswith("It could not begin: No such file or directory.")
    assert wait_for(jobs.start(quick), "finished", "failed", "died") == "finished"


def test_where_no_thread_can_listen_the_process_is_ended_and_the_run_has_failed(jobs, monkeypatch, quick) -> None:
    def refuse(self) -> None:
        if self.name.startswith("reads "):
            raise RuntimeError("can't start new thread")
        start(self)

    start = threading.Thread.start
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        failed = jobs.start(quick)
    assert failed.status().state == "failed" and "can't start new thread" in failed.status().detail
    assert wait_for(jobs.start(quick), "finished", "failed", "died") == "finished"


def test_a_run_that_cannot_be_told_says_so(jobs, monkeypatch, endless) -> None:
    run = jobs.start(endless)
    wait_for(run, "running")

    def full(self, command) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Run, "send", full)
        with pytest.raises(DigitLabError, match="could not be told to stop: No space left on device"):
            jobs.stop(run)
    jobs.stop(run)
    assert wait_for(run, "stopped", "failed", "died", "finished") == "stopped"


def test_a_process_that_ends_before_it_is_at_work_is_a_failed_run(jobs, monkeypatch, tmp_path, quick) -> None:
    (tmp_path / "sitecustomize.py").write_text("import os, sys\nif 'core.runs.worker' in sys.orig_argv: os._exit(3)")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{PROJECT}")
    run = jobs.start(quick)
    assert wait_for(run, "failed", "died", "finished") == "failed"
    assert run.status().detail == "The process that should train ended before it began. Try once more."


@pytest.mark.slow
def test_runs_left_without_a_process_are_over_and_block_nothing(jobs, monkeypatch, quick, endless) -> None:
    """One that a kill left between two lines, before anybody answered for it, and those of a server that was killed."""
    left = create_run(quick)
    assert left.status().active  # somebody may be about to begin with it
    code = (
        "from core.config import *; from core.jobs.jobs import Jobs; import time, sys\n"
        f"config = Config.from_json({endless.to_json()!r})\n"
        "jobs = Jobs(); print(jobs.start(config).id, jobs.start(config).id, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE, text=True) as server:
        ids = server.stdout.readline().split()
        at_work, queued = (Run(left.path.parent / run_id) for run_id in ids)
        wait_for_training(at_work)
        assert queued.status().state == "queued"
        server.kill()
    assert wait_for(queued, "died", seconds=5.0) and "No process ever began" in queued.status().detail
    assert wait_for(at_work, "stopped", "died") == "stopped"  # its input ended: it kept what it had learned
    monkeypatch.setattr("core.runs.run.SILENT_SECONDS", 0.0)
    assert left.status().state == "died" and "No process ever began" in left.status().detail
    assert wait_for(jobs.start(quick), "finished", "failed", "died") == "finished"


def test_a_run_folder_that_is_deleted_harms_nobody(jobs, quick, endless) -> None:
    run = jobs.start(endless)
    wait_for_training(run)
    worker = psutil.Process(pid_of(jobs, run))
    worker.suspend()  # it writes no more
    until(lambda: worker.status() == psutil.STATUS_STOPPED)
    shutil.rmtree(run.path)
    jobs.queue.stop(jobs._trainings.ticket(run.id))
    until(lambda: not jobs.queue.tickets)
    assert not run.path.exists()
    assert wait_for(jobs.start(quick), "finished", "failed", "died") == "finished"


# -- stopping


@POSIX
@pytest.mark.slow
def test_a_worker_that_gives_no_sign_of_life_is_ended_though_nobody_looks(jobs, monkeypatch, quick, endless) -> None:
    monkeypatch.setattr(wards, "KILL_AFTER", 3.0)
    run, waiting = jobs.start(endless), jobs.start(quick)
    wait_for_training(run)
    os.kill(pid_of(jobs, run), signal.SIGSTOP)
    jobs.stop(run, by="visitor-3")
    assert wait_for(run, "stopped", "died", "failed") == "stopped"
    assert "ended by force" in run.status().detail and run.status().by == "visitor-3"
    assert wait_for(waiting, "finished", "failed", "died") == "finished"


@POSIX
@pytest.mark.slow
def test_a_hung_worker_that_nobody_stopped_is_ended_too(jobs, monkeypatch, endless) -> None:
    monkeypatch.setattr(wards, "HUNG_AFTER", 3.0)
    run = jobs.start(endless)
    wait_for_training(run)
    os.kill(pid_of(jobs, run), signal.SIGSTOP)
    assert wait_for(run, "failed") and run.status().detail.startswith(
        "The process that was training gave no sign of life"
    )


class Busy:
    """A handle on work that goes on."""

    killed = lacks_a_machine = False

    def done(self) -> bool:
        return self.killed

    def running(self) -> bool:
        return not self.killed and not self.lacks_a_machine

    def kill(self) -> None:
        self.killed = True


def test_what_waits_for_a_machine_is_not_at_work(runs_dir, quick) -> None:
    ticket = Ticket(Work(RUN, ("none",)), 0)
    ticket.handle, ticket.begun = Busy(), 0.0
    of_it = wards.Ward(create_run(quick), ticket)
    ticket.handle.lacks_a_machine = True
    assert [of_it.at_work(now) for now in (0.0, 5_000.0)] == [0.0, 0.0]
    ticket.handle.lacks_a_machine = False
    assert [of_it.at_work(now) for now in (5_000.5, 5_060.0)] == [0.5, 60.0]


def test_silence_counts_and_not_the_time_since_the_stop(runs_dir, monkeypatch, quick) -> None:
    """A minute after its stop a run that is testing and beats is left alone; one that is silent, or gets nowhere, is not."""
    now = time.monotonic()
    ticket = Ticket(Work(RUN, ("none",)), 0)
    ticket.handle, ticket.begun = Busy(), now - 1000.0
    run = create_run(quick)
    of_it = wards.Ward(run, ticket, asked=now - 60.0, mark=("testing", 9), moved=now - 70.0)
    run.set_process(os.getpid())
    run.set_status(Status("running", "testing", 9))
    assert not of_it.hangs(run.status(), now)
    assert of_it.hangs(run.status(), now + wards.STUCK_AFTER)
    run.set_status(Status("running", "testing", 10))
    assert not of_it.hangs(run.status(), now + wards.STUCK_AFTER)  # it gets on
    run.set_status(Status("running", "testing", 10, uptime=now - wards.KILL_AFTER - 1.0))
    assert of_it.hangs(run.status(), now)
    monkeypatch.setattr(time, "time", lambda: 1e9)  # somebody sets the date
    run.set_status(Status("running", "testing", 11))
    assert not of_it.hangs(run.status(), now)
    of_it.asked = None
    run.set_status(Status("queued", uptime=now - 900.0))  # it has just begun after waiting for a quarter of an hour
    ticket.begun = now - 1.0
    assert not of_it.hangs(run.status(), now)


# -- workers that crash, and a stand-in for Taichi

STAND_IN = """
import importlib.machinery, os, sys, types
if "core.runs.worker" in sys.orig_argv:
    stub = types.ModuleType("core.engines.taichi.engine")
    stub.__spec__ = importlib.machinery.ModuleSpec("core.engines.taichi.engine", None)
    {engine}
    sys.modules["core.engines.taichi.engine"] = stub
"""
CRASHES = """
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    class Engine:
        refuses = staticmethod(lambda *_: "")
        __init__ = lambda *_: os.abort()
    stub.ENGINE = Engine
"""
COMPUTES = """
    from core.engines.numpy.engine import NumpyEngine
    stub.ENGINE = NumpyEngine
"""


@pytest.fixture
def taichi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`taichi(source)` puts a stand-in into the place of Taichi's engine in every worker that is started."""

    def use(source: str) -> None:
        (tmp_path / "sitecustomize.py").write_text(STAND_IN.format(engine=source.strip()))
        monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{PROJECT}")

    return use


@POSIX
def test_a_crash_of_taichi_is_a_failed_run_with_a_sentence(jobs, taichi, quick) -> None:
    """The worker's process really aborts, as one does in which a driver or a compiler goes wrong."""
    taichi(CRASHES)
    run = jobs.start(quick.with_training(engine="taichi"))
    assert wait_for(run, "failed")
    assert run.status().detail == (
        "The process that was training crashed (aborted). It had not reached a checkpoint yet. "
        "Try once more, or choose the NumPy engine."
    )
    assert wait_for(jobs.start(quick), "finished", "failed", "died") == "finished"  # nothing else was harmed


# -- races


def wait_for_race(jobs: Jobs) -> None:
    until(lambda: not jobs.race.running)


def test_a_race_is_two_runs_one_after_the_other(jobs, taichi, quick) -> None:
    taichi(COMPUTES)
    race = jobs.start_race(quick.with_training(epochs=3, seed=5), owner="a")
    with pytest.raises(DigitLabError, match="A race is going on"):
        jobs.start_race(quick)
    wait_for_race(jobs)
    assert race.error is None and [run.status().state for run in race.runs] == ["finished", "finished"]
    first, second = race.runs
    assert first.config().training.engine == "numpy" and second.config().training.engine == "taichi"
    assert first.config().training.seed == second.config().training.seed == 5
    assert first.record().kind == second.record().kind == "race"
    assert len(race.prepared) == 2 and all(0 < seconds < 30 for seconds in race.prepared)
    laps = [lap(name, run.events()[0]) for name, run in zip(("NumPy", "Taichi"), race.runs, strict=True)]
    assert [accuracy for _, accuracy in laps[0].marks] == [accuracy for _, accuracy in laps[1].marks]
    assert "Both end with" in str(verdict(laps)[-1])  # the stand-in is NumPy itself: the same bits


def test_a_race_waits_until_nothing_goes_on_and_its_wait_is_not_preparation(jobs, told, quick, endless) -> None:
    check = jobs.begin(CHECK, told)
    race = jobs.start_race(endless)
    assert race.runs[0].status().state == "queued" and jobs.place(race.runs[0]).number == 1
    time.sleep(2.0)
    jobs.queue.stop(check)
    until(lambda: race.prepared)
    assert jobs.start(quick).status().state == "queued"  # nothing trains beside it
    jobs.stop_race()
    wait_for_race(jobs)


def test_a_race_that_is_stopped_begins_no_second_run(jobs, endless) -> None:
    race = jobs.start_race(endless)
    wait_for_training(race.runs[0])
    jobs.stop_race()
    assert race.running or not race.runs[0].status().active  # as long as its run goes on, so that pages look again
    assert wait_for(race.runs[0], "stopped", "died") == "stopped"
    wait_for_race(jobs)
    assert race.stopped and len(race.runs) == 1


def test_a_race_whose_first_run_is_stopped_elsewhere_is_over(jobs, endless) -> None:
    race = jobs.start_race(endless)
    wait_for_training(race.runs[0])
    jobs.stop(race.runs[0])
    wait_for_race(jobs)
    assert len(race.runs) == 1


# -- other work


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What to tell `Jobs.begin` for work that says one word and then waits."""
    code = "import time; print('{\"word\": 1}', flush=True); time.sleep(60)"
    (tmp_path / "told.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return ["told"]


def test_while_the_engines_are_measured_nothing_else_goes_on(jobs, told, quick, endless) -> None:
    measurement = jobs.begin(MEASUREMENT, told)
    assert jobs.latest(MEASUREMENT) is measurement and jobs.latest(CHECK) is None
    with pytest.raises(DigitLabError, match="being done already"):
        jobs.begin(MEASUREMENT, told)
    run, check = jobs.start(quick), jobs.begin(CHECK, told)
    lesson, race = jobs.queue.submit(Work(LESSON, told)), jobs.start_race(endless)
    until(lambda: measurement.events)
    assert check.waiting and lesson.waiting and {run.status().state, race.runs[0].status().state} == {"queued"}
    jobs.queue.stop(measurement)
    assert measurement.stopped and not measurement.live and measurement.error is None
    until(lambda: check.events and lesson.events)
    assert wait_for(run, "finished", "failed", "died") == "finished"
    jobs.stop_race()
    jobs.close()
    assert not check.live and not lesson.live


def test_a_measurement_waits_for_a_run(jobs, told, endless) -> None:
    run = jobs.start(endless)
    measurement, check = jobs.begin(MEASUREMENT, told), jobs.begin(CHECK, told)
    assert measurement.waiting and jobs.queue.place(measurement).number >= 1
    wait_for_training(run)
    assert measurement.waiting
    jobs.queue.stop(check)
    jobs.stop(run)
    until(lambda: measurement.events)
    assert not run.status().active


def test_the_watcher_goes_when_there_is_nothing_to_watch(jobs, quick) -> None:
    run = jobs.start(quick)
    assert wait_for(run, "finished", "failed", "died") == "finished"
    until(lambda: jobs._watcher is None)
    assert wait_for(jobs.start(quick), "finished", "failed", "died") == "finished"  # and comes again


def test_what_looks_after_all_goes_on_whatever_one_look_comes_upon(jobs, monkeypatch, quick, endless) -> None:
    """Both threads ended for good at an entry that cannot be, or at a run at work whose settings somebody had damaged."""
    monkeypatch.setattr("core.jobs.jobs.KEEP_HOUSE", 0.05)
    monkeypatch.setattr("core.jobs.jobs.PRUNE", 0.0)
    first, second = jobs.start(endless), jobs.start(quick)
    wait_for_training(first)
    monkeypatch.setenv("DIGITLAB_HOSTED", "1")
    (first.path / "config.json").write_bytes(b"{")
    jobs.keep_house()
    gone = create_run(quick, owner="a")
    gone.set_status(Status("finished"))
    os.utime(gone.path, (time.time() - 86_400 * 20,) * 2)
    create_run(quick, owner="a")  # the newest one stays
    until(lambda: not gone.path.exists())  # the keeper has seen the damage, and let go of what is old
    looked = threading.Event()
    refused = jobs._trainings.look_after
    monkeypatch.setattr(jobs._trainings, "look_after", lambda: (looked.set(), refused(), settings_that_cannot_be()))
    assert looked.wait(60)
    monkeypatch.setattr(jobs._trainings, "look_after", refused)
    jobs.stop(first)
    assert wait_for(second, "finished", "failed", "died") == "finished" and jobs._keeper.is_alive()


def settings_that_cannot_be() -> None:
    raise DigitLabError("DIGITLAB_EPOCHS: epochs is to be a whole number from 1 on.")


# -- the download and the devices


def test_a_download_that_fails_leaves_a_sentence(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path))
    monkeypatch.setenv("DIGITLAB_MIRRORS", "http://127.0.0.1:9/")
    jobs = Jobs()
    download = jobs.start_download()
    until(lambda: not download.running, 30.0)
    assert "MNIST could not be downloaded" in str(download.error)
    assert jobs.download is download and jobs.start_download() is not download  # it can be tried again


def test_devices_are_tried_once_and_in_the_background(monkeypatch) -> None:
    calls, cpu = [], Device("cpu", Message("Processor"), True)

    def probe(timeout: float) -> list[Device]:
        calls.append(timeout)
        time.sleep(0.2)
        return [cpu]

    monkeypatch.setattr(devices_module, "probe", probe)
    jobs, begun = Jobs(), time.monotonic()
    assert jobs.devices() is None and time.monotonic() - begun < 0.15
    until(lambda: jobs.devices() is not None, 20.0)
    assert jobs.devices() == [cpu] and len(calls) == 1


def test_devices_that_did_not_answer_are_tried_again_later(monkeypatch) -> None:
    found = iter(
        [
            [Device("cpu", Message("Processor"), False, Message("Too busy."))],
            [Device("cpu", Message("Processor"), True)],
        ]
    )
    monkeypatch.setattr(devices_module, "probe", lambda timeout: next(found))
    monkeypatch.setattr(devices_module, "TRY_AGAIN", 0.3)
    jobs, end = Jobs(), time.monotonic() + 20
    seen = []
    while not seen or not seen[-1]:
        assert time.monotonic() < end
        if (now := jobs.devices()) is not None:
            seen.append(now[0].available)
        time.sleep(0.01)
    assert seen[0] is False and seen[-1] is True
