"""Event files: the checksum and records by hand, and all of them read back by TensorBoard's own reader."""

import struct
import warnings
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from core.commands.main import main
from core.config import Config, NetworkConfig
from core.errors import DigitLabError
from core.models.files import read_model
from core.runs import worker
from core.runs.run import Run, create_run, list_runs
from core.runs.snapshots import Snapshots
from core.runs.tensorboard import export, nodes
from core.runs.tfevents import crc32c, histograms, record, scalars, version
from core.training.events import BatchEvent, EpochEvent

CONFIG = Config(NetworkConfig(inputs=64, hidden=(16,))).with_training(dataset="digits", epochs=3, learning_rate=0.01)


def read(folder: Path):
    """What TensorBoard reads of a folder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it uses of other packages is old
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

        return EventAccumulator(str(folder), size_guidance={"scalars": 0, "histograms": 0}).Reload()


@pytest.fixture
def run(runs_dir) -> Run:
    run = create_run(CONFIG)
    worker.execute(run)
    return run


@pytest.mark.parametrize(
    ("data", "crc"), [(b"123456789", 0xE3069283), (b"", 0), (bytes(32), 0x8A9136AA), (b"\xff" * 32, 0x62A8AB43)]
)
def test_the_checksum_of_the_standard(data, crc):
    """RFC 3720, B.4."""
    assert crc32c(data) == crc


def test_a_record_by_hand():
    made = record(b"abc")
    assert made[:8] == struct.pack("<Q", 3) and made[12:15] == b"abc" and len(made) == 8 + 4 + 3 + 4
    masked = ((crc32c(b"abc") >> 15 | crc32c(b"abc") << 17) + 0xA282EAD8) % 2**32
    assert struct.unpack("<I", made[15:])[0] == masked


def test_numbers_and_histograms_are_read_back(tmp_path):
    values = np.concatenate([np.linspace(-1, 1, 1001), [np.nan, np.inf]])
    parts = [version(5.0), scalars(10.0, 300, {"loss": 0.25, "accuracy": 1.0}), histograms(11.0, 2**40, {"w": values})]
    (tmp_path / "events.out.tfevents.1.here").write_bytes(b"".join(map(record, parts)))
    told = read(tmp_path)
    [loss] = told.Scalars("loss")
    assert (loss.wall_time, loss.step, loss.value) == (10.0, 300, 0.25) and told.Scalars("accuracy")[0].value == 1.0
    [histogram] = told.Histograms("w")
    found = histogram.histogram_value
    assert histogram.step == 2**40 and (found.min, found.max, found.num) == (-1.0, 1.0, 1001.0)
    assert found.sum == pytest.approx(0.0, abs=1e-9) and found.sum_squares == pytest.approx(
        np.square(values[:1001]).sum()
    )
    assert len(found.bucket) == len(found.bucket_limit) and sum(found.bucket) == 1001 and found.bucket_limit[-1] == 1.0


def test_a_run_is_read_back_whole(run, tmp_path):
    export(run, tmp_path)
    learned, held_back = read(tmp_path / "train"), read(tmp_path / "validation")
    epochs = [event for event in run.events()[0] if isinstance(event, EpochEvent)]
    for told, loss, accuracy in (
        (learned, [e.train_loss for e in epochs], [e.train_accuracy for e in epochs]),
        (held_back, [e.validation_loss for e in epochs], [e.validation_accuracy for e in epochs]),
    ):
        assert [each.step for each in told.Scalars("epoch_loss")] == [1, 2, 3]
        assert [each.value for each in told.Scalars("epoch_loss")] == pytest.approx(loss)
        assert [each.value for each in told.Scalars("epoch_accuracy")] == pytest.approx(accuracy)
    batches = [event for event in run.events()[0] if isinstance(event, BatchEvent)]
    assert len(learned.Tags()["scalars"]) >= 2
    if batches:
        assert [each.value for each in learned.Scalars("batch_loss")] == pytest.approx(
            [event.loss for event in batches]
        )


def test_weights_are_histograms_of_each_epoch(run, tmp_path):
    export(run, tmp_path)
    told = read(tmp_path / "train")
    assert set(told.Tags()["histograms"]) == {f"layer_{n}/{what}" for n in (1, 2) for what in ("weights", "biases")}
    found = told.Histograms("layer_1/weights")
    assert [each.step for each in found] == [0, 1, 2, 3]
    last = read_model(Snapshots(run).path(3)).parameters.weights[0].astype(float)
    value = found[-1].histogram_value
    assert (value.num, value.min, value.max) == (last.size, pytest.approx(last.min()), pytest.approx(last.max()))


def test_the_graph_has_the_sizes(run, tmp_path):
    export(run, tmp_path)
    graph = read(tmp_path / "train").Graph()
    told = {node.name: node for node in graph.node}
    sizes = {name: [dim.size for dim in node.attr["_output_shapes"].list.shape[0].dim] for name, node in told.items()}
    assert sizes["pixels"] == [-1, 64] and sizes["layer_1/weights"] == [64, 16] and sizes["layer_2/biases"] == [10]
    assert sizes["layer_2/softmax"] == [-1, 10] and told["layer_1/product"].op == "MatMul"
    assert list(told["layer_1/product"].input) == ["pixels", "layer_1/weights"]
    assert list(told["layer_2/product"].input) == ["layer_1/relu", "layer_2/weights"]


def test_a_network_without_biases_has_none():
    names = [name for name, *_ in nodes(NetworkConfig(hidden=(), bias=False, output="sigmoid"))]
    assert names == ["pixels", "layer_1/weights", "layer_1/product", "layer_1/sigmoid"]


def test_the_commands_write_the_same(runs_dir, tmp_path):
    asked = ["train", "--dataset", "digits", "--hidden", "8", "--epochs", "2", "--tensorboard", str(tmp_path / "live")]
    assert CliRunner().invoke(main, asked).exit_code == 0
    [run] = list_runs()
    assert CliRunner().invoke(main, ["runs", "tensorboard", run.id, str(tmp_path / "later")]).exit_code == 0
    for part in ("train", "validation"):
        [live], [later] = (list((tmp_path / when / part).iterdir()) for when in ("live", "later"))
        assert live.read_bytes() == later.read_bytes()


def test_a_folder_that_cannot_be_made_has_its_sentence(run, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DigitLabError, match="Nothing can be written"):
        export(run, tmp_path / "file")
