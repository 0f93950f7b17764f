"""The browser reads a drawing as the server does: the same picture for the network, and the same answer from it.

Both sides get the same pixels. In the browser the stage's own modules compute, here `from_drawing` and `Model.predict`.
"""

import gzip
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from core.catalog import load_guard, load_model
from core.datasets import load_test
from core.datasets.pen import pen_path, read_pen
from core.drawings.doodles import KINDS
from core.drawings.ink import BlankDrawing
from core.drawings.preprocess import from_drawing
from core.drawings.strokes import draw_anywhere
from core.models.model import Model
from core.models.packed import geometry, pack
from core.scores.doubt import LEAST_CONFIDENCE, LEAST_DIGIT, judge
from dashboard.pads.strokes import inked, is_full
from tests.browser.modules import BYTES, array, open_modules

pytestmark = [pytest.mark.browser]

SIDE = 280
NETWORKS = ("default", "blog", "rashid", "small")
SHAPES = ((28, 28), (8, 8))
MODELS = {shape: load_model("default" if shape == (28, 28) else "small") for shape in SHAPES}

# What is drawn on the pad, one byte of ink a pixel, becomes what the network gets; NaN where it is blank or unsure.
PREPARE = f"""async ([file, side, geometry]) => {{
    const {{ prepare }} = await import("/draw/stage/preparation.js");
    const unpacked = (await fetch(file)).body.pipeThrough(new DecompressionStream("gzip"));
    const ink = new Uint8Array(await new Response(unpacked).arrayBuffer());
    const size = side * side, [rows, columns] = geometry.shape;
    const seen = new Float32Array((ink.length / size) * rows * columns);
    const picture = new ImageData(side, side), {{ data }} = picture, said = [];
    for (let number = 0; number < ink.length / size; number++) {{
        for (let at = 0; at < size; at++) data[4 * at + 3] = ink[number * size + at];
        const told = prepare(picture, geometry);
        if (told.seen) seen.set(told.seen, number * rows * columns);
        said.push(told.seen ? "seen" : Object.keys(told)[0]);
    }}
    return [({BYTES})(seen), said];
}}"""


def prepared(page: Page, ink: np.ndarray, shape: tuple[int, int]) -> tuple[np.ndarray, list[str]]:
    """Drawings (n, 280, 280) uint8 as the browser prepares them: (n, rows, columns), and what it says of each."""
    open_modules(page, **{"ink.gz": gzip.compress(ink.tobytes(), 1)})
    seen, said = page.evaluate(PREPARE, ["/ink.gz", SIDE, geometry(MODELS[shape])])
    return array(seen, np.float32, -1, *shape), said


def expected(ink: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """The same drawings as the server prepares them."""
    return np.stack([from_drawing(inked(each), shape, drawn=True) for each in ink])


def shapes_of_ink() -> dict[str, np.ndarray]:
    """Drawings that go every way through the preparation: each (280, 280) uint8."""
    across, down = np.meshgrid(np.arange(SIDE), np.arange(SIDE))
    sheet = np.zeros((SIDE, SIDE), np.uint8)
    drawings = {}

    def put(name: str, *parts: tuple[slice, slice], level: int = 255) -> np.ndarray:
        drawings[name] = sheet.copy()
        for part in parts:
            drawings[name][part] = level
        return drawings[name]

    put("upright bar", np.s_[40:240, 130:150])
    put("level bar", np.s_[130:150, 40:240])
    put("odd square", np.s_[60:181, 60:181])
    put("pale bar", np.s_[40:240, 130:150], level=90)
    put("bar with specks", np.s_[40:240, 130:150], np.s_[20:24, 20:24], np.s_[250, 250], np.s_[130:132, 30:32])
    put("speck that is darkest", np.s_[40:240, 130:150], level=120)[200, 20] = 255
    put("two strokes", np.s_[40:240, 100:115], np.s_[40:240, 170:185])
    put("along all edges", np.s_[:18], np.s_[-18:], np.s_[:, :18], np.s_[:, -18:])
    put("from edge to edge", np.s_[138:142, :], np.s_[60:200, 130:150])
    put("one corner", np.s_[:30, :30])
    put("lopsided", np.s_[20:260, 20:60], np.s_[20:50, 20:260])
    put("mast with a flag", np.s_[0:280, 5:9], np.s_[0:40, 5:275])
    put("dot of five pixels", np.s_[100:105, 100:105])
    put("thin line", np.s_[20:260, 140:141])
    put("single row", np.s_[140:141, 20:260])
    drawings["ring"] = np.uint8(255 * (np.abs(np.hypot(across - 140, down - 139.5) - 90) < 10))
    drawings["soft blob"] = np.uint8(255 * np.exp(-(((across - 100) / 60.0) ** 2) - ((down - 180) / 30.0) ** 2))
    drawings["slope"] = np.uint8(np.clip(across - down, 0, 255) * (down > 30))
    drawings["grain"] = np.random.default_rng(0).integers(0, 60, (SIDE, SIDE)).astype(np.uint8)
    return drawings


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_drawings_of_every_kind_are_prepared_alike(page: Page, shape: tuple[int, int]) -> None:
    drawings = shapes_of_ink()
    seen, said = prepared(page, np.stack(list(drawings.values())), shape)
    assert set(said) == {"seen"}
    for name, ours, theirs in zip(drawings, seen, expected(np.stack(list(drawings.values())), shape), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6, err_msg=name)


def test_what_is_no_drawing_is_told_from_one(page: Page) -> None:
    sheet = np.zeros((SIDE, SIDE), np.uint8)
    faint, speck, full = sheet + 12, sheet.copy(), sheet.copy()
    speck[100:102, 100:103] = 255
    full[:, 100:] = 255
    drawings = np.stack([sheet, faint, speck, full])
    _, said = prepared(page, drawings, (28, 28))
    assert said == ["blank", "blank", "blank", "unsure"]
    for each in (sheet, faint, speck):
        with pytest.raises(BlankDrawing):
            from_drawing(inked(each), drawn=True)
    assert is_full(inked(full)), "the server has a sentence for it"


@pytest.mark.slow
def test_pen_drawings_are_prepared_alike(page: Page, missing) -> None:
    """All pen digits, each drawn with some pen at some place and size: no pixel apart by a 255th."""
    if pen_path() is None:
        missing("pen digits", "set PEN_DIGITS to the file")
    digits = read_pen(pen_path()).digits
    assert len(digits) == 2_200
    rng = np.random.default_rng(1)
    for part in _parts(digits, 550):
        ink = np.stack([255 - draw_anywhere(d.strokes, rng, widths=(10, 30), sizes=(60, 270)) for d in part])
        seen, said = prepared(page, ink, (28, 28))
        assert set(said) == {"seen"}
        assert np.abs(seen - expected(ink, (28, 28))).max() < 1 / 255


def _parts(digits: tuple, count: int) -> Iterator[tuple]:
    return (digits[start : start + count] for start in range(0, len(digits), count))


# Digits of 28 x 28 bytes, each put on the pad as a picture of some size at some place, and read by every network. It goes on
# by itself, so that Python can do the same meanwhile.
READ_ALL = """(networks) => {
    const go = async () => {
        const { prepare } = await import("/draw/stage/preparation.js");
        const { Network } = await import("/draw/stage/network.js");
        const file = async (name) => (await fetch(name)).arrayBuffer();
        const digits = new Uint8Array(await file("/digits")), places = new Int32Array(await file("/places"));
        const nets = await Promise.all(networks.map(async ({ name }) => Network.parse(await file(`/${name}`))));
        const count = places.length / 3, side = 280;
        const answers = nets.map(() => new Float32Array(count * 10));
        for (let number = 0; number < count; number++) {
            const picture = new ImageData(side, side), { data } = picture;
            const [size, top, left] = places.subarray(3 * number, 3 * number + 3);
            const from = Array.from({ length: size }, (_, place) => Math.floor(((2 * place + 1) * 28) / (2 * size)));
            for (let row = 0; row < size; row++) for (let column = 0; column < size; column++) {
                const at = (top + row) * side + left + column;
                data[4 * at + 3] = digits[number * 784 + from[row] * 28 + from[column]];
            }
            const seen = new Map();
            nets.forEach((net, which) => {
                const { geometry } = networks[which], key = String(geometry.shape);
                if (!seen.has(key)) seen.set(key, prepare(picture, geometry).seen);
                answers[which].set(net.forward(seen.get(key)).probabilities, number * 10);
            });
            if (number % 100 === 0) await new Promise((later) => setTimeout(later));
        }
        return answers;
    };
    window.answers = go();
}"""


@pytest.mark.mnist
@pytest.mark.slow
def test_ten_thousand_pasted_digits_are_read_alike_by_every_shipped_network(page: Page, mnist_dir: Path) -> None:
    models = {name: load_model(name) for name in NETWORKS}
    test = load_test("mnist")
    rng = np.random.default_rng(0)
    size = rng.integers(60, SIDE + 1, len(test))
    places = np.stack([size, *(rng.integers(0, SIDE + 1 - size) for _ in range(2))], axis=1).astype(np.int32)
    packed = {name: pack(model) for name, model in models.items()}
    open_modules(page, digits=test.pixels.tobytes(), places=places.tobytes(), **packed)
    page.evaluate(READ_ALL, [{"name": name, "geometry": geometry(model)} for name, model in models.items()])
    theirs = {name: [] for name in NETWORKS}
    sheet = np.zeros((SIDE, SIDE), np.uint8)
    for pixels, (side, top, left) in zip(test.pixels.reshape(-1, 28, 28), places, strict=True):
        at = (2 * np.arange(side) + 1) * 28 // (2 * side)
        sheet[:] = 0
        sheet[top : top + side, left : left + side] = pixels[np.ix_(at, at)]
        ink = inked(sheet)
        seen = {shape: from_drawing(ink, shape, drawn=True) for shape in SHAPES}
        for name, model in models.items():
            theirs[name].append(seen[model.shape])
    page.set_default_timeout(200_000)
    ours = page.evaluate(f"async () => (await window.answers).map({BYTES})")
    for name, sent in zip(NETWORKS, ours, strict=True):
        answers, probabilities = models[name].predict(np.stack(theirs[name])), array(sent, np.float32, -1, 10)
        same = (answers.argmax(axis=1) == probabilities.argmax(axis=1)).sum()
        apart = np.abs(answers - probabilities).max()
        print(f"{name}: {same:,} of {len(test):,} alike, probabilities at most {apart:.1e} apart")
        assert same >= 9_999 and apart < 2e-3, name


# The same, judged by the guard; the pictures are whole sheets, one byte of ink a pixel.
JUDGE_ALL = """async ([file, side, geometry, limits]) => {
    const { prepare } = await import("/draw/stage/preparation.js");
    const { Network } = await import("/draw/stage/network.js");
    const { judge, likeADigit } = await import("/draw/stage/doubt.js");
    const network = async (name) => Network.parse(await (await fetch(name)).arrayBuffer());
    const reader = await network("/reader"), guard = await network("/guard");
    const unpacked = (await fetch(file)).body.pipeThrough(new DecompressionStream("gzip"));
    const ink = new Uint8Array(await new Response(unpacked).arrayBuffer()), size = side * side;
    const picture = new ImageData(side, side), { data } = picture;
    return Array.from({ length: ink.length / size }, (_, number) => {
        for (let at = 0; at < size; at++) data[4 * at + 3] = ink[number * size + at];
        const { seen } = prepare(picture, geometry);
        return seen ? judge(likeADigit(guard, seen), reader.forward(seen).probabilities, limits) : "blank";
    });
}"""


def test_the_browser_refuses_what_the_server_refuses(page: Page) -> None:
    """150 drawings that are no digit and 150 pen digits, on the pad as they come."""
    rng, reader, guard = np.random.default_rng(5), MODELS[28, 28], load_guard()
    doodles = [draw_doodle(rng) for draw_doodle in KINDS.values() for _ in range(15)]
    pens = read_pen(pen_path()).digits[:150]
    digits = [draw_anywhere(pen.strokes, rng, widths=(10, 30), sizes=(60, 270)) for pen in pens]
    ink = 255 - np.stack([_on_the_pad(sheet) for sheet in doodles + digits])
    files = {"ink.gz": gzip.compress(ink.tobytes(), 1), "reader": pack(reader), "guard": pack(guard)}
    open_modules(page, **files)
    limits = {"leastDigit": LEAST_DIGIT, "leastConfidence": LEAST_CONFIDENCE}
    ours = page.evaluate(JUDGE_ALL, ["/ink.gz", SIDE, geometry(guard), limits])
    theirs = [_judged(sheet, reader, guard) for sheet in ink]
    same = sum(a == b for a, b in zip(ours, theirs, strict=True))
    print(f"{same} of {len(ink)} drawings judged alike, {theirs.count('no digit')} refused")
    assert theirs[:150].count("no digit") > 120 and theirs[150:].count("no digit") < 15
    assert same >= 0.99 * len(ink)


def _on_the_pad(sheet: np.ndarray) -> np.ndarray:
    """A sheet of any size, dark on white, in the middle of the pad's white."""
    pad = np.full((SIDE, SIDE), 255, np.uint8)
    rows, columns = (min(SIDE, length) for length in sheet.shape)
    top, left = (SIDE - rows) // 2, (SIDE - columns) // 2
    pad[top : top + rows, left : left + columns] = sheet[:rows, :columns]
    return pad


def _judged(ink: np.ndarray, reader: Model, guard: Model) -> str:
    try:
        seen = from_drawing(inked(ink), drawn=True)
    except BlankDrawing:
        return "blank"
    return "blank" if is_full(inked(ink)) else judge(guard, seen, reader.predict(seen[None])[0]).kind
