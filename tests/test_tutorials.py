"""The tutorials as they were written: each recipe against a plain loop of its source's own rule.

Every loop below is written as its tutorial writes it, with its names, and shares nothing with Digit Lab but the start and
the digits. From the same start and in the same order, both come to the same weights.
"""

from collections.abc import Callable

import numpy as np
import pytest
import scipy.ndimage
import scipy.special

from core.config import Config
from core.datasets import Dataset, TrainingData, load_test, load_training
from core.models.parameters import Parameters
from core.training import turned
from core.training.loop import Training
from core.training.recipes import RECIPES

SAME = 1e-9
Rule = Callable[[int, np.ndarray, np.ndarray, int], None]


def noise(n: int, side: int = 28, pixel_max: int = 255, seed: int = 0) -> Dataset:
    """Blots of ink on an empty ground, with every digit as label."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, pixel_max + 1, (n, side, side), dtype=np.uint8)
    pixels[:, :: side // 4] = 0
    return Dataset("noise", pixels.reshape(n, -1), rng.integers(0, 10, n), (side, side), pixel_max=pixel_max)


def small(name: str, **training) -> Config:
    """A recipe in double precision."""
    return RECIPES[name].config.with_training(**{"dtype": "float64"} | training)


def trained(config: Config, data: Dataset) -> tuple[Parameters, Parameters]:
    """The parameters before and after a training."""
    training = Training(config, TrainingData(data, None))
    start = training.engine.parameters()
    for _ in training:
        pass
    return start, training.engine.parameters()


def assert_same(mine: Parameters, weights: list[np.ndarray], biases: list[np.ndarray] = ()) -> None:
    assert len(mine.weights) == len(weights) and len(mine.biases) == len(biases)
    for ours, theirs in zip([*mine.weights, *mine.biases], [*weights, *biases], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=SAME)


# -- Blog A and Course D: T. Rashid, Make Your Own Neural Network


class NeuralNetwork:
    """The book's class, with weights that are given: `wih` (hidden, inputs) and `who` (outputs, hidden)."""

    def __init__(self, start: Parameters, learningrate: float) -> None:
        self.wih, self.who = (weights.T.copy() for weights in start.weights)
        self.lr = learningrate
        self.activation_function = lambda x: scipy.special.expit(x)

    def train(self, inputs_list, targets_list):
        inputs = np.array(inputs_list, ndmin=2).T
        targets = np.array(targets_list, ndmin=2).T

        hidden_inputs = np.dot(self.wih, inputs)
        hidden_outputs = self.activation_function(hidden_inputs)
        final_inputs = np.dot(self.who, hidden_outputs)
        final_outputs = self.activation_function(final_inputs)

        output_errors = targets - final_outputs
        hidden_errors = np.dot(self.who.T, output_errors)

        self.who += self.lr * np.dot(
            output_errors * final_outputs * (1.0 - final_outputs), np.transpose(hidden_outputs)
        )
        self.wih += self.lr * np.dot(hidden_errors * hidden_outputs * (1.0 - hidden_outputs), np.transpose(inputs))


def the_book(start: Parameters, data: Dataset, rate: float, epochs: int, *, rotated: bool = False) -> list[np.ndarray]:
    n = NeuralNetwork(start, rate)
    for _ in range(epochs):
        for pixels, label in zip(data.pixels, data.labels, strict=True):
            scaled_input = np.asarray(pixels, float) / data.pixel_max * 0.99 + 0.01
            targets = np.zeros(10) + 0.01
            targets[int(label)] = 0.99
            n.train(scaled_input, targets)
            if rotated:
                for angle in (10, -10):
                    picture = scipy.ndimage.rotate(
                        scaled_input.reshape(data.shape), angle, cval=0.01, order=3, reshape=False
                    )
                    n.train(picture.reshape(-1), targets)
    return [n.wih.T, n.who.T]


@pytest.mark.parametrize("name", ["blog-a-100", "blog-a-200-2", "blog-a-200-4", "blog-a-200-7"])
def test_blog_a(name):
    config, data = small(name), noise(40)
    start, mine = trained(config, data)
    rate, epochs = config.training.learning_rate, config.training.epochs
    assert_same(mine, the_book(start, data, rate, epochs, rotated=name in ("blog-a-200-4", "blog-a-200-7")))


def test_turned_digits_are_the_same_in_windows(monkeypatch):
    """Of 40 digits and their copies, 120 samples, the engine holds 32 at a time."""
    monkeypatch.setattr(turned, "WINDOW", 32)
    data = noise(40)
    start, mine = trained(small("blog-a-200-4", epochs=2), data)
    assert_same(mine, the_book(start, data, 0.05, 2, rotated=True))


def test_the_spline_s_overshoot_is_kept():
    """A cubic spline passes below the ground and above full ink beside an edge; the tutorial clips neither."""
    bar = np.zeros((1, 28, 28), np.uint8)
    bar[:, 4:24, 12:16] = 255
    picture = turned.turned((0.0, 10.0), bar.reshape(1, -1), (28, 28), np.array([1]), "float64")
    assert picture.min() < -5 and picture.max() > 260


def test_course_d_numpy():
    config, data = small("course-d-numpy"), noise(100, side=8, pixel_max=16)
    start, mine = trained(config, data)
    assert_same(mine, the_book(start, data, 0.2, 2))


def test_course_d_s_own_split():
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    x_train, x_test, y_train, y_test = train_test_split(*load_digits(return_X_y=True), test_size=0.1, random_state=0)
    train, test = load_training("digits", validation=False).train, load_test("digits")
    for mine, theirs in (
        (train.pixels, x_train),
        (train.labels, y_train),
        (test.pixels, x_test),
        (test.labels, y_test),
    ):
        np.testing.assert_array_equal(mine, theirs)


# -- Blog B: batches, bytes as they are, biases


def test_blog_b():
    """With 600 digits there are two batches of 256; the 88 that remain are dropped, other ones in each epoch."""
    config, data = small("blog-b", epochs=3), noise(600)
    training = Training(config, TrainingData(data, None))
    start = training.engine.parameters()
    (w1, w2), (b1, b2) = start.weights, start.biases
    assert np.abs(b1).max() > 1  # N(0, 1)
    w1, w2, b1, b2 = (np.array(each) for each in (w1, w2, b1, b2))
    for epoch in range(3):
        order = training._epochs.order(epoch)
        assert len(order) == 512
        for batch in (order[:256], order[256:]):
            x = data.pixels[batch].astype(float)
            t = np.eye(10)[data.labels[batch]]
            h = 1 / (1 + np.exp(-np.clip(x @ w1 + b1, -700, 700)))
            y = 1 / (1 + np.exp(-(h @ w2 + b2)))
            d2 = (y - t) * y * (1 - y)
            d1 = (d2 @ w2.T) * h * (1 - h)
            w2 -= 0.01 * h.T @ d2 / 256
            b2 -= 0.01 * d2.sum(axis=0) / 256
            w1 -= 0.01 * x.T @ d1 / 256
            b1 -= 0.01 * d1.sum(axis=0) / 256
    for _ in training:
        pass
    assert_same(training.engine.parameters(), [w1, w2], [b1, b2])


def test_blog_b_begins_saturated():
    """Its lesson: fed with bytes, nearly all hidden units are fully on or off at the start, and have no slope."""
    data = noise(50)
    network = RECIPES["blog-b"].config.network
    sums = data.pixels.astype(float) @ Parameters.initial(network, 0).weights[0]
    assert (np.abs(sums) > 30).mean() > 0.95


# -- Blog C: squared error


def test_blog_c_numpy():
    config, data = small("blog-c-numpy", epochs=2), noise(40)
    start, mine = trained(config, data)
    w1, w2 = (weights.copy() for weights in start.weights)
    for _ in range(2):
        for pixels, label in zip(data.pixels, data.labels, strict=True):
            x = pixels[None] / 255.0 * 0.99 + 0.01
            t = np.full((1, 10), 0.01)
            t[0, label] = 0.99
            h = scipy.special.expit(x @ w1)
            y = scipy.special.expit(h @ w2)
            d2 = (y - t) * y * (1 - y)
            d1 = (d2 @ w2.T) * h * (1 - h)
            w2 -= 0.1 * h.T @ d2
            w1 -= 0.1 * x.T @ d1
    assert_same(mine, [w1, w2])


# -- Course D and Blog E with PyTorch: softmax and cross-entropy, momentum or Adam


def batches_of(training: Training, epochs: int, size: int):
    for epoch in range(epochs):
        order = training._epochs.order(epoch)
        yield from (order[at : at + size] for at in range(0, len(order), size))


def relu_softmax_gradients(x, labels, w1, b1, w2, b2):
    """The slopes of the mean of `F.cross_entropy` for one layer of ReLU units."""
    n = len(labels)
    z = x @ w1 + b1
    h = np.maximum(z, 0)
    sums = h @ w2 + b2
    p = np.exp(sums - sums.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    d2 = (p - np.eye(10)[labels]) / n
    d1 = (d2 @ w2.T) * (z > 0)
    return x.T @ d1, d1.sum(axis=0), h.T @ d2, d2.sum(axis=0)


def assert_same_as(name: str, n: int, batch_size: int, rule: Rule, scaled=lambda x: x) -> None:
    """Train a recipe with one hidden layer for two epochs on n pictures, and beside it a plain loop by a rule.

    `rule(place, p, g, step)` changes the parameters p, which stand at this place among the four, by their gradient g.
    """
    config, data = small(name, epochs=2), noise(n)
    training = Training(config, TrainingData(data, None))
    start = training.engine.parameters()
    values = [np.array(each) for pair in zip(start.weights, start.biases, strict=True) for each in pair]
    for step, batch in enumerate(batches_of(training, 2, batch_size), start=1):
        gradients = relu_softmax_gradients(scaled(data.pixels[batch] / 255), data.labels[batch], *values)
        for place, (p, g) in enumerate(zip(values, gradients, strict=True)):
            rule(place, p, g, step)
    for _ in training:
        pass
    assert_same(training.engine.parameters(), values[::2], values[1::2])


def test_course_d_pytorch():
    """`torch.optim.SGD(lr=0.01, momentum=0.9)`: v = 0.9 v + g, w = w - 0.01 v; the last batch, of four, is kept."""
    velocity = [0.0] * 4

    def rule(place, p, g, step):
        velocity[place] = 0.9 * velocity[place] + g
        p -= 0.01 * velocity[place]

    assert_same_as("course-d-pytorch", 100, 32, rule, scaled=lambda x: (x - 0.1307) / 0.3081)


def test_blog_e_pytorch():
    """`torch.optim.Adam(lr=1e-3)`: betas 0.9 and 0.999, epsilon 1e-8 beside the corrected root."""
    m, v = [0.0] * 4, [0.0] * 4

    def rule(place, p, g, step):
        m[place] = 0.9 * m[place] + 0.1 * g
        v[place] = 0.999 * v[place] + 0.001 * g**2
        p -= 1e-3 * (m[place] / (1 - 0.9**step)) / (np.sqrt(v[place] / (1 - 0.999**step)) + 1e-8)

    assert_same_as("blog-e-pytorch", 250, 100, rule)


# -- Blog C and Blog E with Keras: RMSprop; Adam over two hidden layers


def test_blog_c_keras():
    """`optimizer="rmsprop"` as in Keras 2: a = 0.9 a + 0.1 g^2, p = p - lr g / (sqrt(a) + 1e-7)."""
    a = [0.0] * 4

    def rule(place, p, g, step):
        a[place] = 0.9 * a[place] + 0.1 * g**2
        p -= 1e-3 * g / (np.sqrt(a[place]) + 1e-7)

    assert_same_as("blog-c-keras", 300, 128, rule)


def test_blog_e_keras():
    """Two hidden layers. Keras's Adam adds 1e-7 to the uncorrected root, ours 1e-8 to the corrected: its sentence says so."""
    config, data = small("blog-e-keras", epochs=2), noise(250)
    training = Training(config, TrainingData(data, None))
    start = training.engine.parameters()
    ws, bs = [np.array(w) for w in start.weights], [np.array(b) for b in start.biases]
    m, v = ([np.zeros_like(each) for each in (*ws, *bs)] for _ in range(2))
    for t, batch in enumerate(batches_of(training, 2, 100), start=1):
        layers = [data.pixels[batch] / 255]
        for w, b in zip(ws, bs, strict=True):
            layers.append(np.maximum(layers[-1] @ w + b, 0) if w is not ws[-1] else layers[-1] @ w + b)
        delta = scipy.special.softmax(layers[-1], axis=1) - np.eye(10)[data.labels[batch]]
        delta /= len(batch)
        gw, gb = [], []
        for layer in (2, 1, 0):
            gw.insert(0, layers[layer].T @ delta)
            gb.insert(0, delta.sum(axis=0))
            delta = (delta @ ws[layer].T) * (layers[layer] > 0)
        for p, mean, square, g in zip([*ws, *bs], m, v, [*gw, *gb], strict=True):
            mean[...] = 0.9 * mean + 0.1 * g
            square[...] = 0.999 * square + 0.001 * g**2
            p -= 1e-3 * (mean / (1 - 0.9**t)) / (np.sqrt(square / (1 - 0.999**t)) + 1e-8)
    for _ in training:
        pass
    assert_same(training.engine.parameters(), ws, bs)
    assert "constant" in RECIPES["blog-e-keras"].sentence


@pytest.mark.parametrize("name", ["course-d-pytorch", "blog-e-pytorch"])
def test_pytorch_s_start(name):
    """`nn.Linear`: weights and biases even in +-1/sqrt(fan-in)."""
    network = RECIPES[name].config.network
    start = Parameters.initial(network, 0, "float64")
    for weights, biases in zip(start.weights, start.biases, strict=True):
        limit = len(weights) ** -0.5
        assert 0.99 * limit < np.abs(weights).max() <= limit and 0.5 * limit < np.abs(biases).max() <= limit


@pytest.mark.parametrize(("name", "spread"), [
    ("blog-a-200-4", lambda fan_in, fan_out: fan_out**-0.5),
    ("blog-c-numpy", lambda fan_in, fan_out: fan_out**-0.5),
    ("course-d-numpy", lambda fan_in, fan_out: fan_in**-0.5),
    ("blog-b", lambda fan_in, fan_out: 1.0),
])  # fmt: skip
def test_normal_starts(name, spread):
    start = Parameters.initial(RECIPES[name].config.network, 0)
    for weights in start.weights:
        assert weights.std() == pytest.approx(spread(*weights.shape), rel=5 * weights.size**-0.5)
