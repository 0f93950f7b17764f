"""What travels between a server and a machine that trains for it, without a cluster: nothing by halves, lost or doubled."""

import types
from pathlib import Path

import numpy as np
import pytest

from core.config import Config
from core.errors import DigitLabError
from core.jobs.cluster import address, guest, parcels, supplies
from core.jobs.cluster.again import carry_over, still_to_do
from core.jobs.cluster.guest import LEFT, Guest
from core.jobs.cluster.mirror import Mirror
from core.jobs.cluster.parcels import GIVEN, RETURNED, Ask, Begun, Intake, News, Outlet, Part, names_in, version_of
from core.runs.run import Run, create_run
from core.runs.status import Status, to_json
from core.training.commands import Go, Pause, Resume, SetRate, Step, Stop
from core.training.events import EpochEvent

SMALL = 1000  # bytes of a part in these tests


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcels, "PART_BYTES", SMALL)
    monkeypatch.setattr(Outlet.parts, "__defaults__", (None, SMALL))
    monkeypatch.setattr(parcels.tail, "__defaults__", (SMALL,))


@pytest.fixture
def here(runs_dir: Path) -> Run:
    run = create_run(Config())
    run.set_status(Status("waiting"))
    return run


@pytest.fixture
def there(tmp_path: Path, here: Run) -> Guest:
    """Another machine that has been given the run's folder, and whose process is this test."""
    found = Guest(tmp_path / "elsewhere", here.id, "mnist")
    outlet = Outlet(here.path.joinpath)
    for name in names_in(here.path, GIVEN):
        for part in outlet.each(name):
            found.take(part)
    return found


def mirror_of(here: Run, there: Guest) -> Mirror:
    commands = here.path / "commands.jsonl"
    own = {name: version_of(there._folder / name) for name in names_in(there._folder, RETURNED)}
    return Mirror(here, own, commands.stat().st_size if commands.exists() else 0)


def epoch(number: int) -> EpochEvent:
    return EpochEvent(step=10 * number, epoch=number, train_loss=0.5, train_accuracy=0.5, seconds=float(number))


def test_a_file_in_parts_is_whole_or_not_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(range(250)) * 10)
    outlet, intake = Outlet(tmp_path.joinpath), Intake((tmp_path / "there").joinpath)
    parts, begun = [], None
    while not parts or not parts[-1].whole:
        (part,), _ = outlet.parts(["a"], intake.have, intake.begun, SMALL)
        parts.append(part)
        assert not (tmp_path / "there" / "a").exists()
        intake.take(part)
    assert [len(part.content) for part in parts] == [1000, 1000, 500]
    assert (tmp_path / "there" / "a").read_bytes() == (tmp_path / "a").read_bytes() and begun is None
    assert outlet.parts(["a"], intake.have, None, SMALL) == ([], True)
    assert sorted(path.name for path in (tmp_path / "there").iterdir()) == ["a"]


def test_a_file_that_is_replaced_meanwhile_comes_as_it_was_and_then_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1" * 1500)
    outlet, intake = Outlet(tmp_path.joinpath), Intake((tmp_path / "there").joinpath)
    intake.take(outlet.parts(["a"], intake.have, intake.begun, SMALL)[0][0])
    (tmp_path / "new").write_bytes(b"2" * 700)
    (tmp_path / "new").replace(tmp_path / "a")
    intake.take(outlet.parts(["a"], intake.have, intake.begun, SMALL)[0][0])
    assert (tmp_path / "there" / "a").read_bytes() == b"1" * 1500
    intake.take(outlet.parts(["a"], intake.have, intake.begun, SMALL)[0][0])
    assert (tmp_path / "there" / "a").read_bytes() == b"2" * 700


def test_a_part_that_comes_again_does_no_harm(tmp_path: Path) -> None:
    intake = Intake(tmp_path.joinpath)
    for part in (Part("a", "1", 0, b"xx", False), Part("a", "1", 2, b"y", False), Part("a", "1", 3, b"z", True)):
        intake.take(part)
        intake.take(part)
    assert (tmp_path / "a").read_bytes() == b"xxyz" and len(list(tmp_path.iterdir())) == 1


def test_a_part_that_does_not_follow_is_refused(tmp_path: Path) -> None:
    intake = Intake(tmp_path.joinpath)
    intake.take(Part("a", "1", 0, b"xx", False))
    for part in (Part("a", "2", 2, b"", True), Part("a", "1", 3, b"", True), Part("b", "1", 2, b"", True)):
        with pytest.raises(ValueError, match="does not follow"):
            intake.take(part)
    intake.drop()
    assert not list(tmp_path.iterdir()) and intake.begun is None


@pytest.mark.parametrize("seed", range(5))
def test_whatever_is_lost_on_the_way_the_folder_here_becomes_the_one_there(
    here: Run, there: Guest, small_parts: None, seed: int
) -> None:
    """Events and files are written while some answers never arrive: here all is there once, in order, and soundly."""
    rng, mirror = np.random.default_rng(seed), mirror_of(here, there)
    worker, number = Run(there._folder), 0
    for _ in range(60):
        if rng.random() < 0.5:
            number += 1
            worker.append(epoch(number))
            name = rng.choice(["checkpoint.safetensors", f"snapshots/{number:04d}.safetensors", "present.safetensors"])
            path = worker.path / name
            path.parent.mkdir(exist_ok=True)
            (worker.path / "new").write_bytes(f"{number:05d}".encode() * int(rng.integers(1, 800)))
            (worker.path / "new").replace(path)
        if rng.random() < 0.1:
            for path in (worker.path / "snapshots").glob("*"):
                path.unlink()
        ask = mirror.ask()
        news = there.news(ask)
        if rng.random() < 0.7:
            mirror.take(ask, news)
        _check_sound(here)
    for _ in range(60):
        ask = mirror.ask()
        mirror.take(ask, there.news(ask))
    assert [event.epoch for event in here.events()[0]] == list(range(1, number + 1))
    names = names_in(worker.path, RETURNED)
    assert names == names_in(here.path, RETURNED) and len(names) > 2
    for name in names:
        assert (here.path / name).read_bytes() == (worker.path / name).read_bytes()


def _check_sound(here: Run) -> None:
    """A checkpoint comes whole, and never before the events that were told before it was written."""
    if here.checkpoint_path.is_file():
        content = here.checkpoint_path.read_bytes()
        assert len(set(content[at : at + 5] for at in range(0, len(content), 5))) == 1
        assert len(here.events()[0]) >= int(content[:5])


def test_that_a_run_is_over_is_told_with_the_last_of_it(here: Run, there: Guest, small_parts: None) -> None:
    mirror, worker = mirror_of(here, there), Run(there._folder)
    there._process = types.SimpleNamespace(done=lambda: True, exit_code=0)  # type: ignore[assignment]
    worker.model_path.write_bytes(b"m" * 2500)
    worker.set_status(Status("finished", step=7, updated=1.0, uptime=1.0, machine="another"))
    codes, states = [], []
    while None in [None, *codes][-1:]:
        ask = mirror.ask()
        news = there.news(ask)
        mirror.take(ask, news)
        codes.append(news.exit_code)
        states.append(here.status().state)
    assert codes == [None, None, 0] and states == ["waiting", "waiting", "finished"]
    assert here.model_path.read_bytes() == b"m" * 2500 and here.status().updated > 1.0


def test_what_is_asked_comes_once_though_it_is_told_twice(here: Run, there: Guest) -> None:
    mirror, worker = mirror_of(here, there), Run(there._folder)
    here.send(Pause(by="a"))
    ask = mirror.ask()
    there.news(ask)  # the answer is lost
    here.send(Go(by="a"))
    ask = mirror.ask()
    mirror.take(ask, there.news(ask))
    ask = mirror.ask()
    mirror.take(ask, there.news(ask))
    assert worker.commands()[0] == here.commands()[0] and len(here.commands()[0]) == 2


def test_a_new_name_and_a_watcher_reach_it(here: Run, there: Guest) -> None:
    mirror, worker = mirror_of(here, there), Run(there._folder)
    assert mirror.ask().record is None and not mirror.ask().watched
    here.set_record(type(here.record())(title="Another"))
    (here.path / "watched").touch()
    there.news(mirror.ask())
    assert worker.title() == "Another" and (worker.path / "watched").is_file()


@pytest.mark.parametrize("name", ["../../x", "process.json", "snapshots/../x.safetensors", "/etc/passwd", "lock"])
def test_no_other_file_is_taken_on_either_side(here: Run, there: Guest, name: str) -> None:
    part = Part(name, "1", 0, b"x", True)
    with pytest.raises(ValueError, match="no file"):
        there.take(part)
    with pytest.raises(DigitLabError, match="belongs to no run"):
        mirror_of(here, there).take(Ask({}), News(parts=(part,)))


def test_a_deleted_run_does_not_come_back(here: Run, there: Guest) -> None:
    mirror = mirror_of(here, there)
    for path in here.path.iterdir():
        path.unlink()
    here.path.rmdir()
    with pytest.raises(FileNotFoundError):
        mirror.take(Ask({}), News(lines=b"{}\n", status=to_json(Status("running"))))
    assert not here.path.exists()


def test_it_leaves_when_its_server_is_silent_or_its_worker_is_closed(
    there: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = types.SimpleNamespace(status=types.SimpleNamespace(name="closing"))
    assert there.stay(worker) == LEFT
    worker.status.name = "running"
    monkeypatch.setattr(guest, "GRACE", 0.0)
    assert there.stay(worker) == LEFT
    there.leave()
    assert there.stay(worker) == guest.ENDED
    there.clear()
    assert not there._room.exists()


def test_digits_that_are_lacking_are_given(
    here: Run, noise: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    assert supplies.lacking(noise, home) == [] and supplies.environment(noise, home) == {}
    files = dict(supplies.given(noise))
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path / "none"))
    assert supplies.lacking(noise, home) == [noise]
    ((name, path),) = files.items()
    assert supplies.PLACES.fullmatch(name)
    (home / name).parent.mkdir(parents=True)
    (home / name).write_bytes(path.read_bytes())
    assert supplies.lacking(noise, home) == []
    assert supplies.environment(noise, home) == {"DIGITLAB_DATA": str(home)}
    with pytest.raises(DigitLabError, match="not on this computer"):
        list(supplies.given("upload-000000000000"))


@pytest.mark.mnist
@pytest.mark.usefixtures("mnist_dir")
def test_mnist_is_given_too(tmp_path: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = dict(supplies.given("mnist"))
    assert len(files) == 4 and all(supplies.PLACES.fullmatch(name) for name in files)
    monkeypatch.delenv("MNIST_DIR", raising=False)
    assert supplies.lacking("mnist", tmp_path) == ["mnist"]
    (tmp_path / "mnist").mkdir()
    for name in files:
        (tmp_path / name).touch()
    assert supplies.lacking("mnist", tmp_path) == []
    assert supplies.environment("mnist", tmp_path) == {"MNIST_DIR": str(tmp_path / "mnist")}


def test_which_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DIGITLAB_SCHEDULER", raising=False)
    assert address.scheduler() == ""
    for wrong in ("10.0.0.5:8786", "http://10.0.0.5:80", "tcp://10.0.0.5"):
        monkeypatch.setenv("DIGITLAB_SCHEDULER", wrong)
        with pytest.raises(DigitLabError, match="is to be the address"):
            address.scheduler()
    monkeypatch.setenv("DIGITLAB_SCHEDULER", "tcp://10.0.0.5:8786")
    monkeypatch.setattr(address.importlib.util, "find_spec", lambda name: object())
    assert address.scheduler() == "tcp://10.0.0.5:8786"
    monkeypatch.setattr(address.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DigitLabError, match="requirements-distributed.txt"):
        address.scheduler()


def test_begun_files_go_on_first(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_bytes(name.encode() * 1500)
    outlet = Outlet(tmp_path.joinpath)
    (first,), _ = outlet.parts(["b"], {}, None, SMALL)
    parts, whole = outlet.parts(["a", "b"], {}, Begun("b", first.version, SMALL), SMALL)
    assert [(part.name, len(part.content), part.whole) for part in parts] == [("b", 500, True), ("a", 500, False)]
    assert not whole
    outlet.close()


@pytest.mark.parametrize(
    ("asked", "kept", "again"),
    [
        ([], None, []),
        ([Pause(), Go()], None, []),
        ([Go(), Pause(by="a")], None, [("pause", "a")]),
        ([Pause(), Step(5, by="b")], None, [("pause", "b")]),
        ([SetRate(0.1), SetRate(0.2)], 0.2, []),
        ([SetRate(0.1), SetRate(0.2, by="c"), Pause(by="a")], 0.1, [("set_rate", "c"), ("pause", "a")]),
        ([SetRate(0.1), Stop(by="a"), Pause()], None, [("stop", "a")]),
    ],
)
def test_what_was_asked_of_a_lost_machine_and_still_holds(asked: list, kept: float | None, again: list) -> None:
    found = still_to_do(asked, kept)
    assert [(type(each).__struct_config__.tag, each.by) for each in found] == again


def test_the_rate_that_a_checkpoint_knows_is_not_set_again(here: Run) -> None:
    here.send(SetRate(0.5))
    here.send(Pause(by="a"))
    here.save_checkpoint({"rates": np.array([[3.0, 0.1], [7.0, 0.5]])})
    carry_over(here)
    assert [type(each) for each in here.commands()[0]] == [SetRate, Pause, Resume, Pause]
    assert [each.by for each in here.asked()] == ["a"]
