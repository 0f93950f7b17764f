"""One file for a run: what it holds, how large it is, that it opens anywhere, and that what a stranger made does no harm."""

import dataclasses
import io
import json
import zipfile

import numpy as np
import pytest
from click.testing import CliRunner

from core.commands.main import main
from core.config import Config, NetworkConfig
from core.errors import DigitLabError
from core.models.files import save_model
from core.models.model import Model, Provenance
from core.models.parameters import Parameters
from core.runs import bundle, keeping, opening, worker
from core.runs.bundle import MOST_EPOCHS, MOST_EVENTS, pack, unpack
from core.runs.metrics import COLUMNS, to_csv
from core.runs.opening import open_file
from core.runs.run import Run, create_run, list_runs
from core.runs.snapshots import Snapshots
from core.runs.status import Status
from core.runs.summary import summary
from core.training.events import BatchEvent, ChangeEvent, EpochEvent, LayerFigures, SnapshotEvent, to_line

CONFIG = Config(NetworkConfig(inputs=64, hidden=(16,))).with_training(
    dataset="digits", epochs=3, learning_rate=0.01, seed=5
)


@pytest.fixture
def run(runs_dir) -> Run:
    """A finished run, with a note."""
    run = create_run(CONFIG, title="Sixteen units", owner="somebody")
    worker.execute(run)
    keeping.write_note(run, "The <b>first</b> one.")
    return run


def changed(content: bytes, **files: bytes | None) -> bytes:
    """The zip with some of its files replaced, added, or left out where None is given; dots are written as `__`."""
    news = {name.replace("__", "."): data for name, data in files.items()}
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in news:
                new.writestr(name, old.read(name))
        for name, data in news.items():
            if data is not None:
                new.writestr(name, data)
    return made.getvalue()


def test_a_run_opens_elsewhere_as_it_was_and_is_counted_again(run, tmp_path):
    content = pack(run)
    assert b"somebody" not in zipfile.ZipFile(io.BytesIO(content)).read("run.json")  # whose it was does not go along
    opened, verdict = open_file(content, tmp_path / "elsewhere", owner="me")
    assert opened.id != run.id and opened.path.parent == tmp_path / "elsewhere"
    assert opened.config() == run.config() and opened.events()[0] == run.events()[0]
    record = opened.record()
    assert (record.title, record.owner, record.note) == ("Sixteen units", "me", "The <b>first</b> one.")
    assert record.created == run.record().created
    assert opened.status().state == "finished" and opened.status().step == run.status().step
    assert Snapshots(opened).numbers() == [0, 1, 2, 3]
    assert verdict.state == "agrees" and verdict.counted == verdict.stored == opened.model().provenance.scores["test"]
    assert f"{verdict.counted.correct} of 180" in str(verdict.message)
    np.testing.assert_allclose(opened.model().parameters.flat, run.model().parameters.flat, rtol=1e-3, atol=1e-6)


def test_what_was_opened_packs_to_the_same_model(run, tmp_path):
    opened, _ = open_file(pack(run), tmp_path)
    again, verdict = open_file(pack(opened), tmp_path)
    assert verdict.state == "agrees"
    np.testing.assert_array_equal(again.model().parameters.flat, opened.model().parameters.flat)


def test_the_manifest_says_which_digits_and_seed(run):
    manifest = unpack(pack(run)).manifest
    assert manifest.run == run.id and manifest.seed == 5
    assert manifest.data_sha256 == run.model().provenance.data_sha256 and len(manifest.test_sha256) == 64


def test_the_default_network_with_sixty_moments_takes_two_megabytes(runs_dir, monkeypatch):
    monkeypatch.setattr(bundle, "available", lambda name: False)
    config = Config()
    run, rng = create_run(config), np.random.default_rng(0)
    snapshots = Snapshots(run)
    for number in range(60):
        flat = rng.normal(0, 0.1, config.network.parameter_count).astype(np.float32)
        save_model(Model(config, Parameters(config.network, flat)), snapshots.path(number), storage="float16")
        for step in range(20):
            run.append(BatchEvent(number * 20 + step, number + step / 20, rng.random(), *rng.random(4)))
    save_model(Model(config, Parameters(config.network, flat), Provenance("d")), run.model_path)
    run.set_status(Status("finished"))
    content = pack(run)
    assert 1_000_000 < len(content) <= 2_000_000
    kept = sorted(unpack(content).snapshots)
    assert len(kept) >= 4 and kept[0] == 0 and kept[-1] == 59


def test_a_run_at_work_or_without_a_model_is_refused(runs_dir):
    run = create_run(CONFIG)
    for status in (Status("running"), Status("failed")):
        run.set_status(status)
        with pytest.raises(DigitLabError, match="export it then"):
            pack(run)


def test_a_score_that_is_not_what_the_model_reads_is_told(run, tmp_path):
    content = pack(run)
    manifest = json.loads(zipfile.ZipFile(io.BytesIO(content)).read("manifest.json"))
    manifest["score"] = [180, 180]
    opened, verdict = open_file(changed(content, manifest__json=json.dumps(manifest).encode()), tmp_path)
    assert verdict.state == "differs" and "says 180 of 180" in str(verdict.message)
    assert summary(opened).test == verdict.counted != verdict.stored  # lists show what was counted


@pytest.mark.parametrize(
    ("correct", "state"), [(9_800, "agrees"), (9_802, "agrees"), (9_803, "differs"), (9_797, "differs")]
)
def test_rounding_may_turn_two_of_ten_thousand(monkeypatch, correct, state):
    class Test:
        score = opening.Score(10_000, 9_800)
        data = dataclasses.make_dataclass("Data", ["sha256"])("abc")

    monkeypatch.setattr(opening, "evaluate_on", lambda model, name: Test)
    monkeypatch.setattr(opening, "available", lambda name: True)
    model = Model(CONFIG, Parameters.initial(CONFIG.network, 0))
    assert opening.check(model, bundle.Manifest(score=(10_000, correct), test_sha256="abc")).state == state
    assert opening.check(model, bundle.Manifest(score=(10_000, correct), test_sha256="xyz")).state == "unknown"
    assert opening.check(model, bundle.Manifest()).state == "unknown"


def test_where_the_digits_are_not_the_score_cannot_be_counted_again(run, tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "available", lambda name: False)
    opened, verdict = open_file(pack(run), tmp_path)
    assert verdict.state == "unknown" and "not here" in str(verdict.message) and opened.model_path.is_file()
    assert verdict.stored and verdict.counted is None


# -- what a stranger made


def bomb() -> bytes:
    return b"\n" * (33 << 20)


def linked(content: bytes, name: str) -> bytes:
    """The run with one of its files a link to one outside."""
    packed, link = io.BytesIO(changed(content, **{name.replace(".", "__"): None})), zipfile.ZipInfo(name)
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(packed, "a") as file:
        file.writestr(link, "../../../../etc/passwd")
    return packed.getvalue()


def epochs(count: int) -> bytes:
    return b"".join(f"{to_line(EpochEvent(n, n, 1.0, 1.0, 0.5))}\n".encode() for n in range(1, count + 1))


def with_epoch(content: bytes, **fields) -> bytes:
    """The run with one more epoch in its figures."""
    event = EpochEvent(**{"step": 1, "epoch": 4, "seconds": 1.0, "train_loss": 1.0, "train_accuracy": 0.5, **fields})
    return changed(content, metrics__jsonl=f"{to_line(event)}\n".encode())


HOSTILE = {
    "no zip": lambda content: b"PK\x03\x04 but no",
    "nothing": lambda content: b"",
    "half of it": lambda content: content[: len(content) // 2],
    "one byte wrong": lambda content: content[:900] + bytes([content[900] ^ 255]) + content[901:],
    "a way out": lambda content: changed(content, **{"../../evil__json": b"{}"}),
    "a way out in the snapshots": lambda content: changed(content, **{"snapshots/../../0001__safetensors": b"{}"}),
    "an absolute path": lambda content: changed(content, **{"/tmp/evil__json": b"{}"}),
    "a link": lambda content: linked(content, "snapshots/0001.safetensors"),
    "something else": lambda content: changed(content, readme__txt=b"hello"),
    "a file that is missing": lambda content: changed(content, metrics__jsonl=None),
    "a bomb": lambda content: changed(content, metrics__jsonl=bomb()),
    "no settings": lambda content: changed(content, config__json=b"{}"),
    "settings that cannot be": lambda content: changed(content, config__json=CONFIG.to_json().replace("16", "1.5", 1).encode()),
    "another network": lambda content: changed(content, config__json=CONFIG.with_network(hidden=(17,)).to_json().encode()),
    "no model": lambda content: changed(content, model__safetensors=b"not a model"),
    "a pickle": lambda content: changed(content, model__safetensors=b"\x80\x04\x95."),
    "no record": lambda content: changed(content, run__json=b'{"kind": "party"}'),
    "no state": lambda content: changed(content, status__json=b"[]"),
    "a run at work": lambda content: changed(content, status__json=b'{"state": "running", "machine": "x"}'),
    "brackets without end": lambda content: changed(content, manifest__json=b"[" * 100_000),
    "a name of blanks": lambda content: changed(content, run__json=b'{"title": "  "}'),
    "figures of another network": lambda content: with_epoch(content, confusion=((1, 2), (3, 4))),
    "a layer too many": lambda content: with_epoch(content, layers=(LayerFigures(1, 0, 1.0, 1.0),) * 3),
    "more lines than a page can show": lambda content: changed(content, metrics__jsonl=b"\n" * (MOST_EVENTS + 1)),
    "more epochs than a page can show": lambda content: changed(content, metrics__jsonl=epochs(MOST_EPOCHS + 1)),
    "batches without number": lambda content: with_epoch(content, step=1 << 60),
    "a later version": lambda content: changed(content, manifest__json=b'{"format": 2}'),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_run_is_refused_with_a_sentence_and_leaves_nothing(what, run, tmp_path):
    root = tmp_path / "elsewhere"
    with pytest.raises(DigitLabError) as error:
        open_file(HOSTILE[what](pack(run)), root)
    assert str(error.value).endswith(".") and "Traceback" not in str(error.value)
    assert not root.exists() or not list(root.iterdir())
    assert not list(tmp_path.rglob("evil*"))


def test_a_name_that_stands_twice_is_refused(run, tmp_path):
    content = io.BytesIO(pack(run))
    with zipfile.ZipFile(content, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("config.json", "{}")
    with pytest.raises(DigitLabError, match="too many files"):
        open_file(content.getvalue(), tmp_path)


def test_words_of_a_status_are_not_taken_over(run, tmp_path):
    spoken = b'{"state": "finished", "machine": "", "reason": {"template": "![](http://evil)", "values": {}}}'
    opened, _ = open_file(changed(pack(run), status__json=spoken), tmp_path)
    assert opened.status().detail == ""


# -- figures, and the commands


def test_figures_as_csv_by_hand():
    events = [BatchEvent(5, 0.5, 0.25, 2.0, 0.1, 0.01, 800.0), ChangeEvent(5, "learning_rate", 0.02, 0.25, "me"),
              EpochEvent(10, 1, 0.5, 1.5, 0.5, 1.25, 0.625), SnapshotEvent(10, 1)]  # fmt: skip
    assert to_csv(events).splitlines() == [
        ",".join(COLUMNS), "batch,5,0.5,0.25,2.0,0.1,,,0.01,800.0", "change,5,,0.25,,,,,0.02,",
        "epoch,10,1,0.5,1.5,0.5,1.25,0.625,,",
    ]  # fmt: skip


def test_the_commands(run, tmp_path):
    def call(*arguments: object):
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    file = tmp_path / "run.zip"
    assert call("runs", "export", run.id, file).exit_code == 0 and file.stat().st_size > 1_000
    told = call("runs", "import", file, "--json")
    fields = json.loads(told.stdout)
    assert told.exit_code == 0 and fields["verdict"] == "agrees" and fields["run"] in {each.id for each in list_runs()}
    assert "✓" in call("runs", "import", file).stdout
    content = pack(run)
    manifest = json.loads(zipfile.ZipFile(io.BytesIO(content)).read("manifest.json")) | {"score": [180, 180]}
    file.write_bytes(changed(content, manifest__json=json.dumps(manifest).encode()))
    told = call("runs", "import", file)
    assert told.exit_code == 1 and "✗" in told.stdout
    assert call("runs", "metrics", run.id).stdout == to_csv(run.events()[0])
    assert call("runs", "metrics", run.id, "--csv", tmp_path / "m.csv").exit_code == 0
    assert (tmp_path / "m.csv").read_text() == to_csv(run.events()[0])
    assert "Noted: better" in call("runs", "note", run.id, "better").stdout and run.record().note == "better"
    assert json.loads(call("runs", "remarks", run.id, "--json").stdout)["remarks"]
