"""The stage asks the server of a drawing, without a page being drawn anew for it."""

import json

import pytest
from starlette.requests import Request
from starlette.responses import Response

from core.catalog import DEFAULT
from core.errors import DigitLabError
from dashboard.draw.stage.asked import MOST, PATH, AskedByStage, body_of, word_on
from dashboard.pads.sheets import Sheets, sheets
from tests.asgi import ask
from tests.coroutines import run
from tests.load.drawings import EMPTY, digits

THREE = digits(4)[3][-1]


def asked(**changed: object) -> dict:
    drawn = {"strokes": json.loads(THREE.strokes), "png": THREE.png}
    return {"model": DEFAULT, "language": "en", "version": 2, "sequence": 7} | drawn | changed


def test_who_breaks_off_while_asking_is_no_error():
    """A telephone that loses its network while it sends a drawing left a traceback in the log."""

    async def receive():
        return {"type": "http.disconnect"}

    assert run(body_of(Request({"type": "http", "method": "POST", "headers": []}, receive))) is None


def test_it_says_what_it_reads_and_of_which_drawing():
    said = word_on(asked(), DEFAULT).told()
    assert (said["shown"], said["kind"], said["version"], said["sequence"]) == ("3", "sure", 2, 7)
    assert "reads a 3" in said["sentence"] and THREE.is_answered_by(said)


def test_of_an_empty_pad_it_says_that_nothing_is_there():
    said = word_on(asked(strokes=[], png=EMPTY.png), DEFAULT)
    assert (said.kind, said.shown, said.probabilities) == ("waiting", "?", None)


@pytest.mark.parametrize(
    "changed",
    [
        {"strokes": "x"}, {"strokes": [{"type": "Path"}]}, {"strokes": [7] * 500}, {"png": "data:image/png;base64,?"},
        {"png": None}, {"version": "1"}, {"sequence": None},
    ],
)  # fmt: skip
def test_what_no_stage_can_have_sent_is_refused(changed):
    with pytest.raises(DigitLabError):
        word_on(asked(**changed), DEFAULT)


def test_over_http_it_answers_under_any_path_and_refuses_what_is_too_much():
    app = AskedByStage(Response(status_code=299))
    sheets().open("mine", DEFAULT)

    def status(content: bytes) -> int:
        return ask(app, PATH, method="POST", body=content).status

    assert (
        ask(app, f"/below{PATH}", method="POST", body=json.dumps(asked(sheet="mine")).encode()).json()["shown"] == "3"
    )
    assert status(b"{") == status(b"[" * 50_000) == status(json.dumps(asked(sheet="mine", png="x")).encode()) == 400
    for unknown in ({"sheet": "another server's"}, {"sheet": "mine", "model": "blog"}, {"sheet": ["mine"]}):
        assert status(json.dumps(asked(**unknown)).encode()) == 409
    assert status(b"[]") == 409
    assert sheets().take("mine")["strokes"] == json.loads(THREE.strokes) and sheets().take("mine") == {}
    assert status(b" " * (MOST + 1)) == 413
    assert ask(app, PATH).status == ask(app, "/", method="POST").status == 299


def test_what_is_left_is_bounded_and_what_nobody_opened_is_not_taken(monkeypatch):
    left = Sheets()
    assert not left.leave("unknown", b"{}")
    monkeypatch.setattr("dashboard.pads.sheets.MOST_BYTES", 25)
    for name in "abc":
        left.open(name, "m")
        assert left.leave(name, b'{"a": 1234}')  # 11 bytes
    assert left.size == 22 and left.take("a") == {} and left.take("c") == {"a": 1234}
    monkeypatch.setattr("dashboard.pads.sheets.MOST_SHEETS", 2)
    left.open("d", "m")
    assert not left.leave("b", b"{}") and left.leave("d", b"{}")
