"""Faults that no other test has: memory that runs out in a real process, a folder that cannot be written, a server killed in the
middle of a run and another one in its place, and a run that a hand deletes while it is shown."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.config import Config, NetworkConfig, TrainingConfig
from core.datasets import uploads
from core.errors import DigitLabError
from core.folders import PROJECT
from core.jobs.jobs import Jobs
from core.jobs.limits import Limits
from core.models import given
from core.models.model import Model, Provenance, Score
from core.models.parameters import Parameters
from core.runs import classes, keeping, worker
from core.runs.glances import glances
from core.runs.process import machine
from core.runs.run import Run, create_run
from core.runs.status import Status
from core.sweep import sweep
from core.sweep.grid import Grid
from core.teach.copies import keep_copy
from core.training.events import EpochEvent, ResumeEvent
from tests.waiting import until

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="limits and file systems of Linux")


@pytest.fixture
def config(noise: str) -> Config:
    return Config(NetworkConfig(inputs=64, hidden=(8,)), TrainingConfig(dataset=noise, epochs=2, batch_size=64))


def a_model(config: Config) -> Model:
    return Model(config, Parameters.initial(config.network, 0), Provenance("A", scores={"test": Score(10, 9)}))


# -- memory


@LINUX
def test_a_process_that_may_have_no_more_memory_says_so_in_words(runs_dir, config):
    """All is loaded first; the network of 24 million weights then finds no room."""
    run = create_run(config.with_network(hidden=(3000, 8000)))
    code = (
        "import resource, sys\nfrom core.runs import worker\nfrom core.bench import race\n"
        "import core.engines.numpy.engine, scipy.optimize\n"
        "pages = int(open('/proc/self/statm').read().split()[0])\n"
        "most = pages * resource.getpagesize() + 150_000_000\nresource.setrlimit(resource.RLIMIT_AS, (most, most))\n"
        f"sys.argv = ['worker', {str(run.path)!r}]\nsys.exit(worker.main())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 1 and "ran out of memory" in done.stderr, done.stderr
    status = run.status()
    assert status.state == "failed" and "The machine ran out of memory. Choose smaller layers" in status.detail


# -- a folder that cannot be written


@pytest.fixture
def sealed(tmp_path: Path, monkeypatch, config: Config) -> Iterator[Run]:
    """A run that is over, in folders of runs and data that nobody can write from now on; not even root can."""
    folder = tmp_path / "sealed"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if mounted.returncode:
        pytest.skip("a file system may not be mounted here")
    shutil.copytree(os.environ["DIGITLAB_DATA"], folder / "data")
    monkeypatch.setenv("DIGITLAB_RUNS", str(folder / "runs"))
    monkeypatch.setenv("DIGITLAB_DATA", str(folder / "data"))
    run = create_run(config, owner="local", title="Sealed Owl")
    run.append(EpochEvent(400, 2, 1.5, 0.5, 0.9, 0.4, 0.96))
    run.save_model(a_model(config))
    run.set_status(Status("stopped"))
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    yield run
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@LINUX
def test_a_folder_that_cannot_be_written_is_read_and_every_change_refused_in_words(
    sealed: Run, config: Config, make_data
):
    (glance,) = glances()
    assert (glance.title, glance.status.state, glance.summary.test) == ("Sealed Owl", "stopped", Score(10, 9))
    jobs = Jobs(limits=Limits())
    refused = {
        "a run": lambda: jobs.start(config),
        "a run that goes on": lambda: jobs.resume(sealed),
        "a worker": lambda: worker.execute(sealed),
        "a name": lambda: keeping.rename(sealed, "Another"),
        "a note": lambda: keeping.write_note(sealed, "A note"),
        "a star": lambda: keeping.star(sealed, starred=True),
        "a deletion": lambda: keeping.delete(sealed),
        "a network": lambda: given.keep(a_model(config), "me"),
        "a taught copy": lambda: keep_copy(a_model(config), "default"),
        "digits": lambda: uploads.keep({"train": make_data(20, side=4)}, "x.csv"),
        "a class": lambda: classes.open_class("teacher"),
        "a sweep": lambda: sweep.create(Grid({"": config})),
    }
    for what, change in refused.items():
        with pytest.raises(DigitLabError, match="Read-only file system"):
            pytest.fail(f"{what} was kept: {change()}")
    jobs.close()


@LINUX
def test_the_train_page_of_a_folder_that_cannot_be_written(sealed: Run, monkeypatch):
    monkeypatch.setattr("dashboard.visitor.owner", lambda: "local")
    app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
    app.query_params["run"] = sealed.id
    app = app.switch_page("dashboard/pages/train.py").run()
    assert not app.exception and app.session_state["run"] == sealed.id
    app.button(key="resume").click().run()
    assert not app.exception and ["Read-only file system" in box.value for box in app.error] == [True]


# -- a server that is killed


@LINUX
@pytest.mark.slow
def test_a_run_goes_on_at_the_server_that_comes_after_one_that_was_killed(runs_dir, config):
    """Its worker ends by itself and keeps what it has learned; the next server offers it, and comes to its end."""
    long = config.with_network(hidden=(400,)).with_training(epochs=1000, batch_size=1)
    code = (
        "from core.config import *; from core.jobs.jobs import Jobs; import time\n"
        f"print(Jobs().start(Config.from_json({long.to_json()!r})).id, flush=True); time.sleep(90)"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE, text=True) as server:
        run = Run(runs_dir / server.stdout.readline().strip())
        until(lambda: run.status().step > 0)
        server.kill()
    until(lambda: not run.status().active)
    status = run.status()
    assert status.state == "stopped" and status.detail.startswith("The app was closed while it trained.")
    step = status.step
    jobs = Jobs(limits=Limits())
    jobs.resume(run)
    until(lambda: run.status().step > step)
    jobs.stop(run)
    until(lambda: run.status().state == "stopped")
    (resumed,) = [event for event in run.events()[0] if isinstance(event, ResumeEvent)]
    assert resumed.step == step and run.model().provenance.epochs > 0
    jobs.close()


@LINUX
@pytest.mark.slow
def test_a_server_that_ends_waits_for_its_runs_to_keep_what_they_have_learned(runs_dir, config):
    """In a container its end is that of all processes: none would have the time by itself."""
    long = config.with_network(hidden=(400,)).with_training(epochs=1000, batch_size=1)
    code = (
        "import asyncio, sys; from core.config import *; from dashboard import shared; from dashboard.web.warm import warmed\n"
        "async def life():\n"
        "    async with warmed():\n"
        f"        print(shared.jobs().start(Config.from_json({long.to_json()!r})).id, flush=True)\n"
        "        await asyncio.to_thread(sys.stdin.readline)\n"
        "asyncio.run(life())"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        run = Run(runs_dir / server.stdout.readline().strip())
        until(lambda: run.status().step > 0)
        server.communicate("\n")
    assert server.returncode == 0
    assert run.status().state == "stopped" and run.model().provenance.epochs > 0


# -- a run that a hand deletes while it is shown


def test_a_folder_deleted_by_hand_while_its_run_is_shown(runs_dir, config, monkeypatch):
    monkeypatch.setattr("dashboard.visitor.owner", lambda: "local")
    run = create_run(config, owner="local")
    run.set_process(os.getpid())
    run.set_status(Status("running", phase="training", machine=machine()))
    app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
    app.query_params["run"] = run.id
    app = app.switch_page("dashboard/pages/train.py").run()
    assert not app.exception and app.session_state["run"] == run.id
    shutil.rmtree(run.path)
    app.button(key="stop").click().run()
    assert not app.exception
    assert [
        box.value
        for box in (*app.error, *app.warning)
        if re.search("not here any more|could not be told|no such run", box.value)
    ]
