"""The load tool against the real server: visitors draw, and each gets the answer to what they drew; one watches."""

from tests.browser.app import serve
from tests.coroutines import run
from tests.load.drawings import digits
from tests.load.room import Room


def test_visitors_without_browsers_are_answered(tmp_path):
    with serve(tmp_path / "runs", DIGITLAB_HOSTED="1", DIGITLAB_DATA=str(tmp_path / "data")) as address:
        room = Room([address], digits(3), arrive=0.1, seconds=2.0)
        run(room.fill(2, 1, ""))  # without a training, the recording is watched
    (log,) = (tmp_path / "runs").glob("server-*.log")
    assert "ScriptRunContext" not in log.read_text()  # what nobody has to do anything about is not in an owner's log
    noted = room.noted
    assert (noted.drawings >= 2, noted.wrong, noted.lost, noted.asked_twice) == (True, [], [], 0)
    assert len(noted.first) == 2 and noted.refreshed + noted.settling
