"""The forward pass in the browser against `Model`'s, for networks of every kind, and how its parameters get there."""

import base64
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Page

from core.config import Config, NetworkConfig
from core.models.calibration import Calibration
from core.models.model import Model, new_model
from core.models.packed import ACTIVATIONS, pack
from core.models.parameters import Parameters
from core.network.losses import OUTPUTS
from core.network.scaling import SCALINGS
from tests.browser.modules import BYTES, FROM_BASE64, array, open_modules

pytestmark = [pytest.mark.browser]


@pytest.fixture(scope="module")
def modules(context: BrowserContext) -> Iterator[Page]:
    """A page for all that leaves nothing behind on it."""
    page = context.new_page()
    open_modules(page)
    yield page
    page.close()


FORWARD = f"""async ([packed, seen, inputs]) => {{
    const {{ Network }} = await import("/draw/stage/network.js");
    const fromBase64 = {FROM_BASE64};
    const network = Network.parse(fromBase64(packed));
    const pictures = new Float32Array(fromBase64(seen));
    const told = [];
    for (let at = 0; at < pictures.length; at += inputs) {{
        const {{ activations, probabilities }} = network.forward(pictures.subarray(at, at + inputs));
        told.push([...activations, probabilities].map({BYTES}));
    }}
    return told;
}}"""


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


def random_model(number: int) -> Model:
    """One of every activation, output, scaling and depth, by number, with weights that saturate some of its units."""
    rng = np.random.default_rng(number)
    output = OUTPUTS[number % 2]
    network = NetworkConfig(
        inputs=16,
        hidden=tuple(int(width) for width in rng.integers(3, 40, number % 4)),
        activation=ACTIVATIONS[number % len(ACTIVATIONS)],
        output=output,
        bias=bool(number % 3),
        scaling=list(SCALINGS)[number % 4],
        mean=0.3,
        std=0.4,
    )
    drawn = new_model(network, seed=number, dtype="float32").parameters.flat
    return Model(Config(network), Parameters(network, 3 * drawn), calibration=Calibration(0.5 + number / 12))


@pytest.mark.parametrize("number", range(20))
def test_a_network_of_any_kind_answers_as_the_servers(modules: Page, number: int) -> None:
    model = random_model(number)
    seen = np.random.default_rng(number).random((6, 16), np.float32).round(1) * (np.arange(6) > 0)[:, None].astype("f4")
    told = modules.evaluate(FORWARD, [base64_of(pack(model)), base64_of(seen.tobytes()), 16])
    *layers, probabilities = ([array(each[part], np.float32, -1) for each in told] for part in range(len(told[0])))
    for ours, theirs in zip(layers, model.trace(seen).activations, strict=True):
        np.testing.assert_allclose(np.stack(ours), theirs, rtol=2e-4, atol=2e-5)
    np.testing.assert_allclose(np.stack(probabilities), model.predict(seen), rtol=1e-3, atol=1e-5)


def test_where_all_outputs_are_silent_none_is_likelier(modules: Page) -> None:
    network = NetworkConfig(inputs=16, hidden=(), output="sigmoid")
    parameters = Parameters(network, np.zeros(network.parameter_count, np.float32))
    parameters.biases[0][:] = -200  # a sigmoid of exactly 0 in single precision
    model = Model(Config(network), parameters)
    seen = np.zeros((1, 16), np.float32)
    told = modules.evaluate(FORWARD, [base64_of(pack(model)), base64_of(seen.tobytes()), 16])
    np.testing.assert_allclose(array(told[0][-1], np.float32, 10), model.predict(seen)[0], atol=1e-6)


def test_every_half_precision_number_is_unpacked_rightly(modules: Page) -> None:
    every = np.arange(65536, dtype=np.uint16).view(np.float16)
    told = modules.evaluate(
        f"""async (packed) => {{
            const {{ Network }} = await import("/draw/stage/network.js");
            return ({BYTES})(Network.parse(({FROM_BASE64})(packed)).weights[0]);
        }}""",
        base64_of(as_packed(every)),
    )
    np.testing.assert_array_equal(array(told, np.float32, every.size), every.astype(np.float32))


def as_packed(values: np.ndarray) -> bytes:
    """Values as the weights of a network of one input, which no model has: not all of them are numbers."""
    header = (
        b'{"sizes": [1, %d], "activation": "relu", "output": "softmax", "bias": false, "gain": 1, "offset": 0, '
        b'"temperature": 1, "dtype": "float16"}' % values.size
    )
    header += b" " * (-len(header) % 4)
    return len(header).to_bytes(4, "little") + header + values.tobytes()


FETCH = """async (wanted) => {
    const { fetchParameters } = await import("/draw/stage/parameters.js");
    return Promise.all(wanted.map((each) => fetchParameters(each).then((buffer) => buffer.byteLength, String)));
}"""


def test_parameters_are_fetched_once_and_kept_by_their_hash(page: Page) -> None:
    asked: list[str] = []
    open_modules(page, **{"media/abc.bin": b"x" * 500})
    page.on("request", lambda request: asked.append(request.url) if "media" in request.url else None)
    wanted = {"url": "/media/abc.bin", "hash": "abc", "bytes": 500}
    assert page.evaluate(FETCH, [wanted, wanted]) == [500, 500]
    assert len(asked) == 1
    page.reload()
    assert page.evaluate(FETCH, [wanted]) == [500] and len(asked) == 1
    assert page.evaluate(FETCH, [wanted | {"hash": "def"}]) == [500] and len(asked) == 2
    page.evaluate("caches.delete('digit-lab-networks')")


def test_parameters_of_a_page_below_the_root(page: Page) -> None:
    """Where a page's address has a step more than the server's root, the page itself answers for what is not there."""
    open_modules(
        page, **{"base/media/abc.bin": b"x" * 500, "base/draw/media/abc.bin": b"<html>", "base/draw/": b"<html>"}
    )
    page.evaluate("history.replaceState(null, '', '/base/draw/')")
    wanted = {"url": "/media/abc.bin", "hash": "abc", "bytes": 500}
    assert page.evaluate(FETCH, [wanted]) == [500]
    page.evaluate("caches.delete('digit-lab-networks')")


def test_parameters_that_do_not_come_are_told(page: Page) -> None:
    open_modules(page, **{"media/abc.bin": b"short"})
    (told,) = page.evaluate(FETCH, [{"url": "/media/abc.bin", "hash": "abc", "bytes": 500}])
    assert told == "Error: The parameters at /media/abc.bin did not come."
