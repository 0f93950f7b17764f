"""Our own pad without Streamlit: what it does when it is called at awkward moments, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from dashboard.look.scripts import bundle
from dashboard.pads.fabric import INK
from tests.browser.app import PROJECT

pytestmark = [pytest.mark.browser]

PAD = """async (script) => {
    const module = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    const parent = document.body.appendChild(document.createElement("div"));
    parent.innerHTML = '<div class="paper"><canvas class="ink"></canvas><canvas class="cursor"></canvas></div><p class="said">';
    const ink = parent.querySelector(".ink");
    ink.style.width = "100px";
    ink.setPointerCapture = () => {};
    window.sent = [];
    window.call = (data) =>
        module.default({ data, parentElement: parent, setStateValue: (_, value) => sent.push(structuredClone(value)) });
    window.pointer = (type, x) =>
        ink.dispatchEvent(new PointerEvent(type, { pointerId: 1, clientX: x, clientY: 40, bubbles: true }));
    window.later = () => new Promise((later) => setTimeout(later, 100));
}"""
TOLD = {"strokes": [], "version": 3, "width": 100, "height": 100, "pen": 10, "erase": False, "grid": False, "heard": 0,
        "most": 200, "answer": "", "label": "Pad", "cell": 10, "ink": INK, "paper": "#ffffff"}  # fmt: skip


@pytest.fixture
def bare_pad(context: BrowserContext) -> Iterator[Page]:
    """Our pad without Streamlit: `call` is what Streamlit calls, `sent` what it is told."""
    page = context.new_page()
    page.evaluate(PAD, bundle(PROJECT / "dashboard" / "pads", "live_pad.js"))
    yield page
    page.close()


def test_our_pad_goes_on_when_an_earlier_call_is_ended_late(bare_pad: Page) -> None:
    sent = bare_pad.evaluate(
        """async (told) => {
            const end = call(told);
            pointer("pointerdown", 30);
            pointer("pointermove", 60);
            call({ ...told, pen: 12 });
            end();
            call({ ...told, pen: 14 });
            pointer("pointermove", 90);
            pointer("pointerup", 90);
            await later();
            return sent.at(-1);
        }""",
        TOLD,
    )
    (stroke,) = sent["strokes"]
    assert sent["version"] == 3 and stroke["strokeWidth"] == 10
    assert stroke["path"] == [["M", 22, 32], ["Q", 52, 32, 67, 32], ["L", 82, 32]]  # the paper is 8 px off the corner


def test_a_stroke_begun_while_clear_is_on_its_way_stays(bare_pad: Page) -> None:
    sent = bare_pad.evaluate(
        """async (told) => {
            call(told);
            for (const x of [20, 30]) {
                pointer("pointerdown", x);
                pointer("pointerup", x);
                await later();
            }
            call({ ...told, heard: sent.at(-1).sequence });
            const known = sent.at(-1);
            pointer("pointerdown", 40);
            pointer("pointermove", 60);
            call({ ...told, version: 4, heard: known.sequence }); // Clear has been pressed before this stroke was begun
            pointer("pointermove", 80);
            pointer("pointerup", 80);
            await later();
            const begun = sent.at(-1);
            call({ ...told, version: 4, heard: begun.sequence });
            call({ ...told, version: 5, heard: begun.sequence }); // and now after it
            pointer("pointerdown", 50);
            pointer("pointerup", 50);
            await later();
            return [known, begun, sent.at(-1)];
        }""",
        TOLD,
    )
    starts = [[stroke["path"][0][1] for stroke in each["strokes"]] for each in sent]
    assert starts == [[12, 22], [32], [42]] and [each["version"] for each in sent] == [3, 4, 5]
    assert sent[1]["strokes"][0]["path"][-1] == ["L", 72, 32], "it went on under the hand"
