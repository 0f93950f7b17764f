"""A class: pupils join by its link, their runs stand on one board, and nobody does what is the teacher's to do."""

import html
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.config import Config, NetworkConfig, TrainingConfig
from core.errors import DigitLabError
from core.folders import PROJECT
from core.jobs.jobs import Jobs
from core.jobs.limits import Limits
from core.runs import classes, process
from core.runs.classes import LASTS, Class
from core.runs.run import create_run
from core.runs.status import Status
from dashboard import in_class, visitor
from dashboard.classroom import board, teacher
from tests.waiting import until

TEACHER, ANNA, BEN = "f" * 16, "a" * 16, "b" * 16
HOSTILE = "<img src=x onerror=alert(1)>"[:24]


@pytest.fixture
def room(runs_dir: Path) -> Class:
    return classes.open_class(TEACHER)


def test_a_class_is_joined_under_names_in_any_script_and_one_name_is_one_pupil_s(room):
    for number, name in enumerate(("Ωμέγα", "  鈴木\n 一郎 ", "مريم", "Zoë 7", HOSTILE, "🦊")):
        pupil = room.join(str(number), name)
        assert pupil.name == " ".join(name.split()) and pupil.number == number + 1
    assert room.join("9", "[a](http://x)").name == "[a] (http://x)"  # no page sees a link in it
    for name, says in (
        ("zoë 7", "already"),
        ("", "can be read"),
        (" \u200b. ", "can be read"),
        (25 * "x", "at most 24"),
    ):
        with pytest.raises(DigitLabError, match=says):
            room.join("new", name)
    assert room.join("3", "Zoë 8").number == 4 and len(room.pupils()) == 7  # another name, not another pupil
    assert classes.joined_by("3").code == room.code and classes.joined_by("new") is None
    room.leave("3")
    assert classes.joined_by("3") is None


def test_never_more_join_than_there_is_room_for(room, monkeypatch):
    monkeypatch.setenv("DIGITLAB_PUPILS", "5")
    refused: list[str] = []

    def join(number: int) -> None:
        try:
            room.join(str(number), f"Pupil {number}")
        except DigitLabError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=join, args=(number,)) for number in range(12)]
    [thread.start() for thread in threads], [thread.join() for thread in threads]
    assert len(room.pupils()) == 5 and refused == 7 * ["The class is full: 5 have joined."]
    monkeypatch.setenv("DIGITLAB_CLASSES", "1")
    assert classes.open_class(TEACHER).code == room.code  # one at a time
    with pytest.raises(DigitLabError, match="1 classes are open"):
        classes.open_class(ANNA)


def test_a_class_ends_by_itself_after_a_day_whatever_the_date_says(room, monkeypatch):
    room.join(ANNA, "Anna")
    for date in (0.0, 4e9):
        monkeypatch.setattr(time, "time", lambda date=date: date)
        assert classes.find(room.code).pupils()
    now = process.uptime()
    monkeypatch.setattr("core.runs.moment.uptime", lambda: now + LASTS + 1)
    with pytest.raises(DigitLabError, match="over, or the link is wrong"):
        classes.find(room.code)
    classes.remove_what_is_over()
    assert not room.path.exists()  # and with it the names


@pytest.mark.parametrize("code", ["", "../../etc", "a" * 10, "A" * 10, "\x00" * 10, "abcdefghjk/../x"])
def test_a_code_that_is_none_finds_nothing(room, code):
    with pytest.raises(DigitLabError, match="over, or the link is wrong"):
        classes.find(code)


# -- the pages


class Who:
    id = TEACHER


@pytest.fixture
def who(monkeypatch, runs_dir) -> Who:
    monkeypatch.setenv("DIGITLAB_HOSTED", "1")
    who = Who()
    monkeypatch.setattr("dashboard.visitor.owner", lambda: who.id)
    monkeypatch.setattr(teacher, "reachable", lambda url, listens_at: "http://192.0.2.1/classroom")
    monkeypatch.setattr(board, "FRESH", 0.0)
    return who


@pytest.fixture
def look(who: Who) -> Callable[..., AppTest]:
    def look_as(me: str, **query: str) -> AppTest:
        who.id = me
        app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
        app.query_params.update(query)
        app = app.switch_page("dashboard/pages/classroom.py").run()
        assert not app.exception
        return app

    return look_as


def shown(app: AppTest) -> str:
    return "\n".join([each.value for each in app.markdown] + [each.proto.body for each in app.get("html")])


def keys_of(app: AppTest) -> set[str]:
    return {button.key for button in app.button}


def test_a_teacher_opens_a_class_and_sees_what_the_pupils_train(look, who, noise, monkeypatch):
    monkeypatch.setenv("DIGITLAB_EPOCHS", "1000")
    app = look(TEACHER)
    app.button(key="class-open").click().run()
    room = classes.opened_by(TEACHER)
    assert [code.value for code in app.code] == [f"http://192.0.2.1/classroom?class={room.code}"]

    pupil = look(ANNA, **{"class": room.code})
    pupil.text_input(key="class-name").set_value(HOSTILE)
    pupil.button(key="class-join").click().run()
    assert html.escape(HOSTILE) in shown(pupil) and HOSTILE not in shown(pupil)
    assert "Your teacher can show" in " ".join(each.value for each in pupil.caption)

    config = Config(NetworkConfig(inputs=64, hidden=(8,)), TrainingConfig(dataset=noise, epochs=2, batch_size=64))
    jobs = Jobs(limits=Limits())
    finished = jobs.start(config, owner=ANNA, **in_class.about())
    room.join(BEN, "Ben")
    who.id = BEN
    long = config.with_network(hidden=(500, 500)).with_training(epochs=1000, batch_size=1)
    endless = jobs.start(long, owner=BEN, **in_class.about())
    outside = create_run(config, owner="c" * 16)
    until(lambda: not finished.status().active and endless.status().phase == "training")

    app = look(TEACHER)
    said = shown(app)
    assert html.escape(HOSTILE) in said and HOSTILE not in said and "Ben" in said and "**2 pupils** have joined" in said
    assert finished.title() in said and endless.title() in said and outside.title() not in said
    (first, *_) = board.board().rows(room)
    assert first.score == finished.model().provenance.scores["test"].accuracy or first.run == endless.id
    app.selectbox(key="class-who").set_value(classes.Pupil(BEN, "", 0).id).run()
    app.button(key="class-hide").click().run()
    assert "Pupil 2" in shown(app) and "Ben" not in shown(app)
    app.button(key="class-stop").click().run()
    until(lambda: endless.status().state == "stopped")
    assert endless.status().by == TEACHER
    jobs.close()

    assert endless.title() not in shown(look(ANNA))
    room.share(shared=True)
    pupil = look(ANNA)
    assert endless.title() in shown(pupil) and not keys_of(pupil) & {"class-stop", "class-hide", "class-end"}
    assert [each.id for each in visitor.runs_in_sight()] == [finished.id]  # the board shows no more than it shows
    app = look(TEACHER)
    app.button(key="class-end").click().run()
    assert "class-open" in keys_of(app) and not room.path.exists() and finished.model_path.is_file()
    assert any("over, or the link is wrong" in box.value for box in look(ANNA, **{"class": room.code}).warning)


def test_what_is_the_teacher_s_a_pupil_does_not_do(who, room, monkeypatch):
    room.join(ANNA, "Anna")
    ben = room.join(BEN, "Ben")
    run = create_run(
        Config(NetworkConfig(inputs=64, hidden=(8,)), TrainingConfig(dataset="digits")), owner=BEN, room=room.code
    )
    run.set_status(Status("running"))
    monkeypatch.setattr("streamlit.session_state", {teacher.SHARED: True})
    who.id = ANNA
    for ask in (lambda: teacher._stop(room.code, ben.id), lambda: teacher._hide(room.code, ben.id, True),
                lambda: teacher._share(room.code), lambda: teacher._end(room.code)):  # fmt: skip
        with pytest.raises(DigitLabError, match="Only who opened"):
            ask()
    assert not run.commands()[0] and not room.shared and not room.pupil(BEN).hidden
