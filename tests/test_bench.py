"""The race: rows that make sense, targets held against them, and a NumPy engine whose shortcuts change no result."""

import importlib.util
import json
import os
import subprocess
import sys
import threading

import numpy as np
import pytest
from click.testing import CliRunner

from core.bench import Row, measure, reading
from core.bench.blog import BlogNetwork
from core.bench.cases import Case
from core.bench.measure import Contender, contenders
from core.bench.peers import PEERS
from core.bench.targets import TARGETS, Target, cases, judge
from core.commands.bench import bench
from core.config import NetworkConfig, TrainingConfig
from core.engines.numpy.descent import SINGLES
from core.engines.numpy.engine import NumpyEngine
from core.errors import DigitLabError
from core.folders import PROJECT
from core.models.legacy import legacy_config
from core.models.parameters import Parameters
from core.network.optimizers import OPTIMIZERS


@pytest.fixture(autouse=True)
def no_mnist(tmp_path, monkeypatch):
    """Noise instead of MNIST, also in the processes that are started: it is there at once."""
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))


# -- shortcuts of the NumPy engine


def engine_of(network: NetworkConfig, data, **training) -> NumpyEngine:
    config = TrainingConfig(**{"dtype": "float64", "optimizer": "sgd"} | training)
    engine = NumpyEngine(network, config, Parameters.initial(network, 3, config.dtype))
    engine.load(data)
    return engine


@pytest.mark.parametrize("batch_size", [1, 4])
@pytest.mark.parametrize("l2", [0.0, 0.1], ids=["", "l2"])
@pytest.mark.parametrize("hidden", [(), (6,), (6, 5)], ids=str)
@pytest.mark.parametrize("bias", [True, False], ids=["bias", ""])
@pytest.mark.parametrize("scaling", ["unit", "offset"])
def test_plain_descent_takes_the_gradient_s_steps(make_data, batch_size, l2, hidden, bias, scaling):
    """No gradient is made on the way, and singles are trained by the block: yet w <- w - rate g, with g from `gradient`."""
    data = make_data(2 * SINGLES + 7, side=2)
    network = NetworkConfig(
        inputs=4, hidden=hidden, activation="tanh", initializer="glorot", bias=bias, scaling=scaling
    )
    trained, followed = (engine_of(network, data, batch_size=batch_size, l2=l2) for _ in range(2))
    order = np.random.default_rng(0).permutation(len(data))
    rates = np.linspace(0.3, 0.1, -(-len(order) // batch_size))
    totals, loss = trained.train(order, rates), 0.0
    for number, rate in enumerate(rates):
        batch = order[number * batch_size : (number + 1) * batch_size]
        flat = followed.parameters().flat
        squares = sum(np.square(weights).sum() for weights in followed.parameters().weights)
        value, gradient = followed.gradient(batch)
        loss += (value - 0.5 * l2 * squares) * len(batch)
        followed.load_state(followed.state() | {"parameters": flat - rate * gradient})
    np.testing.assert_allclose(trained.parameters().flat, followed.parameters().flat, rtol=1e-12, atol=1e-12)
    assert totals.loss == pytest.approx(loss, rel=1e-12)
    assert int(trained.state()["steps"]) == len(rates)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("l2", [0.0, 0.1], ids=["", "l2"])
def test_every_optimizer_gets_the_gradient_of_its_batch(make_data, optimizer, l2):
    data = make_data(11, side=2)
    network = NetworkConfig(inputs=4, hidden=(6,), activation="tanh", initializer="glorot")
    trained, looked = (engine_of(network, data, batch_size=4, l2=l2, optimizer=optimizer) for _ in range(2))
    flat = looked.parameters().flat
    apart = OPTIMIZERS[optimizer](flat, looked.parameters().weight_count)
    order, rates = np.arange(11), np.array([0.03, 0.02, 0.01])
    trained.train(order, rates)
    for number, rate in enumerate(rates):
        looked.load_state(looked.state() | {"parameters": flat})
        apart.step(looked.gradient(order[4 * number : 4 * number + 4])[1], rate)
    np.testing.assert_allclose(trained.parameters().flat, flat, rtol=1e-12, atol=1e-12)


def test_singles_with_dropout_take_the_gradient_s_steps(make_data):
    """The mask of a step is the hash of its number, in a block as anywhere."""
    data = make_data(SINGLES + 3, side=2)
    network = NetworkConfig(inputs=4, hidden=(9,), activation="tanh", dropout=0.4)
    trained, followed = (engine_of(network, data, batch_size=1) for _ in range(2))
    order = np.arange(len(data))
    trained.train(order, np.full(len(order), 0.1))
    for step, row in enumerate(order):
        flat = followed.parameters().flat - 0.1 * followed.gradient(np.array([row]))[1]
        followed.load_state({"parameters": flat, "steps": np.array(step + 1)})
    np.testing.assert_allclose(trained.parameters().flat, followed.parameters().flat, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_singles_give_the_same_bits_however_calls_are_cut_at_strides(make_data, dtype):
    data = make_data(4 * SINGLES + 5, side=3)
    network = NetworkConfig(inputs=9, hidden=(7,))
    whole, parts = (engine_of(network, data, batch_size=1, dtype=dtype) for _ in range(2))
    assert whole.stride == SINGLES and engine_of(network, data, batch_size=2).stride == 1
    order, rates = np.random.default_rng(0).permutation(len(data)), np.linspace(0.1, 0.05, len(data))
    whole.train(order, rates)
    for part in (slice(0, SINGLES), slice(SINGLES, 4 * SINGLES), slice(4 * SINGLES, None)):
        parts.train(order[part], rates[part])
    np.testing.assert_array_equal(parts.parameters().flat, whole.parameters().flat)


class ExactBlogNetwork(BlogNetwork):
    """The blog's loop with the one line put right in which it leaves the gradient."""

    def sent_down(self, output_errors, final_outputs):
        return output_errors * final_outputs * (1.0 - final_outputs)


def test_the_blog_s_loop_and_the_engine_learn_the_same_weights(make_data):
    """Line by line in float64, and our engine in float32, through 300 pictures of noise in one order."""
    data, config = make_data(300, side=28), legacy_config(hidden=20).with_training(loss="squared_error")
    start = Parameters.initial(config.network, 0)
    blog = ExactBlogNetwork(start.weights[0].T, start.weights[1].T, config.training.learning_rate)
    engine = NumpyEngine(config.network, config.training, start)
    engine.load(data)
    order = np.random.default_rng(0).permutation(len(data))
    for row in order:
        blog.train(data.pixels[row], data.labels[row])
    engine.train(order, np.full(len(order), config.training.learning_rate))
    first, last = engine.parameters().weights
    np.testing.assert_allclose(first, blog.wih.T, atol=1e-5)
    np.testing.assert_allclose(last, blog.who.T, atol=1e-5)
    assert np.abs(first - start.weights[0]).max() > 0.01 and np.abs(last - start.weights[1]).max() > 0.1


def test_the_blog_s_own_line_by_hand():
    """One lit pixel, hidden weights 0 and last weights 1: hidden 1/2, outputs 1 / (1 + exp(-1/2)) = 0.6224593 for 1 unit.

    The unit hears 0.99 - 0.6224593 and nine times 0.01 - 0.6224593, in all -5.1445932; its slope is 1/4, its rate 0.1, and
    the lit pixel enters as 1: the weight becomes -0.1286148.
    """
    network = BlogNetwork(np.zeros((1, 784)), np.ones((10, 1)), 0.1)
    pixels = np.zeros(784, dtype=np.uint8)
    pixels[5] = 255
    network.train(pixels, 3)
    assert network.wih[0, 5] == pytest.approx(-0.1286148, abs=1e-7)
    assert network.wih[0, 6] == pytest.approx(-0.001286148, abs=1e-9)  # an unlit pixel enters as 0.01
    assert network.who[3, 0] == pytest.approx(1 + 0.1 * 0.3675407 * 0.6224593 * 0.3775407 * 0.5, abs=1e-7)


# -- the command


def test_rows_of_the_command():
    answer = CliRunner().invoke(
        bench,
        ["--engine", "numpy", "--hidden", "8", "--batch-size", "1", "--batch-size", "50", "--samples", "2500",
         "--repeats", "2", "--threads", "1", "--json"],
    )  # fmt: skip
    assert answer.exit_code == 0, answer.output
    assert "noise" in answer.stderr
    rows = json.loads(answer.stdout.splitlines()[-1])["rows"]
    assert [(row["engine"], row["hidden"], row["batch_size"]) for row in rows] == [
        ("floor", 8, 1), ("numpy", 8, 1), ("floor", 8, 50), ("numpy", 8, 50)
    ]  # fmt: skip
    assert [row["measured_samples"] for row in rows] == [2000, 2000, 2500, 2500]  # 2,000 steps are enough
    for row in rows:
        assert row["samples"] == 2500 and row["repeats"] == 2 and row["threads"] == 1 and row["data"] == "noise"
        assert 1e-4 < row["seconds_per_epoch"] < 30
        assert row["samples_per_second"] == pytest.approx(2500 / row["seconds_per_epoch"])
        assert row["gflops"] == pytest.approx(row["samples_per_second"] * 25_568 / 1e9)
        assert row["floor_fraction"] > 0 and row["spread"] >= 0
    assert rows[0]["floor_fraction"] == rows[2]["floor_fraction"] == 1.0
    assert rows[3]["floor_fraction"] == pytest.approx(rows[2]["seconds_per_epoch"] / rows[3]["seconds_per_epoch"])


def test_work_of_a_case_by_hand():
    """784 x 8 and 8 x 10 multiplications up, as many for the gradients, and 8 x 10 down; an addition with each."""
    assert Case(8, 50).flops == 2 * (2 * (6272 + 80) + 80) == 25_568
    assert (Case(8, 64, samples=130).steps, Case(8, 1, samples=60_000).steps) == (3, 2000)


def test_the_order_of_a_turn_is_shuffled_over_all_samples():
    case = Case(8, 1, samples=5000)
    first, second = case.order(1), case.order(2)
    assert len(first) == len(set(first)) == 2000 and first.max() > 4900
    assert not np.array_equal(first, second)


def test_rows_come_with_the_blog_s_loop_and_in_a_process_of_their_own():
    before = set(sys.modules)
    rows = list(measure(["numpy"], [8], [1], repeats=1, samples=200, threads=1, peers=True))
    assert [row.engine for row in rows] == ["floor", "numpy", "blog"]
    assert "taichi" not in set(sys.modules) - before


def test_who_races(monkeypatch):
    monkeypatch.setattr("core.bench.peers.importlib.util.find_spec", lambda name: name != "jax" or None)
    assert contenders(Case(8, 32), ["numpy", "taichi"]) == ["floor", "numpy", "taichi"]
    assert contenders(Case(8, 32), ["numpy"], peers=True) == ["floor", "numpy", "pytorch", "scikit-learn"]
    assert contenders(Case(8, 1), ["numpy"], peers=True) == ["floor", "numpy", "blog"]
    assert contenders(Case(8, 1), ["numpy", "taichi"], blog=True) == ["floor", "numpy", "taichi", "blog", "blog-taichi"]
    assert contenders(Case(8, 32), ["numpy", "taichi"], blog=True) == ["floor", "numpy", "taichi"]
    assert contenders(Case(8, 1, optimizer="adam"), ["numpy"], blog=True) == ["floor", "numpy"]
    assert contenders(Case(8, 32, optimizer="adam"), ["numpy"], peers=True) == [
        "floor",
        "numpy",
    ]  # they run plain descent


def test_a_contender_that_cannot_run_is_a_sentence():
    assert "jax" in PEERS
    with Contender("numpy", Case(8, 32, samples=64, device="cpu", optimizer="none"), 1) as contender:
        with pytest.raises(DigitLabError, match="no optimizer called 'none'"):
            contender.ready()
    with Contender("nobody", Case(8, 32, samples=64), 1) as contender:
        with pytest.raises(DigitLabError, match="nobody ended before it was measured"):
            contender.ready()


def test_a_contender_that_complains_at_length_does_not_hang(tmp_path, monkeypatch):
    """A pipe that nobody empties takes 64 kB, and then whoever writes into it waits for ever."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys; sys.stderr.write('beware!\\n' * 125_000); sys.stderr.flush()"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Contender("numpy", Case(8, 32, samples=64), 1) as contender:
        watchdog = threading.Timer(30.0, contender._process.kill)
        watchdog.start()
        assert contender.ready() == "noise" and contender.turn() > 0.0
        watchdog.cancel()
    with Contender("nobody", Case(8, 32, samples=64), 1) as contender:
        with pytest.raises(DigitLabError, match="nobody ended before it was measured: KeyError: 'nobody'"):
            contender.ready()


# -- the targets


def row_of(engine: str, seconds: float, hidden: int = 200, batch_size: int = 128) -> Row:
    return Row(engine, hidden, batch_size, "cpu", "sgd", seconds, 0.0, 0.0, 0.0, 0.0, 5, 60_000, 60_000, 2, "noise")


def test_targets_by_hand():
    """Half the time is twice the speed; a case or a contender that is missing is not met."""
    targets = [
        Target("numpy", 200, 128, "pytorch", 1.5),
        Target("numpy", 200, 128, "floor", 0.85),
        Target("numpy", 100, 32, "pytorch", 2.5),
        Target("taichi", 200, 128, "pytorch", 1.0),
    ]
    rows = [row_of("floor", 0.2), row_of("numpy", 0.25), row_of("pytorch", 0.5), row_of("pytorch", 0.9, 100, 32)]
    verdicts = list(judge(rows, targets))
    assert [verdict.ratio for verdict in verdicts] == [2.0, 0.8, None, None]
    assert [verdict.met for verdict in verdicts] == [True, False, False, False]
    assert [str(verdict).split("  ")[0] for verdict in verdicts] == [
        "met", "FALLS SHORT", "not measured", "not measured"
    ]  # fmt: skip


def test_a_target_across_batch_sizes_compares_seconds_per_epoch():
    """0.5 s in batches against 22 s one at a time: 44 x. The other's batches are not looked at."""
    target = Target("taichi", 200, 128, "blog-taichi", 40.0, other_batch_size=1)
    rows = [row_of("taichi", 0.5), row_of("blog-taichi", 0.6), row_of("blog-taichi", 22.0, batch_size=1)]
    (verdict,) = judge(rows, [target])
    assert verdict.ratio == 44.0 and verdict.met
    assert str(target) == "784-200-10, batch 128: taichi at least 40 x as fast as blog-taichi with batch 1"
    assert target in TARGETS and (200, 1) in cases() and (200, 128) in cases()


@pytest.mark.parametrize(("seconds", "status"), [(0.02, 0), (0.5, 1)])
def test_check_tells_by_its_exit_status(monkeypatch, seconds, status):
    """Everybody takes a second a case, and our engines 0.02: all is met. At 0.5 some ratios are too small."""
    asked = []

    def rows(engines, hidden, batch_sizes, **settings):
        assert settings["peers"] is True
        asked.append((hidden[0], batch_sizes[0]))
        for name in ("floor", "numpy", "taichi", "pytorch", "blog", "blog-taichi"):
            yield row_of(name, seconds if name in ("numpy", "taichi") else 1.0, hidden[0], batch_sizes[0])

    monkeypatch.setattr("core.commands.bench.measure", rows)
    answer = CliRunner().invoke(bench, ["--check"])
    assert answer.exit_code == status, answer.output
    assert asked == cases()
    assert answer.stdout.count("FALLS SHORT") == sum(1 / seconds < target.factor for target in TARGETS)
    assert (answer.stdout.count("FALLS SHORT") > 0) == bool(status)


# -- what rows mean


def rows_of(engine: str, batch_size: int, *seconds: float) -> list[dict]:
    """Rows at 100, 200 and 300 units."""
    sizes = zip((100, 200, 300), seconds, strict=False)
    return [row_of(engine, value, hidden, batch_size).to_dict() for hidden, value in sizes]


def test_the_earlier_system_s_lines_cross_where_straight_lines_between_its_figures_do():
    """28.2 s behind at 100 nodes and 3.3 s ahead at 200: at 100 + 100 x 28.2 / 31.5 = 189.5."""
    assert reading.crossing(reading.THEIRS["numpy"], reading.THEIRS["taichi"]) == pytest.approx(189.524, abs=1e-3)
    assert reading.crossing({100: 1.0, 200: 2.0}, {100: 2.0, 200: 3.0}) is None
    assert reading.crossing({100: 1.0}, {100: 2.0}) is None


@pytest.mark.parametrize(
    ("numpy", "taichi", "said"),
    [
        ((1, 2, 3), (2, 3, 4), "NumPy is faster at 100, 200 and 300 units"),
        ((3, 2, 3), (2, 3, 1), "NumPy is faster at 200 units, Taichi at 100 and 300"),
        ((1.0, 2.0), (1.04, 1.0), "Taichi is faster at 200 units, they are as good as equal at 100"),
        ((1.0,), (1.0,), "they are as good as equal at 100 units"),
    ],
)
def test_who_wins_where(numpy, taichi, said):
    sizes = (100, 200, 300)
    found = reading.who_wins(dict(zip(sizes, numpy, strict=False)), dict(zip(sizes, taichi, strict=False)))
    assert str(found) == said


def test_the_two_sentences():
    rows = [*rows_of("numpy", 1, 2.0, 3.0, 4.0), *rows_of("taichi", 1, 3.0, 4.5, 6.0), *rows_of("blog-taichi", 1, 35, 45, 56),
            *rows_of("numpy", 128, 0.2, 0.3, 0.4), *rows_of("taichi", 128, 0.25, 0.25, 0.39)]  # fmt: skip
    assert str(reading.one_at_a_time(rows)) == (
        "One digit at a time, NumPy is faster at 100, 200 and 300 units (at 200, NumPy needs 3.0 s an epoch and "
        "Taichi 4.5 s): a step on one digit is so little work that the cost of starting it decides, and the earlier Taichi "
        "paid it for every product of every digit (the NumPy beside it was faster up to about 190 units; run "
        "here, that Taichi loop needs 45 s at 200)."
    )
    assert str(reading.in_batches(rows)) == (
        "In batches of 128, NumPy is faster at 100 units, Taichi at 200, they are as good as equal at 300 (at 200, "
        "NumPy needs 0.30 s an epoch and Taichi 0.25 s, 10 and 18 times as fast as one at a time): one large product takes "
        "the place of 128 thin ones, and each weight is fetched once for all of them; NumPy's come from a library tuned to "
        "this processor by hand, Taichi's are compiled from our own source."
    )


def test_the_two_sentences_where_there_is_no_taichi_and_where_there_is_nothing():
    rows = [*rows_of("numpy", 1, 2.0), *rows_of("numpy", 128, 0.2)]
    assert str(reading.one_at_a_time(rows)).startswith("One digit at a time, NumPy needs 2.0 s an epoch at 100 units, ")
    assert "the earlier system took 14 s" in str(reading.one_at_a_time(rows))
    assert ", 10 times as fast as one at a time: one large product" in str(reading.in_batches(rows))
    assert reading.one_at_a_time([]) is reading.in_batches([]) is None


def test_on_a_graphics_card_the_sentence_says_so():
    rows = rows_of("numpy", 128, 0.2) + [row | {"device": "cuda"} for row in rows_of("taichi", 128, 0.1)]
    assert "Taichi's on the graphics card" in str(reading.in_batches(rows))


def test_times_that_say_little_are_called_unsteady():
    steady = row_of("numpy", 1.0).to_dict()
    assert reading.unsteady([]) is None and reading.unsteady([steady | {"spread": 0.3}]) is None
    assert reading.unsteady([steady | {"spread": 0.3}, steady | {"spread": 0.9}]) == 0.9


# -- lines for a program that listens


def test_steps_and_rows_as_lines_of_json():
    answer = CliRunner().invoke(
        bench,
        ["--engine", "numpy", "--hidden", "8", "--batch-size", "1", "--samples", "100", "--repeats", "2", "--threads", "1",
         "--blog", "--json-lines"],
    )  # fmt: skip
    assert answer.exit_code == 0, answer.output
    lines = [json.loads(line) for line in answer.stdout.splitlines()]
    steps, rows = [line for line in lines if "done" in line], [line["row"] for line in lines if "row" in line]
    # floor, numpy and the blog's loop; each starts and takes two turns
    assert [step["done"] for step in steps] == list(range(9)) and {step["total"] for step in steps} == {9}
    assert [step["engine"] for step in steps[:6]] == ["floor", "numpy", "blog"] * 2
    assert [(row["engine"], row["batch_size"]) for row in rows] == [("floor", 1), ("numpy", 1), ("blog", 1)]


def test_what_cannot_be_measured_is_a_line_with_its_sentence(monkeypatch):
    def refuse(*_, **__):
        raise DigitLabError("There is no such engine.")
        yield

    monkeypatch.setattr("core.commands.bench.measure", refuse)
    answer = CliRunner().invoke(bench, ["--json-lines"])
    assert answer.exit_code == 1
    assert json.loads(answer.stdout.splitlines()[-1]) == {
        "error": {"template": "There is no such engine.", "values": {}}
    }


# -- the blog's second program


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("taichi") is None, reason="Taichi is not installed here")
def test_the_blog_s_two_programs_learn_the_same_from_the_same_digits(tmp_path):
    """Its Taichi port against its NumPy loop through 60 pictures of noise, in a process apart, in single precision."""
    code = (
        "import json, sys\nimport numpy as np\n"
        "from core.engines.taichi.runtime import start\nstart('cpu')\n"
        "from core.bench.blog_taichi import BlogTaichiNetwork\nfrom core.bench.blog import BlogNetwork\n"
        "rng = np.random.default_rng(0)\n"
        "wih, who = rng.normal(0, 0.1, (20, 784)), rng.normal(0, 0.3, (10, 20))\n"
        "ours, theirs = BlogNetwork(wih.copy(), who.copy(), 0.1), BlogTaichiNetwork(wih, who, 0.1)\n"
        "for _ in range(60):\n"
        "    pixels, label = rng.integers(0, 256, 784), int(rng.integers(10))\n"
        "    ours.train(pixels, label), theirs.train(pixels, label)\n"
        "print(json.dumps([float(abs(a.to_numpy() - b).max()) for a, b in"
        " ((theirs.wih, ours.wih), (theirs.who, ours.who))] + [float(abs(ours.who - who).max())]))"
    )
    environment = os.environ | {
        "DIGITLAB_CACHE": str(tmp_path),
        "TI_CPU_MAX_NUM_THREADS": "1",
        "PYTHONPATH": str(PROJECT),
    }
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    first, last, moved = json.loads(done.stdout.splitlines()[-1])
    assert first < 1e-5 and last < 1e-5 and moved > 0.1
